/** Short notes that come and go by themselves, announced politely; at most three at once. */
import { fill, h } from "./dom";
import { icon } from "./icons";

const STAY_MS = 5_000;
const STAY_WITH_ACTION_MS = 9_000;
/** Longer words are there for as long as they take to read. */
const READ_MS_PER_LETTER = 60;
const MAX = 3;

export interface ToastOptions {
  wrong?: boolean;
  action?: { label: string; run: () => void };
}

/** Show a note. */
export function toast(words: string, options: ToastOptions = {}): void {
  const host = document.getElementById("toasts");
  if (host === null) return;
  const gone = () => element.remove();
  const { action } = options;
  const element = h(
    "div",
    { class: options.wrong ? "toast wrong" : "toast" },
    icon(options.wrong ? "wrong" : "info"),
    h("span", { class: "words" }, words),
    action &&
      h(
        "button",
        {
          class: "button",
          attrs: { type: "button" },
          on: {
            click: () => {
              gone();
              action.run();
            },
          },
        },
        action.label,
      ),
  );
  while (host.children.length >= MAX) host.firstElementChild?.remove();
  host.append(element);
  const least = action ? STAY_WITH_ACTION_MS : STAY_MS;
  setTimeout(gone, Math.max(least, words.length * READ_MS_PER_LETTER));
}

/** Take all notes away (another page begins). */
export function clearToasts(): void {
  const host = document.getElementById("toasts");
  if (host !== null) fill(host);
}
