/**
 * The floor plan: a room from above, its parts to be chosen, dragged, moved by keys and turned. Draws
 * a `Plan` and changes it; the front of the room is above.
 */
import type { DesignZone } from "../../../protocol/control.gen";
import { fill, h, svg } from "../../dom";
import { ARRANGE as A } from "../../strings-arrange";
import { faultsOf } from "./faults";
import { distance, halfWidthOf, round, type Spot, turned } from "./geometry";
import type { Chosen, PartKind, Plan } from "./plan";
import { partShape } from "./shapes";

const STEP_M = 0.1;
const BIG_STEP_M = 0.5;
const TURN_DEG = 15;
const MARGIN_M = 0.9;
const HANDLE_M = 0.34;
const HANDLE_PX = 16;
/** A finger needs this much around a part; of parts that share it the nearest is meant. */
const REACH_PX = 22;
const REACH_LEAST_M = 0.38;
const REACH_MOST_M = 1.3;

type Corner = "x0z0" | "x1z0" | "x0z1" | "x1z1";
const CORNERS: readonly Corner[] = ["x0z0", "x1z0", "x0z1", "x1z1"];

export class PlanView {
  readonly element: HTMLElement;
  private readonly svg = svg("svg", { class: "plan" }) as SVGSVGElement;
  private readonly stop: () => void;
  private readonly sizes: ResizeObserver;
  private pxPerM = 30;

  constructor(private readonly plan: Plan) {
    this.svg.setAttribute("role", "group");
    this.svg.setAttribute("aria-label", `${A.floor}. ${A.floorHelp}`);
    this.element = h("div", { class: "plan-box" }, this.svg);
    // A press on the bare floor chooses nothing.
    this.svg.addEventListener("pointerdown", (event) => {
      if (event.target === this.svg || (event.target as Element).closest("[data-part]") === null) {
        plan.choose(null);
      }
    });
    this.stop = plan.subscribe(() => this.draw());
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.svg);
    this.draw();
  }

  dispose(): void {
    this.sizes.disconnect();
    this.stop();
  }

  private draw(): void {
    const { design, chosen } = this.plan;
    const half = halfWidthOf(design);
    const size = 2 * (half + MARGIN_M);
    const { width } = this.svg.getBoundingClientRect();
    if (width > 0) this.pxPerM = width / size;
    this.svg.setAttribute("viewBox", `${-half - MARGIN_M} ${-half - MARGIN_M} ${size} ${size}`);
    // Redrawing takes elements away: the focus goes to the same part again.
    const focused = document.activeElement?.getAttribute("data-part") ?? null;
    const bad = new Set(
      faultsOf(design).flatMap(({ parts }) => parts.map(({ kind, index }) => `${kind}-${index}`)),
    );
    const part = (kind: PartKind, index: number) => this.part({ kind, index }, bad);
    fill(
      this.svg,
      ...floor(half),
      ...design.zones.map((_, i) => part("zone", i)),
      ...design.spawn.map((_, i) => part("spawn", i)),
      ...design.places.map((_, i) => part("place", i)),
      ...design.objects.map((_, i) => part("object", i)),
      ...(chosen?.kind === "zone" ? this.handles(chosen.index) : []),
    );
    if (focused !== null && this.element.isConnected) {
      this.svg
        .querySelector<SVGElement>(`[data-part="${focused}"]`)
        ?.focus({ preventScroll: true });
    }
  }

  private part(at: Chosen, bad: ReadonlySet<string>): SVGElement {
    const { design } = this.plan;
    const key = `${at.kind}-${at.index}`;
    const on = this.plan.chosen?.kind === at.kind && this.plan.chosen.index === at.index;
    const { x, z, label } = describe(this.plan, at);
    const group = svg(
      "g",
      {
        "data-part": key,
        class: `part-${at.kind}${on ? " chosen" : ""}${bad.has(key) ? " bad" : ""}`,
        tabindex: 0,
        role: "button",
        "aria-pressed": String(on),
        "aria-label": label,
        ...(at.kind === "zone" ? {} : { transform: `translate(${x} ${z})` }),
      },
      ...partShape(design, at),
      at.kind === "zone"
        ? null
        : svg("circle", { r: this.reachM, fill: "transparent", class: "reach" }),
    );
    group.addEventListener("focus", () => this.plan.choose(at));
    group.addEventListener("keydown", (event) => this.key(event, at));
    group.addEventListener("pointerdown", (event) => {
      this.drag(event, at.kind === "zone" ? at : this.nearest(this.floorAt(event), at));
    });
    return group;
  }

  private get reachM(): number {
    return Math.max(REACH_LEAST_M, Math.min(REACH_MOST_M, REACH_PX / this.pxPerM));
  }

  /** The part that a finger at this spot means. */
  private nearest(spot: Spot, other: Chosen): Chosen {
    const { places, spawn, objects } = this.plan.design;
    let best = other;
    let bestM = Number.POSITIVE_INFINITY;
    for (const [kind, list] of [
      ["place", places],
      ["spawn", spawn],
      ["object", objects],
    ] as const) {
      for (const [index, part] of list.entries()) {
        const awayM = distance(part, spot);
        if (awayM >= bestM) continue;
        best = { kind, index };
        bestM = awayM;
      }
    }
    return best;
  }

  private key(event: KeyboardEvent, at: Chosen): void {
    const { x, z } = describe(this.plan, at);
    const step = event.shiftKey ? BIG_STEP_M : STEP_M;
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
      event.key
    ];
    if (event.ctrlKey || event.metaKey) return;
    if (by !== undefined) this.plan.move(at, x + by[0]! * step, z + by[1]! * step);
    else if (event.key === "r" || event.key === "R") {
      this.plan.turn(at, event.shiftKey ? -TURN_DEG : TURN_DEG);
    } else if (event.key === "Delete" || event.key === "Backspace") this.plan.remove(at);
    else if (event.key === "Escape") this.plan.choose(null);
    else return;
    event.preventDefault();
  }

  private drag(event: PointerEvent, at: Chosen): void {
    if (event.button !== 0) return;
    const { x, z } = describe(this.plan, at);
    event.preventDefault();
    event.stopPropagation();
    const from = this.floorAt(event);
    this.plan.choose(at);
    this.svg.querySelector<SVGElement>(`[data-part="${at.kind}-${at.index}"]`)?.focus();
    this.follow(event, (to) => {
      this.plan.move(at, round(x + to.x - from.x, STEP_M), round(z + to.z - from.z, STEP_M));
    });
  }

  /** The corners of a chosen zone, to stretch it; the fields beside the plan do it by keyboard. */
  private handles(index: number): SVGElement[] {
    const zone = this.plan.design.zones[index];
    if (zone === undefined) return [];
    const sizeM = Math.max(HANDLE_M, HANDLE_PX / this.pxPerM);
    return CORNERS.map((corner) => {
      const [x, z] = cornerOf(zone, corner);
      const handle = svg("rect", {
        x: x - sizeM / 2,
        y: z - sizeM / 2,
        width: sizeM,
        height: sizeM,
        class: "handle",
        "data-part": `corner-${corner}`,
      });
      handle.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        event.stopPropagation();
        this.follow(event, (to) => {
          this.plan.stretch(index, {
            [corner.slice(0, 2)]: round(to.x, STEP_M),
            [corner.slice(2)]: round(to.z, STEP_M),
          });
        });
      });
      return handle;
    });
  }

  /** Follow a finger or a mouse until it lets go; all of it is one step to undo. */
  private follow(event: PointerEvent, move: (at: { x: number; z: number }) => void): void {
    const { pointerId } = event;
    this.plan.hold();
    // On the drawing itself: parts are drawn anew under the finger.
    this.svg.setPointerCapture(pointerId);
    const moved = (next: PointerEvent) => {
      if (next.pointerId === pointerId) move(this.floorAt(next));
    };
    const done = (next: PointerEvent) => {
      if (next.pointerId !== pointerId) return;
      this.svg.removeEventListener("pointermove", moved);
      this.svg.removeEventListener("pointerup", done);
      this.svg.removeEventListener("pointercancel", done);
      this.plan.drop();
    };
    this.svg.addEventListener("pointermove", moved);
    this.svg.addEventListener("pointerup", done);
    this.svg.addEventListener("pointercancel", done);
  }

  private floorAt(event: PointerEvent): { x: number; z: number } {
    const box = this.svg.getBoundingClientRect();
    const { x, y, width, height } = this.svg.viewBox.baseVal;
    return {
      x: x + ((event.clientX - box.left) / box.width) * width,
      z: y + ((event.clientY - box.top) / box.height) * height,
    };
  }
}

