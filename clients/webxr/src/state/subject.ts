/**
 * One other participant as this client draws them: which records feed them (lane or coarse), how
 * they fade, and how corrections of a wrong guess are spread over a few frames.
 */
import { leftGestureOf, postureOf, rightGestureOf, StateBit } from "../protocol/quantize";
import { type AvatarSample, POSE_NUMBERS, type Posture } from "./avatar-state";
import { AdaptiveDelay } from "./delay";
import { distance, slerpInto, turnBetween, turnBy } from "./interpolate";
import { JUMP_M, MotionTrack } from "./motion-track";

const APPEAR_S = 0.3;
const LEAVE_S = 0.2;
const HAND_FADE_S = 0.15;
/** Time constant with which the drawn body returns from a wrong guess to the truth. */
const MEND_S = 0.06;
const MEND_DONE = 0.01;
/** The slowest rate to wait for; a longer silence is a pause and not a rate. */
const INTERVAL_MAX_MS = 600;

export class Subject {
  readonly sample: AvatarSample;
  readonly delay = new AdaptiveDelay();
  /** Roster says they left; they fade out and are then forgotten. */
  leaving = false;
  /** Whether anything was ever told, so that there is something to draw. */
  known = false;

  private readonly track = new MotionTrack();
  private coarseX = 0;
  private coarseY = 0;
  private coarseZ = 0;
  private coarseYaw = 0;
  private coarseMs = 0;
  private coarseEveryS = 0.5;
  private drawnOnce = false;
  /** Share of `offset` still drawn: 1 when a guess turned out wrong, fading to 0. */
  private mend = 0;
  private mendPending = false;
  /** Whether a coarse record was what was drawn before. */
  private handedOver = false;
  private readonly truth = new Float32Array(POSE_NUMBERS);
  private readonly offset = new Float32Array(POSE_NUMBERS);
  private readonly goal = new Float32Array(7);

