/** A list that comes in pages: shows the first, and more when asked. */
import { fill, h } from "../dom";
import { problemNote } from "./pieces";
import { SH } from "./strings";

export interface Paged<T> {
  items: T[];
  next: string | null;
}

export interface PagerOptions<T> {
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
