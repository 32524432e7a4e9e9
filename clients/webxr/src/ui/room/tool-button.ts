/** A button of the room's bar: an icon, its word, its key, and a small number when there is one. */
import { h } from "../dom";
import { type IconName, icon } from "../icons";

/** Make one. */
export function toolButton(
  name: IconName,
  label: string,
  key: string,
  run: () => void,
  test: string = name,
): HTMLButtonElement {
  const button = h(
    "button",
    {
      class: "tool",
      attrs: { type: "button", "data-test": test, title: `${label} (${key})` },
    },
    icon(name),
    h("span", { class: "tool-label" }, label),
    " ",
    h("span", { class: "badge", attrs: { hidden: true } }),
  );
  button.addEventListener("click", (event) => {
    // A pointer's click should not keep the arrow keys from walking.
    if (event.detail > 0) button.blur();
    run();
  });
  return button;
}

/** Show a number on it, "" for none; `spoken` is what is read out then. */
export function setBadge(button: HTMLElement, text: string, spoken: string): void {
  const badge = button.querySelector<HTMLElement>(".badge");
  if (badge === null) return;
  badge.hidden = text === "";
  badge.textContent = text;
  button.setAttribute("aria-label", spoken);
}
