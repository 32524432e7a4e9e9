/**
 * Which posture, head and hands a body at a screen takes for a pose of the library, so that others
 * see it roughly hold the pose. Pure; the body's own legs are nobody's business.
 */
import { POSE_NUMBERS, Posture } from "./avatar-state";
import type { Frame } from "./mat-frame";
import { type BodyPosture, type Pose, stanceAt } from "./poses";
import { boneRow, EYES, layOut, newBody, newStance, pointOn } from "./skeleton";

const POSTURES: Readonly<Record<BodyPosture, Posture>> = {
  standing: Posture.Standing,
  seated: Posture.Seated,
  kneeling: Posture.Kneeling,
  lying: Posture.Lying,
};

/** Where head and hands of a posed body are, in the room, and how it is said to be held. */
export interface Held {
  /** head, left and right hand as on the wire: 21 numbers */
  readonly pose: Float32Array;
  posture: Posture;
}

const HEAD = boneRow("head") * 7;
const LEFT_HAND = boneRow("hand_l") * 7;
const RIGHT_HAND = boneRow("hand_r") * 7;
/** A wrist of the wire has -z to the fingertips and +y out of its back; a bone at rest hangs. */
const WRIST_LEFT = [-0.5, 0.5, 0.5, 0.5] as const;
const WRIST_RIGHT = [-0.5, -0.5, -0.5, 0.5] as const;

/** Sine of the least angle by which somebody on their front looks down: else they seem to sit. */
const PRONE_LOOK = 0.36;
/** The hood is thicker than a face: a forehead on the floor leaves the eyes so high. */
const EYES_LEAST_M = 0.07;

const stance = newStance();
const body = newBody();

/** The posture a pose is told as. */
export function postureFor(pose: Pose): Posture {
  return POSTURES[pose.posture];
}

/** A body that holds nothing yet. */
export function newHeld(): Held {
  return { pose: new Float32Array(POSE_NUMBERS), posture: Posture.Standing };
}

/** Hold a pose at a moment 0 to 1 of its movement, standing in `at`; writes into `out`. */
export function posed(
  pose: Pose,
  moment: number,
  left: boolean,
  at: Frame,
  out: Held = newHeld(),
): Held {
  stanceAt(pose, moment, left, stance);
  layOut(stance, body);
  out.posture = postureFor(pose);
  const numbers = out.pose;
  pointOn(body, HEAD, EYES[0], EYES[1], EYES[2], numbers, 0);
  numbers[1] = Math.max(EYES_LEAST_M, numbers[1]!);
  for (let k = 0; k < 4; k++) numbers[3 + k] = body[HEAD + 3 + k]!;
  if (out.posture === Posture.Lying && isProne()) lookDown(numbers, 3);
  wrist(LEFT_HAND, WRIST_LEFT, numbers, 7);
  wrist(RIGHT_HAND, WRIST_RIGHT, numbers, 14);
  for (let part = 0; part < POSE_NUMBERS; part += 7) intoRoom(numbers, part, at);
  return out;
}

/** Whether the belly is towards the floor. */
function isProne(): boolean {
  const [x, y, z, w] = [body[3]!, body[4]!, body[5]!, body[6]!];
  return 2 * (y * z - w * x) > 0.5;
}

/** Nod forward at least so far that others know the feet to be behind. */
function lookDown(out: Float32Array, at: number): void {
  const [x, y, z, w] = [out[at]!, out[at + 1]!, out[at + 2]!, out[at + 3]!];
  const now = 2 * (y * z - w * x);
  if (now >= PRONE_LOOK) return;
  const half = (Math.asin(PRONE_LOOK) - Math.asin(Math.max(-1, now))) / 2;
  // q · turn about the head's own x, forward
  const [c, s] = [Math.cos(half), -Math.sin(half)];
  out[at] = w * s + x * c;
  out[at + 1] = y * c + z * s;
  out[at + 2] = z * c - y * s;
  out[at + 3] = w * c - x * s;
}

function wrist(
  from: number,
  turn: readonly [number, number, number, number],
  out: Float32Array,
  to: number,
): void {
  for (let k = 0; k < 3; k++) out[to + k] = body[from + k]!;
  const [ax, ay, az, aw] = [body[from + 3]!, body[from + 4]!, body[from + 5]!, body[from + 6]!];
  const [bx, by, bz, bw] = turn;
  out[to + 3] = aw * bx + ax * bw + ay * bz - az * by;
  out[to + 4] = aw * by - ax * bz + ay * bw + az * bx;
  out[to + 5] = aw * bz + ax * by - ay * bx + az * bw;
  out[to + 6] = aw * bw - ax * bx - ay * by - az * bz;
}

function intoRoom(out: Float32Array, at: number, frame: Frame): void {
  const c = Math.cos(frame.yaw);
  const s = Math.sin(frame.yaw);
  const x = out[at]!;
  const z = out[at + 2]!;
  out[at] = frame.x + x * c + z * s;
  out[at + 2] = frame.z - x * s + z * c;
  const hc = Math.cos(frame.yaw / 2);
  const hs = Math.sin(frame.yaw / 2);
  const [qx, qy, qz, qw] = [out[at + 3]!, out[at + 4]!, out[at + 5]!, out[at + 6]!];
  out[at + 3] = hc * qx + hs * qz;
  out[at + 4] = hc * qy + hs * qw;
  out[at + 5] = hc * qz - hs * qx;
  out[at + 6] = hc * qw - hs * qy;
}
