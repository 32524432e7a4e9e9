/** Small pose arithmetic on flat arrays: no objects, no allocation. */

/** The rig maps local-floor to the room: a turn about the vertical, then a shift. */
export interface RigFrame {
  x: number;
  y: number;
  z: number;
  yaw: number;
}

/** Write the quaternion of yaw then pitch (radians) at `at`. */
export function writeYawPitch(out: Float32Array, at: number, yaw: number, pitch: number): void {
  const cy = Math.cos(yaw / 2);
  const sy = Math.sin(yaw / 2);
  const cp = Math.cos(pitch / 2);
  const sp = Math.sin(pitch / 2);
  out[at] = cy * sp;
  out[at + 1] = sy * cp;
  out[at + 2] = -sy * sp;
  out[at + 3] = cy * cp;
}

/** Map a local-floor pose into the room: writes 7 numbers at `at`, quaternion renormalised. */
export function writeInRoom(
  out: Float32Array,
  at: number,
  position: { x: number; y: number; z: number },
  turn: { x: number; y: number; z: number; w: number },
  rig: RigFrame,
): void {
  const c = Math.cos(rig.yaw);
  const s = Math.sin(rig.yaw);
  out[at] = rig.x + position.x * c + position.z * s;
  out[at + 1] = rig.y + position.y;
  out[at + 2] = rig.z - position.x * s + position.z * c;
  const hc = Math.cos(rig.yaw / 2);
  const hs = Math.sin(rig.yaw / 2);
  // (0, hs, 0, hc) * turn
  const x = hc * turn.x + hs * turn.z;
  const y = hc * turn.y + hs * turn.w;
  const z = hc * turn.z - hs * turn.x;
  const w = hc * turn.w - hs * turn.y;
  const norm = Math.sqrt(x * x + y * y + z * z + w * w) || 1;
  out[at + 3] = x / norm;
  out[at + 4] = y / norm;
  out[at + 5] = z / norm;
  out[at + 6] = w / norm;
}

/**
 * Turn a controller's grip pose into the wrist convention of the wire (-z to the fingertips, +y the
 * back of the hand) in place. WebXR's grip has -z along the held rod and +x across the palm: out of
 * the back of a right hand, into the palm's view of a left one.
 */
export function gripToWrist(pose: Float32Array, at: number, left: boolean): void {
  const x = pose[at + 3]!;
  const y = pose[at + 4]!;
  const z = pose[at + 5]!;
  const w = pose[at + 6]!;
  // held at ease, the rod rises 45 degrees above the forearm; the palm looks inwards
  const qw = 0.653281;
  const qx = -0.270598;
  const qy = left ? 0.270598 : -0.270598;
  const qz = left ? 0.653281 : -0.653281;
  pose[at + 3] = w * qx + x * qw + y * qz - z * qy;
  pose[at + 4] = w * qy - x * qz + y * qw + z * qx;
  pose[at + 5] = w * qz + x * qy - y * qx + z * qw;
  pose[at + 6] = w * qw - x * qx - y * qy - z * qz;
  // the grip sits in the palm; the wrist lies behind it along the fingers
  const back = 0.085;
  const a = pose[at + 3]!;
  const b = pose[at + 4]!;
  const c = pose[at + 5]!;
  const d = pose[at + 6]!;
  pose[at] = pose[at]! + back * 2 * (a * c + d * b);
  pose[at + 1] = pose[at + 1]! + back * 2 * (b * c - d * a);
  pose[at + 2] = pose[at + 2]! + back * (1 - 2 * (a * a + b * b));
}

/** Heading of a quaternion at `at`, steady while looking straight up or down. */
export function yawOf(pose: Float32Array, at: number): number {
  const x = pose[at]!;
  const y = pose[at + 1]!;
  const z = pose[at + 2]!;
  const w = pose[at + 3]!;
  const backX = 2 * (x * z + w * y);
  const backY = 2 * (y * z - w * x);
  const backZ = 1 - 2 * (x * x + y * y);
  if (Math.abs(backY) < 0.92) return Math.atan2(backX, backZ);
  const lead = backY > 0 ? -1 : 1;
  return Math.atan2(lead * 2 * (x * y - w * z), lead * 2 * (y * z + w * x));
}

/** Height of the head's own up axis: 1 upright, 0 on its side or back. */
export function upYOf(pose: Float32Array, at: number): number {
  const x = pose[at]!;
  const z = pose[at + 2]!;
  return 1 - 2 * (x * x + z * z);
}
