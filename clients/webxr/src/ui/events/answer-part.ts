/** "Do you come?": a place taken or given back, the queue, an offer and how long it stands. */
import { answerNo, answerYes, takeOffer } from "../../net/attending";
import type { Occurrence, Rsvp } from "../../net/events";
import { serverNow } from "../../net/server-clock";
import { type Child, fill, h } from "../dom";
import { icon } from "../icons";
import { act, checkRow, linkButton, run, section } from "../shell";
import { EV } from "../strings-events";
import { toast } from "../toasts";
import { type GuestsStepper, guestsLink, guestsStepper } from "./guests-part";
import { placesLeft } from "./row";
import { countdown } from "./when";

const W = EV.answer;
const TICK_MS = 1_000;
const LATER_MS = 5_000;

interface AnswerParts {
  day: Occurrence;
  signedIn: boolean;
  /** Whether one belongs to its group; who does not may not answer yet. */
  member: boolean;
  /** Where signing in leads back to. */
  here: string;
  /** Only a picture of it: buttons do nothing. */
  shown?: boolean;
  /** Something was answered. */
  changed(): Promise<void>;
  onEnd(run: () => void): void;
}

/** The part; null where there is nothing to answer any more, and nothing to forget. */
export function answerPart(parts: AnswerParts): HTMLElement | null {
  const { day } = parts;
  const { attendance } = day.mine ?? { attendance: false };
  if (isOver(day)) return attendance ? keptPart(parts) : null;
  const open = ["scheduled", "doors", "live"].includes(day.state) && day.ends_ms > serverNow();
  if (!open) return null;
  if (!parts.signedIn) {
    const next = encodeURIComponent(parts.here);
    return section(
      W.title,
      "card answer-part",
      places(day),
      linkButton(`/sign-in?next=${next}`, EV.page.signIn, "button next big"),
    );
  }
  if (!parts.member) {
    const { slug, name } = day.group;
    return section(
      W.title,
      "card answer-part",
      places(day),
      linkButton(`/g/${slug}`, W.join(name), "button next big"),
    );
  }
  const element = section(W.title, "card answer-part", ...content(parts));
  element.dataset.test = "answer";
  if (parts.shown) element.inert = true;
  return element;
}

/** Whether nobody answers any more, for it is over or nearly so. */
export const isOver = ({ state }: Occurrence) => state === "ended" || state === "winding_down";

/** What is kept with one's leave, to be taken back. */
function keptPart({ day, changed }: AnswerParts): HTMLElement {
  const forget = act(
    W.forget,
    (button) =>
      void run(button, async () => {
        await answerNo(day);
        toast(W.forgotten);
        await changed();
      }),
    { cls: "button", test: "forget-came" },
  );
  const element = section(W.keptTitle, "card answer-part", h("p", {}, W.kept), forget);
  element.dataset.test = "kept-came";
  return element;
}

function places(day: Occurrence): HTMLElement {
  const left = placesLeft(day);
  return h("p", { class: "quiet" }, left > 0 ? W.places(left) : W.full(day.waiting));
}

function content(parts: AnswerParts): Child[] {
  const { mine } = parts.day;
  if (mine === null) return asking(parts);
  if (mine.state === "released") {
    const { missed } = mine;
    return [missed !== null && h("p", {}, icon("info"), " ", W.missed[missed]), ...asking(parts)];
  }
  if (mine.state === "offered") return offered(parts, mine);
  return given(parts, mine);
}

/** Not answered yet. */
function asking(parts: AnswerParts): Child[] {
  const { day } = parts;
  const wish = wishes(day);
  // Whoever waits was there before: nobody has a place at once.
  const full = placesLeft(day) === 0 || day.waiting > 0;
  const yes = act(
    full ? W.queue : W.yes,
    (button) =>
      void run(button, async () => {
        const rsvp = await answerYes(day, wish.read());
        toast(rsvp.state === "going" ? W.going : W.waiting(rsvp.position));
        await parts.changed();
      }),
    { cls: "button next big", test: "rsvp-yes" },
  );
  return [places(day), yes, wish.element];
}

