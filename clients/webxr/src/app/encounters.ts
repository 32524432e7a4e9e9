/** Who was near in the last minute, so that somebody can be named who is gone again. Pure. */

export interface Encounter {
  id: number;
  name: string;
}

const NEAR_M = 6;
const KEPT_MS = 60_000;
const KEPT_MAX = 30;

export class Encounters {
  private readonly seen = new Map<number, { name: string; atMs: number; distanceM: number }>();

  /** Note where people are now; those further than a few steps do not count. */
  note(people: Iterable<{ id: number; name: string; distanceM: number }>, nowMs: number): void {
    for (const { id, name, distanceM } of people) {
      if (distanceM >= 0 && distanceM <= NEAR_M)
        this.seen.set(id, { name, atMs: nowMs, distanceM });
    }
    for (const [id, { atMs }] of this.seen) if (nowMs - atMs > KEPT_MS) this.seen.delete(id);
  }

  /** The latest first, and of those the nearest. */
  list(nowMs: number): Encounter[] {
    return [...this.seen]
      .filter(([, { atMs }]) => nowMs - atMs <= KEPT_MS)
      .sort(([, a], [, b]) => b.atMs - a.atMs || a.distanceM - b.distanceM)
      .slice(0, KEPT_MAX)
      .map(([id, { name }]) => ({ id, name }));
  }
}
