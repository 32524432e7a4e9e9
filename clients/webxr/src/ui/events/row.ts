/** An occurrence as a line of a list: when, what, who leads, how full, and what one answered. */
import type { Occurrence, Rsvp } from "../../net/events";
import { type Child, h } from "../dom";
import { face } from "../face";
import { icon } from "../icons";
import { EV } from "../strings-events";
import { clock, hostTime, span } from "./when";

const W = EV.row;

/** Where an occurrence has its page. */
export const dayAddress = (day: Pick<Occurrence, "event" | "original">) =>
  `/e/${day.event}/${day.original}`;

/** Places that nobody has. */
export const placesLeft = ({ capacity, going }: Occurrence) => Math.max(0, capacity - going);

/** How many come, or that all places are taken. */
export function fullness(day: Occurrence): string {
  if (placesLeft(day) > 0) return W.going(day.going, day.capacity);
  return W.full(day.waiting);
}

/** A word about its state where there is something to say. */
export function stateMark(day: Occurrence): HTMLElement | null {
  const { state } = day;
  if (state === "scheduled") {
    return day.moved ? h("span", { class: "event-mark moved" }, icon("info"), W.moved) : null;
  }
  const name = state === "cancelled" ? "close" : state === "draft" ? "text" : "light";
  return h("span", { class: `event-mark state-${state}` }, icon(name), EV.states[state]);
}

/** What one answered, or that one leads; nothing to say otherwise. */
export function myMark(day: Occurrence, me: string | null): Child {
  if (me !== null && day.host?.id === me) {
    return h("span", { class: "event-mark mine" }, icon("flag"), W.lead);
  }
  if (day.mine === null || day.state === "cancelled") return null;
  const { state } = day.mine;
  const words = mineWords(day, day.mine);
  if (words === null) return null;
  const name = state === "going" ? "check" : "info";
  return h("span", { class: `event-mark mine rsvp-${state}` }, icon(name), words);
}

/** Once it is over nobody comes or waits any more; who leads lost no place. */
function mineWords({ state: day, may_host }: Occurrence, mine: Rsvp): string | null {
  if (day === "ended") return mine.attendance ? W.came : null;
  if (mine.state !== "released") return W.mine[mine.state];
  return mine.missed === null || may_host ? null : W.missed[mine.missed];
}

interface RowOptions {
  me: string | null;
  /** Of which group, in a list over several. */
  group?: boolean;
}

/** One line; all of it is the way to its page. */
export function occurrenceRow(day: Occurrence, options: RowOptions): HTMLElement {
  const host = hostTime(day);
  const words = [
    options.group ? day.group.name : EV.templates[day.template][0],
    day.host !== null && W.with(day.host.name),
    day.recurring && W.repeats,
  ];
  return h(
    "li",
    {},
    h(
      "a",
      {
        class: day.state === "cancelled" ? "event-row off" : "event-row",
        attrs: { href: dayAddress(day), "data-event": day.event },
      },
      h(
        "span",
        { class: "event-time" },
        h("strong", {}, clock(day.starts_ms)),
        h("span", { class: "only-spoken" }, ` (${span(day)})`),
        host !== "" && h("span", { class: "small quiet" }, host),
      ),
      h(
        "span",
        { class: "event-words" },
        h("strong", { class: "event-title" }, day.title),
        h(
          "span",
          { class: "small quiet" },
          words.filter((each) => each !== false && each !== "").join(" · "),
        ),
        h(
          "span",
          { class: "event-marks small" },
          stateMark(day),
          myMark(day, options.me),
          // Of what is over, who took a place is not kept.
          !["cancelled", "draft", "ended"].includes(day.state) &&
            h("span", { class: "quiet" }, fullness(day)),
        ),
      ),
      day.host !== null && face(day.host),
    ),
  );
}
