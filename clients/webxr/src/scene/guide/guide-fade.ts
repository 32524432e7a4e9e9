/** What the guide shows and how it changes: one thing fades away before the next comes. Pure. */
import type { Frame, View } from "../../state/mat-frame";
import type { Pose, Side } from "../../state/poses";

export interface GuideShown {
  readonly pose: Pose;
  /** which side leads as the student feels it; null where the cue names none */
  readonly side: Side | null;
  /** fullness of the breath, 0 to 1; null without a pattern */
  readonly breath: number | null;
  /** the student's mat; the guide stands beside the instructor before it */
  readonly at: Frame;
  /** how the instructor is shown; `mirror` unless told */
  readonly view?: View;
}

export const FADE_OUT_S = 0.22;
export const FADE_IN_S = 0.3;

/** Owns which pose is drawn and how much of it is there. */
export class GuideFade {
  drawn: GuideShown | null = null;
  /** 0 to 1 */
  shown = 0;
  private wanted: GuideShown | null = null;

  constructor(private readonly reducedMotion: boolean) {}

  show(asked: GuideShown): void {
    this.wanted = asked;
  }

  hide(): void {
    this.wanted = null;
  }

  /** Advance; true when something else is drawn from now on. */
  step(dtS: number): boolean {
    const { wanted, drawn } = this;
    if (wanted !== null && drawn !== null && alike(wanted, drawn)) {
      // the same pose on the same spot: only the breath is another
      this.drawn = wanted;
      this.shown = Math.min(1, this.shown + this.part(dtS, FADE_IN_S));
      return false;
    }
    if (drawn !== null) this.shown = Math.max(0, this.shown - this.part(dtS, FADE_OUT_S));
    if (this.shown > 0 || wanted === drawn) return false;
    this.drawn = wanted;
    this.shown = wanted === null ? 0 : this.part(dtS, FADE_IN_S);
    return true;
  }

  private part(dtS: number, wholeS: number): number {
    return this.reducedMotion ? 1 : Math.min(1, dtS / wholeS);
  }
}

/** Whether the figure plays the left: a mirror shows the student's right on its own left. */
export function leftLeads({ side, view, pose }: GuideShown): boolean {
  const left = pose.sided && side === "left";
  return left !== ((view ?? "mirror") === "mirror");
}

/** How much the bands of the figure's right and left glow. */
export function litBands(shown: GuideShown): { right: number; left: number } {
  if (!shown.pose.sided || shown.side === null) return { right: 0, left: 0 };
  if (shown.side === "both") return { right: 1, left: 1 };
  return leftLeads(shown) ? { right: 0, left: 1 } : { right: 1, left: 0 };
}

function alike(a: GuideShown, b: GuideShown): boolean {
  return (
    a.pose.id === b.pose.id &&
    a.side === b.side &&
    (a.view ?? "mirror") === (b.view ?? "mirror") &&
    Math.hypot(a.at.x - b.at.x, a.at.z - b.at.z) < 0.05 &&
    Math.abs(a.at.yaw - b.at.yaw) < 0.02
  );
}
