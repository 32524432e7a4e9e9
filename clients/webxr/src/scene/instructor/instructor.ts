/**
 * The instructor before one's own mat: the host's sample taken there and drawn like any avatar, in
 * the pool's own calls. The host on stage stays where they are.
 */
import { type AvatarSample, POSE_NUMBERS } from "../../state/avatar-state";
import { type Frame, shownFrame, Tether, takeSampleBefore, type View } from "../../state/mat-frame";
import type { Guest } from "../avatar-pool";
import type { Spot } from "../guide/spots";

export interface InstructorShown {
  /** the host as playout draws them; its buffers may be reused every frame */
  readonly sample: AvatarSample;
  /** where the stage is and where it faces */
  readonly anchor: Frame;
  readonly mat: Frame;
  readonly view: View;
}

/** Nobody on the wire has this id. */
export const INSTRUCTOR_ID = -2;
const FADE_S = 0.3;
const SPOT_M = 0.62;

/** Owns the drawn copy: one sample, reused every frame. */
export class Instructor implements Guest {
  readonly id = INSTRUCTOR_ID;
  readonly spot: Spot = {
    ...{ x: 0, z: 0, halfX: SPOT_M, halfZ: SPOT_M, turn: 0 },
    ...{ shadow: 0, light: 0, height: 0 },
  };
  private readonly tether = new Tether();
  private readonly copy: AvatarSample = {
    id: INSTRUCTOR_ID,
    pose: new Float32Array(POSE_NUMBERS),
    posture: 0,
    leftVisible: false,
    rightVisible: false,
    leftOpacity: 0,
    rightOpacity: 0,
    leftGesture: 0,
    rightGesture: 0,
    away: false,
    coarse: false,
    opacity: 0,
    speaking: 0,
  };
  private asked: InstructorShown | null = null;
  private hidden = true;
  private shown = 0;

  constructor(private readonly reducedMotion: boolean) {}

  /** Show the host before this mat; call again whenever something of it changes. */
  show(asked: InstructorShown): void {
    const before = this.asked;
    const moved =
      before === null ||
      before.view !== asked.view ||
      before.sample.id !== asked.sample.id ||
      Math.hypot(before.mat.x - asked.mat.x, before.mat.z - asked.mat.z) > 0.05 ||
      Math.abs(before.mat.yaw - asked.mat.yaw) > 0.02;
    // somewhere else or the other way round it begins anew instead of flying there
    if (moved) {
      this.shown = 0;
      this.tether.release();
    }
    this.asked = asked;
    this.hidden = false;
  }

  hide(): void {
    this.hidden = true;
  }

  /** Whose copy this is; null while nothing is drawn. */
  get of(): number | null {
    return this.asked?.sample.id ?? null;
  }

  /** The copy as it is drawn now: for diagnostics, and for whoever places things around it. */
  get drawn(): AvatarSample | null {
    return this.asked !== null && this.shown > 0 ? this.copy : null;
  }

  /** Advance; returns what to draw, or null. */
  step(dtS: number): AvatarSample | null {
    const { asked, spot } = this;
    const by = this.reducedMotion ? 1 : dtS / FADE_S;
    this.shown = Math.min(1, Math.max(0, this.shown + (this.hidden ? -by : by)));
    if (asked === null || this.shown === 0) {
      if (this.hidden) this.forget();
      spot.light = 0;
      return null;
    }
    const stage = this.tether.step(asked.sample.pose, asked.anchor, dtS);
    takeSampleBefore(asked.sample, stage, asked.mat, asked.view, this.copy);
    this.copy.opacity = asked.sample.opacity * this.shown;
    const at = shownFrame(asked.mat, asked.view);
    spot.x = at.x;
    spot.z = at.z;
    spot.light = this.copy.opacity;
    return this.copy;
  }

  private forget(): void {
    this.asked = null;
    this.tether.release();
  }
}
