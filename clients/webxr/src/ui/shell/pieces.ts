/** Small things that pages share: empty states, problems with a way on, tabs, links to copy. */
import { type Child, h } from "../dom";
import { face } from "../face";
import { type IconName, icon } from "../icons";
import { toast } from "../toasts";
import { SH } from "./strings";

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
  const button = h("button", { class: "button", attrs: { type: "button" } }, SH.again);
  button.addEventListener("click", () => void again());
  return h(
    "div",
    { class: "note wrong", attrs: { role: "alert" } },
    icon("wrong"),
    h("div", { class: "stack" }, text, button),
  );
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
    try {
      await navigator.clipboard.writeText(text);
      toast(SH.copied);
    } catch {
      // No clipboard on plain http: select it for the person.
      getSelection()?.selectAllChildren(shown);
      toast(SH.copyFailed);
    }
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
