/** Plans an event, or changes one: six answers first, the rest folded away. */
import type { Page } from "../../app/router";
import { Problem } from "../../net/api";
import {
  changeEvent,
  type EventInfo,
  type EventWish,
  eventInfo,
  planEvent,
} from "../../net/events";
import { fill, h } from "../dom";
import { type GroupPart, groupFrame } from "../groups/group-frame";
import {
  act,
  area,
  choice,
  emptyState,
  type Field,
  field,
  linkButton,
  note,
  numberField,
  pageFrame,
  problemNote,
  skeleton,
  submitting,
} from "../shell";
import { EF } from "../strings-event-form";
import { toast } from "../toasts";
import { fillPlans } from "./class-now";
import { coHostsField } from "./co-hosts";
import { dayForm } from "./day-form";
import { doorsFields, USUAL_DOORS } from "./doors-fields";
import { repeatFields } from "./repeat-fields";
import { templateFields, USUAL } from "./template-fields";
import { viewerZone } from "./when";
import { whenFields } from "./when-fields";

const W = EF;
const CAPACITY_MOST = 400;
const USUAL_MINUTES = 60;

export const newEventPage: Page = (root, context) =>
  groupFrame(root, context, {
    tab: "events",
    title: () => W.newTitle,
    needs: ["host_events"],
    show: (part) => part.main.append(h("p", { class: "quiet" }, W.lead), eventForm(part, null)),
  });

/** Of an event, or with `?on=` of one of its days. */
export const editEventPage: Page = (root, context) => {
  const { event = "" } = context.params;
  const on = context.query.get("on");
  const frame = pageFrame(root, context, { title: W.editTitle });
  let end = frame.end;
  let ended = false;
  const load = async () => {
    try {
      const info = await eventInfo(event);
      if (ended) return;
      frame.end();
      const params = { ...context.params, group: info.group.slug };
      end = groupFrame(
        root,
        { ...context, params },
        {
          tab: "events",
          title: () => W.editTitle,
          needs: ["host_events"],
          show: (part) => {
            if (on === null) part.main.append(eventForm(part, info));
            else dayForm(part, info, on);
          },
        },
      );
    } catch (error) {
      if (!ended) fill(frame.main, problemNote(error, load));
    }
  };
  fill(frame.main, skeleton(5));
  void load();
  return () => {
    ended = true;
    end();
  };
};

interface Fields {
  elements: (HTMLElement | string)[];
  folded: HTMLElement[];
  byName: Record<string, Field<HTMLElement>>;
  /** All that is typed; null where something is missing, which is marked. */
  read(): Omit<EventWish, "state"> | null;
  take(info: EventInfo): void;
}

