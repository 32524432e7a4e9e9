/**
 * How an avatar is handed from playout to whoever draws it. Owns the shapes only: no three.js,
 * no sockets. Every buffer in a sample is reused the next frame; copy what must be kept.
 */

/** Posture values as on the wire. A frozen object and not a const enum: bundlers inline neither. */
export const Posture = { Standing: 0, Seated: 1, Kneeling: 2, Lying: 3 } as const;
export type Posture = (typeof Posture)[keyof typeof Posture];

/** Hand gestures as on the wire. */
export const Gesture = {
  Relaxed: 0,
  Open: 1,
  Fist: 2,
  Point: 3,
  Pinch: 4,
  ThumbUp: 5,
  Peace: 6,
  Grip: 7,
} as const;
export type Gesture = (typeof Gesture)[keyof typeof Gesture];

export type Device = "vr" | "desktop" | "phone" | "text";

/** Numbers in a pose: head xyz, head quaternion xyzw, then the same for left and right hand. */
export const POSE_NUMBERS = 21;

/** One avatar as drawn this frame; all buffers reused, never kept. */
export interface AvatarSample {
  /** Participant id. */
  id: number;
  /** Head xyz, head quat xyzw, left xyz, left quat, right xyz, right quat: room-local metres. */
  pose: Float32Array;
  posture: Posture;
  /** Hand drawn at all: tracked and sent, or still fading out after it was lost. */
  leftVisible: boolean;
  rightVisible: boolean;
  /** 0..1, so that a hand whose tracking is lost fades and does not freeze in the air. */
  leftOpacity: number;
  rightOpacity: number;
  leftGesture: number;
  rightGesture: number;
  away: boolean;
  /** Far record only: head position and yaw, no hands. */
  coarse: boolean;
  /** 0..1: fades on arrival and leaving. */
  opacity: number;
  /** 0..1 voice level. */
  speaking: number;
}

/** How a participant chose to look. */
export interface AvatarLook {
  id: number;
  name: string;
  primary: string;
  secondary: string;
  pattern: number;
  device: Device;
  marks: string[];
}

/** Axis-aligned walkable limits of a room, metres. */
export interface Bounds {
  min: [number, number, number];
  max: [number, number, number];
}
