/** A room being arranged: form and floor plan on one side, the picture on the other; saved as one. */
import { Problem } from "../../net/api";
import {
  type ArrangedRoom,
  archiveRoom,
  changeRoom,
  type DoorChange,
  putDesign,
  roomToArrange,
} from "../../net/rooms";
import { type Design, LIGHTS, SIZES, TEMPLATES } from "../../scene/design";
import { type Child, fill, h } from "../dom";
import { act, confirmDialog, field, linkButton, note, run, section } from "../shell";
import { ARRANGE as A } from "../strings-arrange";
import { toast } from "../toasts";
import type { GroupPart } from "./group-frame";
import { guard } from "./guard";
import { faultsOf } from "./plan/faults";
import { adders, Inspector } from "./plan/inspector";
import { pictureOf } from "./plan/picture";
import { Plan } from "./plan/plan";
import { PlanView } from "./plan/plan-view";
import { setOutPart } from "./plan/set-out";
import { radioCards } from "./radio-cards";
import { doorFields } from "./room-door";
import { versionsPart } from "./room-versions";
import { templatePicture } from "./template-picture";

const EMPTY: Design = {
  template: "campfire",
  size: "medium",
  light: "dusk",
  places: [],
  zones: [],
  spawn: [{ x: 0, z: 5, yaw_deg: 0 }],
  objects: [],
};

/** What the page of `part` shows. */
export function arrangePart(part: GroupPart, given: ArrangedRoom): Child[] {
  let room = given;
  const plan = new Plan(room.design ?? EMPTY);
  let kept = plan.design;
  const door = doorFields(room, () => draw());
  const reason = field({
    label: A.note,
    attrs: { maxlength: 120, placeholder: A.notePlaceholder },
  });
  const faults = h("div", { attrs: { "aria-live": "polite" } });
  const state = h("span", { class: "quiet small", attrs: { role: "status" } });
  const conflict = h("div", { attrs: { role: "alert" } });
  const save = act(A.save, () => void saving(), { cls: "button next big" });
  save.dataset.test = "save-room";

  const draw = () => {
    const found = faultsOf(plan.design);
    const clean = plan.design === kept && door.changes() === null;
    save.disabled = found.length > 0 || clean;
    state.textContent = clean ? A.allSaved : A.unsaved;
    fill(
      faults,
      found.length > 0 &&
        note(
          "wrong",
          A.fault.title,
          h("ul", {}, ...found.slice(0, 4).map(({ text }) => h("li", {}, text))),
        ),
    );
  };
  const took = (next: ArrangedRoom) => {
    room = next;
    kept = next.design ?? EMPTY;
    plan.saved(kept);
    door.saved(next);
    fill(conflict);
    draw();
    void versions.reload();
  };
  const write = async (version: number) => {
    const change: DoorChange | null = door.changes();
    let next = room;
    let at = version;
    if (change !== null) {
      next = await changeRoom(room.id, at, change);
      at = next.version;
      room = { ...next, design: room.design };
      door.saved(next);
    }
    if (plan.design !== kept) next = await putDesign(room.id, at, plan.design, reason.input.value);
    reason.input.value = "";
    took(next);
    toast(A.saved);
  };
  const saving = () =>
    run(save, async () => {
      if (!door.check()) return;
      state.textContent = A.saving;
      try {
        await write(room.version);
      } catch (error) {
        draw();
        if (!(error instanceof Problem) || error.code !== "stale_version") throw error;
        fill(conflict, clash(room.id, took, write));
        conflict.scrollIntoView({ block: "center" });
      }
    });
  const versions = versionsPart({
    room: () => room,
    took,
    look: (design, n) => {
      plan.change(design);
      toast(A.looking(n));
      window.scrollTo(0, 0);
    },
  });
  part.onEnd(plan.subscribe(draw));
  part.onEnd(guard(A, () => plan.design !== kept || door.changes() !== null));
  const picture = pictureOf(plan);
  const view = new PlanView(plan);
  const inspector = new Inspector(plan);
  part.onEnd(() => {
    for (const each of [picture, view, inspector]) each.dispose();
  });
  draw();
  return [
    h("p", { class: "quiet" }, A.lead),
    room.archived && note("info", A.isArchived),
    h(
      "div",
      { class: "arrange" },
      h("div", { class: "arrange-picture" }, picture.element, faults),
      h(
        "div",
        { class: "arrange-fields" },
        door.element,
        dressPart(plan, part),
        setOutPart(plan),
        section(A.floor, "", steps(plan, part), view.element, adders(plan), inspector.element),
        reason.element,
        conflict,
        h("div", { class: "save-bar" }, save, state),
        versions.element,
        archivePart(part, room),
      ),
    ),
  ];
}

