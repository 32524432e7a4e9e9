/** Changes one day of an event that repeats: time, place, name, places, plan. */
import { Problem } from "../../net/api";
import {
  changeDay,
  type DayChange,
  type EventInfo,
  type Occurrence,
  occurrence,
} from "../../net/events";
import { localTime } from "../../state/zoned";
import { type Child, fill, h } from "../dom";
import type { GroupPart } from "../groups/group-frame";
import { act, choice, field, linkButton, loading, note, numberField, submitting } from "../shell";
import { EF } from "../strings-event-form";
import { toast } from "../toasts";
import { fillPlans } from "./class-now";
import { dayAddress } from "./row";
import { longDay } from "./when";
import { whenFields } from "./when-fields";

const W = EF;

/** Fill the page of `part` once the day is known. */
export function dayForm(part: GroupPart, info: EventInfo, original: string): void {
  loading(part.main, {
    load: () => occurrence(info.id, original),
    draw: (day) => form(part, day),
    lines: 5,
  });
}

function form(part: GroupPart, given: Occurrence): Child[] {
  const { group, context } = part;
  let day = given;
  const local = (of: Occurrence) => localTime(of.starts_ms, of.zone);
  const minutesOf = (of: Occurrence) => Math.round((of.ends_ms - of.starts_ms) / 60_000);
  const title = field({
    label: W.title,
    value: day.title,
    attrs: { maxlength: 80, "data-test": "event-title" },
  });
  const when = whenFields(
    { starts: local(day), zone: day.zone, minutes: minutesOf(day) },
    { fixed: true, changed: () => {} },
  );
  const room = choice({
    label: W.room,
    value: day.room.id,
    choices: group.rooms.map(({ id, name }): [string, string] => [id, name]),
  });
  const capacity = numberField({
    label: W.capacity,
    help: W.capacityPlain,
    value: `${day.capacity}`,
    least: 1,
    most: 400,
  });
  const plan = choice({ label: W.plan, choices: [["", W.noPlan]] });
  void fillPlans(group.id, plan.input, day.plan).catch(() => {});
  const problem = h("div", { attrs: { role: "alert" } });
  const conflict = h("div", { attrs: { role: "alert" } });

  const changes = (): DayChange | null => {
    const at = when.read();
    const places = capacity.read();
    if (at === null || places === null) return null;
    const change: DayChange = {};
    if (at.starts !== local(given)) change.starts = at.starts;
    if (at.minutes !== minutesOf(given)) change.minutes = at.minutes;
    const named = title.input.value.trim();
    if (named !== "" && named !== given.title) change.title = named;
    if (room.input.value !== given.room.id) change.room = room.input.value;
    if (places !== given.capacity) change.capacity = places;
    if (plan.input.value !== (given.plan?.id ?? "")) change.plan = plan.input.value;
    return change;
  };
  const save = h(
    "button",
    { class: "button next big", attrs: { type: "submit", "data-test": "save-day" } },
    W.save,
  );
  const fields = { title, room, capacity, plan, ...when.fields };
  const submit = () =>
    submitting(save, problem, fields, async () => {
      const change = changes();
      if (change === null) return;
      fill(conflict);
      try {
        if (Object.keys(change).length > 0) await changeDay(day, day.change_version, change);
        context.go(dayAddress(day));
        toast(W.saved);
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== "stale_version") throw error;
        day = await occurrence(day.event, day.original);
        const mine = act(W.staleMine, () => void submit(), { cls: "button danger" });
        const theirs = act(W.staleTheirs, () => context.again());
        fill(conflict, note("wrong", W.stale, h("div", { class: "row" }, theirs, mine)));
        conflict.scrollIntoView({ block: "center" });
      }
    });
  const element = h(
    "form",
    { class: "form stack wide event-form", attrs: { novalidate: true } },
    h("h2", {}, W.dayTitle(longDay(given.starts_ms, given.zone))),
    h("p", { class: "quiet" }, W.dayLead),
    title.element,
    when.element,
    h("div", { class: "pair" }, room.element, capacity.element),
    plan.element,
    problem,
    conflict,
    h("div", { class: "row" }, save, linkButton(dayAddress(given), W.cancel, "button plain")),
  );
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  return [element];
}
