/** One event on one day: what, when, with whom; whether one comes; the way in. */
import type { Page, PageContext } from "../../app/router";
import { Problem } from "../../net/api";
import {
  type EventInfo,
  eventCalendar,
  eventInfo,
  type Occurrence,
  occurrence,
} from "../../net/events";
import { live } from "../../net/live";
import { whenKnown } from "../account/gate";
import { copyLink } from "../copy-link";
import { type Child, fill, h } from "../dom";
import { face } from "../face";
import { icon } from "../icons";
import { planRunner } from "../plans/runner";
import {
  emptyState,
  linkButton,
  note,
  pageFrame,
  problemNote,
  section,
  skeleton,
  until,
} from "../shell";
import { EV } from "../strings-events";
import { answerPart, isOver } from "./answer-part";
import { hostsPart } from "./hosts-part";
import { fillPlan } from "./plan-short";
import { dayAddress } from "./row";
import { hostTime, longDay, placeOf, span, viewerZone } from "./when";

const W = EV.page;
const STEPS_SHOWN = 6;
/** The state changes with the clock even when no news come. */
const LOOK_AGAIN_MS = 30_000;

export const occurrencePage: Page = (root, context) => {
  const lead = h("div");
  const frame = pageFrame(root, context, { title: EV.loading, wide: true, lead });
  const { event = "", occurrence: original = "" } = context.params;
  const asStudent = context.query.get("as") === "student";
  let ends: (() => void)[] = [];
  let ended = false;
  let shown = "";
  const stop = () => {
    for (const end of ends) end();
    ends = [];
  };
  // An answer to an earlier question says less than a later one.
  let asked = 0;
  let afresh = false;
  const load = async (anew = true) => {
    const mine = ++asked;
    afresh ||= anew;
    try {
      const [day, info] = await Promise.all([occurrence(event, original), eventInfo(event)]);
      const state = JSON.stringify([day, info]);
      // What stays the same is left alone, and with it what somebody is doing there.
      if (ended || mine !== asked || (!afresh && state === shown)) return;
      afresh = false;
      shown = state;
      stop();
      frame.title(day.title);
      fill(lead, back(day));
      draw(frame.main, {
        ...{ day, info, context, asStudent },
        load,
        onEnd: (run) => ends.push(run),
      });
    } catch (error) {
      if (
        !ended &&
        mine === asked &&
        (afresh || !(error instanceof Problem) || error.status === 404)
      ) {
        // Once it was shown, its name stays.
        if (shown === "") frame.title(EV.title);
        fill(frame.main, trouble(error, context, load));
      }
    }
  };
  fill(frame.main, skeleton(5));
  const heard: (() => void)[] = [];
  const listen = () => {
    // News are for those signed in; others see how it was when they came, and look again.
    if (context.session.me.account === null) return;
    heard.push(
      live.hear("event", (news) => {
        if (news.event === event && news.original === original) void load(false);
      }),
      live.onGap(() => void load(false)),
    );
  };
  const forget = whenKnown(context, () => {
    listen();
    void load();
  });
  const timer = setInterval(() => {
    if (!document.hidden) void load(false);
  }, LOOK_AGAIN_MS);
  return () => {
    ended = true;
    forget();
    clearInterval(timer);
    for (const end of heard) end();
    stop();
    frame.end();
  };
};

interface DayParts {
  day: Occurrence;
  info: EventInfo;
  context: PageContext;
  asStudent: boolean;
  load(): Promise<void>;
  onEnd(run: () => void): void;
}

function back({ group }: Occurrence): HTMLElement {
  return h(
    "a",
    { class: "back-link", attrs: { href: `/g/${group.slug}/events` } },
    icon("back"),
    W.toCalendar(group.name),
  );
}

function trouble(error: unknown, context: PageContext, again: () => Promise<void>): HTMLElement {
  // An address that names no day is as good as one of a day that is not.
  const missing = error instanceof Problem && [401, 403, 404, 422].includes(error.status);
  if (!missing) return problemNote(error, again);
  const signedOut = context.session.me.account === null;
  const here = encodeURIComponent(location.pathname);
  return emptyState(
    "info",
    W.missing,
    W.missingHelp,
    signedOut
      ? linkButton(`/sign-in?next=${here}`, W.signInDo, "button next")
      : linkButton("/", EV.mine.title),
  );
}

function draw(main: HTMLElement, parts: DayParts): void {
  main.classList.add("event-page");
  const { info, context, asStudent } = parts;
  const day = asStudent ? seenByStudents(parts.day) : parts.day;
  const { me } = context.session;
  const { account } = me;
  const host = day.may_host && !asStudent;
  const leads = [info.host, ...info.co_hosts].some((each) => each?.id === account?.id);
  fill(
    main,
    asStudent && studentNote(day),
    h("div", { class: "event-top" }, stateNote(day, info), whenPart(day), peoplePart(info)),
    h(
      "div",
      { class: "group-side" },
      shown(wayIn(day, host), asStudent),
      // Whoever leads has a place without asking; that they came may be kept of them too.
      (asStudent || !leads || isOver(day)) &&
        answerPart({
          day,
          signedIn: account !== null,
          member: account?.kind === "guest" || me.groups.some(({ id }) => id === day.group.id),
          here: dayAddress(day),
          shown: asStudent,
          changed: parts.load,
          onEnd: parts.onEnd,
        }),
      host && hostsPart({ day, event: info, go: context.go, changed: parts.load }),
      shown(keepPart(day), asStudent),
    ),
    h(
      "div",
      { class: "event-rest" },
      info.description !== "" &&
        section(W.about, "", h("p", { class: "event-text" }, info.description)),
      asStudent ? planAsStudent(day, parts) : planPart(day, account !== null),
    ),
  );
}

