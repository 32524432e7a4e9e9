/** Small things that pages share: parts with a heading, buttons, notes, empty states, tabs, people. */
import { type Child, h } from "../dom";
import { face } from "../face";
import { type IconName, icon } from "../icons";
import { copyText } from "./copy";
import { SH } from "./strings";

let count = 0;

/** A heading with things under it. */
export function section(title: string, cls: string, ...content: Child[]): HTMLElement {
  const id = `section-${++count}`;
  return h(
    "section",
    { class: `part ${cls}`, attrs: { "aria-labelledby": id } },
    h("h2", { attrs: { id } }, title),
    ...content,
  );
}

/** A part of a page with its heading. */
export const part = (title: string, ...content: Child[]) => section(title, "", ...content);

/** The same, as a card. */
export const card = (title: string, ...content: Child[]) => section(title, "card", ...content);

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

/** A link that looks like a button. */
export function linkButton(href: string, words: string, cls = "button"): HTMLElement {
  return h("a", { class: cls, attrs: { href } }, words);
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

/** Nothing here yet, and what to do about it. */
export function emptyState(
  name: IconName,
  title: string,
  help: string,
  ...acts: Child[]
): HTMLElement {
  return h(
    "div",
    { class: "empty-state" },
    icon(name),
    h("div", { class: "stack" }, h("strong", {}, title), h("p", { class: "quiet" }, help), ...acts),
  );
}

/** What went wrong, with a button to try again. */
export function problemNote(error: unknown, again: () => Promise<void> | void): HTMLElement {
  const text = error instanceof Error ? error.message : String(error);
  const element = note(
    "wrong",
    text,
    act(SH.again, () => void again()),
  );
  element.setAttribute("role", "alert");
  return element;
}

/** Grey bars where words will be. */
export function skeleton(lines = 3): HTMLElement {
  return h(
    "div",
    { class: "skeleton", attrs: { role: "status", "aria-label": SH.loading } },
    ...Array.from({ length: lines }, () => h("i")),
  );
}

/** Links to the parts of a page; the open one is marked. */
export function tabs(
  label: string,
  links: readonly (readonly [href: string, words: string])[],
  open: string,
): HTMLElement {
  return h(
    "nav",
    { class: "tabs", attrs: { "aria-label": label } },
    ...links.map(([href, words]) =>
      h("a", { attrs: { href, "aria-current": href === open ? "page" : undefined } }, words),
    ),
  );
}

/** A secret or a link to hand on. */
export function copyBox(text: string, test = "copy-text"): HTMLElement {
  const shown = h(
    "output",
    { class: "copy-text", attrs: { "data-test": test, tabindex: 0 } },
    text,
  );
  const button = h("button", { class: "button", attrs: { type: "button" } }, icon("link"), SH.copy);
  button.addEventListener("click", async () => {
    // Where it did not work, it is selected for the person.
    if (!(await copyText(text))) getSelection()?.selectAllChildren(shown);
  });
  return h("div", { class: "copy-box" }, shown, button);
}

/** A person in a list, with what one may do about them. */
export function personCard(
  look: { name: string; primary: string; secondary: string; pattern: number },
  words: Child[],
  ...acts: Child[]
): HTMLElement {
  return h(
    "li",
    { class: "person-card" },
    face(look),
    h("span", { class: "person-words" }, h("strong", {}, look.name), ...words),
    h("span", { class: "row" }, ...acts),
  );
}
