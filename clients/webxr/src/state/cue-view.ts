/** What somebody is shown of a plan's place: the cue as they take part in it, and what comes. Pure. */
import type { Cue } from "../protocol/control";
import type { BodyPosture } from "../protocol/control-gathering";
import type { TakePart } from "./settings";
import type { Position } from "./timeline";
import { planLengthMs } from "./timeline";

export interface CueView {
  readonly cue: Cue;
  readonly index: number;
  readonly text: string;
  readonly pose: string | null;
  /** The posture of an alternative one takes part by; null for the cue as it is. */
  readonly posture: BodyPosture | null;
  readonly next: Cue | null;
  /** Until the cue ends, if the plan goes on. */
  readonly cueLeftMs: number;
  /** Until the plan ends, if it goes on. */
  readonly planLeftMs: number;
  /** How much of the cue is over, 0 to 1. */
  readonly share: number;
}

/** Choose what to show; null where the plan has no cue. */
export function cueView(at: Position, cues: readonly Cue[], part: TakePart): CueView | null {
  const cue = cues[at.cue];
  if (cue === undefined) return null;
  const other = part === "shown" ? undefined : cue.alternatives.find((a) => a.posture === part);
  const text = other?.text ? other.text : cue.text;
  return {
    cue,
    index: at.cue,
    text,
    pose: other === undefined ? (cue.pose ?? null) : (other.pose ?? null),
    posture: other?.posture ?? null,
    next: cues[at.cue + 1] ?? null,
    cueLeftMs: Math.max(0, cue.ms - at.cueMs),
    planLeftMs: Math.max(0, planLengthMs(cues) - at.planMs),
    share: cue.ms === 0 ? 0 : Math.min(1, at.cueMs / cue.ms),
  };
}

/** Minutes and seconds as on a clock. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  if (minutes < 60) return `${minutes}:${two(rest)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(rest)}`;
}
