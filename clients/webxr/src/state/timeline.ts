/**
 * Where a session plan is: whoever has the same timeline and the same cues works out the same place,
 * the same breath and the same bar of the music, however late they came. Pure: server time is an
 * argument. The twin of `community/plans/timeline.py`; both are held to
 * `protocol/vectors/timeline.json`.
 */
import type { Cue, Segment, Timeline } from "../protocol/control.gen";
import { type BreathPhase, phaseAt } from "./breath";

export type Run = Segment["run"];
export type Track = NonNullable<Cue["music"]>;

export interface Position {
  /** Index of the segment in force. */
  segment: number;
  run: Run;
  planMs: number;
  /** Index of the cue that the plan is in; -1 with a plan that has none. */
  cue: number;
  /** How far into it. */
  cueMs: number;
  /**
   * Until the plan enters its next cue or ends by itself, or until the leaders' last edit acts,
   * whichever is first; null while it stays as it is until somebody acts.
   */
  msToNext: number | null;
  /** Null where the cue has no pattern, and before and after the plan. */
  breath: BreathPhase | null;
  breathMs: number;
  musicMs: number;
  /** As the last cue that set it; sounds only while the plan runs or is held. */
  track: Track;
  /** As the last cue that set it. */
  light: Cue["light"] | null;
}

type Cues = readonly Cue[];

/** Work out where the plan is at `serverNowMs`, unwrapped. */
export function position(timeline: Timeline, cues: Cues, serverNowMs: number): Position {
  const { segments } = timeline;
  const nowMs = Math.floor(serverNowMs);
  let index = 0;
  for (let i = 1; i < segments.length; i++) if (elapsed(segments[i]!, nowMs) >= 0) index = i;
  const found = place(segments[index]!, cues, nowMs, index);
  const next = segments[index + 1];
  if (next !== undefined) {
    const aheadMs = -elapsed(next, nowMs);
    found.msToNext = Math.min(aheadMs, found.msToNext ?? aheadMs);
  }
  return found;
}

/** How long the plan lasts. */
export function planLengthMs(cues: Cues): number {
  const last = cues[cues.length - 1];
  return last === undefined ? 0 : last.from_ms + last.ms;
}

/** Index of the cue at a place in the plan; -1 with a plan that has none. */
export function cueAt(cues: Cues, planMs: number): number {
  let low = 0;
  let high = cues.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cues[middle]!.from_ms <= planMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function place(segment: Segment, cues: Cues, nowMs: number, index: number): Position {
  const endMs = planLengthMs(cues);
  const running = segment.run === "running";
  // A segment that has not begun stands where it will begin.
  let gone = Math.max(0, elapsed(segment, nowMs));
  let run = segment.run;
  if (running && segment.plan_ms + gone >= endMs) {
    // Everything stops where the plan ends.
    gone = Math.max(0, endMs - segment.plan_ms);
    run = "over";
  }
  const sounded = running || segment.run === "holding" ? gone : 0;
  const planMs = segment.plan_ms + (running ? gone : 0);
  const cue = cueAt(cues, planMs);
  const first = cueAt(cues, segment.plan_ms);
  const begunMs = cues[cue]?.from_ms ?? 0;
  const setter = setterOf(cues, cue, "music");
  const sameMusic = setter === setterOf(cues, first, "music");
  const breathMs = cue === first ? segment.breath_ms + sounded : planMs - begunMs;
  const pattern = run === "waiting" || run === "over" ? undefined : cues[cue]?.breath;
  return {
    segment: index,
    run,
    planMs,
    cue,
    cueMs: planMs - begunMs,
    msToNext: run === "running" ? begunMs + cues[cue]!.ms - planMs : null,
    breath: pattern ? phaseAt(pattern, breathMs) : null,
    breathMs,
    musicMs: sameMusic ? segment.music_ms + sounded : planMs - cues[setter]!.from_ms,
    track: cues[setter]?.music ?? "none",
    light: cues[setterOf(cues, cue, "light")]?.light ?? null,
  };
}

/** Index of the last cue up to `cue` that set its music or its light; -1 if none did. */
function setterOf(cues: Cues, cue: number, what: "music" | "light"): number {
  let i = cue;
  while (i >= 0 && (cues[i]![what] ?? null) === null) i--;
  return i;
}

/** How long ago a segment began, negative before; the wire's moments wrap around. */
function elapsed(segment: Segment, nowMs: number): number {
  return (nowMs - segment.from_ms) | 0;
}
