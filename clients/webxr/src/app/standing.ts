/** A body that stands still, and whether somebody is typing. Pure. */
import { POSE_NUMBERS, Posture } from "../state/avatar-state";
import type { Standing } from "./place-keeper";
import type { Body } from "./pose-sender";

const STANDING_EYE_M = 1.6;

/** Whether a key pressed is part of a text. */
export function isTyping(event: KeyboardEvent): boolean {
  return event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
}

/** A body that stands still, for a page without a picture and the moments before there is one. */
export function standingBody({ x, z, yaw }: Standing): Body {
  const pose = new Float32Array(POSE_NUMBERS);
  for (let part = 0; part < POSE_NUMBERS; part += 7) {
    pose[part] = x;
    pose[part + 1] = part === 0 ? STANDING_EYE_M : 1;
    pose[part + 2] = z;
    pose[part + 4] = Math.sin(yaw / 2);
    pose[part + 6] = Math.cos(yaw / 2);
  }
  return {
    pose,
    posture: Posture.Standing,
    leftVisible: false,
    rightVisible: false,
    leftGesture: 0,
    rightGesture: 0,
    teleports: 0,
  };
}
