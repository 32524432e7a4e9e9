/** What one can do right where one stands: a few buttons that come and go, each with its key. */
import { fill, h } from "../dom";
import { type IconName, icon } from "../icons";

export interface ContextAction {
  /** What it is about: a button that stays keeps its element, and with it the focus. */
  id: string;
  label: string;
  /** Letter on the keyboard, "" for none. */
  key: string;
  icon: IconName;
  run(): void;
}

export class ContextBar {
  readonly element = h("div", {
    class: "context-bar",
    attrs: { role: "group", "aria-live": "polite", hidden: true },
  });
  private actions: readonly ContextAction[] = [];
  private shown = "";

  /** Offer these; nothing is drawn anew while the same ones stay. */
  offer(actions: readonly ContextAction[]): void {
    this.actions = actions;
    const look = actions.map(({ id, label }) => `${id} ${label}`).join("|");
    if (look === this.shown) return;
    this.shown = look;
    this.element.hidden = actions.length === 0;
    fill(this.element, ...actions.map((action) => this.button(action)));
  }

  /** Do what a key stands for; false if it stands for nothing now. */
  press(key: string): boolean {
    const action = this.actions.find((each) => each.key === key);
    action?.run();
    return action !== undefined;
  }

  private button({ id, label, key, icon: name }: ContextAction): HTMLElement {
    const button = h(
      "button",
      { class: "button", attrs: { type: "button", "data-test": `context-${id}` } },
      icon(name),
      label,
      key !== "" && h("kbd", { attrs: { "aria-hidden": true } }, key),
    );
    button.addEventListener("click", (event) => {
      // A pointer's click should not keep the arrow keys from walking.
      if (event.detail > 0) button.blur();
      this.actions.find((each) => each.id === id)?.run();
    });
    return button;
  }
}