function eventForm(part: GroupPart, given: EventInfo | null): HTMLElement {
  const { group, context } = part;
  if (group.rooms.length === 0) {
    const make = linkButton(`/g/${group.slug}/rooms/new`, W.makeRoom, "button next");
    return emptyState("screen", W.noRooms, W.noRoomsHelp, part.can("arrange_rooms") && make);
  }
  let base = given;
  let began = given;
  const fields = fieldsOf(part, given);
  const problem = h("div", { attrs: { role: "alert" } });
  const conflict = h("div", { attrs: { role: "alert" } });
  const draft = given === null || given.state === "draft";
  const done = (info: EventInfo, words: string) => {
    context.go(`/g/${info.group.slug}/events`);
    toast(info.dropped.length > 0 ? `${words} ${W.dropped(info.dropped.length)}` : words);
  };
  const write = async (state: EventWish["state"], wish: Omit<EventWish, "state">) => {
    if (base === null) {
      const info = await planEvent(group.id, { ...wish, state });
      return done(info, state === "draft" ? W.drafted : W.published);
    }
    // Against what was there when writing began: what others changed since stays theirs.
    const change: Partial<EventWish> = differs(began ?? base, wish);
    if (base.state === "draft" && state === "scheduled") change.state = state;
    if (Object.keys(change).length === 0) return done(base, W.saved);
    const info = await changeEvent(base.id, base.version, change);
    return done(info, state === "scheduled" && draft ? W.published : W.saved);
  };
  const submit = (button: HTMLElement, state: EventWish["state"]) =>
    submitting(button, problem, fields.byName, async () => {
      const wish = fields.read();
      if (wish === null) return;
      fill(conflict);
      try {
        await write(state, wish);
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== "stale_version" || base === null)
          throw error;
        const theirs = await eventInfo(base.id);
        fill(
          conflict,
          clash(base, theirs, (mine) => {
            base = theirs;
            fill(conflict);
            if (mine) void submit(button, state);
            else {
              began = theirs;
              fields.take(theirs);
              toast(W.tookTheirs);
            }
          }),
        );
        conflict.scrollIntoView({ block: "center" });
      }
    });
  const main = h(
    "button",
    { class: "button next big", attrs: { type: "submit", "data-test": "publish-event" } },
    draft ? W.publish : W.save,
  );
  const form = h(
    "form",
    { class: "form stack wide event-form", attrs: { novalidate: true } },
    ...fields.elements,
    h(
      "details",
      { class: "more-fields" },
      h("summary", {}, W.more, h("span", { class: "small quiet" }, ` ${W.moreHelp}`)),
      h("div", { class: "stack wide" }, ...fields.folded),
    ),
    problem,
    conflict,
    h(
      "div",
      { class: "row" },
      main,
      draft &&
        act(W.draft, (button) => void submit(button, "draft"), {
          cls: "button big",
          test: "save-draft",
        }),
      linkButton(`/g/${group.slug}/events`, W.cancel, "button plain"),
    ),
    draft && h("p", { class: "small quiet" }, W.draftHelp),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit(main, "scheduled");
  });
  // What is wrong in a folded part has to be seen.
  form.addEventListener("focusin", (event) => {
    const folded = event.target instanceof Element ? event.target.closest("details") : null;
    if (folded !== null && !(event.target as Element).matches("summary")) folded.open = true;
  });
  return form;
}

function fieldsOf(part: GroupPart, given: EventInfo | null): Fields {
  const { group } = part;
  const zone = given?.zone ?? (group.time_zone || viewerZone());
  const title = field({
    label: W.title,
    value: given?.title ?? "",
    attrs: { maxlength: 80, placeholder: W.titlePlaceholder, "data-test": "event-title" },
  });
  const kind = templateFields(given ?? { template: "class", ...USUAL.class });
  const when = whenFields(
    { starts: given?.starts ?? "", zone, minutes: given?.minutes ?? USUAL_MINUTES },
    { fixed: false, changed: () => repeat.follow() },
  );
  const repeat = repeatFields(group.id, given?.rule ?? "", when.first);
  const rooms = group.rooms.map(({ id, name }): [string, string] => [id, name]);
  if (given !== null && !rooms.some(([id]) => id === given.room.id)) {
    rooms.unshift([given.room.id, given.room.name]);
  }
  const room = choice({
    label: W.room,
    choices: rooms,
    value: given?.room.id ?? rooms[0]![0],
    attrs: { "data-test": "event-room" },
  });
  const roomSize = () => group.rooms.find(({ id }) => id === room.input.value)?.capacity ?? 0;
  /** Whoever leads needs a place, too. */
  const most = () => Math.min(CAPACITY_MOST, Math.max(1, roomSize() - 1));
  const size = roomSize();
  const capacity = numberField({
    label: W.capacity,
    help: size > 0 ? W.capacityHelp(most()) : W.capacityPlain,
    value: `${given?.capacity ?? (size > 0 ? most() : 20)}`,
    least: 1,
    most: CAPACITY_MOST,
    attrs: { "data-test": "event-capacity" },
  });
  room.input.addEventListener("input", () => {
    const help = capacity.element.querySelector(".quiet");
    if (help !== null && roomSize() > 0) help.textContent = W.capacityHelp(most());
  });
  const description = area({
    label: W.description,
    value: given?.description ?? "",
    attrs: { maxlength: 2_000, rows: 4, placeholder: W.descriptionPlaceholder },
  });
  const doors = doorsFields(given?.doors ?? USUAL_DOORS);
  const guests = choice({
    label: W.guests,
    help: group.guests_allowed ? W.guestsHelp : W.guestsOff,
    choices: W.guestsMany.map((each, n): [string, string] => [`${n}`, each]),
    value: `${given?.guests_max ?? 0}`,
    attrs: { "data-test": "event-guests", disabled: !group.guests_allowed },
  });
  const host = given === null ? (part.account?.id ?? null) : (given.host?.id ?? null);
  const coHosts = coHostsField(group, host, given?.co_hosts ?? []);
  const plan = choice({ label: W.plan, help: W.planHelp, choices: [["", W.noPlan]] });
  void fillPlans(group.id, plan.input, given?.plan ?? null).catch(() => {});
  return {
    elements: [
      title.element,
      kind.element,
      when.element,
      h("div", { class: "pair" }, room.element, capacity.element),
      repeat.element,
    ],
    folded: [
      description.element,
      plan.element,
      linkButton(`/g/${group.slug}/plans`, W.planEdit, "button plain"),
      coHosts.element,
      guests.element,
      doors.element,
    ],
    byName: {
      ...{ title, room, capacity, description, plan },
      ...when.fields,
      ...{ rule: repeat.rule, doors: doors.doors, co_hosts: coHosts.field },
      ...{ ...kind.fields, guests_max: guests },
    },
    read: () => {
      if (title.input.value.trim() === "") {
        title.wrong(W.titleMissing);
        title.input.focus();
        return null;
      }
      const at = when.read();
      if (at === null) return null;
      const places = capacity.read();
      if (places === null) return null;
      const rule = repeat.read();
      if (rule === null) return null;
      const open = doors.read();
      if (open === null) return null;
      return {
        ...at,
        ...kind.read(),
        doors: open,
        guests_max: Number(guests.input.value),
        rule,
        title: title.input.value.trim(),
        description: description.input.value.trim(),
        room: room.input.value,
        capacity: places,
        plan: plan.input.value === "" ? null : plan.input.value,
        co_hosts: coHosts.read(),
      };
    },
    take: (info) => {
      title.input.value = info.title;
      kind.take(info);
      when.take(info.starts, info.zone, info.minutes);
      repeat.take(info.rule);
      room.input.value = info.room.id;
      capacity.input.value = `${info.capacity}`;
      description.input.value = info.description;
      doors.take(info.doors);
      guests.input.value = `${info.guests_max}`;
      coHosts.take(info.co_hosts);
      plan.input.value = info.plan?.id ?? "";
    },
  };
}

