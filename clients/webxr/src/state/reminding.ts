/** Which of one's events to be reminded of now: an hour and ten minutes before, and at open doors. Pure. */

/** An event as far as a reminder needs to know it. */
export interface Coming {
  event: string;
  original: string;
  starts_ms: number;
  ends_ms: number;
  doors_ms: number;
  state: string;
}

export type Stage = "hour" | "soon" | "doors";

export interface Reminder<T extends Coming> {
  of: T;
  stage: Stage;
  /** Names this reminder, to be put away for good. */
  key: string;
}

const MINUTE_MS = 60_000;
const OPEN = new Set(["doors", "live"]);
const OVER = new Set(["draft", "cancelled", "ended", "winding_down"]);

/** What the clock says about one event; null for nothing to say. */
export function stageOf(of: Coming, nowMs: number): Stage | null {
  if (OVER.has(of.state) || nowMs >= of.ends_ms) return null;
  if (OPEN.has(of.state)) return "doors";
  const leftMs = of.starts_ms - nowMs;
  // Doors that should be open and are not told of yet: it is soon.
  if (leftMs <= 10 * MINUTE_MS) return "soon";
  return leftMs <= 60 * MINUTE_MS ? "hour" : null;
}

/** The one reminder to show: what is nearest and was not put away. */
export function reminderOf<T extends Coming>(
  coming: readonly T[],
  nowMs: number,
  away: ReadonlySet<string>,
): Reminder<T> | null {
  const due = coming.flatMap((of) => {
    const stage = stageOf(of, nowMs);
    if (stage === null) return [];
    const key = `${of.event} ${of.original} ${stage}`;
    return away.has(key) ? [] : [{ of, stage, key }];
  });
  due.sort((a, b) => a.of.starts_ms - b.of.starts_ms);
  return due[0] ?? null;
}