const cornerOf = (zone: DesignZone, corner: Corner): [number, number] => [
  corner.startsWith("x0") ? zone.x0 : zone.x1,
  corner.endsWith("z0") ? zone.z0 : zone.z1,
];

/** Where a part stands and what it is, for whoever does not see the plan. */
function describe(plan: Plan, { kind, index }: Chosen): { x: number; z: number; label: string } {
  const { design } = plan;
  if (kind === "zone") {
    const zone = design.zones[index]!;
    const size = `${(zone.x1 - zone.x0).toFixed(1)} × ${(zone.z1 - zone.z0).toFixed(1)} m`;
    return { x: zone.x0, z: zone.z0, label: `${zone.name}, ${A.zoneKinds[zone.kind]}, ${size}` };
  }
  const part =
    kind === "place"
      ? design.places[index]!
      : kind === "spawn"
        ? design.spawn[index]!
        : design.objects[index]!;
  const name =
    kind === "place"
      ? `${A.kindOne[design.places[index]!.kind]} ${index + 1}`
      : A.part(kind, index);
  const label = `${name}: ${A.at(part.x, part.z)}, ${turned(part.yaw_deg)}°`;
  return { x: part.x, z: part.z, label };
}

function floor(half: number): SVGElement[] {
  const lines: SVGElement[] = [];
  for (let at = -half + 1; at < half; at++) {
    const cls = at === 0 ? "grid middle" : "grid";
    lines.push(svg("line", { x1: at, x2: at, y1: -half, y2: half, class: cls }));
    lines.push(svg("line", { y1: at, y2: at, x1: -half, x2: half, class: cls }));
  }
  const front = svg("text", { x: 0, y: -half - 0.25, class: "front", "text-anchor": "middle" });
  front.textContent = A.front;
  return [
    svg("rect", { x: -half, y: -half, width: 2 * half, height: 2 * half, class: "floor", rx: 0.2 }),
    ...lines,
    front,
  ];
}
