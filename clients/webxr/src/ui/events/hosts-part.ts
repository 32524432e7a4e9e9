/** What hosts see of an occurrence and do about it: answers, who came, editing, cancelling. */
import { answers, attendance } from "../../net/attending";
import {
  cancelDay,
  cancelEvent,
  changeEvent,
  cloneEvent,
  dropDraft,
  type EventInfo,
  eventInfo,
  type Occurrence,
} from "../../net/events";
import { type Child, h } from "../dom";
import {
  act,
  confirmDialog,
  emptyState,
  field,
  linkButton,
  loading,
  note,
  pager,
  personCard,
  run,
  section,
} from "../shell";
import { EF } from "../strings-event-form";
import { EV } from "../strings-events";
import { toast } from "../toasts";
import { askWhich } from "./choose-which";
import { dayAddress } from "./row";
import { clock } from "./when";

const W = EV.hosts;

interface HostParts {
  day: Occurrence;
  event: EventInfo;
  go(path: string): void;
  changed(): Promise<void>;
}

export function hostsPart(parts: HostParts): HTMLElement {
  const { day, event } = parts;
  return section(
    W.title,
    "card hosts-part",
    ...event.troubles.map((each) => note("wrong", W.troubles[each])),
    h("div", { class: "row" }, ...buttons(parts)),
    event.state !== "draft" && answersPart(day),
    (day.state === "ended" || day.state === "live" || day.state === "winding_down") &&
      attendancePart(day),
  );
}

function buttons(parts: HostParts): Child[] {
  const { day, event, go } = parts;
  const over = day.state === "ended" || day.state === "winding_down";
  const draft = event.state === "draft";
  const cancelled = day.state === "cancelled";
  const whole = event.state === "cancelled";
  return [
    draft &&
      act(
        W.publish,
        (button) =>
          void run(button, async () => {
            await changeEvent(event.id, event.version, { state: "scheduled" });
            toast(EF.published);
            await parts.changed();
          }),
        { cls: "button next", test: "publish" },
      ),
    event.may_edit && !over && !cancelled && act(W.edit, () => void edit(parts), { test: "edit" }),
    !cancelled && linkButton(`${dayAddress(day)}?as=student`, W.asStudent),
    event.may_edit &&
      act(
        W.clone,
        (button) =>
          void run(button, async () => {
            const made = await cloneEvent(event.id);
            go(`/e/${made.id}/edit`);
            toast(W.cloned);
          }),
        { test: "clone" },
      ),
    event.may_edit && draft && act(EF.drop, () => void drop(parts), { cls: "button danger" }),
    event.may_edit &&
      !draft &&
      !over &&
      !cancelled &&
      act(W.cancel, () => void cancel(parts), { cls: "button danger", test: "cancel" }),
    event.may_edit &&
      cancelled &&
      !whole &&
      act(
        W.restore,
        (button) =>
          void run(button, async () => {
            await cancelDay(day, false, "");
            toast(W.restored);
            await parts.changed();
          }),
        { test: "restore" },
      ),
  ];
}

async function edit({ day, go }: HostParts): Promise<void> {
  const which = day.recurring ? await askWhich("edit") : "all";
  if (which === "all") go(`/e/${day.event}/edit`);
  if (which === "one") go(`/e/${day.event}/edit?on=${day.original}`);
}

async function drop({ day, event, go }: HostParts): Promise<void> {
  const done = await confirmDialog({
    title: EF.drop,
    words: EF.dropText,
    yes: EF.drop,
    danger: true,
    run: () => dropDraft(event.id),
  });
  if (!done) return;
  go(`/g/${day.group.slug}/events`);
  toast(EF.draftGone);
}

async function cancel({ day, event, changed }: HostParts): Promise<void> {
  const which = day.recurring ? await askWhich("cancel") : "all";
  if (which === null) return;
  const why = field({
    label: W.cancelNote,
    attrs: { maxlength: 280, placeholder: W.cancelPlaceholder, "data-test": "cancel-note" },
  });
  const done = await confirmDialog({
    title: which === "one" ? W.cancelDay : W.cancelAll,
    words: W.cancelText,
    yes: which === "one" ? W.cancelDay : W.cancelAll,
    danger: true,
    extra: why.element,
    run: async () => {
      const words = why.input.value.trim();
      if (which === "one") await cancelDay(day, true, words);
      // Somebody may have changed it since: what counts is that it does not happen.
      else await cancelEvent(event.id, (await eventInfo(event.id)).version, words);
    },
  });
  if (!done) return;
  toast(W.cancelled);
  await changed();
}

function answersPart(day: Occurrence): HTMLElement {
  const list = pager({
    load: (cursor) => answers(day, cursor),
    row: ({ person, state, access, guests, brought }) =>
      personCard(person, [
        h(
          "span",
          { class: "small quiet" },
          W.states[state],
          withGuests(guests),
          brought && ` · ${EV.guests.brought}`,
          access && ` · ${W.access}`,
        ),
      ]),
    empty: emptyState("people", W.answersNone, W.answersNoneHelp),
    label: W.answers,
  });
  return h("div", { class: "stack wide" }, h("h3", {}, W.answers), list.element);
}

/** "+2" beside whoever brings two. */
function withGuests(guests: number): Child {
  return (
    guests > 0 &&
    h(
      "span",
      { class: "guests-plus", attrs: { "data-test": "guests-plus" } },
      h("span", { attrs: { "aria-hidden": true } }, ` ${EV.guests.with(guests)}`),
      h("span", { class: "only-spoken" }, ` ${EV.guests.withSpoken(guests)}`),
    )
  );
}

function attendancePart(day: Occurrence): HTMLElement {
  const list = h("ul", { class: "list" });
  loading(list, {
    load: () => attendance(day),
    draw: (found) =>
      found.length === 0
        ? [h("li", { class: "quiet" }, W.attendanceNone)]
        : found.map(({ person, came_ms, guests }) =>
            personCard(person, [
              came_ms !== null &&
                h("span", { class: "small quiet" }, clock(came_ms), withGuests(guests)),
            ]),
          ),
    lines: 1,
  });
  return h(
    "div",
    { class: "stack wide" },
    h("h3", {}, W.attendance),
    h("p", { class: "small quiet" }, W.attendanceHelp),
    list,
  );
}