/** An event as a wish, to see what differs. */
function wishOf(info: EventInfo): Omit<EventWish, "state"> {
  const { title, description, template, starts, zone, minutes, rule, capacity, doors } = info;
  const { audience, formation, guests_max } = info;
  return {
    ...{ title, description, template, starts, zone, minutes, rule, capacity, doors },
    ...{ audience, formation, guests_max },
    room: info.room.id,
    plan: info.plan?.id ?? null,
    co_hosts: info.co_hosts.map(({ id }) => id),
  };
}

const same = (one: unknown, other: unknown): boolean => {
  if (typeof one !== "object" || one === null || typeof other !== "object" || other === null) {
    return one === other;
  }
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  const of = (value: object, key: string) => (value as Record<string, unknown>)[key];
  return [...keys].every((key) => same(of(one, key), of(other, key)));
};

/** The server writes the parts of a rule in an order of its own. */
const sameRule = (one: unknown, other: unknown) =>
  typeof one === "string" &&
  typeof other === "string" &&
  one.split(";").sort().join(";") === other.split(";").sort().join(";");

/** What of a wish is not as the event is: only that is sent, so that the rest stays theirs. */
export function differs(info: EventInfo, wish: Omit<EventWish, "state">): Partial<EventWish> {
  const before = wishOf(info) as unknown as Record<string, unknown>;
  const changed = Object.entries(wish).filter(([key, value]) =>
    key === "rule" ? !sameRule(before[key], value) : !same(before[key], value),
  );
  return Object.fromEntries(changed);
}

/** What to do when somebody else saved meanwhile. */
function clash(base: EventInfo, theirs: EventInfo, decide: (mine: boolean) => void): HTMLElement {
  const names = W.fields as Record<string, string>;
  const what = Object.keys(differs(base, wishOf(theirs))).map((key) => names[key] ?? key);
  return note(
    "wrong",
    h("p", { attrs: { "data-test": "stale" } }, W.stale),
    what.length > 0 && h("p", {}, W.staleWhat(what.join(", "))),
    h(
      "div",
      { class: "row" },
      act(W.staleTheirs, () => decide(false)),
      act(W.staleMine, () => decide(true), { cls: "button next", test: "stale-mine" }),
    ),
  );
}