  constructor(id: number) {
    this.sample = {
      id,
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
  }

  /** Whether the subject holds a lane, so that `delay.playMs` is the instant drawn. */
  get detailed(): boolean {
    return this.known && !this.sample.coarse;
  }

  /** Server time of the newest sample. */
  get newestMs(): number {
    return this.track.newestMs;
  }

  newConnection(): void {
    this.delay.forget();
  }

  /** A lane's record: captured at `timeMs`, arrived at `arrivalMs`, both server time. */
  tell(
    timeMs: number,
    arrivalMs: number,
    tickMs: number,
    rows: Int32Array,
    lane: number,
    state: number,
  ): void {
    const track = this.track;
    const guessed = this.drawnOnce && (this.sample.coarse || this.delay.playMs >= track.newestMs);
    if (!track.push(timeMs, rows, lane, state)) return;
    const spacing = track.spacingMs();
    const interval = Math.min(Math.max(spacing, tickMs), INTERVAL_MAX_MS);
    this.delay.arrived(arrivalMs - timeMs, interval, tickMs);
    if (guessed && !track.newestJumped()) this.mendPending = true;
    if (this.sample.coarse) {
      this.delay.restart();
      this.handedOver = true;
      this.sample.coarse = false;
    }
    this.known = true;
  }

  /** A coarse record: x, y, z metres and yaw radians, true at `timeMs`. */
  tellCoarse(
    timeMs: number,
    x: number,
    y: number,
    z: number,
    yaw: number,
    posture: number,
    away: boolean,
  ): void {
    if (this.known && this.coarseMs > 0) {
      const everyS = (timeMs - this.coarseMs) / 1000;
      this.coarseEveryS += (Math.min(Math.max(everyS, 0.05), 2) - this.coarseEveryS) * 0.3;
    }
    this.coarseX = x;
    this.coarseY = y;
    this.coarseZ = z;
    this.coarseYaw = yaw;
    this.coarseMs = timeMs;
    this.sample.posture = postureOf(posture);
    this.sample.away = away;
    if (!this.sample.coarse) {
      this.sample.coarse = true;
      this.track.clear();
    }
    this.known = true;
  }

  /** Draw the subject now; returns false once they have faded out and may be forgotten. */
  update(serverNowMs: number, dtS: number): boolean {
    const sample = this.sample;
    if (this.leaving) {
      sample.opacity = Math.max(0, sample.opacity - dtS / LEAVE_S);
      if (sample.opacity === 0) return false;
    } else if (this.drawnOnce) sample.opacity = Math.min(1, sample.opacity + dtS / APPEAR_S);
    if (sample.coarse) this.updateCoarse(dtS);
    else this.updateDetailed(serverNowMs, dtS);
    this.drawnOnce = true;
    return true;
  }

  private updateDetailed(serverNowMs: number, dtS: number): void {
    const sample = this.sample;
    const pose = sample.pose;
    const before = this.delay.playMs;
    this.delay.advance(serverNowMs, dtS * 1000, this.track.newestMs);
    if (this.mendPending) this.beginMend(this.handedOver ? this.delay.playMs : before);
    this.track.evaluate(this.delay.playMs, pose);
    if (this.mend > 0) this.blendMend(dtS);

    const state = this.track.state;
    sample.posture = postureOf(state) as Posture;
    sample.away = (state & StateBit.Away) !== 0;
    sample.leftGesture = leftGestureOf(state);
    sample.rightGesture = rightGestureOf(state);
    const step = dtS / HAND_FADE_S;
    const left = (state & StateBit.LeftTracked) !== 0 ? step : -step;
    const right = (state & StateBit.RightTracked) !== 0 ? step : -step;
    sample.leftOpacity = Math.min(1, Math.max(0, sample.leftOpacity + left));
    sample.rightOpacity = Math.min(1, Math.max(0, sample.rightOpacity + right));
    sample.leftVisible = sample.leftOpacity > 0;
    sample.rightVisible = sample.rightOpacity > 0;
  }

  /** Note how far the body drawn is from what is now known of that same instant. */
  private beginMend(atMs: number): void {
    const { pose } = this.sample;
    const { truth, offset } = this;
    this.mendPending = false;
    this.handedOver = false;
    this.track.evaluate(atMs, truth);
    this.mend = distance(pose, 0, truth, 0) > JUMP_M ? 0 : 1;
    for (let part = 0; part < POSE_NUMBERS; part += 7) {
      for (let i = part; i < part + 3; i++) offset[i] = pose[i]! - truth[i]!;
      turnBetween(truth, pose, part + 3, offset);
    }
    // A hand that was not drawn has no place to come back from.
    if (this.sample.leftOpacity === 0) clearPart(offset, 7);
    if (this.sample.rightOpacity === 0) clearPart(offset, 14);
  }

  private blendMend(dtS: number): void {
    const { pose } = this.sample;
    this.mend *= Math.exp(-dtS / MEND_S);
    if (this.mend < MEND_DONE) {
      this.mend = 0;
      return;
    }
    for (let part = 0; part < POSE_NUMBERS; part += 7) {
      for (let i = part; i < part + 3; i++) pose[i] = pose[i]! + this.offset[i]! * this.mend;
      turnBy(pose, this.offset, part + 3, this.mend);
    }
  }

  private updateCoarse(dtS: number): void {
    const sample = this.sample;
    const pose = sample.pose;
    const far =
      Math.abs(pose[0]! - this.coarseX) > 4 * JUMP_M ||
      Math.abs(pose[2]! - this.coarseZ) > 4 * JUMP_M;
    const first = !this.drawnOnce || far;
    const ease = first ? 1 : 1 - Math.exp(-dtS / Math.max(0.12, this.coarseEveryS * 0.6));
    pose[0] = pose[0]! + (this.coarseX - pose[0]!) * ease;
    pose[1] = pose[1]! + (this.coarseY - pose[1]!) * ease;
    pose[2] = pose[2]! + (this.coarseZ - pose[2]!) * ease;
    const { goal } = this;
    goal[3] = 0;
    goal[4] = Math.sin(this.coarseYaw / 2);
    goal[5] = 0;
    goal[6] = Math.cos(this.coarseYaw / 2);
    if (first) for (let i = 3; i < 7; i++) pose[i] = goal[i]!;
    else slerpInto(pose, 3, goal, 3, ease, pose, 3);
    const step = dtS / HAND_FADE_S;
    sample.leftOpacity = Math.max(0, sample.leftOpacity - step);
    sample.rightOpacity = Math.max(0, sample.rightOpacity - step);
    sample.leftVisible = sample.leftOpacity > 0;
    sample.rightVisible = sample.rightOpacity > 0;
  }
}

function clearPart(offset: Float32Array, at: number): void {
  for (let i = at; i < at + 6; i++) offset[i] = 0;
  offset[at + 6] = 1;
}