/** A place is kept, or one waits for it. */
function given(parts: AnswerParts, mine: Rsvp): Child[] {
  const { day } = parts;
  const going = mine.state === "going";
  let kept = mine.guests;
  const wish = wishes(day, () => {
    void answerYes(day, wish.read()).then(
      (rsvp) => {
        toast(W.saved);
        // Its places and its link are others now.
        if (rsvp.guests !== kept) void parts.changed();
        kept = rsvp.guests;
      },
      (error: Error) => {
        wish.guests?.show(kept);
        toast(error.message, { wrong: true });
      },
    );
  });
  const no = act(
    going ? W.no : W.leave,
    (button) =>
      void run(button, async () => {
        await answerNo(day);
        if (going) toast(W.gone);
        await parts.changed();
      }),
    { cls: "button", test: "rsvp-no" },
  );
  return [
    h(
      "p",
      { class: `rsvp-state ${mine.state}`, attrs: { "data-test": `rsvp-${mine.state}` } },
      icon(going ? "check" : "info"),
      h("strong", {}, going ? goingWords(mine) : W.waiting(mine.position)),
    ),
    !going && h("p", { class: "quiet" }, W.waitingHelp),
    wish.element,
    guestsLink(day, mine),
    no,
  ];
}

/** For how many a place is kept: who is in has theirs. */
function goingWords({ guests, guests_here }: Rsvp): string {
  const places = 1 + guests - guests_here;
  return places > 1 ? EV.guests.going(places) : W.going;
}

function offered(parts: AnswerParts, mine: Rsvp): Child[] {
  const { day } = parts;
  const left = h("p", { class: "quiet" });
  const until = mine.offer_until_ms;
  const take = act(
    W.take,
    (button) =>
      void run(button, async () => {
        await takeOffer(day);
        toast(W.taken);
        await parts.changed();
      }),
    { cls: "button next big", test: "rsvp-accept" },
  );
  const tick = () => {
    if (until === null) return;
    const still = until - serverNow();
    left.textContent = still > 0 ? W.offerLeft(countdown(still)) : W.offerOver;
    if (still > 0) return;
    clearInterval(timer);
    // The server passes it on in its own time.
    later = setTimeout(() => void parts.changed(), LATER_MS);
  };
  let later: ReturnType<typeof setTimeout> | undefined;
  const timer = setInterval(tick, TICK_MS);
  parts.onEnd(() => {
    clearInterval(timer);
    clearTimeout(later);
  });
  tick();
  const refuse = act(
    W.refuse,
    (button) =>
      void run(button, async () => {
        await answerNo(day);
        toast(W.gone);
        await parts.changed();
      }),
  );
  return [
    h(
      "p",
      { class: "rsvp-state offered", attrs: { role: "status", "data-test": "rsvp-offered" } },
      icon("light"),
      h("strong", {}, W.offered),
    ),
    left,
    h("div", { class: "row" }, take, refuse),
  ];
}

interface Wishes {
  element: HTMLElement;
  guests: GuestsStepper | null;
  read(): { access: boolean; attendance: boolean; guests?: number };
}

/** Whom one brings, and two boxes: a place in front, and whether it may be kept that one came. */
function wishes(day: Occurrence, changed: () => void = () => {}): Wishes {
  const { mine } = day;
  const kept = mine?.state === "released" ? 0 : (mine?.guests ?? 0);
  // What was promised stays, also where no more are let in now.
  const most = Math.max(kept, day.guests_max);
  const least = mine?.guests_here ?? 0;
  const guests = most > 0 ? guestsStepper(kept, [least, most], changed) : null;
  const access = checkRow(W.access, mine?.access ?? false, W.accessHelp);
  const attendance = checkRow(W.attendance, mine?.attendance ?? false, W.attendanceHelp);
  const element = h("div", { class: "wishes" });
  fill(
    element,
    guests?.element,
    guests !== null && h("p", { class: "small quiet" }, EV.guests.help),
    access.element,
    attendance.element,
  );
  for (const { input } of [access, attendance]) input.addEventListener("change", changed);
  return {
    element,
    guests,
    read: () => ({
      access: access.input.checked,
      attendance: attendance.input.checked,
      ...(guests === null ? {} : { guests: guests.value() }),
    }),
  };
}
