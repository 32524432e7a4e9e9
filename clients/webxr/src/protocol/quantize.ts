/**
 * Turns the wire's integers into metres and unit quaternions (WIRE 2.1) and names the width
 * classes of deltas (WIRE 4.3). Pure arithmetic on caller-owned arrays.
 */

/** Integers in a quantised part: x, y, z in mm, then k, a, b, c of the rotation. */
export const PART_INTS = 7;
/** Parts in order: head, left hand, right hand. */
export const PARTS = 3;
export const ROW_INTS = PART_INTS * PARTS;

export const HEAD_POSITION_WIDTHS: readonly number[] = [0, 2, 3, 4, 5, 6, 8, 12];
export const HAND_POSITION_WIDTHS: readonly number[] = [0, 3, 4, 5, 6, 7, 9, 12];
/** Class 7 is not a width but an absolute rotation. */
export const ROTATION_WIDTHS: readonly number[] = [0, 3, 4, 5, 6, 7, 8, 0];
export const ROTATION_ABSOLUTE = 7;

const MM = 0.001;
const ROTATION_STEP = 0.001;

/** Bits of a state (WIRE 2.1). */
export const StateBit = {
  LeftTracked: 1 << 2,
  RightTracked: 1 << 3,
  Away: 1 << 10,
} as const;

export const postureOf = (state: number): 0 | 1 | 2 | 3 => (state & 3) as 0 | 1 | 2 | 3;
export const leftGestureOf = (state: number): number => (state >> 4) & 7;
export const rightGestureOf = (state: number): number => (state >> 7) & 7;
export const teleportsOf = (state: number): number => (state >> 11) & 3;

/** Pack a state word. `teleports` may be any count; only its last two bits travel. */
export function packState(
  posture: number,
  leftTracked: boolean,
  rightTracked: boolean,
  leftGesture: number,
  rightGesture: number,
  away: boolean,
  teleports: number,
): number {
  return (
    (posture & 3) |
    (leftTracked ? StateBit.LeftTracked : 0) |
    (rightTracked ? StateBit.RightTracked : 0) |
    ((leftGesture & 7) << 4) |
    ((rightGesture & 7) << 7) |
    (away ? StateBit.Away : 0) |
    ((teleports & 3) << 11)
  );
}

/** Write x, y, z (metres) and a unit quaternion x, y, z, w from seven integers. */
export function dequantizePart(
  row: Int32Array,
  rowAt: number,
  out: Float32Array,
  outAt: number,
): void {
  out[outAt] = row[rowAt]! * MM;
  out[outAt + 1] = row[rowAt + 1]! * MM;
  out[outAt + 2] = row[rowAt + 2]! * MM;
  const k = row[rowAt + 3]!;
  const a = row[rowAt + 4]! * ROTATION_STEP;
  const b = row[rowAt + 5]! * ROTATION_STEP;
  const c = row[rowAt + 6]! * ROTATION_STEP;
  const squares = a * a + b * b + c * c;
  const missing = Math.sqrt(Math.max(0, 1 - squares));
  // Hostile integers may exceed a unit quaternion; normalising keeps them finite.
  const scale = 1 / Math.sqrt(squares + missing * missing);
  const q = outAt + 3;
  out[q + k] = missing * scale;
  let at = k === 0 ? 1 : 0;
  out[q + at] = a * scale;
  at += k === at + 1 ? 2 : 1;
  out[q + at] = b * scale;
  at += k === at + 1 ? 2 : 1;
  out[q + at] = c * scale;
}

/** Write a whole pose, 21 numbers, from a row of 21 integers. */
export function dequantizeRow(
  row: Int32Array,
  rowAt: number,
  out: Float32Array,
  outAt: number,
): void {
  for (let part = 0; part < PARTS; part++) {
    dequantizePart(row, rowAt + part * PART_INTS, out, outAt + part * PART_INTS);
  }
}
