/**
 * A design being arranged: parts moved, turned, added and taken away, each step undone and redone,
 * one part chosen. Pure but for telling its views. Every change keeps to the floor and to ids that
 * differ; whether the whole stands is for `faults.ts`.
 */
import type {
  Design,
  DesignObject,
  DesignPlace,
  DesignSpawn,
  DesignZone,
} from "../../../protocol/control.gen";
import { WIRE_LIMITS } from "../../../protocol/control.gen";
import { arranged, freeSpot, type Wish, withClearArrivals } from "./arrange";
import { clampTo, halfWidthOf, reachOf, round, shifted, stretched, turned } from "./geometry";

export type PartKind = "place" | "zone" | "spawn" | "object";
export interface Chosen {
  kind: PartKind;
  index: number;
}

const LISTS = { place: "places", zone: "zones", spawn: "spawn", object: "objects" } as const;
const MOST: Record<PartKind, number> = {
  place: WIRE_LIMITS.places,
  zone: WIRE_LIMITS.zones,
  spawn: WIRE_LIMITS.spawnPoints,
  object: WIRE_LIMITS.objects,
};
const STEPS_KEPT = 100;
const WARM = "#ffb35c";

export class Plan {
  chosen: Chosen | null = null;
  private readonly views = new Set<() => void>();
  private past: Design[] = [];
  private future: Design[] = [];
  /** The design before a drag that is still going on. */
  private held: Design | null = null;

  constructor(public design: Design) {}

  subscribe(run: () => void): () => void {
    this.views.add(run);
    return () => this.views.delete(run);
  }

