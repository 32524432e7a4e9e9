/**
 * Poses of the library, as the server tells them, and the stance each stands for at any moment of
 * its slow movement. Pure; knows neither how they are fetched nor how they are drawn.
 */
import { slerpInto } from "./interpolate";
import {
  BONE_COUNT,
  BONES,
  type BoneName,
  newStance,
  OTHER_SIDE,
  type Stance,
  writeEuler,
} from "./skeleton";

export type BodyPosture = "standing" | "seated" | "kneeling" | "lying";
/** Which side leads, as the student feels it. */
export type Side = "left" | "right" | "both";

export interface PoseKey {
  /** moment in the movement, 0 to 1; where it breathes 0 is empty and 1 is full */
  readonly at: number;
  readonly root: readonly [number, number, number];
  /** Euler degrees of the joints that are not at rest */
  readonly bones: Readonly<Partial<Record<BoneName, readonly [number, number, number]>>>;
}

export interface Pose {
  readonly id: string;
  readonly name: string;
  readonly posture: BodyPosture;
  /** told for the right side leading; the other side is its mirror image */
  readonly sided: boolean;
  readonly level: "gentle" | "steady" | "strong";
  readonly text: string;
  readonly steps: readonly string[];
  readonly care: readonly string[];
  readonly keys: readonly PoseKey[];
  readonly breathes: boolean;
}

/** There and back between the keys of a pose that moves by itself. */
export const MOVEMENT_S = 9;

const stances = new WeakMap<Pose, readonly Stance[]>();

/**
 * How far the movement of a pose has gone, 0 to 1: with the breath where it breathes, else slowly
 * there and back, or round and round where it ends as it began.
 *
 * `fullness` of the breath 0 to 1, null without one.
 */
export function momentOf(pose: Pose, fullness: number | null, nowS: number): number {
  if (pose.keys.length < 2) return 0;
  if (pose.breathes && fullness !== null) return fullness;
  return isRound(pose) ? (nowS / MOVEMENT_S) % 1 : movementAt(nowS);
}

/** There and back in a pose's own time at `nowS`: 0 to 1 and back, eased. */
export function movementAt(nowS: number): number {
  return 0.5 - 0.5 * Math.cos((nowS / MOVEMENT_S) * Math.PI * 2);
}

function isRound(pose: Pose): boolean {
  const stances = keyed(pose);
  const first = stances[0]!;
  const last = stances[stances.length - 1]!;
  return first.turns.every((turn, i) => turn === last.turns[i]);
}

/**
 * Write the stance of a pose at a moment 0 to 1 of its movement.
 *
 * `left`: the left side leads, so everything is mirrored.
 */
export function stanceAt(pose: Pose, moment: number, left: boolean, out: Stance): void {
  const keys = keyed(pose);
  let next = 0;
  while (next < keys.length && pose.keys[next]!.at <= moment) next++;
  const from = keys[Math.max(0, next - 1)]!;
  const to = keys[Math.min(keys.length - 1, next)]!;
  const begin = pose.keys[Math.max(0, next - 1)]!.at;
  const end = pose.keys[Math.min(keys.length - 1, next)]!.at;
  const along = end > begin ? (moment - begin) / (end - begin) : 0;
  const t = smooth(Math.min(1, Math.max(0, along)));
  for (let i = 0; i < 3; i++) out.root[i] = from.root[i]! + (to.root[i]! - from.root[i]!) * t;
  for (let i = 0; i < BONE_COUNT; i++) {
    slerpInto(from.turns, i * 4, to.turns, i * 4, t, out.turns, i * 4);
  }
  if (left) mirror(out);
}

/** Turn a stance into its mirror image: what the right side did, the left does. */
export function mirror(stance: Stance): void {
  const { root, turns } = stance;
  root[0] = -root[0]!;
  for (let i = 0; i < BONE_COUNT; i++) {
    const other = OTHER_SIDE[i]!;
    if (other < i) continue;
    for (let k = 0; k < 4; k++) {
      // a reflection keeps the turn about x and reverses those about y and z
      const sign = k === 1 || k === 2 ? -1 : 1;
      const mine = turns[i * 4 + k]!;
      turns[i * 4 + k] = sign * turns[other * 4 + k]!;
      turns[other * 4 + k] = sign * mine;
    }
  }
}

function keyed(pose: Pose): readonly Stance[] {
  let made = stances.get(pose);
  if (made === undefined) {
    made = pose.keys.map((key) => {
      const stance = newStance();
      stance.root.set(key.root);
      BONES.forEach((bone, i) => {
        const [x, y, z] = key.bones[bone.name] ?? [0, 0, 0];
        writeEuler(stance.turns, i * 4, x, y, z);
      });
      return stance;
    });
    stances.set(pose, made);
  }
  return made;
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}
