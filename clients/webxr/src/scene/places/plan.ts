/** Measures of mats and seats, and which one a ray meets. Pure numbers. */
import { type Place, radians, type Template } from "../design";

export const MAT_LENGTH_M = 1.86;
export const MAT_WIDTH_M = 0.68;
/** thinner than the lift of shadows and rings, so that these lie on top */
export const MAT_THICKNESS_M = 0.009;
export const SEAT_RADIUS_M = 0.26;

/** Height of the seats that stand in a template's rooms, metres. */
export const SEAT_HEIGHT_M: Readonly<Record<Template, number>> = {
  campfire: 0.42,
  studio: 0.17,
  gallery: 0.42,
  classroom: 0.44,
  terrace: 0.36,
};

/** A ray in the room: origin and unit direction, metres. */
export interface RayLike {
  readonly origin: { readonly x: number; readonly y: number; readonly z: number };
  readonly direction: { readonly x: number; readonly y: number; readonly z: number };
}

/** A little is added all round, so that small things are easy to point at. */
const EASE_M = 0.06;
const MAT_EASE_M = 0.05;

/** Distance along the ray to this place, or infinity. */
export function rayToPlace(ray: RayLike, place: Place, seatHeightM: number): number {
  const mat = place.kind === "mat";
  const halfX = (mat ? MAT_WIDTH_M / 2 : SEAT_RADIUS_M) + EASE_M;
  const halfZ = (mat ? MAT_LENGTH_M / 2 : SEAT_RADIUS_M) + EASE_M;
  const top = mat ? MAT_EASE_M : seatHeightM + EASE_M;
  const yaw = radians(place.yaw_deg);
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  const dx = ray.origin.x - place.x;
  const dz = ray.origin.z - place.z;
  // into the place's own frame: turn back by its yaw
  const o = [dx * c - dz * s, ray.origin.y, dx * s + dz * c] as const;
  const d = [
    ray.direction.x * c - ray.direction.z * s,
    ray.direction.y,
    ray.direction.x * s + ray.direction.z * c,
  ] as const;
  return slab(o, d, [-halfX, 0, -halfZ], [halfX, top, halfZ]);
}

type Triple = readonly [number, number, number];

function slab(o: Triple, d: Triple, low: Triple, high: Triple): number {
  let near = 0;
  let far = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    if (Math.abs(d[i]!) < 1e-9) {
      if (o[i]! < low[i]! || o[i]! > high[i]!) return Number.POSITIVE_INFINITY;
      continue;
    }
    const a = (low[i]! - o[i]!) / d[i]!;
    const b = (high[i]! - o[i]!) / d[i]!;
    near = Math.max(near, Math.min(a, b));
    far = Math.min(far, Math.max(a, b));
  }
  return near <= far ? near : Number.POSITIVE_INFINITY;
}