/** What to do when somebody else saved meanwhile. */
function clash(
  id: string,
  took: (room: ArrangedRoom) => void,
  write: (version: number) => Promise<void>,
): HTMLElement {
  const theirs = act(
    A.staleTheirs,
    (button) => void run(button, async () => took(await roomToArrange(id))),
  );
  const mine = act(
    A.staleMine,
    (button) => void run(button, async () => write((await roomToArrange(id)).version)),
    { cls: "button danger" },
  );
  return note("wrong", `${A.stale} ${A.staleHelp}`, h("div", { class: "row" }, theirs, mine));
}

/** Template, size and light. */
function dressPart(plan: Plan, part: GroupPart): HTMLElement {
  const template = radioCards(
    A.template,
    TEMPLATES.map((value) => ({
      value,
      title: A.templates[value]![0],
      picture: templatePicture(value),
    })),
    plan.design.template,
    (value) => plan.dress({ template: value }),
  );
  const size = radioCards(
    A.size,
    SIZES.map((value) => ({ value, title: A.sizes[value] })),
    plan.design.size,
    (value) => plan.dress({ size: value }),
  );
  const light = radioCards(
    A.light,
    LIGHTS.map((value) => ({ value, title: A.lights[value] })),
    plan.design.light,
    (value) => plan.dress({ light: value }),
  );
  for (const { element } of [size, light]) element.classList.add("short");
  part.onEnd(
    plan.subscribe(() => {
      template.choose(plan.design.template);
      size.choose(plan.design.size);
      light.choose(plan.design.light);
    }),
  );
  return h("div", { class: "stack wide" }, template.element, size.element, light.element);
}

/** Undo and redo, as buttons and as keys. */
function steps(plan: Plan, part: GroupPart): HTMLElement {
  const undo = act(A.undo, () => plan.undo());
  const redo = act(A.redo, () => plan.redo());
  const draw = () => {
    undo.disabled = !plan.canUndo;
    redo.disabled = !plan.canRedo;
  };
  const keys = (event: KeyboardEvent) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
    if (typing || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    if (event.shiftKey) plan.redo();
    else plan.undo();
  };
  document.addEventListener("keydown", keys);
  part.onEnd(() => document.removeEventListener("keydown", keys));
  part.onEnd(plan.subscribe(draw));
  draw();
  return h(
    "div",
    { class: "stack wide" },
    h("p", { class: "small quiet" }, A.floorHelp),
    h("div", { class: "row" }, undo, redo),
  );
}

function archivePart(part: GroupPart, room: ArrangedRoom): HTMLElement {
  const set = async (on: boolean) => {
    await archiveRoom(room.id, on);
    const undo = { label: A.bringBack, run: () => void set(false).catch(complain) };
    if (on) toast(A.archived(room.name), { action: undo });
    else toast(A.backAgain(room.name));
  };
  const button = room.archived
    ? act(
        A.bringBack,
        (each) =>
          void run(each, async () => {
            await set(false);
            await part.reload();
          }),
        { cls: "button next" },
      )
    : act(
        A.archive,
        async () => {
          const done = await confirmDialog({
            title: A.archiveTitle(room.name),
            words: A.archiveText,
            yes: A.archiveYes,
            danger: true,
            run: () => set(true),
          });
          if (done) await part.reload();
        },
        { cls: "button danger" },
      );
  const enter = !room.archived && linkButton(`/r/${room.id}`, A.enter);
  return h("div", { class: "row" }, enter, button);
}

function complain(error: Error): void {
  toast(error.message, { wrong: true });
}
