/** Small things of the pages of identity: parts with a heading, cards, numbers to type. */
import { type Child, h } from "../dom";
import { icon } from "../icons";
import { type Field, field } from "../shell";

let count = 0;

/** A part of a page with its heading. */
export function part(title: string, ...content: Child[]): HTMLElement {
  return partOf("", title, ...content);
}

/** The same, as a card. */
export function card(title: string, ...content: Child[]): HTMLElement {
  return partOf("card", title, ...content);
}

function partOf(cls: string, title: string, ...content: Child[]): HTMLElement {
  const id = `part-${++count}`;
  return h(
    "section",
    { class: `part ${cls}`, attrs: { "aria-labelledby": id } },
    h("h2", { attrs: { id } }, title),
    ...content,
  );
}

/** A button that does something; `label` where its word alone would not tell which one. */
export function act(
  words: string,
  run: (button: HTMLButtonElement) => void,
  options: { cls?: string; label?: string; test?: string } = {},
): HTMLButtonElement {
  const button = h(
    "button",
    {
      class: options.cls ?? "button",
      attrs: { type: "button", "aria-label": options.label, "data-test": options.test },
    },
    words,
  );
  button.addEventListener("click", () => run(button));
  return button;
}

/** Something to know, or that went wrong. */
export function note(name: "info" | "wrong", ...content: Child[]): HTMLElement {
  return h(
    "div",
    { class: name === "wrong" ? "note wrong" : "note" },
    icon(name),
    h("div", { class: "stack" }, ...content),
  );
}

/** A whole number to type; `read` complains beside it and gives null when it is none. */
export function numberField(
  label: string,
  value: number,
  [least, most]: readonly [number, number],
  wrong: (least: number, most: number) => string,
): Field & { read(): number | null } {
  const made = field({
    label,
    value: String(value),
    type: "number",
    attrs: { min: least, max: most, inputmode: "numeric" },
  });
  const read = () => {
    const typed = Number(made.input.value);
    const good = Number.isInteger(typed) && typed >= least && typed <= most;
    if (good) return typed;
    made.wrong(wrong(least, most));
    made.input.focus();
    return null;
  };
  return { ...made, read };
}
