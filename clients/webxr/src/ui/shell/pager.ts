/** What a page asks the server for: one answer, or a list that comes in pages. */
import { type Child, fill, h } from "../dom";
import { problemNote, skeleton } from "./pieces";
import { SH } from "./strings";

interface LoadOptions<T> {
  load(): Promise<T>;
  draw(found: T, again: () => Promise<void>): Child[];
  /** Grey bars until the first answer; none for a part that may as well be empty. */
  lines?: number;
}

/**
 * Fill `host` with what was asked for; what went wrong stands there with a way to try again. In a
 * list everything drawn is an item. Returns the way to ask anew, showing the old answer meanwhile.
 */
export function loading<T>(host: HTMLElement, options: LoadOptions<T>): () => Promise<void> {
  const { load, draw, lines = 3 } = options;
  const item = (child: HTMLElement) =>
    host instanceof HTMLUListElement || host instanceof HTMLOListElement
      ? h("li", {}, child)
      : child;
  let round = 0;
  const again = async () => {
    const mine = ++round;
    try {
      const found = await load();
      if (mine === round) fill(host, ...draw(found, again));
    } catch (error) {
      if (mine === round) fill(host, item(problemNote(error, again)));
    }
  };
  if (lines > 0) fill(host, item(skeleton(lines)));
  void again();
  return again;
}

interface Paged<T> {
  items: T[];
  next: string | null;
}

interface PagerOptions<T> {
  load(cursor: string | null): Promise<Paged<T>>;
  row(item: T): HTMLElement;
  empty: HTMLElement;
  className?: string;
  label?: string;
}

/** Build the list; `reload` begins again from the first page. */
export function pager<T>(options: PagerOptions<T>): {
  element: HTMLElement;
  reload(): Promise<void>;
} {
  const list = h("ul", {
    class: options.className ?? "list",
    attrs: { "aria-label": options.label },
  });
  const foot = h("div", { attrs: { "aria-live": "polite" } });
  let round = 0;
  const show = async (cursor: string | null): Promise<void> => {
    const mine = cursor === null ? ++round : round;
    fill(foot, h("p", { class: "quiet" }, SH.loading));
    try {
      const { items, next } = await options.load(cursor);
      if (mine !== round) return;
      if (cursor === null) fill(list);
      for (const item of items) list.append(options.row(item));
      const more = h("button", { class: "button", attrs: { type: "button" } }, SH.more);
      more.addEventListener("click", () => void show(next));
      if (next !== null) fill(foot, more);
      else fill(foot, list.children.length === 0 && options.empty);
    } catch (error) {
      if (mine === round)
        fill(
          foot,
          problemNote(error, () => show(cursor)),
        );
    }
  };
  const element = h("div", { class: "stack wide" }, list, foot);
  void show(null);
  return { element, reload: () => show(null) };
}
