/** One person as the pool keeps them between frames: colours, torso, fingers, blink and gaze. */
import * as THREE from "three";
import type { AvatarLook, AvatarSample } from "../../state/avatar-state";
import { snapCurls, stepCurls } from "./curls";
import type { TagCell } from "./tag-atlas";
import { newTorso, stepTorso, wrapAngle } from "./torso";

const BLINK_S = 0.14;
const HAND_FADE_IN_S = 0.12;
const HAND_FADE_OUT_S = 0.25;
/** A person not drawn for this long starts afresh instead of gliding in from their old place. */
const FORGET_S = 1.2;

/** State of one hand while drawn: the last tracked pose outlives tracking by its fade. */
export interface HandState {
  /** xyz and quaternion xyzw */
  readonly pose: Float32Array;
  readonly curls: Float32Array;
  shown: number;
}

function newHand(): HandState {
  return { pose: new Float32Array(7), curls: new Float32Array(4), shown: 0 };
}

/** Owns everything about one avatar that lasts longer than a frame. */
export class Figure {
  readonly primary = new Float32Array(4);
  readonly secondary = new Float32Array(4);
  readonly torso = newTorso();
  readonly left = newHand();
  readonly right = newHand();
  look: AvatarLook;
  tag: TagCell | null = null;
  tagShown = 0;
  away = 0;
  blink = 0;
  voice = 0;
  gazeX = 0;
  gazeY = 0;
  grow = 0;
  /** metres a tag is raised to keep clear of nearer ones */
  lift = 0;
  /** strength of the boundary ring, 0 to 1 */
  ring = 0;
  distance = 0;
  reaction = -1;
  reactedAtS = -10;
  /** rows of the last frame, -1 when not drawn */
  headRow = -1;
  torsoRow = -1;
  leftRow = -1;
  rightRow = -1;
  detailed = true;
  drawnAtS = -10;
  sample: AvatarSample | null = null;
  private headYaw = 0;
  private headPitch = 0;
  private nextBlinkS: number;
  private nextGlanceS = 0;
  private glanceX = 0;
  private glanceY = 0;
  private chance: number;

  constructor(look: AvatarLook) {
    this.look = look;
    this.chance = Math.imul(look.id + 1, 2654435761) >>> 0 || 1;
    this.nextBlinkS = this.random() * 4;
    this.wear(look);
  }

  /** Where a tag has to clear the body: over the head, or over the hips of somebody bent down. */
  get topM(): number {
    const m = this.torso.matrix;
    return Math.max(this.sample!.pose[1]!, m[13]! - m[5]! - 0.12);
  }

  /** Dress in these colours. */
  wear(look: AvatarLook): void {
    this.look = look;
    const colour = new THREE.Color();
    colour.set(look.primary).toArray(this.primary);
    colour.set(look.secondary).toArray(this.secondary);
    this.primary[3] = (look.pattern & 7) * 2;
  }

  /** Advance everything that moves by itself, and the torso, to this sample. */
  step(sample: AvatarSample, nowS: number, dtS: number): void {
    if (nowS - this.drawnAtS > FORGET_S) this.restart(sample);
    this.drawnAtS = nowS;
    this.sample = sample;
    stepTorso(this.torso, sample.pose, sample.posture, dtS);
    stepHand(this.left, sample.pose, 7, sample.leftVisible && !sample.coarse, dtS);
    stepHand(this.right, sample.pose, 14, sample.rightVisible && !sample.coarse, dtS);
    stepCurls(this.left.curls, sample.leftGesture, dtS);
    stepCurls(this.right.curls, sample.rightGesture, dtS);
    this.away += ((sample.away ? 1 : 0) - this.away) * ease(5, dtS);
    this.voice += (sample.speaking - this.voice) * ease(18, dtS);
    this.primary[3] = (this.look.pattern & 7) * 2 + Math.min(0.99, this.away);
    this.stepEyes(sample.pose, nowS, dtS);
  }

  private restart(sample: AvatarSample): void {
    this.torso.fresh = true;
    this.left.shown = sample.leftVisible ? 1 : 0;
    this.right.shown = sample.rightVisible ? 1 : 0;
    this.away = sample.away ? 1 : 0;
    this.tagShown = 0;
    snapCurls(this.left.curls, sample.leftGesture);
    snapCurls(this.right.curls, sample.rightGesture);
  }

  private stepEyes(pose: Float32Array, nowS: number, dtS: number): void {
    if (nowS > this.nextBlinkS + BLINK_S) this.nextBlinkS = nowS + 1.8 + this.random() * 4.5;
    const since = nowS - this.nextBlinkS;
    this.blink = since > 0 && since < BLINK_S ? Math.sin((since / BLINK_S) * Math.PI) : 0;
    const backX = 2 * (pose[3]! * pose[5]! + pose[6]! * pose[4]!);
    const backY = 2 * (pose[4]! * pose[5]! - pose[6]! * pose[3]!);
    const backZ = 1 - 2 * (pose[3]! * pose[3]! + pose[4]! * pose[4]!);
    const yaw = Math.atan2(backX, backZ);
    const pitch = Math.asin(Math.max(-1, Math.min(1, -backY)));
    if (nowS > this.nextGlanceS) {
      this.nextGlanceS = nowS + 0.8 + this.random() * 2.6;
      const calm = this.random() < 0.55;
      this.glanceX = calm ? 0 : (this.random() - 0.5) * 0.9;
      this.glanceY = calm ? 0 : (this.random() - 0.5) * 0.5;
    }
    // eyes run ahead of a turning head, then settle
    if (dtS > 0) {
      const turnRate = wrapAngle(yaw - this.headYaw) / dtS;
      const nodRate = (pitch - this.headPitch) / dtS;
      const k = ease(14, dtS);
      this.gazeX += (clamp1(-turnRate * 0.55 + this.glanceX) - this.gazeX) * k;
      this.gazeY += (clamp1(nodRate * 0.5 + this.glanceY) - this.gazeY) * k;
    }
    this.headYaw = yaw;
    this.headPitch = pitch;
  }

  private random(): number {
    this.chance = (Math.imul(this.chance, 1664525) + 1013904223) >>> 0;
    return this.chance / 4294967296;
  }
}

function stepHand(
  hand: HandState,
  pose: Float32Array,
  at: number,
  tracked: boolean,
  dtS: number,
): void {
  if (tracked) {
    for (let i = 0; i < 7; i++) hand.pose[i] = pose[at + i]!;
    hand.shown = Math.min(1, hand.shown + dtS / HAND_FADE_IN_S);
  } else {
    // a lost hand fades where it was last seen
    hand.shown = Math.max(0, hand.shown - dtS / HAND_FADE_OUT_S);
  }
}

function ease(rate: number, dtS: number): number {
  return 1 - Math.exp(-rate * Math.max(0, dtS));
}

function clamp1(value: number): number {
  return Math.max(-1, Math.min(1, value));
}
