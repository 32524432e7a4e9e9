/** What is within reach of somebody in a room: a place to claim, an object, a person. Pure. */

export interface Spot {
  id: string;
  kind: "mat" | "seat";
  x: number;
  z: number;
}

/** One counts as being on a place within this distance, and stays until farther away. */
const ON_M = { mat: 0.65, seat: 0.45 } as const;
const OFF_M = 1.1;
const OFFER_M = 2.2;

/**
 * The place to claim now, the one to leave, or neither. Whoever steps onto a mat or sits down has
 * it; whoever walks away leaves it.
 */
export function claimWish(
  places: readonly Spot[],
  mine: string | null,
  taken: (id: string) => boolean,
  at: { x: number; z: number; standing: boolean },
): { id: string; on: boolean } | null {
  if (mine !== null) {
    const place = places.find(({ id }) => id === mine);
    const far = place === undefined || Math.hypot(place.x - at.x, place.z - at.z) > OFF_M;
    return far ? { id: mine, on: false } : null;
  }
  let best: Spot | null = null;
  let nearest = Number.POSITIVE_INFINITY;
  for (const place of places) {
    // Passing a chair is not sitting down.
    if (place.kind === "seat" && at.standing) continue;
    const away = Math.hypot(place.x - at.x, place.z - at.z);
    if (away > ON_M[place.kind] || away >= nearest || taken(place.id)) continue;
    nearest = away;
    best = place;
  }
  return best === null ? null : { id: best.id, on: true };
}

/**
 * The mat of a formation to claim now, or none: one's own stays one's own wherever one goes, until
 * one stands on another that is free.
 */
export function matWish(
  mats: readonly Spot[],
  taken: (id: string) => boolean,
  at: { x: number; z: number },
): { id: string; on: boolean } | null {
  return claimWish(mats, null, taken, { ...at, standing: true });
}

/** The nearest person one could hand something to, or null. */
export function nearestPerson<T extends { id: number; distanceM: number }>(
  people: Iterable<T>,
): T | null {
  let best: T | null = null;
  for (const person of people) {
    if (person.distanceM < 0 || person.distanceM > OFFER_M) continue;
    if (best === null || person.distanceM < best.distanceM) best = person;
  }
  return best;
}

/**
 * Where an object is carried in front of a body without tracked hands: writes its foot, metres.
 * Called each frame, so it makes nothing new.
 */
export function carriedAt(
  pose: ArrayLike<number>,
  yaw: number,
  out: [number, number, number],
): void {
  const ahead = 0.55;
  const side = 0.22;
  out[0] = pose[0]! - Math.sin(yaw) * ahead + Math.cos(yaw) * side;
  out[1] = Math.max(0, pose[1]! - 0.85);
  out[2] = pose[2]! - Math.cos(yaw) * ahead - Math.sin(yaw) * side;
}
