/** "Start class now": a few answers at most, and the doors are open. */
import { classNow, type DoorMode, type Template } from "../../net/events";
import { groupPlans } from "../../net/plans";
import { fill, h } from "../dom";
import type { GroupPart } from "../groups/group-frame";
import { act, choice, emptyState, field, formOf, linkButton, openDialog } from "../shell";
import { SH } from "../shell/strings";
import { EF } from "../strings-event-form";
import { EV } from "../strings-events";
import { templateFields, USUAL } from "./template-fields";

const W = EV.now;
/** Who comes in by role is for what is planned: it needs more than a glance. */
const DOORS: readonly DoorMode[] = ["automatic", "host_present", "admit_each"];

/** Ask, and go in; resolves once the dialog is closed. */
export async function openNow(part: GroupPart): Promise<void> {
  const { group, context } = part;
  const rooms = group.rooms.filter(({ may_enter }) => may_enter);
  if (rooms.length === 0) {
    const make = part.can("arrange_rooms") && linkButton(`/g/${group.slug}/rooms/new`, EF.makeRoom);
    await openDialog(W.title, (close) => [
      emptyState("screen", W.noRoom, W.noRoomHelp, make),
      h("div", { class: "row" }, act(SH.cancel, close)),
    ]).closed;
    return;
  }
  const kind = templateFields({ template: "class", ...USUAL.class }, W.kind, (template) => {
    title.input.placeholder = nameOf(template);
  });
  const doors = choice({
    label: EF.doors,
    choices: DOORS.map((mode): [string, string] => [mode, EF.doorModes[mode][0]]),
    attrs: { "data-test": "now-doors" },
  });
  const title = field({
    label: W.name,
    attrs: { maxlength: 80, placeholder: W.nameClass, "data-test": "now-title" },
  });
  const room = choice({
    label: W.room,
    choices: rooms.map(({ id, name }): [string, string] => [id, name]),
  });
  const plan = choice({ label: W.plan, choices: [["", W.noPlan]] });
  // Without the list of plans a class can begin all the same.
  void fillPlans(group.id, plan.input, null).catch(() => {});
  const form = (close: () => void) =>
    formOf({
      submit: W.go,
      test: "open-doors",
      fields: { title, room, plan, doors, ...kind.fields },
      content: [
        kind.element,
        title.element,
        h("div", { class: "pair" }, room.element, plan.element),
        doors.element,
      ],
      beside: [act(SH.cancel, close)],
      run: async () => {
        const begins = kind.read();
        const typed = title.input.value.trim();
        const day = await classNow(group.id, {
          ...begins,
          doors: { mode: doors.input.value as DoorMode },
          title: typed || nameOf(begins.template),
          room: room.input.value,
          ...(plan.input.value === "" ? {} : { plan: plan.input.value }),
        });
        close();
        context.go(`/r/${day.room.id}`);
      },
    });
  await openDialog(W.title, (close) => [h("p", { class: "quiet" }, W.lead), form(close)]).closed;
}

const nameOf = (template: Template) => (template === "class" ? W.nameClass : W.nameTalk);

/** Put the plans of a group into a choice, and choose one. */
export async function fillPlans(
  group: string,
  input: HTMLSelectElement,
  chosen: { id: string; title: string } | null,
): Promise<void> {
  const options = [h("option", { attrs: { value: "" } }, W.noPlan)];
  const known = new Set<string>();
  const put = (id: string, title: string) => {
    known.add(id);
    options.push(h("option", { attrs: { value: id } }, title));
  };
  if (chosen !== null) put(chosen.id, chosen.title);
  try {
    for (const { id, title } of await groupPlans(group)) if (!known.has(id)) put(id, title);
  } finally {
    const value = input.value || (chosen?.id ?? "");
    fill(input, ...options);
    input.value = value;
  }
}
