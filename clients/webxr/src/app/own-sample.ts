/** Oneself as others are drawn, and how much of a picture this device can carry. Pure. */
import type { AvatarSample } from "../state/avatar-state";
import type { Settings } from "../state/settings";

/** The detail of the picture: what was chosen, or what suits the device. */
export function qualityFor(values: Readonly<Settings>, touch: boolean): "low" | "medium" | "high" {
  if (values.quality !== "auto") return values.quality;
  const headset = /OculusBrowser|PicoBrowser|Wolvic/.test(navigator.userAgent);
  return touch || headset ? "medium" : "high";
}

/** A sample to be filled with one's own body. */
export function ownSample(id: number): AvatarSample {
  return {
    id,
    pose: new Float32Array(21),
    posture: 0,
    leftVisible: false,
    rightVisible: false,
    leftOpacity: 0,
    rightOpacity: 0,
    leftGesture: 0,
    rightGesture: 0,
    away: false,
    coarse: false,
    opacity: 1,
    speaking: 0,
  };
}
