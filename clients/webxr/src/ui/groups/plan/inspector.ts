/** The chosen part as fields, for whoever wants numbers or has no mouse; and buttons to add parts. */
import type { DesignZone } from "../../../protocol/control.gen";
import { type Child, fill, h } from "../../dom";
import { act } from "../../shell";
import { ARRANGE as A } from "../../strings-arrange";
import { toast } from "../../toasts";
import type { Chosen, Plan } from "./plan";

const QUARTER_DEG = 45;
let count = 0;

export class Inspector {
  readonly element = h("div", { class: "inspector" });
  private readonly stop: () => void;
  private shown = "";

  constructor(private readonly plan: Plan) {
    this.stop = plan.subscribe(() => this.draw());
    this.draw();
  }

  dispose(): void {
    this.stop();
  }

  private draw(): void {
    const { chosen } = this.plan;
    // Whoever types in a field keeps it; only another choice draws fields anew.
    const key = chosen === null ? "" : `${chosen.kind}-${chosen.index}`;
    const typing = this.element.contains(document.activeElement) && key === this.shown;
    if (typing && document.activeElement instanceof HTMLInputElement) return;
    this.shown = key;
    if (chosen === null) {
      fill(this.element, h("p", { class: "quiet" }, A.nothingChosen));
      return;
    }
    fill(this.element, ...(chosen.kind === "zone" ? this.zone(chosen) : this.spot(chosen)));
  }

  private spot(at: Chosen): Child[] {
    const { design } = this.plan;
    const part =
      at.kind === "place"
        ? design.places[at.index]
        : at.kind === "spawn"
          ? design.spawn[at.index]
          : design.objects[at.index];
    if (part === undefined) return [];
    const lantern = at.kind === "object" ? design.objects[at.index] : undefined;
    const place = at.kind === "place" ? design.places[at.index] : undefined;
    return [
      h("h3", {}, A.part(at.kind, at.index)),
      h(
        "div",
        { class: "numbers" },
        place &&
          select(
            A.kind,
            Object.entries(A.kindOne).map(([value, words]) => [value, words]),
            place.kind,
            (kind) => this.plan.edit(at, { kind }),
          ),
        number(A.across, part.x, (x) => this.plan.move(at, x, this.now(at).z)),
        number(A.along, part.z, (z) => this.plan.move(at, this.now(at).x, z)),
        number(
          A.faces,
          part.yaw_deg,
          (to) => this.plan.turn(at, to - this.now(at).yaw_deg),
          A.facesHelp,
        ),
        lantern &&
          number(A.height, lantern.y, (y) =>
            this.plan.edit(at, { y: Math.max(0, Math.min(4, y)) }),
          ),
        lantern && colour(A.colour, lantern.colour, (to) => this.plan.edit(at, { colour: to })),
      ),
      h(
        "div",
        { class: "row" },
        act(A.turn, () => this.plan.turn(at, QUARTER_DEG)),
        this.remove(at),
      ),
    ];
  }

  private now({ kind, index }: Chosen): { x: number; z: number; yaw_deg: number } {
    const { design } = this.plan;
    if (kind === "place") return design.places[index]!;
    return kind === "spawn" ? design.spawn[index]! : design.objects[index]!;
  }

  private zone(at: Chosen): Child[] {
    const zone = this.plan.design.zones[at.index];
    if (zone === undefined) return [];
    const edge = (key: keyof typeof A.edges) =>
      number(A.edges[key], zone[key], (value) => this.plan.stretch(at.index, { [key]: value }));
    return [
      h("h3", {}, zone.name),
      h(
        "div",
        { class: "numbers" },
        text(A.zoneName, zone.name, (name) => {
          if (name.trim() !== "") this.plan.edit(at, { name: name.trim() });
        }),
        select(
          A.zoneKind,
          Object.entries(A.zoneKinds).map(([value, words]) => [value, words]),
          zone.kind,
          (kind) => this.plan.edit(at, { kind }),
        ),
        edge("x0"),
        edge("x1"),
        edge("z0"),
        edge("z1"),
      ),
      h("p", { class: "quiet small" }, A.zoneHelp[zone.kind]),
      h("div", { class: "row" }, this.remove(at)),
    ];
  }

  private remove(at: Chosen): HTMLElement {
    return act(
      A.remove,
      () => {
        if (!this.plan.remove(at)) toast(A.oneArrival);
      },
      { cls: "button danger" },
    );
  }
}

/** Buttons that add a part each. */
export function adders(plan: Plan): HTMLElement {
  const add = (words: string, run: () => boolean) =>
    act(`+ ${words}`, () => {
      if (!run()) toast(A.full);
    });
  const zone = (kind: DesignZone["kind"]) => plan.add("zone", kind, A.zoneNames[kind]);
  return h(
    "div",
    { class: "row", attrs: { role: "group", "aria-label": A.add } },
    add(A.addMat, () => plan.add("place", "mat")),
    add(A.addSeat, () => plan.add("place", "seat")),
    add(A.addZone, () => zone("quiet")),
    add(A.addLantern, () => plan.add("object")),
    add(A.addSpawn, () => plan.add("spawn")),
  );
}

function labelled(label: string, input: HTMLElement, help = ""): HTMLElement {
  const id = `part-${++count}`;
  input.id = id;
  if (help !== "") input.setAttribute("aria-describedby", `${id}-help`);
  return h(
    "div",
    { class: "field" },
    h("label", { attrs: { for: id } }, label),
    input,
    help !== "" && h("p", { class: "small quiet", attrs: { id: `${id}-help` } }, help),
  );
}

function number(label: string, value: number, changed: (value: number) => void, help = "") {
  const input = h("input", { class: "input", attrs: { type: "number", step: 0.1 } });
  input.value = `${value}`;
  input.addEventListener("change", () => {
    const found = Number(input.value);
    if (input.value !== "" && Number.isFinite(found)) changed(found);
  });
  return labelled(label, input, help);
}

function text(label: string, value: string, changed: (value: string) => void) {
  const input = h("input", { class: "input", attrs: { maxlength: 40 } });
  input.value = value;
  input.addEventListener("change", () => changed(input.value));
  return labelled(label, input);
}

function colour(label: string, value: string, changed: (value: string) => void) {
  const input = h("input", { class: "input", attrs: { type: "color" } });
  input.value = value;
  input.addEventListener("change", () => changed(input.value.toLowerCase()));
  return labelled(label, input);
}

function select(
  label: string,
  choices: readonly (readonly [string, string])[],
  value: string,
  changed: (value: string) => void,
) {
  const input = h(
    "select",
    { class: "input" },
    ...choices.map(([each, words]) => h("option", { attrs: { value: each } }, words)),
  );
  input.value = value;
  input.addEventListener("change", () => changed(input.value));
  return labelled(label, input);
}
