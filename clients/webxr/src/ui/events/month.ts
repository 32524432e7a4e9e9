/** A group's calendar as a month: a table of days for wide screens, each with what is on. */
import { groupEvents, type Occurrence } from "../../net/events";
import { dayAfter, dayOf, zonedMs } from "../../state/zoned";
import { fill, h } from "../dom";
import type { GroupPart } from "../groups/group-frame";
import { act, problemNote } from "../shell";
import { EV } from "../strings-events";
import { dayAddress } from "./row";
import { clock, viewerZone } from "./when";

const W = EV.calendar;
const MOST = 200;
const SHOWN = 3;

/** The first day of the week where the reader lives: 1 is Monday, 7 Sunday. */
function firstWeekday(): number {
  const locale = new Intl.Locale(navigator.language) as Intl.Locale & {
    getWeekInfo?(): { firstDay: number };
    weekInfo?: { firstDay: number };
  };
  return (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1;
}

/** The days of a month's table, whole weeks: from the week of the first to that of the last. */
export function daysOfMonth(month: string, firstDay: number): string[] {
  const first = `${month}-01`;
  const weekday = new Date(`${first}T12:00:00Z`).getUTCDay() || 7;
  const start = dayAfter(first, -((weekday - firstDay + 7) % 7));
  const days: string[] = [];
  for (let day = start; days.length % 7 !== 0 || day.slice(0, 7) <= month; day = dayAfter(day, 1)) {
    days.push(day);
  }
  return days;
}

/** The month so many months after "2026-12". */
export function monthAfter(month: string, by: number): string {
  const [year = 0, of = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, of - 1 + by, 15)).toISOString().slice(0, 7);
}

/** Show the month; returns the way to end it. */
export function monthPart(part: GroupPart, host: HTMLElement): () => void {
  const zone = viewerZone();
  const firstDay = firstWeekday();
  let month = dayOf(Date.now(), zone).slice(0, 7);
  let round = 0;
  const title = h("h2", { attrs: { "aria-live": "polite" } });
  const table = h("div");
  const show = async (next: string) => {
    month = next;
    const mine = ++round;
    const date = Date.parse(`${month}-15T12:00:00Z`);
    title.textContent = new Intl.DateTimeFormat(undefined, {
      month: "long",
      year: "numeric",
    }).format(date);
    const days = daysOfMonth(month, firstDay);
    fill(table, tableOf(days, month, new Map()));
    try {
      const found = await groupEvents(part.group.id, {
        from_ms: zonedMs(`${days[0]}T00:00:00`, zone),
        until_ms: zonedMs(`${dayAfter(days.at(-1)!, 1)}T00:00:00`, zone),
        limit: MOST,
      });
      if (mine === round) fill(table, tableOf(days, month, byDay(found, zone)));
    } catch (error) {
      if (mine === round)
        fill(
          table,
          problemNote(error, () => show(month)),
        );
    }
  };
  fill(
    host,
    h(
      "div",
      { class: "month-head" },
      act("←", () => void show(monthAfter(month, -1)), {
        cls: "button icon-only",
        label: W.before,
      }),
      title,
      act("→", () => void show(monthAfter(month, 1)), { cls: "button icon-only", label: W.after }),
    ),
    table,
  );
  void show(month);
  return () => {
    round++;
  };
}

function byDay(found: readonly Occurrence[], zone: string): Map<string, Occurrence[]> {
  const days = new Map<string, Occurrence[]>();
  for (const each of found) {
    const day = dayOf(each.starts_ms, zone);
    days.set(day, [...(days.get(day) ?? []), each]);
  }
  return days;
}

function tableOf(
  days: readonly string[],
  month: string,
  events: ReadonlyMap<string, Occurrence[]>,
): HTMLElement {
  const today = dayOf(Date.now(), viewerZone());
  const name = (day: string, weekday: "short" | "long") =>
    new Intl.DateTimeFormat(undefined, { weekday, timeZone: "UTC" }).format(
      Date.parse(`${day}T12:00:00Z`),
    );
  const head = days
    .slice(0, 7)
    .map((day) =>
      h("th", { attrs: { scope: "col", abbr: name(day, "long") } }, name(day, "short")),
    );
  const weeks = Array.from({ length: days.length / 7 }, (_, week) =>
    h(
      "tr",
      {},
      ...days
        .slice(week * 7, week * 7 + 7)
        .map((day) => cell(day, day.startsWith(month), day === today, events.get(day) ?? [])),
    ),
  );
  return h(
    "table",
    { class: "month", attrs: { "data-test": "month" } },
    h("thead", {}, h("tr", {}, ...head)),
    h("tbody", {}, ...weeks),
  );
}

function cell(
  day: string,
  inside: boolean,
  today: boolean,
  events: readonly Occurrence[],
): HTMLElement {
  const left = events.length - SHOWN;
  return h(
    "td",
    { class: `${inside ? "" : "outside"}${today ? " today" : ""}` },
    h(
      "span",
      { class: "month-day" },
      String(Number(day.slice(8))),
      today && h("span", { class: "only-spoken" }, ` ${W.today}`),
    ),
    events.length > 0 &&
      h(
        "ul",
        {},
        ...events.slice(0, SHOWN).map((each) =>
          h(
            "li",
            {},
            h(
              "a",
              {
                class: `month-event ${each.state}`,
                attrs: { href: dayAddress(each), title: each.title },
              },
              h("span", { class: "month-time" }, clock(each.starts_ms)),
              ` ${each.title}`,
              each.state === "cancelled" &&
                h("span", { class: "only-spoken" }, ` ${EV.states.cancelled}`),
            ),
          ),
        ),
        left > 0 && h("li", { class: "small quiet" }, W.more(left)),
      ),
  );
}
