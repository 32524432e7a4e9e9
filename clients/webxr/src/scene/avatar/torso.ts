/**
 * Where the torso goes when only head and posture are known. Pure numbers, no allocation per step.
 *
 * Upright postures hang a cloak from neck to floor that follows the head with a little lag.
 * Lying puts it along the floor, from the head towards the feet.
 */
import type { Posture } from "../../state/avatar-state";

const LYING = 3;
/** half the thickness of a lying body: its axis never sinks below this height, metres */
export const LYING_AXIS_MIN_M = 0.16;
/** with the neck higher than this a lying body slopes down to its feet, as in a cobra */
const LEVEL_NECK_M = 0.26;
const SLOPED_NECK_M = 0.42;
/** sine of the steepest slope of a body that lies */
const SLOPE_MAX = 0.7;
const LYING_LENGTH_M = 1.32;
/** from the neck to the seat of somebody who kneels or sits folded over their knees */
const FOLDED_LENGTH_M = 0.72;
/** whoever folds over has the neck below the first height, and wholly below the second */
const FOLDING_NECK_M = 0.52;
const FOLDED_NECK_M = 0.3;
/** from the neck up to the hips of somebody who stands bent over, head down */
const HANGING_LENGTH_M = 0.62;
const MIN_LENGTH_M = 0.24;
const NECK_DOWN_M = 0.125;
const NECK_BACK_M = 0.085;
const MAX_SWAY_M = 0.14;
const JUMP_M = 1.2;
const MAX_TWIST = 1.15;

export interface TorsoState {
  /** column-major 4x4: origin at the neck, -y runs down the body, scaled by its length */
  readonly matrix: Float32Array;
  /** blend of standing, seated, kneeling, lying; sums to 1 */
  readonly weights: Float32Array;
  /** where the body meets the floor, metres */
  baseX: number;
  baseZ: number;
  yaw: number;
  /** unit direction on the floor from head to feet */
  feetX: number;
  feetZ: number;
  /** length of a body that is drawn along the floor, or hanging */
  lyingM: number;
  /** how far somebody who stands hangs head down, as in a forward fold, 0 to 1 */
  hang: number;
  /** the head's up and back axes, xyz each */
  readonly head: Float32Array;
  fresh: boolean;
}

/** A torso that has not been placed yet: the first step snaps instead of gliding. */
export function newTorso(): TorsoState {
  return {
    matrix: new Float32Array(16),
    weights: new Float32Array(4),
    baseX: 0,
    baseZ: 0,
    yaw: 0,
    feetX: 0,
    feetZ: 1,
    lyingM: LYING_LENGTH_M,
    hang: 0,
    head: new Float32Array(6),
    fresh: true,
  };
}

/**
 * Advance the torso to this head pose.
 *
 * pose: head xyz and quaternion xyzw in the first seven numbers, room-local metres.
 */
export function stepTorso(
  state: TorsoState,
  pose: Float32Array,
  posture: Posture,
  dtS: number,
): void {
  const qx = pose[3]!;
  const qy = pose[4]!;
  const qz = pose[5]!;
  const qw = pose[6]!;
  // head axes in the room: up = q * +y, back = q * +z
  const upX = 2 * (qx * qy - qw * qz);
  const upY = 1 - 2 * (qx * qx + qz * qz);
  const upZ = 2 * (qy * qz + qw * qx);
  const backX = 2 * (qx * qz + qw * qy);
  const backY = 2 * (qy * qz - qw * qx);
  const backZ = 1 - 2 * (qx * qx + qy * qy);
  const neckX = pose[0]! - upX * NECK_DOWN_M + backX * NECK_BACK_M;
  const neckY = pose[1]! - upY * NECK_DOWN_M + backY * NECK_BACK_M;
  const neckZ = pose[2]! - upZ * NECK_DOWN_M + backZ * NECK_BACK_M;

  const yaw = headingOf(upX, upY, upZ, backX, backY, backZ);
  const jumped = (neckX - state.baseX) ** 2 + (neckZ - state.baseZ) ** 2 > JUMP_M * JUMP_M;
  const snap = state.fresh || jumped;
  const hang = (posture as number) === 0 ? smooth((-upY - 0.05) / 0.4) : 0;
  const folded = hang + foldOf(posture, neckY, Math.hypot(upX, upZ));
  const k = state.fresh ? 1 : ease(7, dtS);
  blendWeights(state.weights, posture, folded, k);
  state.hang += (hang - state.hang) * k;
  const lies = (posture as number) === LYING;
  const lyingM = lies ? LYING_LENGTH_M : hang > 0 ? HANGING_LENGTH_M : FOLDED_LENGTH_M;
  if (lies || folded > 0) state.lyingM += (lyingM - state.lyingM) * k;
  const { head } = state;
  head[0] = upX;
  head[1] = upY;
  head[2] = upZ;
  head[3] = backX;
  head[4] = backY;
  head[5] = backZ;
  followBase(state, neckX, neckZ, snap ? 1 : ease(9, dtS));
  followYaw(state, yaw, snap, dtS);
  followFeet(state, upX, upZ, backX, backY, backZ, snap ? 1 : ease(5, dtS));
  state.fresh = false;
  writeMatrix(state, neckX, neckY, neckZ);
}

