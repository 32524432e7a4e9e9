/** How an earlier version of a plan differs from what it is now, cue by cue. Pure. */
import type { CueDraft } from "./plan-draft";

/** `same` as now, `changed` since, or not there `now` any more. */
export type Since = "same" | "changed" | "gone";

export interface Difference {
  /** Of each cue of the earlier version, in its order. */
  cues: Since[];
  changed: number;
  gone: number;
  /** Cues that came since. */
  added: number;
  /** Those that are in both follow each other otherwise. */
  moved: boolean;
}

const text = (cue: CueDraft) => JSON.stringify(Object.entries(cue).sort());

export function difference(then: readonly CueDraft[], now: readonly CueDraft[]): Difference {
  const there = new Map(now.map((cue) => [cue.id, cue]));
  const cues = then.map((cue): Since => {
    const found = there.get(cue.id);
    if (found === undefined) return "gone";
    return text(found) === text(cue) ? "same" : "changed";
  });
  const before = new Set(then.map(({ id }) => id));
  const both = then.filter(({ id }) => there.has(id)).map(({ id }) => id);
  const order = now.filter(({ id }) => before.has(id)).map(({ id }) => id);
  return {
    cues,
    changed: cues.filter((each) => each === "changed").length,
    gone: cues.filter((each) => each === "gone").length,
    added: now.filter(({ id }) => !before.has(id)).length,
    moved: both.some((id, i) => id !== order[i]),
  };
}
