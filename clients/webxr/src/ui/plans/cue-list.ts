/**
 * The cues of a plan in their order: each a line that opens, moved by dragging its handle, by the
 * handle's arrow keys, or by Alt and an arrow from anywhere in it.
 */
import { type CueDraft, type CueTime, type PlanDraft, timesOf } from "../../state/plan-draft";
import type { Pose } from "../../state/poses";
import { type Child, fill, h } from "../dom";
import { act } from "../shell";
import { PL } from "../strings-plans";
import { toast } from "../toasts";
import { type CueFields, cueFields } from "./cue-fields";
import { words } from "./runner";
import { placeText } from "./times";

const W = PL.editor;

interface Row {
  id: string;
  element: HTMLLIElement;
  head: HTMLButtonElement;
  handle: HTMLButtonElement;
  up: HTMLButtonElement;
  down: HTMLButtonElement;
  body: HTMLElement;
  fields: CueFields | null;
  drawn: string;
}

export class CueList {
  readonly element = h("ol", { class: "cue-list", attrs: { "data-test": "cues" } });
  readonly spoken = h("p", { class: "only-spoken", attrs: { role: "status" } });
  private readonly rows = new Map<string, Row>();
  private open: string | null = null;

  constructor(
    private readonly draft: PlanDraft,
    private readonly poses: ReadonlyMap<string, Pose>,
    /** Somebody looks at this cue. */
    private readonly looked: (index: number) => void,
  ) {
    this.draw();
  }

  /** Show the plan as it is now; what is open stays open. */
  draw(): void {
    const { cues } = this.draft.now;
    const times = timesOf(cues);
    const ids = new Set(cues.map(({ id }) => id));
    for (const [id, row] of this.rows) {
      if (ids.has(id)) continue;
      row.element.remove();
      this.rows.delete(id);
    }
    for (const [i, cue] of cues.entries()) {
      const row = this.rows.get(cue.id) ?? this.build(cue.id);
      if (this.element.children[i] !== row.element) this.place(row, i);
      this.drawRow(row, cue, times[i]!, i, cues.length);
    }
  }

  /** Open a cue and put the focus where one writes. */
  show(id: string): void {
    const row = this.rows.get(id);
    if (row === undefined) return;
    this.toggle(row, true);
    row.element.querySelector("textarea")?.focus();
    row.element.scrollIntoView({ block: "nearest" });
  }

  /** Put a row at its place; what has the focus keeps it. */
  private place(row: Row, i: number): void {
    const focused = row.element.contains(document.activeElement)
      ? (document.activeElement as HTMLElement)
      : null;
    this.element.insertBefore(row.element, this.element.children[i] ?? null);
    focused?.focus({ preventScroll: true });
  }

  private indexOf(id: string): number {
    return this.draft.now.cues.findIndex((cue) => cue.id === id);
  }

  private build(id: string): Row {
    const at = () => this.indexOf(id);
    const head = h("button", {
      class: "cue-head",
      attrs: { type: "button", "aria-expanded": "false" },
    });
    const handle = act("⠿", () => {}, { cls: "cue-handle" });
    const up = act(W.up, () => this.move(id, at() - 1));
    const down = act(W.down, () => this.move(id, at() + 1));
    const add = act(W.addAfter, () => this.add(at()));
    const copy = act(W.duplicate, () => {
      const made = this.draft.duplicate(at());
      if (made === null) return toast(W.full);
      this.spoken.textContent = W.duplicated(at() + 2);
      this.show(made);
    });
    const remove = act(W.remove, () => this.remove(id), { cls: "button danger" });
    const body = h("div", { class: "cue-body", attrs: { hidden: true } });
    const row: Row = {
      ...{ id, head, handle, up, down, body },
      element: h("li", { class: "cue" }, h("div", { class: "cue-line" }, handle, head), body, add),
      fields: null,
      drawn: "",
    };
    row.body.append(h("div", { class: "row cue-acts" }, up, down, add, copy, remove));
    head.addEventListener("click", () => this.toggle(row, this.open !== id));
    handle.addEventListener("keydown", (event) => this.arrows(event, id, true));
    row.element.addEventListener("keydown", (event) => this.arrows(event, id, false));
    this.draggable(row);
    this.rows.set(id, row);
    return row;
  }