/** Yaw of the head about the vertical; stays defined while looking straight up or down. */
export function headingOf(
  upX: number,
  _upY: number,
  upZ: number,
  backX: number,
  backY: number,
  backZ: number,
): number {
  // looking down (back points up) the crown leads; looking up it trails
  const steep = Math.min(1, Math.max(0, (Math.abs(backY) - 0.7) / 0.25));
  const lead = backY > 0 ? -1 : 1;
  const x = backX * (1 - steep) + upX * lead * steep;
  const z = backZ * (1 - steep) + upZ * lead * steep;
  return Math.atan2(x, z);
}

function ease(rate: number, dtS: number): number {
  return 1 - Math.exp(-rate * Math.max(0, dtS));
}

/** How far somebody who kneels or sits has folded over, as in a child's pose: 0 to 1. */
function foldOf(posture: Posture, neckY: number, flat: number): number {
  const low = (posture as number) === 1 || (posture as number) === 2;
  if (!low) return 0;
  const down = smooth((FOLDING_NECK_M - neckY) / (FOLDING_NECK_M - FOLDED_NECK_M));
  return down * smooth((flat - 0.4) / 0.35);
}

/** A folded or hanging body is drawn as one that lies. */
function blendWeights(weights: Float32Array, posture: Posture, folded: number, k: number): void {
  for (let i = 0; i < 4; i++) {
    const own = i === (posture as number) ? 1 - folded : 0;
    const target = i === LYING ? own + folded : own;
    weights[i] = weights[i]! + (target - weights[i]!) * k;
  }
}

function followBase(state: TorsoState, x: number, z: number, k: number): void {
  state.baseX += (x - state.baseX) * k;
  state.baseZ += (z - state.baseZ) * k;
  const dx = state.baseX - x;
  const dz = state.baseZ - z;
  const far = Math.sqrt(dx * dx + dz * dz);
  if (far > MAX_SWAY_M) {
    state.baseX = x + (dx / far) * MAX_SWAY_M;
    state.baseZ = z + (dz / far) * MAX_SWAY_M;
  }
}

function followYaw(state: TorsoState, yaw: number, snap: boolean, dtS: number): void {
  if (snap) {
    state.yaw = yaw;
    return;
  }
  let off = wrapAngle(yaw - state.yaw);
  // small glances turn the head alone; the body comes along when they last or grow
  const rate = Math.abs(off) > 0.45 ? 5 : 1.6;
  state.yaw = wrapAngle(state.yaw + off * ease(rate, dtS));
  off = wrapAngle(yaw - state.yaw);
  if (Math.abs(off) > MAX_TWIST) state.yaw = wrapAngle(yaw - Math.sign(off) * MAX_TWIST);
}

