/** Whom one brings: how many, by two buttons or the arrow keys; and the link by which they come. */
import { guestLink } from "../../net/attending";
import type { Occurrence, Rsvp } from "../../net/events";
import { h } from "../dom";
import { act, run } from "../shell";
import { copyText } from "../shell/copy";
import { EV } from "../strings-events";

const W = EV.guests;

export interface GuestsStepper {
  element: HTMLElement;
  value(): number;
  /** As it was before somebody pressed what was refused then. */
  show(value: number): void;
}

/** "I bring 2 guests", between two numbers. */
export function guestsStepper(
  value: number,
  [least, most]: readonly [least: number, most: number],
  changed: (value: number) => void = () => {},
): GuestsStepper {
  let now = value;
  const words = h("strong", { attrs: { role: "status", "data-test": "guests" } });
  const step = (by: number) => {
    const next = Math.min(most, Math.max(least, now + by));
    if (next === now) return;
    show(next);
    changed(next);
  };
  const less = act("−", () => step(-1), { label: W.less, test: "guests-less" });
  const more = act("+", () => step(1), { label: W.more, test: "guests-more" });
  const show = (to: number) => {
    now = to;
    words.textContent = W.bring(to);
    // Not `disabled`: whoever pressed it last keeps the focus.
    less.setAttribute("aria-disabled", `${to <= least}`);
    more.setAttribute("aria-disabled", `${to >= most}`);
  };
  const element = h(
    "div",
    { class: "guests-stepper", attrs: { role: "group", "aria-label": W.label } },
    less,
    words,
    more,
  );
  element.addEventListener("keydown", ({ key }) => {
    if (key === "ArrowUp" || key === "ArrowRight") step(1);
    if (key === "ArrowDown" || key === "ArrowLeft") step(-1);
  });
  show(now);
  return { element, value: () => now, show };
}

/** How one's guests come in; null where nobody is awaited. */
export function guestsLink(day: Occurrence, mine: Rsvp): HTMLElement | null {
  if (mine.state !== "going" || mine.guests <= mine.guests_here) return null;
  const shown = h("p", { class: "small guests-link", attrs: { role: "status", hidden: true } });
  const copy = act(
    W.link,
    (button) =>
      void run(button, async () => {
        const made = await guestLink(day);
        const link = `${location.origin}${made.link}`;
        // It is told this once: whoever has no clipboard reads it here.
        shown.hidden = false;
        shown.textContent = link;
        await copyText(link, { done: W.copied, failed: W.copyFailed });
      }),
    { test: "guest-link" },
  );
  const here = mine.guests_here;
  return h(
    "div",
    { class: "stack" },
    h("p", { class: "small quiet" }, W.linkHelp, here > 0 && ` ${W.here(here)}`),
    copy,
    shown,
  );
}
