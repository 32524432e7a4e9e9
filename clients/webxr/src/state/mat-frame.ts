/**
 * Takes what happens on the stage before a student's own mat. A frame is a spot on the floor with
 * its own axes: x to the right, y up, -z ahead of whoever stands there facing with it. Pure.
 *
 * `mirror`: faces the student and is reflected (x to -x in the stage's frame, hands swapped), so
 * that the teacher's right appears at the student's right. `facing`: faces the student as across a
 * room. `follow`: seen from behind, same heading as the student.
 */
import type { AvatarSample } from "./avatar-state";

export interface Frame {
  readonly x: number;
  readonly z: number;
  /** radians; 0 looks along -z, positive turns left */
  readonly yaw: number;
}

export const VIEWS = ["mirror", "facing", "follow"] as const;
export type View = (typeof VIEWS)[number];

/** How far before the student the frame's middle is put, metres. */
export const AHEAD_M = 1.9;
/** Where the guide figure stands in the student's frame: beside the instructor, a little nearer. */
export const GUIDE_RIGHT_M = 0.92;
export const GUIDE_AHEAD_M = 1.6;

const LEFT = 7;
const RIGHT = 14;

/** A room's anchor or mat as a frame. */
export function frameOf(spot: { x: number; z: number; yaw_deg: number }): Frame {
  return { x: spot.x, z: spot.z, yaw: (spot.yaw_deg * Math.PI) / 180 };
}

/** The frame at `right` and `ahead` metres in a frame, turned by `turn` against it. */
export function frameIn(frame: Frame, right: number, ahead: number, turn = 0): Frame {
  const c = Math.cos(frame.yaw);
  const s = Math.sin(frame.yaw);
  return {
    x: frame.x + right * c - ahead * s,
    z: frame.z - right * s - ahead * c,
    yaw: frame.yaw + turn,
  };
}

/** Where the stage's frame is put for a student on this mat, before any reflection. */
export function shownFrame(mat: Frame, view: View, aheadM = AHEAD_M): Frame {
  return frameIn(mat, 0, aheadM, view === "follow" ? 0 : Math.PI);
}

/**
 * Write a pose (head, left and right hand, seven numbers each) as seen before a mat.
 *
 * `stage` is the frame the pose is taken from: the stage's heading, and the spot that comes to lie
 * `AHEAD_M` before the student. `out` may not be `pose`.
 */
export function takeBefore(
  pose: Float32Array,
  stage: Frame,
  mat: Frame,
  view: View,
  out: Float32Array,
): void {
  const to = shownFrame(mat, view);
  const reflected = view === "mirror";
  take(pose, 0, stage, to, reflected, out, 0);
  take(pose, LEFT, stage, to, reflected, out, reflected ? RIGHT : LEFT);
  take(pose, RIGHT, stage, to, reflected, out, reflected ? LEFT : RIGHT);
}

/** Take a whole sample before a mat: its hands with what is known of them, its posture as it is. */
export function takeSampleBefore(
  sample: AvatarSample,
  stage: Frame,
  mat: Frame,
  view: View,
  out: AvatarSample,
): void {
  takeBefore(sample.pose, stage, mat, view, out.pose);
  const swap = view === "mirror";
  out.posture = sample.posture;
  out.leftVisible = swap ? sample.rightVisible : sample.leftVisible;
  out.rightVisible = swap ? sample.leftVisible : sample.rightVisible;
  out.leftOpacity = swap ? sample.rightOpacity : sample.leftOpacity;
  out.rightOpacity = swap ? sample.leftOpacity : sample.rightOpacity;
  out.leftGesture = swap ? sample.rightGesture : sample.leftGesture;
  out.rightGesture = swap ? sample.leftGesture : sample.rightGesture;
  out.away = sample.away;
  out.coarse = sample.coarse;
  out.speaking = sample.speaking;
}

