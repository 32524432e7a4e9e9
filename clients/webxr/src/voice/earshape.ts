/**
 * How a voice sounds from where one is: fall-off, cone, direction, and which voices are worth full
 * head-related rendering. The numbers come from the server. Pure, and allocates nothing per frame.
 */
import type { Earshape } from "../protocol/control";
import type { HearingReason } from "../protocol/control-voice";

/** What is used before the server has said anything; the same as its own defaults. */
export const DEFAULT_SHAPE: Earshape = {
  ref_m: 1.5,
  rolloff: 1,
  enter_m: 20,
  leave_m: 24,
  cone_inner_deg: 200,
  cone_outer_deg: 360,
  cone_outer_gain: 0.6,
};

/** From the head's middle to the mouth, metres, in the head's own axes. */
const MOUTH_DOWN_M = 0.07;
const MOUTH_AHEAD_M = 0.09;

/** Whether this voice reaches as loud at the far end of the room. */
export function isFlat(reason: HearingReason): boolean {
  return reason === "stage";
}

/** Gain at `distanceM`, as a PannerNode's "inverse" model has it. */
export function distanceGain(distanceM: number, shape: Earshape): number {
  const d = Math.max(distanceM, shape.ref_m);
  return shape.ref_m / (shape.ref_m + shape.rolloff * (d - shape.ref_m));
}

/** Gain at `offDeg` from where the talker faces, as a PannerNode's cone has it. */
export function coneGain(offDeg: number, shape: Earshape): number {
  const inner = shape.cone_inner_deg / 2;
  const outer = shape.cone_outer_deg / 2;
  if (offDeg <= inner) return 1;
  if (offDeg >= outer) return shape.cone_outer_gain;
  return 1 + ((shape.cone_outer_gain - 1) * (offDeg - inner)) / (outer - inner);
}

/** Rotate (x, y, z) by the quaternion at `at` in `pose`; writes three numbers. */
export function rotate(
  pose: Float32Array,
  at: number,
  x: number,
  y: number,
  z: number,
  out: Float32Array,
): void {
  const qx = pose[at]!;
  const qy = pose[at + 1]!;
  const qz = pose[at + 2]!;
  const qw = pose[at + 3]!;
  const tx = 2 * (qy * z - qz * y);
  const ty = 2 * (qz * x - qx * z);
  const tz = 2 * (qx * y - qy * x);
  out[0] = x + qw * tx + qy * tz - qz * ty;
  out[1] = y + qw * ty + qz * tx - qx * tz;
  out[2] = z + qw * tz + qx * ty - qy * tx;
}

/** Where the mouth of this head is (first three numbers) and where it faces (the next three). */
export class Mouth {
  readonly at = new Float32Array(3);
  readonly facing = new Float32Array(3);

  place(pose: Float32Array): void {
    rotate(pose, 3, 0, -MOUTH_DOWN_M, -MOUTH_AHEAD_M, this.at);
    this.at[0] = this.at[0]! + pose[0]!;
    this.at[1] = this.at[1]! + pose[1]!;
    this.at[2] = this.at[2]! + pose[2]!;
    rotate(pose, 3, 0, 0, -1, this.facing);
  }

  /** Gain of this mouth at the head of `listener`, without direction. */
  gainAt(listener: Float32Array, shape: Earshape): number {
    const dx = listener[0]! - this.at[0]!;
    const dy = listener[1]! - this.at[1]!;
    const dz = listener[2]! - this.at[2]!;
    const d = Math.hypot(dx, dy, dz);
    if (d < 1e-4) return 1;
    const { facing } = this;
    const cos = (dx * facing[0]! + dy * facing[1]! + dz * facing[2]!) / d;
    const off = (Math.acos(Math.max(-1, Math.min(1, cos))) * 180) / Math.PI;
    return distanceGain(d, shape) * coneGain(off, shape);
  }
}

/** A point seen from a head: x to its right, y up, z behind it. */
export function seenFrom(
  listener: Float32Array,
  x: number,
  y: number,
  z: number,
  out: Float32Array,
): void {
  INVERSE[0] = -listener[3]!;
  INVERSE[1] = -listener[4]!;
  INVERSE[2] = -listener[5]!;
  INVERSE[3] = listener[6]!;
  rotate(INVERSE, 0, x - listener[0]!, y - listener[1]!, z - listener[2]!, out);
}
const INVERSE = new Float32Array(4);

export const FULL_VOICES = 4;
/** One who has the full rendering keeps it unless another is nearer by this factor. */
const STAY = 0.85;

/**
 * Mark the nearest few of `distances` (metres; negative for an empty slot) in `full`, which holds
 * last time's choice: people who walk side by side must not trade places every frame.
 */
export function chooseFull(distances: Float32Array, full: boolean[]): void {
  for (let i = 0; i < full.length; i++) {
    const mine = distances[i]! * (full[i] ? STAY : 1);
    let nearer = 0;
    for (let j = 0; j < full.length; j++) {
      const theirs = distances[j]! * (full[j] ? STAY : 1);
      if (j === i || theirs < 0) continue;
      if (theirs < mine || (theirs === mine && j < i)) nearer++;
    }
    NEXT[i] = mine >= 0 && nearer < FULL_VOICES ? 1 : 0;
  }
  for (let i = 0; i < full.length; i++) full[i] = NEXT[i] === 1;
}
const NEXT = new Uint8Array(32);
