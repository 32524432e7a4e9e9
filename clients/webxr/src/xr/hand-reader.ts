/** Reads controllers and tracked hands of one frame into wrists, rays and gestures. */
import * as THREE from "three";
import {
  classifyController,
  classifyHand,
  Gesture,
  JOINTS,
  measureHand,
  WRIST_JOINT,
} from "./gestures";
import { gripToWrist, type RigFrame, writeInRoom } from "./pose-math";

/** Bulk joint reading, which the type package does not know yet (WebXR Hand Input, 5.2). */
interface JointFrame {
  fillPoses?(spaces: XRSpace[], base: XRSpace, out: Float32Array): boolean;
}

const HOLDS_AT = 0.55;
const CLOSED: ReadonlySet<Gesture> = new Set([Gesture.Fist, Gesture.Pinch, Gesture.Grip]);

/** One hand as read this frame; all poses in the room. Reused every frame. */
export interface HandReading {
  readonly side: "left" | "right";
  /** a source exists and its pose is known this frame */
  tracked: boolean;
  /** joints instead of a controller */
  bare: boolean;
  gesture: Gesture;
  /** closed around something; a squeezed grip is, also while the finger points */
  holds: boolean;
  /** pointing ray */
  readonly origin: THREE.Vector3;
  readonly direction: THREE.Vector3;
  rayTracked: boolean;
  /** fingertip or controller tip, for touching panels */
  readonly tip: THREE.Vector3;
  tipTracked: boolean;
  /** stick, 0 where there is none; x right, y back */
  stickX: number;
  stickY: number;
  /** the upper button above trigger and grip (B or Y) */
  menuDown: boolean;
  /** the lower one (A or X) */
  lowerDown: boolean;
  /** the stick is pressed in: held while one talks, for who chose that */
  talkDown: boolean;
  selecting: boolean;
  /** 25 column-major matrices in local-floor, valid when bare */
  readonly joints: Float32Array;
  /** curl of thumb, index, middle and the rest as tracked, valid when bare */
  readonly curls: Float32Array;
  source: XRInputSource | null;
}

function newReading(side: "left" | "right"): HandReading {
  return {
    side,
    tracked: false,
    bare: false,
    gesture: Gesture.Relaxed,
    holds: false,
    origin: new THREE.Vector3(),
    direction: new THREE.Vector3(0, 0, -1),
    rayTracked: false,
    tip: new THREE.Vector3(),
    tipTracked: false,
    stickX: 0,
    stickY: 0,
    menuDown: false,
    lowerDown: false,
    talkDown: false,
    selecting: false,
    joints: new Float32Array(JOINTS * 16),
    curls: new Float32Array(4),
    source: null,
  };
}

/** Owns the readings of both hands. */
export class HandReader {
  readonly left = newReading("left");
  readonly right = newReading("right");
  private readonly spaces = new WeakMap<XRHand, XRJointSpace[]>();
  private readonly measured = new Float32Array(7);
  private readonly selecting = new Set<XRInputSource>();
  private readonly scratch = new Float32Array(7);

  constructor(session: XRSession, signal: AbortSignal) {
    session.addEventListener("selectstart", (event) => this.selecting.add(event.inputSource), {
      signal,
    });
    session.addEventListener("selectend", (event) => this.selecting.delete(event.inputSource), {
      signal,
    });
  }

  /** Read this frame; writes wrists into `pose` at 7 (left) and 14 (right). */
  read(
    frame: XRFrame,
    space: XRReferenceSpace,
    sources: Iterable<XRInputSource>,
    rig: RigFrame,
    pose: Float32Array,
  ): void {
    forget(this.left);
    forget(this.right);
    for (const source of sources) {
      if (source.handedness === "left") this.readOne(this.left, source, frame, space, rig, pose, 7);
      else if (source.handedness === "right") {
        this.readOne(this.right, source, frame, space, rig, pose, 14);
      }
    }
  }

  private readOne(
    hand: HandReading,
    source: XRInputSource,
    frame: XRFrame,
    space: XRReferenceSpace,
    rig: RigFrame,
    pose: Float32Array,
    at: number,
  ): void {
    hand.source = source;
    hand.selecting = this.selecting.has(source);
    this.readRay(hand, source, frame, space, rig);
    if (source.hand) this.readJoints(hand, source.hand, frame, space, rig, pose, at);
    else this.readGrip(hand, source, frame, space, rig, pose, at);
  }

