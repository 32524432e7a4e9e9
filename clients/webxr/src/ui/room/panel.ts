/** The shape every side panel has, and its frame with title and close button. */
import { h } from "../dom";
import { icon } from "../icons";
import { holdFocus } from "../shell/focus";
import { S } from "../strings";

export type PanelName =
  | "chat"
  | "people"
  | "safety"
  | "settings"
  | "help"
  | "menu"
  | "voice"
  | "earshot"
  | "gathering"
  | "console";

export interface Panel {
  readonly element: HTMLElement;
  /** Called after it became visible. */
  opened(): void;
  closed(): void;
  dispose(): void;
}

/** A panel's frame: heading, close button, and a body that scrolls. */
export function frame(
  name: PanelName,
  title: string,
  close: () => void,
  ...body: (Node | string)[]
): HTMLElement {
  const titleId = `panel-${name}`;
  const panel = h(
    "section",
    {
      class: `panel panel-${name}`,
      attrs: { "aria-labelledby": titleId, "data-test": `panel-${name}`, hidden: true },
    },
    h(
      "header",
      { class: "panel-head" },
      h("h2", { attrs: { id: titleId, tabindex: -1 } }, title),
      h(
        "button",
        {
          class: "button plain icon-only",
          attrs: { type: "button", "aria-label": S.room.close },
          on: { click: close },
        },
        icon("close"),
      ),
    ),
    ...body,
  );
  // Rows go while one is on them: somebody left, or was blocked.
  holdFocus(panel);
  return panel;
}
