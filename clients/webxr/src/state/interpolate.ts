/**
 * Moves between poses held in flat arrays: positions along limited Hermite curves, rotations along
 * great arcs. Pure arithmetic; writes into caller-owned arrays and allocates nothing.
 */

/** Below this cosine gap two rotations are near enough to blend straight. */
const NEARLY_SAME = 0.9995;

/**
 * Slerp between unit quaternions the short way round, `t` beyond 1 continues the turn.
 * Reads four numbers at `aAt` and `bAt`, writes four at `outAt`.
 */
export function slerpInto(
  a: Float32Array,
  aAt: number,
  b: Float32Array,
  bAt: number,
  t: number,
  out: Float32Array,
  outAt: number,
): void {
  const ax = a[aAt]!;
  const ay = a[aAt + 1]!;
  const az = a[aAt + 2]!;
  const aw = a[aAt + 3]!;
  const bx = b[bAt]!;
  const by = b[bAt + 1]!;
  const bz = b[bAt + 2]!;
  const bw = b[bAt + 3]!;
  const dot = ax * bx + ay * by + az * bz + aw * bw;
  const sign = dot < 0 ? -1 : 1;
  const cosine = Math.min(1, Math.abs(dot));
  let wa = 1 - t;
  let wb = t * sign;
  if (cosine < NEARLY_SAME) {
    const angle = Math.acos(cosine);
    const inverse = 1 / Math.sin(angle);
    wa = Math.sin((1 - t) * angle) * inverse;
    wb = Math.sin(t * angle) * inverse * sign;
  }
  const x = wa * ax + wb * bx;
  const y = wa * ay + wb * by;
  const z = wa * az + wb * bz;
  const w = wa * aw + wb * bw;
  const norm = Math.sqrt(x * x + y * y + z * z + w * w) || 1;
  out[outAt] = x / norm;
  out[outAt + 1] = y / norm;
  out[outAt + 2] = z / norm;
  out[outAt + 3] = w / norm;
}

/** Angle between two unit quaternions, radians. */
export function angleBetween(a: Float32Array, aAt: number, b: Float32Array, bAt: number): number {
  let dot = 0;
  for (let i = 0; i < 4; i++) dot += a[aAt + i]! * b[bAt + i]!;
  return 2 * Math.acos(Math.min(1, Math.abs(dot)));
}

/**
 * Tangent at a sample between slopes `before` and `after` (per second): their mean, but flat at a
 * turn and never steeper than three times the gentler slope, so that a stop does not overshoot.
 */
export function limitedTangent(before: number, after: number): number {
  if (before * after <= 0) return 0;
  const mean = (before + after) / 2;
  const limit = 3 * Math.min(Math.abs(before), Math.abs(after));
  return Math.abs(mean) <= limit ? mean : Math.sign(mean) * limit;
}

/**
 * Position on the curve from `p1` to `p2` (`span` seconds apart) at fraction `u`, starting with
 * the tangent told by the sample before (`p0`, `spanBefore` seconds earlier; 0 = none).
 *
 * Three samples and not four: the fourth has rarely arrived, and a curve that changed when it did
 * would jump by millimetres.
 */
export function hermite(
  p0: number,
  p1: number,
  p2: number,
  spanBefore: number,
  span: number,
  u: number,
): number {
  const slope = (p2 - p1) / span;
  const start = spanBefore > 0 ? limitedTangent((p1 - p0) / spanBefore, slope) : slope;
  const u2 = u * u;
  const u3 = u2 * u;
  return (
    p1 + (p2 - p1) * (3 * u2 - 2 * u3) + span * (start * (u3 - 2 * u2 + u) + slope * (u3 - u2))
  );
}

/** Distance in metres between xyz at `aAt` and xyz at `bAt`. */
export function distance(a: Float32Array, aAt: number, b: Float32Array, bAt: number): number {
  const dx = a[aAt]! - b[bAt]!;
  const dy = a[aAt + 1]! - b[bAt + 1]!;
  const dz = a[aAt + 2]! - b[bAt + 2]!;
  return Math.sqrt(dx * dx + dy * dy + dz * dz);
}

/** Write the rotation that leads from unit quaternion `from` to `to`: to × from⁻¹. */
export function turnBetween(
  from: Float32Array,
  to: Float32Array,
  at: number,
  out: Float32Array,
): void {
  const fx = -from[at]!;
  const fy = -from[at + 1]!;
  const fz = -from[at + 2]!;
  const fw = from[at + 3]!;
  multiply(to[at]!, to[at + 1]!, to[at + 2]!, to[at + 3]!, fx, fy, fz, fw, out, at);
}

/** Turn the quaternion at `at` by `share` (0..1) of the rotation `turn` at the same place. */
export function turnBy(pose: Float32Array, turn: Float32Array, at: number, share: number): void {
  slerpInto(IDENTITY, 0, turn, at, share, PART_TURN, 0);
  const t = PART_TURN;
  const x = pose[at]!;
  const y = pose[at + 1]!;
  const z = pose[at + 2]!;
  const w = pose[at + 3]!;
  multiply(t[0]!, t[1]!, t[2]!, t[3]!, x, y, z, w, pose, at);
}

const IDENTITY = Float32Array.of(0, 0, 0, 1);
const PART_TURN = new Float32Array(4);

function multiply(
  ax: number,
  ay: number,
  az: number,
  aw: number,
  bx: number,
  by: number,
  bz: number,
  bw: number,
  out: Float32Array,
  at: number,
): void {
  out[at] = aw * bx + ax * bw + ay * bz - az * by;
  out[at + 1] = aw * by - ax * bz + ay * bw + az * bx;
  out[at + 2] = aw * bz + ax * by - ay * bx + az * bw;
  out[at + 3] = aw * bw - ax * bx - ay * by - az * bz;
}