  private arrows(event: KeyboardEvent, id: string, onHandle: boolean): void {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    if (onHandle === event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.move(id, this.indexOf(id) + (event.key === "ArrowUp" ? -1 : 1));
  }

  private move(id: string, to: number): void {
    const from = this.indexOf(id);
    if (!this.draft.move(from, to)) return;
    this.spoken.textContent = W.moved(from + 1, this.indexOf(id) + 1);
  }

  private add(after: number): void {
    const made = this.draft.add(after);
    if (made === null) toast(W.full);
    else this.show(made);
  }

  private remove(id: string): void {
    const i = this.indexOf(id);
    this.draft.remove(i);
    this.spoken.textContent = W.removed(i + 1);
    toast(W.removed(i + 1), { action: { label: W.undo, run: () => this.draft.undo() } });
    const next = this.draft.now.cues[Math.min(i, this.draft.now.cues.length - 1)];
    if (next !== undefined) this.rows.get(next.id)?.head.focus();
  }

  private toggle(row: Row, on: boolean): void {
    const before = this.open === null ? undefined : this.rows.get(this.open);
    if (before !== undefined && before !== row) this.close(before);
    this.open = on ? row.id : null;
    if (!on) {
      this.close(row);
      return;
    }
    const cue = this.draft.now.cues[this.indexOf(row.id)];
    if (cue === undefined) return;
    if (row.fields === null) {
      row.fields = cueFields(this.draft, cue, this.poses);
      row.body.prepend(row.fields.element);
    }
    row.body.hidden = false;
    row.head.setAttribute("aria-expanded", "true");
    row.element.classList.add("open");
    this.looked(this.indexOf(row.id));
  }

  private close(row: Row): void {
    row.body.hidden = true;
    row.head.setAttribute("aria-expanded", "false");
    row.element.classList.remove("open");
    row.fields?.element.remove();
    row.fields = null;
  }

  private drawRow(row: Row, cue: CueDraft, time: CueTime, i: number, count: number): void {
    row.up.disabled = i === 0;
    row.down.disabled = i === count - 1;
    row.fields?.take(cue);
    const now = JSON.stringify([cue, time, i]);
    if (now === row.drawn) return;
    row.drawn = now;
    const said = words(
      { text: cue.text, ...(cue.pose === null ? {} : { pose: cue.pose }) },
      this.poses,
    );
    row.handle.setAttribute("aria-label", W.move(i + 1));
    row.element.classList.toggle("wrong", time.backwards);
    fill(
      row.head,
      h("span", { class: "cue-time" }, placeText(time.fromMs)),
      h(
        "span",
        { class: "cue-words" },
        h("span", { class: "only-spoken" }, W.open(i + 1, "")),
        h("span", { class: said === W.untitled ? "quiet" : "" }, said),
        h("span", { class: "cue-marks small quiet" }, ...this.marks(cue, time)),
      ),
    );
  }

  private marks(cue: CueDraft, time: CueTime): Child[] {
    const pose = cue.pose === null || cue.text === "" ? null : this.poses.get(cue.pose)?.name;
    return [
      placeText(time.ms),
      pose,
      cue.side !== null && W.sides[cue.side],
      cue.breath !== null && W.breath,
      cue.music !== null && W.tracks[cue.music],
      cue.light !== null && W.lights[cue.light],
      cue.silence && W.silence,
    ]
      .filter((each) => each !== false && each !== null && each !== undefined)
      .map((each) => h("span", {}, String(each)));
  }

  /** Dragging shows where it would go; letting go is one step. */
  private draggable(row: Row): void {
    const { handle } = row;
    let target = -1;
    const unmark = () => {
      for (const { element } of this.rows.values()) {
        element.classList.remove("dragged", "drop-before", "drop-after");
      }
    };
    handle.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      handle.setPointerCapture(event.pointerId);
      row.element.classList.add("dragged");
      target = this.indexOf(row.id);
    });
    handle.addEventListener("pointermove", (event) => {
      if (target < 0) return;
      unmark();
      row.element.classList.add("dragged");
      target = this.under(event.clientY);
      const from = this.indexOf(row.id);
      const over = this.element.children[target];
      if (target !== from) over?.classList.add(target < from ? "drop-before" : "drop-after");
    });
    const end = (event: PointerEvent) => {
      if (target < 0) return;
      const to = target;
      target = -1;
      unmark();
      if (event.type === "pointerup") this.move(row.id, to);
    };
    handle.addEventListener("pointerup", end);
    handle.addEventListener("pointercancel", end);
  }

  /** The place of the row at a height of the window. */
  private under(y: number): number {
    const rows = [...this.element.children];
    for (const [i, each] of rows.entries()) {
      if (y < each.getBoundingClientRect().bottom) return i;
    }
    return rows.length - 1;
  }
}
