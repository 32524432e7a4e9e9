/**
 * Writes the client's pose frame (WIRE 3) into one reused buffer of 104 bytes. Knows the layout,
 * not when to send.
 */
import { packState } from "./quantize";

export const POSE_BYTES = 104;
export const HOT = 0xc1;
export const KIND_POSE = 1;
const POSE_AT = 20;
const POSE_NUMBERS = 21;

/** What a pose frame says besides the numbers of the body. */
export interface PoseHeader {
  seq: number;
  participant: number;
  /** Server time of capture, u32 ms; 0 when not known yet. */
  capturedMs: number;
  ackTick: number;
  state: number;
}

export interface BodyState {
  posture: number;
  leftVisible: boolean;
  rightVisible: boolean;
  leftGesture: number;
  rightGesture: number;
  teleports: number;
}

/** The state word of a body. */
export function stateOf(body: BodyState, away: boolean): number {
  return packState(
    body.posture,
    body.leftVisible,
    body.rightVisible,
    body.leftGesture,
    body.rightGesture,
    away,
    body.teleports,
  );
}

export class PoseEncoder {
  /** The frame last encoded; a socket copies it on send, so it may be reused at once. */
  readonly frame = new Uint8Array(POSE_BYTES);
  private readonly view = new DataView(this.frame.buffer);

  constructor() {
    this.frame[0] = HOT;
    this.frame[1] = KIND_POSE;
  }

  /**
   * Encode `pose` (21 numbers, room-local metres and unit quaternions); returns `frame`.
   * Numbers that are not finite become 0 (an untracked hand must still be finite on the wire).
   */
  encode(header: PoseHeader, pose: Float32Array): Uint8Array<ArrayBuffer> {
    const view = this.view;
    view.setUint16(2, header.seq & 0xffff, true);
    view.setUint32(4, header.participant, true);
    view.setUint32(8, header.capturedMs, true);
    view.setUint32(12, header.ackTick, true);
    view.setUint16(16, header.state, true);
    view.setUint16(18, 0, true);
    for (let i = 0; i < POSE_NUMBERS; i++) {
      const value = pose[i]!;
      view.setFloat32(POSE_AT + i * 4, Number.isFinite(value) ? value : 0, true);
    }
    return this.frame;
  }
}