  choose(chosen: Chosen | null): void {
    if (chosen?.kind === this.chosen?.kind && chosen?.index === this.chosen?.index) return;
    this.chosen = chosen;
    this.tell();
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  undo(): void {
    this.step(this.past, this.future);
  }

  redo(): void {
    this.step(this.future, this.past);
  }

  private step(from: Design[], to: Design[]): void {
    const design = from.pop();
    if (design === undefined) return;
    to.push(this.design);
    this.design = design;
    this.mendChosen();
    this.tell();
  }

  /** Another design in place of this one, as one step. */
  change(design: Design): void {
    if (this.held === null) {
      this.past = [...this.past.slice(1 - STEPS_KEPT), this.design];
      this.future = [];
    }
    this.design = design;
    this.mendChosen();
    this.tell();
  }

  /** A drag begins: all until `drop` is one step. */
  hold(): void {
    this.held ??= this.design;
  }

  drop(): void {
    const before = this.held;
    this.held = null;
    if (before === null || before === this.design) return;
    this.past = [...this.past.slice(1 - STEPS_KEPT), before];
    this.future = [];
    this.tell();
  }

  /** Forget the steps: the design is saved. */
  saved(design: Design): void {
    this.design = design;
    this.past = [];
    this.future = [];
    this.mendChosen();
    this.tell();
  }

  /** Template, size or light. In a smaller room everything moves in. */
  dress(change: Partial<Pick<Design, "template" | "size" | "light">>): void {
    const next = { ...this.design, ...change };
    this.change(change.size === undefined ? next : movedIn(next));
  }

  arrange(wish: Wish): void {
    const places = arranged(this.design, wish);
    this.change(withClearArrivals({ ...this.design, places }));
  }

  move({ kind, index }: Chosen, x: number, z: number): void {
    if (kind === "zone") {
      const half = halfWidthOf(this.design);
      this.patch<DesignZone>({ kind, index }, (zone) => placed(zone, x, z, half));
      return;
    }
    const reach = reachOf(this.design);
    const spot = { x: round(clampTo(x, reach)), z: round(clampTo(z, reach)) };
    this.patch({ kind, index }, (part) => ({ ...part, ...spot }));
  }

  /** Set edges of a zone; it keeps at least its least size. */
  stretch(index: number, edges: Partial<Pick<DesignZone, "x0" | "z0" | "x1" | "z1">>): void {
    const half = halfWidthOf(this.design);
    this.patch<DesignZone>({ kind: "zone", index }, (zone) => {
      const [x0, x1] = stretched([zone.x0, zone.x1], [edges.x0, edges.x1], half);
      const [z0, z1] = stretched([zone.z0, zone.z1], [edges.z0, edges.z1], half);
      return { ...zone, x0, x1, z0, z1 };
    });
  }

  turn(chosen: Chosen, degrees: number): void {
    if (chosen.kind === "zone") return;
    this.patch<DesignPlace | DesignSpawn | DesignObject>(chosen, (part) => ({
      ...part,
      yaw_deg: turned(part.yaw_deg + degrees),
    }));
  }

  edit(chosen: Chosen, change: Record<string, unknown>): void {
    this.patch(chosen, (part) => ({ ...part, ...change }));
  }

  /** How many more of a kind there may be. */
  room(kind: PartKind): number {
    return MOST[kind] - this.design[LISTS[kind]].length;
  }

  /** Add a part on free floor and choose it; false when there is no more room for it. */
  add(kind: PartKind, what: "mat" | "seat" | DesignZone["kind"] | "" = "", name = ""): boolean {
    if (this.room(kind) <= 0) return false;
    const { design } = this;
    const spot = freeSpot(design, { x: 0, z: 0 }, design.spawn) ?? { x: 0, z: 0 };
    const part = this.fresh(kind, what, name, spot);
    const list = [...design[LISTS[kind]], part];
    this.chosen = { kind, index: list.length - 1 };
    this.change({ ...design, [LISTS[kind]]: list } as Design);
    return true;
  }

  remove({ kind, index }: Chosen): boolean {
    const list = this.design[LISTS[kind]] as readonly unknown[];
    // People have to arrive somewhere.
    if (kind === "spawn" && list.length <= 1) return false;
    const next = list.filter((_, at) => at !== index);
    this.chosen = next.length === 0 ? null : { kind, index: Math.min(index, next.length - 1) };
    this.change({ ...this.design, [LISTS[kind]]: next } as Design);
    return true;
  }

  private fresh(kind: PartKind, what: string, name: string, { x, z }: { x: number; z: number }) {
    const { design } = this;
    switch (kind) {
      case "place":
        return { id: freshId(what, design.places), kind: what, x, z, yaw_deg: 0 };
      case "spawn":
        return { x, z, yaw_deg: 0 };
      case "object":
        return {
          id: freshId("lantern", design.objects),
          kind: "lantern",
          ...{ x, y: 0, z, yaw_deg: 0 },
          colour: WARM,
        };
      case "zone": {
        const half = halfWidthOf(design);
        const x0 = round(clampTo(x - 1.5, half - 3));
        const z0 = round(clampTo(z - 1.5, half - 3));
        return {
          id: freshId("zone", design.zones),
          name,
          kind: what,
          ...{ x0, z0, x1: x0 + 3, z1: z0 + 3 },
        };
      }
    }
  }

  private patch<T extends object>({ kind, index }: Chosen, run: (part: T) => T): void {
    const list = this.design[LISTS[kind]] as unknown as T[];
    const part = list[index];
    if (part === undefined) return;
    const next = list.map((each, at) => (at === index ? run(part) : each));
    this.change({ ...this.design, [LISTS[kind]]: next } as Design);
  }

  private mendChosen(): void {
    const { chosen } = this;
    if (chosen !== null && this.design[LISTS[chosen.kind]][chosen.index] === undefined) {
      this.chosen = null;
    }
  }

  private tell(): void {
    for (const run of this.views) run();
  }
}

/** An id that no other part has: the word and the first free number. */
export function freshId(word: string, parts: readonly { id: string }[]): string {
  const taken = new Set(parts.map(({ id }) => id));
  let n = 1;
  while (taken.has(`${word}-${n}`)) n++;
  return `${word}-${n}`;
}

/** Everything inside the walls. */
function movedIn(design: Design): Design {
  const reach = reachOf(design);
  const half = halfWidthOf(design);
  const inside = <T extends { x: number; z: number }>(part: T): T => ({
    ...part,
    x: round(clampTo(part.x, reach)),
    z: round(clampTo(part.z, reach)),
  });
  return {
    ...design,
    places: design.places.map(inside),
    spawn: design.spawn.map(inside),
    objects: design.objects.map(inside),
    zones: design.zones.map((zone) => placed(zone, zone.x0, zone.z0, half)),
  };
}

/** A zone with its lesser corner there, or as near as the walls allow. */
function placed(zone: DesignZone, x: number, z: number, half: number): DesignZone {
  const [x0, x1] = shifted([zone.x0, zone.x1], x, half);
  const [z0, z1] = shifted([zone.z0, zone.z1], z, half);
  return { ...zone, x0, x1, z0, z1 };
}
