/** What one can do with a line: reactions in a row, then words. One at a time, closed by Escape. */
import type { Line } from "../../state/channel";
import { h } from "../dom";
import { type IconName, icon, REACTION_SYMBOLS } from "../icons";
import { S } from "../strings";
import { C } from "../strings-channel";

export interface MenuEntry {
  words: string;
  icon: IconName;
  danger?: boolean;
  run(): void;
}

interface MenuParts {
  line: Line;
  from: HTMLElement;
  host: HTMLElement;
  entries: readonly MenuEntry[];
  /** Null: one may not react. */
  react: ((kind: string, on: boolean) => void) | null;
}

let close: () => void = () => {};

/** Open the menu beside `from`; another one closes. */
export function openLineMenu(parts: MenuParts): void {
  close();
  const { line, from, host } = parts;
  const shut = (back: boolean) => {
    element.remove();
    document.removeEventListener("pointerdown", outside, true);
    from.removeAttribute("aria-expanded");
    close = () => {};
    if (back) from.focus();
  };
  const outside = (event: Event) => {
    if (event.target instanceof Node && !element.contains(event.target)) shut(false);
  };
  const button = (label: string, run: () => void, cls: string, ...children: Node[]) =>
    h(
      "button",
      {
        class: cls,
        attrs: { type: "button", "aria-label": label },
        on: {
          click: () => {
            shut(true);
            run();
          },
        },
      },
      ...children,
    );
  const { react } = parts;
  const element = h(
    "div",
    {
      class: "line-menu",
      attrs: { role: "dialog", "aria-label": from.getAttribute("aria-label") ?? C.ownActions },
    },
    react !== null &&
      h(
        "div",
        { class: "line-menu-reactions" },
        ...Object.entries(S.reactions).map(([kind, word]) => {
          const mine = line.reactions.some((each) => each.kind === kind && each.mine);
          return button(
            C.react(word),
            () => react(kind, !mine),
            mine ? "react mine" : "react",
            h("span", { attrs: { "aria-hidden": "true" } }, REACTION_SYMBOLS[kind] ?? kind),
          );
        }),
      ),
    ...parts.entries.map((entry) =>
      button(
        entry.words,
        entry.run,
        entry.danger ? "button plain danger" : "button plain",
        icon(entry.icon),
        document.createTextNode(entry.words),
      ),
    ),
  );
  element.addEventListener("keydown", (event) => {
    const buttons = [...element.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key] ?? 0;
    if (event.key === "Escape" || event.key === "Tab") shut(true);
    else if (step !== 0) buttons.at((at + step) % buttons.length)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  close = () => shut(false);
  from.setAttribute("aria-expanded", "true");
  host.append(element);
  stand(element, from, host);
  document.addEventListener("pointerdown", outside, true);
  element.querySelector("button")?.focus();
}

/** Under the button, or above it where there is no room below. */
function stand(element: HTMLElement, from: HTMLElement, host: HTMLElement): void {
  const at = from.getBoundingClientRect();
  const around = host.getBoundingClientRect();
  const below = at.bottom - around.top;
  const fits = below + element.offsetHeight < around.height;
  const top = fits ? below : Math.max(4, at.top - around.top - element.offsetHeight);
  element.style.top = `${top}px`;
  element.style.right = `${Math.max(4, around.right - at.right)}px`;
}