/** Not answered yet, and published: a draft is what it will be. */
function seenByStudents(day: Occurrence): Occurrence {
  return { ...day, mine: null, state: day.state === "draft" ? "scheduled" : day.state };
}

/** In a preview buttons are there to be seen. */
function shown(part: HTMLElement | null, only: boolean): HTMLElement | null {
  if (part !== null) part.inert = only;
  return part;
}

function studentNote(day: Occurrence): HTMLElement {
  const element = note(
    "info",
    h("strong", {}, EV.asStudent.title),
    EV.asStudent.help,
    linkButton(dayAddress(day), EV.asStudent.end),
  );
  element.classList.add("as-student");
  return element;
}

/** What is special about this day, in words. */
function stateNote(day: Occurrence, info: EventInfo): Child {
  if (day.state === "cancelled") {
    const why = day.note || info.note;
    const all = info.state === "cancelled" && day.recurring;
    return note(
      "wrong",
      h("strong", { attrs: { "data-test": "cancelled" } }, all ? W.cancelledAll : W.cancelled),
      why !== "" && h("p", { class: "event-text" }, why),
    );
  }
  if (day.state === "draft") return note("info", W.draft);
  if (day.state === "ended") return note("info", W.ended);
  return day.moved && note("info", h("span", { attrs: { "data-test": "moved" } }, W.moved));
}

function whenPart(day: Occurrence): HTMLElement {
  const host = hostTime(day);
  const zone = viewerZone();
  const minutes = Math.round((day.ends_ms - day.starts_ms) / 60_000);
  return h(
    "div",
    { class: "event-when", attrs: { "data-test": "when" } },
    h("p", { class: "event-day" }, longDay(day.starts_ms, zone)),
    h(
      "p",
      { class: "event-clock" },
      h("strong", {}, span(day, zone)),
      h("span", { class: "quiet" }, ` ${placeOf(zone)} · ${EV.when.minutes(minutes)}`),
    ),
    host !== "" &&
      h("p", { class: "quiet", attrs: { "data-test": "host-time" } }, icon("info"), ` ${host}`),
    h(
      "p",
      { class: "quiet" },
      `${EV.templates[day.template][0]} · ${W.inRoom(day.room.name)}`,
      day.recurring && " · ",
      day.recurring && h("a", { attrs: { href: `/g/${day.group.slug}/events` } }, W.repeats),
    ),
  );
}

function peoplePart({ host, co_hosts }: EventInfo): HTMLElement {
  const names = co_hosts.map(({ name }) => name).join(", ");
  return h(
    "div",
    { class: "event-people" },
    host !== null && face(host),
    h(
      "div",
      {},
      host === null
        ? h("p", {}, W.noHost)
        : h("p", {}, h("span", { class: "quiet" }, `${W.host} `), h("strong", {}, host.name)),
      names !== "" && h("p", { class: "small quiet" }, W.coHosts(names)),
    ),
  );
}

function planPart({ plan }: Occurrence, signedIn: boolean): HTMLElement | null {
  if (plan === null) return null;
  const steps = h("div", { class: "stack wide" });
  const minutes = h("p", { class: "quiet" }, EV.when.minutes(plan.minutes));
  fill(steps, signedIn ? skeleton(3) : minutes);
  if (signedIn) void fillPlan(steps, plan.id, STEPS_SHOWN);
  return section(W.plan, "", h("strong", {}, plan.title), steps);
}

function planAsStudent(day: Occurrence, parts: DayParts): HTMLElement {
  const steps = h("div", { class: "stack wide" });
  if (day.plan === null) fill(steps, h("p", { class: "quiet" }, EV.asStudent.noPlan));
  else {
    fill(steps, skeleton(4));
    void planRunner(day.plan.id, { group: day.group.id, onEnd: parts.onEnd }).then(
      (runner) => fill(steps, runner),
      (error: unknown) => fill(steps, problemNote(error, parts.load)),
    );
  }
  return section(EV.asStudent.plan, "", steps);
}

/** The one thing to do when the doors are open, or when they will be. */
function wayIn(day: Occurrence, host: boolean): HTMLElement | null {
  const { state } = day;
  if (state === "cancelled" || state === "draft" || state === "ended") return null;
  const room = `/r/${day.room.id}`;
  if (state === "doors" || state === "live" || state === "winding_down") {
    const words = host ? W.lead : state === "live" ? W.enterLive : W.enter;
    return h(
      "div",
      { class: "card way-in open" },
      h(
        "p",
        { attrs: { role: "status" } },
        h("strong", {}, state === "live" ? W.live : EV.states[state]),
      ),
      h(
        "a",
        { class: "button next big", attrs: { href: room, "data-test": "enter-event" } },
        icon("enter"),
        words,
      ),
    );
  }
  const when = until(day.doors_ms);
  return h(
    "div",
    { class: "card way-in" },
    h("p", {}, host ? W.leadEarly(when) : W.doorsAt(when)),
    host
      ? linkButton(room, W.enter)
      : day.mine !== null && linkButton(`${dayAddress(day)}/wait`, W.waitingRoom),
  );
}

function keepPart(day: Occurrence): HTMLElement | null {
  if (day.state === "draft") return null;
  return h(
    "div",
    { class: "row" },
    h(
      "a",
      {
        class: "button",
        attrs: { href: eventCalendar(day.event), download: "event.ics", "data-test": "event-ics" },
      },
      icon("calendar"),
      W.calendar,
    ),
    h(
      "button",
      { class: "button", attrs: { type: "button" }, on: { click: () => void copyLink() } },
      icon("link"),
      W.share,
    ),
  );
}