function followFeet(
  state: TorsoState,
  upX: number,
  upZ: number,
  backX: number,
  backY: number,
  backZ: number,
  k: number,
): void {
  // flat on the floor the crown points away from the feet; propped up, one looks towards them
  const flat = Math.min(1, Math.hypot(upX, upZ));
  const upright = backY < 0.3 ? (1 - flat) * (1 - flat) : 0;
  // propped up on one's back one looks towards the feet; whoever lay on the front and lifts the
  // chest keeps them behind
  const behind = state.weights[LYING]! > 0.3 && state.feetX * backX + state.feetZ * backZ > 0;
  const propped = behind ? upright : -upright;
  const x = -upX + backX * propped;
  const z = -upZ + backZ * propped;
  if (Math.hypot(x, z) < 0.05) return;
  // turned by angle: two opposite directions have nothing in between
  const now = Math.atan2(state.feetX, state.feetZ);
  const off = wrapAngle(Math.atan2(x, z) - now);
  // while nothing lies there yet nobody sees it swing round
  const angle = now + off * (state.weights[LYING]! < 0.2 ? 1 : k);
  state.feetX = Math.sin(angle);
  state.feetZ = Math.cos(angle);
}

function writeMatrix(state: TorsoState, neckX: number, neckY: number, neckZ: number): void {
  const lying = smooth(state.weights[LYING]!);
  // upright: the axis runs from the lagging base on the floor to the neck
  const dx = neckX - state.baseX;
  const dz = neckZ - state.baseZ;
  const uprightLength = Math.max(MIN_LENGTH_M, Math.hypot(dx, neckY, dz) - 0.02);
  const over = Math.max(neckY, MIN_LENGTH_M);
  const norm = Math.hypot(dx, over, dz);
  let yx = dx / norm;
  let yy = over / norm;
  let yz = dz / norm;
  let zx = Math.sin(state.yaw);
  let zy = 0;
  let zz = Math.cos(state.yaw);
  // lying: the axis is level, or slopes from a lifted chest to the feet; its back towards the
  // floor. Hanging: the trunk goes on from the head, up to the hips
  const raised = smooth((neckY - LEVEL_NECK_M) / (SLOPED_NECK_M - LEVEL_NECK_M));
  const rise = Math.max(0, neckY - 0.02 - LYING_AXIS_MIN_M) / LYING_LENGTH_M;
  const slope = raised * Math.min(SLOPE_MAX, rise);
  const level = Math.sqrt(1 - slope * slope);
  const { hang, head } = state;
  const flat = 1 - hang;
  yx += (-state.feetX * level * flat + head[0]! * hang - yx) * lying;
  yy += (slope * flat + head[1]! * hang - yy) * lying;
  yz += (-state.feetZ * level * flat + head[2]! * hang - yz) * lying;
  zx = zx * (1 - lying) + head[3]! * hang * lying;
  zy = (head[4]! * hang - flat) * lying;
  zz = zz * (1 - lying) + head[5]! * hang * lying;
  const yl = Math.hypot(yx, yy, yz) || 1;
  yx /= yl;
  yy /= yl;
  yz /= yl;
  const along = zx * yx + zy * yy + zz * yz;
  zx -= along * yx;
  zy -= along * yy;
  zz -= along * yz;
  const zl = Math.hypot(zx, zy, zz) || 1;
  zx /= zl;
  zy /= zl;
  zz /= zl;
  const axisMaxM = LYING_AXIS_MIN_M + SLOPE_MAX * LYING_LENGTH_M;
  const axisY = Math.min(axisMaxM, Math.max(LYING_AXIS_MIN_M, neckY - 0.02));
  const topY = neckY + (axisY - neckY) * lying * (1 - hang);
  let length = uprightLength + (state.lyingM - uprightLength) * lying;
  // half-way down, the feet would dip below the floor
  if (lying > 0 && yy * length > topY) length = Math.max(MIN_LENGTH_M, topY / yy);
  const m = state.matrix;
  m[0] = yy * zz - yz * zy;
  m[1] = yz * zx - yx * zz;
  m[2] = yx * zy - yy * zx;
  m[3] = 0;
  m[4] = yx * length;
  m[5] = yy * length;
  m[6] = yz * length;
  m[7] = 0;
  m[8] = zx;
  m[9] = zy;
  m[10] = zz;
  m[11] = 0;
  m[12] = neckX + state.feetX * 0.03 * lying;
  m[13] = topY;
  m[14] = neckZ + state.feetZ * 0.03 * lying;
  m[15] = 1;
}

function smooth(t: number): number {
  const c = Math.min(1, Math.max(0, t));
  return c * c * (3 - 2 * c);
}

/** The same angle within [-pi, pi). */
export function wrapAngle(angle: number): number {
  const turn = Math.PI * 2;
  return ((((angle + Math.PI) % turn) + turn) % turn) - Math.PI;
}
