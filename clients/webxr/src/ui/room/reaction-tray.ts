/** The reactions one can show, a button each. */
import { REACTION_KINDS } from "../../protocol/control";
import { h } from "../dom";
import { REACTION_SYMBOLS } from "../icons";
import { S } from "../strings";

/** Build the tray, closed. */
export function reactionTray(react: (kind: string) => void): HTMLElement {
  return h(
    "div",
    { class: "tray", attrs: { hidden: true, role: "group", "aria-label": S.room.react } },
    ...REACTION_KINDS.map((kind, i) =>
      h(
        "button",
        {
          class: "reaction",
          attrs: {
            type: "button",
            "data-test": `reaction-${kind}`,
            title: `${S.reactions[kind]} (${i + 1})`,
          },
          on: { click: () => react(kind) },
        },
        h("span", { class: "symbol", attrs: { "aria-hidden": true } }, REACTION_SYMBOLS[kind]),
        h("span", { class: "small" }, S.reactions[kind]),
      ),
    ),
  );
}
