/**
 * The bones poses are told in, and where they come to lie: turns of joints in, places out. The same
 * table as the server's (`poses/skeleton.json`); pure numbers, nothing is allocated per step.
 *
 * At rest one stands at the origin and looks along -z, x to one's right, arms and legs hang down.
 */

export interface Bone {
  readonly name: BoneName;
  /** row of the bone it hangs from; -1 for the first */
  readonly parent: number;
  /** from the parent's joint to this one at rest, metres */
  readonly offset: readonly [number, number, number];
}

export const BONE_NAMES = [
  "hips",
  "spine",
  "chest",
  "neck",
  "head",
  "upper_arm_r",
  "lower_arm_r",
  "hand_r",
  "upper_arm_l",
  "lower_arm_l",
  "hand_l",
  "upper_leg_r",
  "lower_leg_r",
  "foot_r",
  "upper_leg_l",
  "lower_leg_l",
  "foot_l",
] as const;

export type BoneName = (typeof BONE_NAMES)[number];

const JOINTS: Readonly<Record<BoneName, readonly [BoneName | null, number, number, number]>> = {
  hips: [null, 0, 0, 0],
  spine: ["hips", 0, 0.1, 0],
  chest: ["spine", 0, 0.17, 0],
  neck: ["chest", 0, 0.24, 0],
  head: ["neck", 0, 0.09, 0],
  upper_arm_r: ["chest", 0.17, 0.2, 0],
  lower_arm_r: ["upper_arm_r", 0, -0.29, 0],
  hand_r: ["lower_arm_r", 0, -0.26, 0],
  upper_arm_l: ["chest", -0.17, 0.2, 0],
  lower_arm_l: ["upper_arm_l", 0, -0.29, 0],
  hand_l: ["lower_arm_l", 0, -0.26, 0],
  upper_leg_r: ["hips", 0.09, -0.02, 0],
  lower_leg_r: ["upper_leg_r", 0, -0.42, 0],
  foot_r: ["lower_leg_r", 0, -0.4, 0],
  upper_leg_l: ["hips", -0.09, -0.02, 0],
  lower_leg_l: ["upper_leg_l", 0, -0.42, 0],
  foot_l: ["lower_leg_l", 0, -0.4, 0],
};

export const BONES: readonly Bone[] = BONE_NAMES.map((name) => {
  const [parent, ...offset] = JOINTS[name];
  return { name, parent: parent === null ? -1 : BONE_NAMES.indexOf(parent), offset };
});

export const BONE_COUNT = BONES.length;

/** Height of the hips' joint while standing at rest. */
export const STANDING_ROOT_M = 0.92;
/** The point between the eyes, in the frame of the head's bone. */
export const EYES = [0, 0.08, -0.1] as const;

/** The row of a bone. */
export function boneRow(name: BoneName): number {
  return BONE_NAMES.indexOf(name);
}

/** For each row the row of the same bone on the other side; its own for those in the middle. */
export const OTHER_SIDE: readonly number[] = BONE_NAMES.map((name) => {
  const other = name.endsWith("_r") ? name.replace(/_r$/, "_l") : name.replace(/_l$/, "_r");
  return BONE_NAMES.indexOf(other as BoneName);
});

/** Where the hips are, and how each joint is turned against its parent. */
export interface Stance {
  readonly root: Float32Array;
  /** quaternions xyzw, one a bone */
  readonly turns: Float32Array;
}

/** Standing at rest. */
export function newStance(): Stance {
  const turns = new Float32Array(BONE_COUNT * 4);
  for (let i = 0; i < BONE_COUNT; i++) turns[i * 4 + 3] = 1;
  return { root: new Float32Array([0, STANDING_ROOT_M, 0]), turns };
}

/** Where every bone lies: joint xyz and quaternion xyzw, seven numbers a bone, in the mat's frame. */
export function newBody(): Float32Array {
  return new Float32Array(BONE_COUNT * 7);
}

/** Write the quaternion of Euler degrees x, y, z (intrinsic, in this order) at `at`. */
export function writeEuler(out: Float32Array, at: number, x: number, y: number, z: number): void {
  const half = Math.PI / 360;
  const [cx, sx] = [Math.cos(x * half), Math.sin(x * half)];
  const [cy, sy] = [Math.cos(y * half), Math.sin(y * half)];
  const [cz, sz] = [Math.cos(z * half), Math.sin(z * half)];
  out[at] = sx * cy * cz + cx * sy * sz;
  out[at + 1] = cx * sy * cz - sx * cy * sz;
  out[at + 2] = cx * cy * sz + sx * sy * cz;
  out[at + 3] = cx * cy * cz - sx * sy * sz;
}

/** Work out where every bone lies. `out`: as from `newBody`. */
export function layOut(stance: Stance, out: Float32Array): void {
  const { root, turns } = stance;
  for (let i = 0; i < BONE_COUNT; i++) {
    const bone = BONES[i]!;
    const to = i * 7;
    if (bone.parent < 0) {
      for (let k = 0; k < 3; k++) out[to + k] = root[k]! + bone.offset[k]!;
      for (let k = 0; k < 4; k++) out[to + 3 + k] = turns[i * 4 + k]!;
      continue;
    }
    const from = bone.parent * 7;
    const [x, y, z] = bone.offset;
    pointOn(out, from, x, y, z, out, to);
    multiply(out, from + 3, turns, i * 4, out, to + 3);
  }
}

/** Write a point given in a bone's own frame: the bone's seven numbers start at `from`. */
export function pointOn(
  body: Float32Array,
  from: number,
  x: number,
  y: number,
  z: number,
  out: Float32Array,
  to: number,
): void {
  const qx = body[from + 3]!;
  const qy = body[from + 4]!;
  const qz = body[from + 5]!;
  const qw = body[from + 6]!;
  // v + 2w(q × v) + 2 q × (q × v)
  const tx = 2 * (qy * z - qz * y);
  const ty = 2 * (qz * x - qx * z);
  const tz = 2 * (qx * y - qy * x);
  const px = body[from]! + x + qw * tx + qy * tz - qz * ty;
  const py = body[from + 1]! + y + qw * ty + qz * tx - qx * tz;
  const pz = body[from + 2]! + z + qw * tz + qx * ty - qy * tx;
  out[to] = px;
  out[to + 1] = py;
  out[to + 2] = pz;
}

/** Write the product of two quaternions: first b, then a. */
export function multiply(
  a: Float32Array,
  i: number,
  b: Float32Array,
  j: number,
  out: Float32Array,
  to: number,
): void {
  const [ax, ay, az, aw] = [a[i]!, a[i + 1]!, a[i + 2]!, a[i + 3]!];
  const [bx, by, bz, bw] = [b[j]!, b[j + 1]!, b[j + 2]!, b[j + 3]!];
  out[to] = aw * bx + ax * bw + ay * bz - az * by;
  out[to + 1] = aw * by - ax * bz + ay * bw + az * bx;
  out[to + 2] = aw * bz + ax * by - ay * bx + az * bw;
  out[to + 3] = aw * bw - ax * bx - ay * by - az * bz;
}
