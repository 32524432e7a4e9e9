/** The private address of one's own calendar: made, shown once, made anew, removed. */
import { calendarMade, dropCalendar, makeCalendar } from "../../net/events";
import { type Child, fill, h } from "../dom";
import { act, confirmDialog, copyBox, dateTime, loading, note, part, run } from "../shell";
import { EV } from "../strings-events";
import { toast } from "../toasts";
import type { MePart } from "./me";

const W = EV.feed;

export const calendarPart: MePart = (main) => {
  const host = h("div", { class: "stack wide", attrs: { "data-test": "calendar-feed" } });
  const shown = h("div", { class: "stack wide", attrs: { "aria-live": "polite" } });
  const reload = loading(host, {
    load: calendarMade,
    draw: (made): Child[] => buttons(made, shown, () => reload()),
    lines: 2,
  });
  fill(main, part(W.title, h("p", { class: "quiet" }, W.lead), host, shown));
};

function buttons(made: number | null, shown: HTMLElement, reload: () => Promise<void>): Child[] {
  const make = async () => {
    const link = await makeCalendar();
    fill(
      shown,
      note("info", h("strong", {}, W.once), W.secret),
      copyBox(link.startsWith("/") ? location.origin + link : link, "calendar-link"),
      h("p", { class: "small quiet" }, W.how),
    );
    await reload();
  };
  if (made === null) {
    return [
      h("p", {}, W.none),
      act(W.make, (button) => void run(button, make), {
        cls: "button next",
        test: "make-calendar",
      }),
    ];
  }
  const reset = act(
    W.reset,
    () =>
      void confirmDialog({
        ...{ title: W.resetTitle, words: W.resetText, yes: W.reset, danger: true },
        run: make,
      }),
    { test: "reset-calendar" },
  );
  const remove = act(
    W.remove,
    async () => {
      const done = await confirmDialog({
        ...{ title: W.removeTitle, words: W.removeText, yes: W.remove, danger: true },
        run: dropCalendar,
      });
      if (!done) return;
      fill(shown);
      toast(W.removed);
      await reload();
    },
    { cls: "button danger", test: "drop-calendar" },
  );
  return [
    h("p", { class: "quiet" }, W.made(dateTime(made))),
    h("div", { class: "row" }, reset, remove),
  ];
}
