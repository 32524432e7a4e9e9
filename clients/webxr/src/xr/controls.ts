/** The one interface of every input device, and the body it moves. */
import type { Posture } from "../state/avatar-state";

/** What the local person's device tracks this moment, in room-local metres. Reused every frame. */
export interface LocalBody {
  /** head xyz + quaternion xyzw, left hand, right hand: 21 numbers */
  readonly pose: Float32Array;
  posture: Posture;
  leftVisible: boolean;
  rightVisible: boolean;
  leftGesture: number;
  rightGesture: number;
  /** closed around something: a grip button, a trigger, a hand that makes a fist */
  leftHolds: boolean;
  rightHolds: boolean;
  /** counts up on each jump: others must not glide across it */
  teleports: number;
}

/** Where a body stands: floor point and heading (0 looks along -z, positive turns left). */
export interface Place {
  readonly x: number;
  readonly z: number;
  readonly yaw: number;
}

/** A pose held in place of one's own: for bodies that nothing tracks. */
export interface PoseHold {
  readonly posture: Posture;
  /** Write head, left and right hand as they are now: 21 numbers in the room. */
  write(out: Float32Array): void;
}

export interface Controls {
  readonly body: LocalBody;
  /** true while one's own avatar should be drawn too */
  readonly thirdPerson: boolean;
  /** Read the device and move body and camera. `frame` is null outside immersive sessions. */
  update(dtS: number, frame: XRFrame | null): void;
  /** Where one stands now, to hand over to other controls. */
  place(): Place;
  /** Jump somewhere (arrival, safe place, a server correction). */
  moveTo(place: Place): void;
  /** Be there now as one step of a walk: others see no jump, and a headset's view is not turned. */
  carryTo(place: Place): void;
  /** Change the room while one does not look, where a sudden change would be unpleasant. */
  veiled(change: () => void): void;
  /** Hold a pose until one moves; null lets go. What is tracked is never overruled. */
  holdPose(hold: PoseHold | null): void;
  /** Whether a pose is held now. */
  readonly holding: boolean;
  /** Fix a posture, or let the device decide with null. */
  setPosture(posture: Posture | null): void;
  /** Turn to the middle of the room. */
  recenter(): void;
  setHeightOffset(metres: number): void;
  dispose(): void;
}

/** A body with nothing tracked yet. */
export function newBody(): LocalBody {
  const pose = new Float32Array(21);
  pose[1] = 1.65;
  pose[6] = 1;
  pose[13] = 1;
  pose[20] = 1;
  return {
    pose,
    posture: 0 as Posture,
    leftVisible: false,
    rightVisible: false,
    leftGesture: 0,
    rightGesture: 0,
    leftHolds: false,
    rightHolds: false,
    teleports: 0,
  };
}
