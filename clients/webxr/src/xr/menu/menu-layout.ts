/** How the gathering's pages of the menu lay things out: rows over the whole width, lines of text. Pure. */
import { GW } from "../../ui/strings-wrist";
import { wrap } from "./note-page";
import type { PanelButton, PanelSpec, PanelText } from "./panel-spec";

export type Body = Pick<PanelSpec, "texts" | "buttons" | "strip">;
export type Item = Omit<PanelButton, "x" | "y" | "w" | "h">;

export const MARGIN = 40;
export const WIDE = 944;
const GAP = 14;
const LETTERS = 50;
const LINE = 48;
const PAGER_Y = 692;
const PAGER_H = 76;

/** Buttons side by side over the whole width. */
export function row(y: number, h: number, items: readonly Item[]): PanelButton[] {
  const w = (WIDE - GAP * (items.length - 1)) / items.length;
  return items.map((item, i) => ({ ...item, x: MARGIN + i * (w + GAP), y, w, h }));
}

/** Text over several lines, cut at `most` of them. */
export function lines(
  text: string,
  y: number,
  most: number,
  look: Partial<PanelText> = {},
): PanelText[] {
  const all = wrap(text, LETTERS);
  const shown = all.slice(0, most);
  if (all.length > most) shown[most - 1] += "…";
  return shown.map((line, i) => ({
    ...{ text: line, x: MARGIN, y: y + i * LINE, size: 38, width: WIDE },
    ...look,
  }));
}

/** A name as long as there is room for it on a button. */
export const shortName = (name: string, most = 18) =>
  name.length <= most ? name : `${name.slice(0, most - 1).trimEnd()}…`;

/** How many pages a list has. */
export const pagesOf = (count: number, perPage: number) => Math.max(1, Math.ceil(count / perPage));

/** Those on a page of a list, and the buttons to the other pages where there are any. */
export function paged<T>(
  all: readonly T[],
  perPage: number,
  page: number,
  more = "",
): { shown: readonly T[]; pager: Body } {
  const pages = pagesOf(all.length, perPage);
  const at = Math.min(Math.max(0, page), pages - 1);
  const shown = all.slice(at * perPage, (at + 1) * perPage);
  if (pages === 1) return { shown, pager: { texts: [], buttons: [] } };
  const side = { y: PAGER_Y, w: 220, h: PAGER_H };
  return {
    shown,
    pager: {
      texts: [
        {
          text: [GW.page(at + 1, pages), more].filter(Boolean).join(" "),
          ...{ x: more === "" ? 462 : 320, y: PAGER_Y + 50, size: 36, width: 424 },
          tone: "quiet",
        },
      ],
      buttons: [
        { id: "page:-1", label: "Earlier", disabled: at === 0, x: MARGIN, ...side },
        { id: "page:1", label: "More", disabled: at === pages - 1, x: 764, ...side },
      ],
    },
  };
}
