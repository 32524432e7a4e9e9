/** Sets out many places at once, in rows, an arc or a circle, as many as fit. Pure. */
import {
  type Design,
  type DesignPlace,
  type DesignSpawn,
  WIRE_LIMITS,
} from "../../../protocol/control.gen";
import {
  apartM,
  arrivalClear,
  distance,
  halfWidthOf,
  lookingAt,
  type PlaceKind,
  reachOf,
  round,
  type Spot,
} from "./geometry";

export const FORMS = ["rows", "arc", "circle"] as const;
type Form = (typeof FORMS)[number];

export interface Wish {
  kind: PlaceKind;
  count: number;
  form: Form;
}

/** Comfortable distances, more than the least; closer only where many have to fit. */
const ROOM_M: Record<PlaceKind, { side: number; back: number }> = {
  mat: { side: 2.2, back: 2.2 },
  seat: { side: 1.1, back: 1.4 },
};
const CLOSER = [1, 0.85, 0.7, 0.6];
/** Places are kept in whole centimetres, so two of them may come that much closer. */
const ROUNDING_M = 0.02;
const AROUND_FIRE_M = 2.4;
const SEARCH_STEP_M = 0.5;

type Laid = (Spot & { yaw_deg: number })[];

/**
 * Places in the form wished for, at most as many as fit with the least distances. They look to the
 * front in rows, to the middle otherwise. Fewer than wished for means that the floor is full.
 */
export function arranged(design: Pick<Design, "size">, wish: Wish): DesignPlace[] {
  const count = Math.max(0, Math.min(WIRE_LIMITS.places, Math.floor(wish.count)));
  const reach = reachOf(design) - 0.7;
  let best: Laid = [];
  for (const share of CLOSER) {
    const least = apartM(wish.kind, wish.kind) + ROUNDING_M;
    const side = Math.max(least, ROOM_M[wish.kind].side * share);
    const back = Math.max(least, ROOM_M[wish.kind].back * share);
    const laid = FORMERS[wish.form](count, reach, side, back);
    if (laid.length > best.length) best = laid;
    if (best.length >= count) break;
  }
  return best.map((spot, index) => ({
    id: `${wish.kind}-${index + 1}`,
    kind: wish.kind,
    x: round(spot.x),
    z: round(spot.z),
    yaw_deg: spot.yaw_deg,
  }));
}

const FORMERS: Record<Form, (count: number, reach: number, side: number, back: number) => Laid> = {
  rows,
  arc,
  circle,
};

function rows(count: number, reach: number, side: number, back: number): Laid {
  // The front third stays free for whoever leads, the back for those who arrive.
  const first = -reach * 0.35;
  const depth = Math.max(1, Math.floor((reach * 0.8 - first) / back) + 1);
  const across = Math.max(1, Math.floor((2 * reach) / side) + 1);
  const fit = Math.min(count, depth * across);
  // A block about half as deep as wide looks like a class and not like a queue.
  const wanted = Math.ceil(Math.sqrt(fit * 1.8));
  const wide = Math.min(across, Math.max(wanted, Math.ceil(fit / depth)));
  const out: Laid = [];
  for (let i = 0; i < fit; i++) {
    const row = Math.floor(i / wide);
    const inRow = Math.min(wide, fit - row * wide);
    const x = ((i % wide) - (inRow - 1) / 2) * side;
    out.push({ x, z: first + row * back, yaw_deg: 0 });
  }
  return out;
}

/** Half circles one behind the other, open to the front. */
function arc(count: number, reach: number, side: number, back: number): Laid {
  const middle = { x: 0, z: -reach * 0.35 };
  const out: Laid = [];
  for (let radius = AROUND_FIRE_M; out.length < count && radius <= reach; radius += back) {
    const steps = Math.max(1, Math.floor((Math.PI * radius) / (side * 1.02)));
    const inArc = Math.min(steps + 1, count - out.length);
    const step = Math.min(Math.PI / Math.max(1, inArc - 1), (side * 1.35) / radius);
    for (let i = 0; i < inArc; i++) {
      const angle = (i - (inArc - 1) / 2) * step;
      out.push(on(middle, radius, angle));
    }
  }
  return out.filter(({ z }) => z <= reach);
}

/** One circle while it fits, else circles within each other. */
function circle(count: number, reach: number, side: number, back: number): Laid {
  const middle = { x: 0, z: 0 };
  const wide = count < 2 ? 0 : side / (2 * Math.sin(Math.PI / count));
  const out: Laid = [];
  if (wide <= reach) {
    const radius = Math.max(AROUND_FIRE_M, wide);
    return Array.from({ length: count }, (_, i) => on(middle, radius, (2 * Math.PI * i) / count));
  }
  for (let radius = reach; out.length < count && radius >= side; radius -= back) {
    const fit = Math.floor(Math.PI / Math.asin(Math.min(1, side / (2 * radius))));
    const inRing = Math.min(fit, count - out.length);
    for (let i = 0; i < inRing; i++) out.push(on(middle, radius, (2 * Math.PI * i) / inRing));
  }
  return out;
}

/** A spot on a circle, looking at its middle. */
function on(middle: Spot, radius: number, angle: number): Laid[number] {
  const spot = { x: middle.x + radius * Math.sin(angle), z: middle.z + radius * Math.cos(angle) };
  return { ...spot, yaw_deg: lookingAt(spot, middle) };
}

/** A design in which nobody arrives on a place: arrivals that are in the way go to free floor. */
export function withClearArrivals(design: Design): Design {
  const spawn: DesignSpawn[] = [];
  for (const point of design.spawn) {
    if (arrivalClear(design, point)) spawn.push(point);
    else {
      const free = freeSpot(design, point, spawn);
      if (free !== null) spawn.push({ ...free, yaw_deg: point.yaw_deg });
    }
  }
  return { ...design, spawn: spawn.length > 0 ? spawn : design.spawn.slice(0, 1) };
}

/** The nearest free floor to a spot; null when there is none. */
export function freeSpot(design: Design, near: Spot, taken: readonly Spot[]): Spot | null {
  const half = halfWidthOf(design);
  let best: Spot | null = null;
  for (let x = -half + 1; x <= half - 1; x += SEARCH_STEP_M) {
    for (let z = -half + 1; z <= half - 1; z += SEARCH_STEP_M) {
      const spot = { x, z };
      if (best !== null && distance(spot, near) >= distance(best, near)) continue;
      if (!arrivalClear(design, spot)) continue;
      if (taken.some((other) => distance(other, spot) < SEARCH_STEP_M)) continue;
      best = spot;
    }
  }
  return best;
}
