/** A group's calendar: what comes, by days or as a month; the ways to plan something. */
import type { Page } from "../../app/router";
import { groupCalendar, groupEvents, type Occurrence } from "../../net/events";
import { inTurn } from "../../net/in-turn";
import { live } from "../../net/live";
import { dayOf } from "../../state/zoned";
import { type Child, fill, h } from "../dom";
import { type GroupPart, groupFrame } from "../groups/group-frame";
import { icon } from "../icons";
import { act, emptyState, linkButton, problemNote, run, skeleton } from "../shell";
import { storageOf } from "../storage";
import { EV } from "../strings-events";
import { openNow } from "./class-now";
import { monthPart } from "./month";
import { occurrenceRow } from "./row";
import { dayTitle, longDay, viewerZone } from "./when";

const W = EV.calendar;
const DAY_MS = 86_400_000;
/** What is asked for at once. */
const SPAN_MS = 42 * DAY_MS;
/** A class that began some hours ago is still on. */
const BACK_MS = 12 * 3_600_000;
const MOST = 200;
const VIEW_KEY = "hearth.calendar-view";

export const calendarPage: Page = (root, context) =>
  groupFrame(root, context, {
    tab: "events",
    title: () => EV.title,
    needs: ["see_group"],
    show: (part) => {
      part.main.classList.add("calendar-page");
      const host = part.can("host_events") && !part.group.archived;
      const view = h("div", { class: "stack wide" });
      part.main.append(head(part, host, view), view, subscribePart(part));
      part.onEnd(showView(part, view, storedView()));
    },
  });

type View = "list" | "month";

function storedView(): View {
  return storageOf("localStorage")?.getItem(VIEW_KEY) === "month" ? "month" : "list";
}

function head(part: GroupPart, host: boolean, view: HTMLElement): HTMLElement {
  const buttons = (["list", "month"] as const).map((each) =>
    h(
      "button",
      {
        class: "segment-button",
        attrs: {
          type: "button",
          "aria-pressed": String(each === storedView()),
          "data-test": `view-${each}`,
        },
        on: {
          click: () => {
            storageOf("localStorage")?.setItem(VIEW_KEY, each);
            for (const [i, button] of buttons.entries()) {
              button.setAttribute("aria-pressed", String((i === 1) === (each === "month")));
            }
            part.onEnd(showView(part, view, each));
          },
        },
      },
      W[each],
    ),
  );
  return h(
    "div",
    { class: "calendar-head" },
    h("p", { class: "quiet" }, W.lead),
    h(
      "div",
      { class: "row" },
      host && linkButton(`/g/${part.group.slug}/events/new`, W.plan, "button next"),
      host && act(W.now, (button) => void run(button, () => openNow(part)), { test: "class-now" }),
      host && linkButton(`/g/${part.group.slug}/plans`, EV.plans),
    ),
    h(
      "div",
      { class: "segment-row wide-only", attrs: { role: "group", "aria-label": W.view } },
      ...buttons,
    ),
  );
}

const rounds = new WeakMap<HTMLElement, () => void>();

/** Show the list or the month in place of what was shown; returns the way to end it. */
function showView(part: GroupPart, host: HTMLElement, view: View): () => void {
  rounds.get(host)?.();
  const wide = window.matchMedia("(min-width: 900px)");
  let end = () => {};
  const draw = () => {
    end();
    end = view === "month" && wide.matches ? monthPart(part, host) : listPart(part, host);
  };
  draw();
  wide.addEventListener("change", draw);
  const stop = () => {
    wide.removeEventListener("change", draw);
    end();
    end = () => {};
  };
  rounds.set(host, stop);
  return stop;
}

function listPart(part: GroupPart, host: HTMLElement): () => void {
  const list = h("div", { class: "event-days", attrs: { "data-test": "events" } });
  const foot = h("div", { attrs: { "aria-live": "polite" } });
  const fromMs = Date.now() - BACK_MS;
  let found: Occurrence[] = [];
  let untilMs = fromMs + SPAN_MS;
  let ended = false;
  const load = inTurn(async () => {
    const asked = untilMs;
    try {
      const items = await groupEvents(part.group.id, {
        from_ms: fromMs,
        until_ms: asked,
        limit: MOST,
      });
      if (ended || asked !== untilMs) return;
      const now = Date.now();
      found = items.filter(({ ends_ms, state }) => ends_ms > now && state !== "ended");
      fill(list, ...days(part, found, now));
      fill(foot, later());
    } catch (error) {
      if (!ended) fill(foot, problemNote(error, load));
    }
  });
  const later = (): Child => {
    if (found.length === 0 && untilMs === fromMs + SPAN_MS) return none(part);
    return h(
      "div",
      { class: "stack" },
      h("p", { class: "quiet small" }, W.noMore(longDay(untilMs))),
      act(W.later, (button) => {
        untilMs += SPAN_MS;
        void run(button, load);
      }),
    );
  };
  fill(host, list, foot);
  fill(list, skeleton(4));
  void load();
  const stops: (() => void)[] = [];
  // News are for those signed in; others see how it was when they came.
  if (part.account !== null) {
    stops.push(
      live.onGap(() => void load()),
      live.hear("event", ({ event }) => {
        if (found.some((each) => each.event === event)) void load();
      }),
    );
  }
  return () => {
    ended = true;
    for (const stop of stops) stop();
  };
}

/** The list under the names of its days. */
function days(part: GroupPart, found: readonly Occurrence[], nowMs: number): HTMLElement[] {
  const zone = viewerZone();
  const byDay = new Map<string, Occurrence[]>();
  for (const each of found) {
    // What began yesterday and is on stands under today.
    const day = dayOf(Math.max(each.starts_ms, nowMs - BACK_MS), zone);
    byDay.set(day, [...(byDay.get(day) ?? []), each]);
  }
  const me = part.account?.id ?? null;
  return [...byDay].map(([day, each]) =>
    h(
      "section",
      { class: "part", attrs: { "aria-label": dayTitle(day, nowMs) } },
      h("h2", {}, dayTitle(day, nowMs)),
      h("ul", { class: "list" }, ...each.map((one) => occurrenceRow(one, { me }))),
    ),
  );
}

function none(part: GroupPart): HTMLElement {
  // The way to plan one stands above.
  const host = part.can("host_events") && !part.group.archived;
  return emptyState("calendar", W.none, host ? W.noneHost : W.noneHelp);
}

function subscribePart({ group, account }: GroupPart): HTMLElement {
  return h(
    "details",
    { class: "subscribe" },
    h("summary", {}, W.subscribe),
    h(
      "div",
      { class: "stack" },
      h("p", { class: "quiet" }, W.subscribeHelp),
      h(
        "div",
        { class: "row" },
        h(
          "a",
          {
            class: "button",
            attrs: {
              href: groupCalendar(group.id),
              download: `${group.slug}.ics`,
              "data-test": "group-ics",
            },
          },
          icon("calendar"),
          W.download,
        ),
        account?.kind === "member" && linkButton("/me/calendar", W.own),
      ),
    ),
  );
}
