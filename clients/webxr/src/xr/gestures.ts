/** Names hand shapes: from 25 tracked joints or from a controller's buttons. Pure. */

export enum Gesture {
  Relaxed = 0,
  Open = 1,
  Fist = 2,
  Point = 3,
  Pinch = 4,
  ThumbUp = 5,
  Peace = 6,
  Grip = 7,
}

/** Joints of a WebXR hand, in the order of the standard. */
export const JOINTS = 25;
const WRIST = 0;
const THUMB_PROXIMAL = 2;
const THUMB_TIP = 4;
const INDEX_TIP = 9;
/** first joint (metacarpal) of index, middle, ring, little */
const FINGERS = [5, 10, 15, 20] as const;
const PINCH_CLOSE_M = 0.018;
const PINCH_OPEN_M = 0.032;

/**
 * Measure a hand. joints: positions at `stride` numbers a joint, first at `offset`, metres, any
 * frame. out: curl of thumb, index, middle, ring, little (0 straight to 1 folded), then the distance
 * of thumb tip and index tip in metres, then how far the thumb rises above the knuckles (-1 to 1).
 */
export function measureHand(
  joints: Float32Array,
  stride: number,
  offset: number,
  upX: number,
  upY: number,
  upZ: number,
  out: Float32Array,
): void {
  out[0] = bend(joints, stride, offset, 1, 2, 3, 4) / 1.2;
  for (let f = 0; f < 4; f++) {
    const first = FINGERS[f]!;
    out[f + 1] = bend(joints, stride, offset, first, first + 1, first + 2, first + 4) / 2.4;
  }
  for (let i = 0; i < 5; i++) out[i] = Math.min(1, Math.max(0, out[i]!));
  const a = THUMB_TIP * stride + offset;
  const b = INDEX_TIP * stride + offset;
  out[5] = Math.hypot(
    joints[a]! - joints[b]!,
    joints[a + 1]! - joints[b + 1]!,
    joints[a + 2]! - joints[b + 2]!,
  );
  const c = THUMB_PROXIMAL * stride + offset;
  const x = joints[a]! - joints[c]!;
  const y = joints[a + 1]! - joints[c + 1]!;
  const z = joints[a + 2]! - joints[c + 2]!;
  const length = Math.hypot(x, y, z) || 1;
  out[6] = (x * upX + y * upY + z * upZ) / length;
}

/** Angle in radians between the bones from `a` to `b` and from `c` to `d`. */
function bend(
  joints: Float32Array,
  stride: number,
  offset: number,
  a: number,
  b: number,
  c: number,
  d: number,
): number {
  const i = a * stride + offset;
  const j = b * stride + offset;
  const k = c * stride + offset;
  const l = d * stride + offset;
  const ux = joints[j]! - joints[i]!;
  const uy = joints[j + 1]! - joints[i + 1]!;
  const uz = joints[j + 2]! - joints[i + 2]!;
  const vx = joints[l]! - joints[k]!;
  const vy = joints[l + 1]! - joints[k + 1]!;
  const vz = joints[l + 2]! - joints[k + 2]!;
  const norm = Math.hypot(ux, uy, uz) * Math.hypot(vx, vy, vz);
  if (norm < 1e-9) return 0;
  return Math.acos(Math.min(1, Math.max(-1, (ux * vx + uy * vy + uz * vz) / norm)));
}

/** Name the shape that `measureHand` measured; `now` gives hysteresis. */
export function classifyHand(measured: Float32Array, now: Gesture): Gesture {
  const index = measured[1]!;
  const middle = measured[2]!;
  const rest = (measured[3]! + measured[4]!) / 2;
  const pinchAt = now === Gesture.Pinch ? PINCH_OPEN_M : PINCH_CLOSE_M;
  // a fist also brings the tips together: a pinch leaves the other fingers free
  if (measured[5]! < pinchAt && (middle < 0.62 || rest < 0.62)) return Gesture.Pinch;
  const slack = 0.08;
  const closed = (v: number, was: boolean) => v > 0.58 - (was ? slack : 0);
  const straight = (v: number, was: boolean) => v < 0.3 + (was ? slack : 0);
  const is = (g: Gesture) => now === g;
  const folded = closed(middle, now >= Gesture.Fist) && closed(rest, now >= Gesture.Fist);
  if (folded && straight(index, is(Gesture.Point))) return Gesture.Point;
  if (folded && closed(index, is(Gesture.Fist) || is(Gesture.ThumbUp))) {
    const up = measured[6]! > (is(Gesture.ThumbUp) ? 0.45 : 0.62) && measured[0]! < 0.55;
    return up ? Gesture.ThumbUp : Gesture.Fist;
  }
  const peace = is(Gesture.Peace);
  if (straight(index, peace) && straight(middle, peace) && closed(rest, peace)) {
    return Gesture.Peace;
  }
  const open = is(Gesture.Open);
  if (straight(index, open) && straight(middle, open) && straight(rest, open)) return Gesture.Open;
  if (index > 0.42 && middle > 0.42 && rest > 0.42) return Gesture.Grip;
  return Gesture.Relaxed;
}

/** Name what a hand on a controller does. Values 0 to 1; `thumbRests` says the thumb touches it. */
export function classifyController(trigger: number, squeeze: number, thumbRests: boolean): Gesture {
  if (squeeze > 0.55) {
    if (trigger < 0.15) return Gesture.Point;
    return thumbRests ? Gesture.Fist : Gesture.ThumbUp;
  }
  if (trigger > 0.55) return Gesture.Pinch;
  return Gesture.Relaxed;
}

/** Index of the joint that carries a hand's pose on the wire. */
export const WRIST_JOINT = WRIST;