  private readRay(
    hand: HandReading,
    source: XRInputSource,
    frame: XRFrame,
    space: XRReferenceSpace,
    rig: RigFrame,
  ): void {
    const ray = frame.getPose(source.targetRaySpace, space);
    hand.rayTracked = ray !== undefined && ray !== null;
    if (!ray) return;
    writeInRoom(this.scratch, 0, ray.transform.position, ray.transform.orientation, rig);
    const s = this.scratch;
    hand.origin.set(s[0]!, s[1]!, s[2]!);
    forwardOf(s, 3, hand.direction);
  }

  private readGrip(
    hand: HandReading,
    source: XRInputSource,
    frame: XRFrame,
    space: XRReferenceSpace,
    rig: RigFrame,
    pose: Float32Array,
    at: number,
  ): void {
    hand.bare = false;
    const grip = source.gripSpace ? frame.getPose(source.gripSpace, space) : null;
    if (!grip) return;
    hand.tracked = true;
    writeInRoom(pose, at, grip.transform.position, grip.transform.orientation, rig);
    gripToWrist(pose, at, hand.side === "left");
    hand.tip.copy(hand.origin).addScaledVector(hand.direction, 0.03);
    hand.tipTracked = hand.rayTracked;
    const pad = source.gamepad;
    if (!pad) return;
    // emulators leave unused axes empty
    hand.stickX = pad.axes[2] ?? pad.axes[0] ?? 0;
    hand.stickY = pad.axes[3] ?? pad.axes[1] ?? 0;
    const trigger = pad.buttons[0]?.value ?? 0;
    const squeeze = pad.buttons[1]?.value ?? 0;
    hand.menuDown = Boolean(pad.buttons[5]?.pressed);
    hand.lowerDown = Boolean(pad.buttons[4]?.pressed);
    hand.talkDown = Boolean(pad.buttons[3]?.pressed);
    let rests = false;
    for (let i = 3; i < pad.buttons.length; i++) rests ||= Boolean(pad.buttons[i]?.touched);
    hand.gesture = classifyController(trigger, squeeze, rests);
    hand.holds = squeeze > HOLDS_AT || trigger > HOLDS_AT;
  }

  private readJoints(
    hand: HandReading,
    joints: XRHand,
    frame: XRFrame,
    space: XRReferenceSpace,
    rig: RigFrame,
    pose: Float32Array,
    at: number,
  ): void {
    hand.bare = true;
    let spaces = this.spaces.get(joints);
    if (!spaces) {
      spaces = [...joints.values()];
      this.spaces.set(joints, spaces);
    }
    const known = (frame as JointFrame).fillPoses?.(spaces, space, hand.joints) ?? false;
    const wrist =
      known && frame.getJointPose ? frame.getJointPose(spaces[WRIST_JOINT]!, space) : null;
    if (!wrist) return;
    hand.tracked = true;
    writeInRoom(pose, at, wrist.transform.position, wrist.transform.orientation, rig);
    const m = hand.joints;
    // the thumb's rise is read against the world, so that a raised thumb must point up
    measureHand(m, 16, 12, 0, 1, 0, this.measured);
    hand.gesture = classifyHand(this.measured, hand.gesture);
    hand.holds = CLOSED.has(hand.gesture);
    for (let i = 0; i < 3; i++) hand.curls[i] = this.measured[i]!;
    hand.curls[3] = (this.measured[3]! + this.measured[4]!) / 2;
    const tip = 9 * 16 + 12;
    const c = Math.cos(rig.yaw);
    const s = Math.sin(rig.yaw);
    hand.tip.set(
      rig.x + m[tip]! * c + m[tip + 2]! * s,
      rig.y + m[tip + 1]!,
      rig.z - m[tip]! * s + m[tip + 2]! * c,
    );
    hand.tipTracked = true;
  }
}

function forget(hand: HandReading): void {
  hand.tracked = false;
  hand.rayTracked = false;
  hand.tipTracked = false;
  hand.stickX = 0;
  hand.stickY = 0;
  hand.menuDown = false;
  hand.lowerDown = false;
  hand.talkDown = false;
  hand.selecting = false;
  hand.source = null;
}

function forwardOf(pose: Float32Array, at: number, out: THREE.Vector3): void {
  const x = pose[at]!;
  const y = pose[at + 1]!;
  const z = pose[at + 2]!;
  const w = pose[at + 3]!;
  out.set(-2 * (x * z + w * y), -2 * (y * z - w * x), -(1 - 2 * (x * x + y * y)));
}