function take(
  pose: Float32Array,
  at: number,
  from: Frame,
  to: Frame,
  reflected: boolean,
  out: Float32Array,
  outAt: number,
): void {
  const flip = reflected ? -1 : 1;
  const fc = Math.cos(from.yaw);
  const fs = Math.sin(from.yaw);
  const dx = pose[at]! - from.x;
  const dz = pose[at + 2]! - from.z;
  // into the stage's frame, reflected there, out of the student's
  const x = flip * (dx * fc - dz * fs);
  const z = dx * fs + dz * fc;
  const tc = Math.cos(to.yaw);
  const ts = Math.sin(to.yaw);
  out[outAt] = to.x + x * tc + z * ts;
  out[outAt + 1] = pose[at + 1]!;
  out[outAt + 2] = to.z - x * ts + z * tc;
  turnTo(pose, at + 3, from.yaw, to.yaw, flip, out, outAt + 3);
}

/** to · reflect(from⁻¹ · q): a reflection across x keeps the turn about x, reverses the others. */
function turnTo(
  pose: Float32Array,
  at: number,
  fromYaw: number,
  toYaw: number,
  flip: number,
  out: Float32Array,
  outAt: number,
): void {
  const fc = Math.cos(fromYaw / 2);
  const fs = -Math.sin(fromYaw / 2);
  const [qx, qy, qz, qw] = [pose[at]!, pose[at + 1]!, pose[at + 2]!, pose[at + 3]!];
  const x = fc * qx + fs * qz;
  const y = flip * (fc * qy + fs * qw);
  const z = flip * (fc * qz - fs * qx);
  const w = fc * qw - fs * qy;
  const tc = Math.cos(toYaw / 2);
  const ts = Math.sin(toYaw / 2);
  out[outAt] = tc * x + ts * z;
  out[outAt + 1] = tc * y + ts * w;
  out[outAt + 2] = tc * z - ts * x;
  out[outAt + 3] = tc * w - ts * y;
}

/** How far the copy may wander from its spot before the spot comes along, metres. */
const TETHER_M = 0.55;
/** How quickly a copy that wandered comes back to its spot, 1/s: slower than any movement. */
const HOMING_RATE = 0.12;
/** So near to the stage's middle a host teaches from the stage, and the stage says what is ahead. */
const ON_STAGE_M = 3.5;
/** Once on stage, the heading is the stage's within a moment. */
const STAGE_RATE = 1.5;
/** Looking so steeply up or down tells no heading. */
const STEEP = 0.9;

/**
 * The spot on the stage that lies before the mat: where the host is, followed slowly. A teacher
 * who walks about or stands beside the stage's middle stays before everybody's mat, and steps of a
 * movement still look like steps. Whoever teaches from elsewhere in the room is shown by their own
 * heading, or every mat would see them from behind because the room lies otherwise than they stand.
 */
export class Tether {
  private x = 0;
  private z = 0;
  private yaw = 0;
  private held = false;

  /** Begin afresh: the next step puts the spot right under the host. */
  release(): void {
    this.held = false;
  }

  /** Follow the host's head; returns the frame to take the stage from. */
  step(pose: Float32Array, stage: Frame, dtS: number): Frame {
    const x = pose[0]!;
    const z = pose[2]!;
    const onStage = Math.hypot(x - stage.x, z - stage.z) < ON_STAGE_M;
    const yaw = onStage ? stage.yaw : (headingOf(pose) ?? this.yaw);
    if (!this.held) {
      this.x = x;
      this.z = z;
      this.yaw = yaw;
      this.held = true;
    }
    const k = ease(HOMING_RATE, dtS);
    this.x += (x - this.x) * k;
    this.z += (z - this.z) * k;
    const turn = Math.PI * 2;
    const off = yaw - this.yaw - Math.round((yaw - this.yaw) / turn) * turn;
    this.yaw += off * (onStage ? ease(STAGE_RATE, dtS) : k);
    const dx = x - this.x;
    const dz = z - this.z;
    const far = Math.hypot(dx, dz);
    if (far > TETHER_M) {
      this.x = x - (dx / far) * TETHER_M;
      this.z = z - (dz / far) * TETHER_M;
    }
    return { x: this.x, z: this.z, yaw: this.yaw };
  }
}

function ease(rate: number, dtS: number): number {
  return 1 - Math.exp(-rate * Math.max(0, dtS));
}

/** Where a head looks, as a heading; null while it looks up or down. */
function headingOf(pose: Float32Array): number | null {
  const [x, y, z, w] = [pose[3]!, pose[4]!, pose[5]!, pose[6]!];
  if (Math.abs(2 * (y * z - w * x)) > STEEP) return null;
  return Math.atan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y));
}
