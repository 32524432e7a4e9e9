/** Small things of the gathering's panels: a button that carries something out, a switch, a choice. */
import { type Child, fill, h } from "../dom";
import { type IconName, icon } from "../icons";
import { toast } from "../toasts";

export interface DoOptions {
  readonly cls?: string;
  readonly icon?: IconName;
  readonly test?: string;
  readonly label?: string;
  /** Said once it is done. */
  readonly done?: string;
}

/** Carry something out; what went wrong is said. Resolves true when it was done. */
export async function carryOut(work: Promise<unknown>, done = ""): Promise<boolean> {
  try {
    await work;
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), { wrong: true });
    return false;
  }
  if (done !== "") toast(done);
  return true;
}

/** A button that does something on the server, and shows that it is under way. */
export function doing(
  words: string,
  run: () => Promise<unknown>,
  options: DoOptions = {},
): HTMLButtonElement {
  const button = h("button", {
    class: options.cls ?? "button",
    attrs: { type: "button", "data-test": options.test, "aria-label": options.label },
  });
  name(button, words, options.icon);
  button.addEventListener("click", (event) => {
    if (button.getAttribute("aria-busy") === "true") return;
    // A pointer's click should not keep the arrow keys from walking.
    if (event.detail > 0) button.blur();
    button.setAttribute("aria-busy", "true");
    void carryOut(run(), options.done ?? "").then(() => button.removeAttribute("aria-busy"));
  });
  return button;
}

/** Give a button its icon and words, if they are others than before. */
export function name(button: HTMLElement, words: string, picture?: IconName): void {
  const key = `${picture ?? ""}|${words}`;
  if (button.dataset.named === key) return;
  button.dataset.named = key;
  fill(button, picture && icon(picture), words);
}

/** Put these rows into a list in this order; those that are in their place are left there. */
export function arrange(list: HTMLElement, rows: readonly HTMLElement[]): void {
  const wanted = new Set<Element>(rows);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  rows.forEach((row, i) => {
    if (list.children[i] !== row) list.insertBefore(row, list.children[i] ?? null);
  });
}

/** What the server has, and what one asked it for: until it answers, one's own wish is shown. */
class Wish<T> {
  private asked = 0;
  private truth: T | null = null;

  constructor(
    private readonly set: (value: T) => Promise<unknown>,
    private readonly draw: (value: T) => void,
  ) {}

  show(truth: T): void {
    this.truth = truth;
    if (this.asked === 0) this.draw(truth);
  }

  async ask(value: T): Promise<void> {
    this.asked++;
    this.draw(value);
    const done = await carryOut(this.set(value));
    this.asked--;
    if (!done && this.asked === 0 && this.truth !== null) this.draw(this.truth);
  }
}

/** On or off, as the server has it; `set` is asked for the wish. */
export class Toggle {
  readonly input = h("input", { attrs: { type: "checkbox", role: "switch" } });
  readonly element: HTMLElement;
  private readonly wish: Wish<boolean>;

  constructor(title: string, help: string, set: (on: boolean) => Promise<unknown>, test: string) {
    this.input.dataset.test = test;
    this.wish = new Wish(set, (on) => {
      if (this.input.checked !== on) this.input.checked = on;
    });
    this.input.addEventListener("change", () => void this.wish.ask(this.input.checked));
    this.element = h(
      "label",
      { class: "setting switch" },
      h(
        "span",
        { class: "switch-words" },
        h("span", { class: "legend" }, title),
        help !== "" && h("span", { class: "quiet small" }, help),
      ),
      this.input,
      h("span", { class: "track" }),
    );
  }

  show(on: boolean): void {
    this.wish.show(on);
  }
}

export interface ChoiceItem<K extends string> {
  readonly value: K;
  readonly words: string;
  readonly picture?: Node;
}

let groups = 0;

/** One of several, as the server has it. */
export class Choice<K extends string> {
  readonly element: HTMLElement;
  private readonly inputs: HTMLInputElement[];
  private readonly note = h("p", { class: "quiet small" });
  private readonly wish: Wish<K>;

  constructor(
    title: string,
    items: readonly ChoiceItem<K>[],
    set: (value: K) => Promise<unknown>,
    private readonly notes: Partial<Record<K, string>> = {},
    /** For tests: each choice is named after it. */
    test = "choice",
  ) {
    const group = `choice-${++groups}`;
    this.wish = new Wish(set, (value) => this.draw(value));
    this.inputs = items.map(({ value }) => {
      const input = h("input", { attrs: { type: "radio", name: group, value } });
      input.addEventListener("change", () => void this.wish.ask(value));
      return input;
    });
    this.element = h(
      "fieldset",
      { class: "setting" },
      h("legend", { class: "legend" }, title),
      h(
        "div",
        { class: "segments" },
        ...items.map(({ words, picture, value }, i) =>
          h(
            "label",
            { class: "segment", attrs: { "data-test": `${test}-${value}` } },
            this.inputs[i],
            h("span", {}, picture, words),
          ),
        ),
      ),
      this.note,
    );
  }

  show(value: K): void {
    this.wish.show(value);
  }

  private draw(value: K): void {
    for (const input of this.inputs) {
      const on = input.value === value;
      if (input.checked !== on) input.checked = on;
    }
    const note = this.notes[value] ?? "";
    if (this.note.textContent !== note) this.note.textContent = note;
    this.note.hidden = note === "";
  }
}

/** A heading with what belongs to it; without one where the first thing names itself. */
export function partOf(title: string, ...content: Child[]): HTMLElement {
  return h("div", { class: "gathering-part" }, title !== "" && h("h3", {}, title), ...content);
}
