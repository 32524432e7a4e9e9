/** What comes up for one: on the first page, and the next of a group on its page. */
import { groupEvents, myEvents, type Occurrence } from "../../net/events";
import { inTurn } from "../../net/in-turn";
import { live } from "../../net/live";
import { fill, h } from "../dom";
import type { GroupPart } from "../groups/group-frame";
import { linkButton, section } from "../shell";
import { EV } from "../strings-events";
import { occurrenceRow } from "./row";
import { shortDay } from "./when";

const MOST = 4;
const SOON_MS = 35 * 86_400_000;
const BACK_MS = 12 * 3_600_000;

/** One's own next events; hidden until there is an answer, and for whoever is in no group. */
export function myEventsPart(me: string): { element: HTMLElement; end(): void } {
  const list = h("div", { class: "stack wide", attrs: { "data-test": "my-events" } });
  const element = section(EV.mine.title, "my-events", list);
  element.hidden = true;
  let ended = false;
  const load = inTurn(async () => {
    let found: Occurrence[];
    try {
      found = await myEvents();
    } catch {
      return;
    }
    if (ended) return;
    const next = still(found);
    element.hidden = false;
    fill(
      list,
      next.length === 0
        ? h("p", { class: "quiet" }, EV.mine.none)
        : h("ul", { class: "list" }, ...next.slice(0, MOST).map((day) => dated(day, me, true))),
    );
  });
  void load();
  const stops = [live.hear("event", () => void load()), live.onGap(() => void load())];
  return {
    element,
    end: () => {
      ended = true;
      for (const stop of stops) stop();
    },
  };
}

/** The next event of a group; without one a word, and for hosts the way to plan one. */
export function nextEventPart(part: GroupPart): HTMLElement | null {
  const { group, can, account } = part;
  if (group.archived) return null;
  const base = `/g/${group.slug}/events`;
  const host = h("div", { class: "stack wide", attrs: { "data-test": "next-event" } });
  const element = section(EV.next.title, "next-event", host);
  element.hidden = true;
  const now = Date.now();
  const span = { from_ms: now - BACK_MS, until_ms: now + SOON_MS, limit: 20 };
  // Without an answer the page is as good as before there were events.
  void groupEvents(group.id, span).then(
    (found) => {
      const next = still(found).filter(({ state }) => state !== "draft" && state !== "cancelled");
      const plans = can("host_events");
      element.hidden = next.length === 0 && !plans;
      fill(
        host,
        next.length === 0
          ? h("p", { class: "quiet" }, EV.next.none)
          : h("ul", { class: "list" }, dated(next[0]!, account?.id ?? null, false)),
        h(
          "div",
          { class: "row" },
          linkButton(base, EV.next.all),
          plans && linkButton(`${base}/new`, EV.calendar.plan),
        ),
      );
    },
    () => {},
  );
  return element;
}

const still = (found: readonly Occurrence[]) =>
  found.filter(({ ends_ms, state }) => ends_ms > Date.now() && state !== "ended");

/** A line with its day, where no heading says it. */
function dated(day: Occurrence, me: string | null, group: boolean): HTMLElement {
  const row = occurrenceRow(day, { me, group });
  row
    .querySelector(".event-time")
    ?.prepend(h("span", { class: "small event-date" }, shortDay(day.starts_ms)));
  return row;
}
