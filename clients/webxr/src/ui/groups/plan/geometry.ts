/**
 * The floor of a room as numbers: how far apart things stand, which way they look. Pure. The same
 * measures as the server's, so that what is refused there is marked here before it is sent.
 */
import type { Design, DesignPlace, DesignZone } from "../../../protocol/control.gen";
import { HALF_WIDTH_M } from "../../../scene/design";

const WALL_CLEAR_M = 0.3;
const SEAT_APART_M = 0.6;
const MAT_APART_M = 1.2;
export const ARRIVAL_CLEAR_M = 0.8;
export const ZONE_LEAST_M = 1;
const CLOSE_ENOUGH_M = 1e-6;

export type PlaceKind = DesignPlace["kind"];
export interface Spot {
  x: number;
  z: number;
}

export const round = (metres: number, step = 0.01) =>
  Number((Math.round(metres / step) * step).toFixed(2));

export const halfWidthOf = (design: Pick<Design, "size">) => HALF_WIDTH_M[design.size];

/** How far from the middle something may stand. */
export const reachOf = (design: Pick<Design, "size">) => halfWidthOf(design) - WALL_CLEAR_M;

export const clampTo = (value: number, most: number) => Math.max(-most, Math.min(most, value));

type Edges = [low: number, high: number];

/** A zone's two edges on one axis with the lower one at `low`, its size kept, inside the walls. */
export function shifted([from, to]: Edges, low: number, half: number): Edges {
  const wide = Math.min(round(to - from), 2 * half);
  const first = round(Math.max(-half, Math.min(half - wide, low)));
  return [first, round(first + wide)];
}

/**
 * A zone's two edges on one axis with one or both set anew, inside the walls. An edge that comes
 * too near to the other stops there; of two new ones the upper gives way.
 */
export function stretched(
  [low, high]: Edges,
  set: [number | undefined, number | undefined],
  half: number,
): Edges {
  const inside = (edge: number) => round(clampTo(edge, half));
  if (set[1] === undefined) {
    const last = inside(high);
    return [Math.min(inside(set[0] ?? low), round(last - ZONE_LEAST_M)), last];
  }
  const first = Math.min(inside(set[0] ?? low), half - ZONE_LEAST_M);
  return [first, Math.max(inside(set[1]), round(first + ZONE_LEAST_M))];
}

export const tooNarrow = (zone: DesignZone) =>
  Math.min(zone.x1 - zone.x0, zone.z1 - zone.z0) < ZONE_LEAST_M - CLOSE_ENOUGH_M;

/** How far apart two places have to be, from middle to middle. */
export function apartM(a: PlaceKind, b: PlaceKind): number {
  if (a === b) return a === "mat" ? MAT_APART_M : SEAT_APART_M;
  return (MAT_APART_M + SEAT_APART_M) / 2;
}

/** Degrees within -180 to 180. */
export function turned(degrees: number): number {
  const around = ((((degrees + 180) % 360) + 360) % 360) - 180;
  return round(around, 0.1);
}

/** The direction in which somebody at `from` looks at `to`; 0 is towards the front (less z). */
export function lookingAt(from: Spot, to: Spot): number {
  return turned((Math.atan2(from.x - to.x, from.z - to.z) * 180) / Math.PI);
}

export const distance = (a: Spot, b: Spot) => Math.hypot(a.x - b.x, a.z - b.z);

export const within = (zone: DesignZone, { x, z }: Spot) =>
  x >= zone.x0 && x <= zone.x1 && z >= zone.z0 && z <= zone.z1;

export const overlap = (a: DesignZone, b: DesignZone) =>
  a.x0 < b.x1 && b.x0 < a.x1 && a.z0 < b.z1 && b.z0 < a.z1;

export const tooClose = (a: DesignPlace, b: DesignPlace) =>
  distance(a, b) < apartM(a.kind, b.kind) - CLOSE_ENOUGH_M;

/** Whether people may arrive here. */
export function arrivalClear(design: Design, spot: Spot): boolean {
  const reach = reachOf(design);
  return (
    Math.abs(spot.x) <= reach &&
    Math.abs(spot.z) <= reach &&
    design.places.every((place) => distance(place, spot) >= ARRIVAL_CLEAR_M - CLOSE_ENOUGH_M) &&
    !design.zones.some((zone) => zone.kind === "private" && within(zone, spot))
  );
}
