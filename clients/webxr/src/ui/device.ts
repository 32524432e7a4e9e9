/** Finds out what this device can do: headset, 3D graphics, touch, a secure address. */
import type { Device } from "../state/avatar-state";

export interface DeviceCheck {
  /** https or localhost, without which browsers hide WebXR. */
  secure: boolean;
  webgl: boolean;
  /** null until the browser has answered. */
  vr: boolean | null;
  touch: boolean;
}

function hasWebgl(): boolean {
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    // Browsers allow few contexts at once: give this one back.
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return context !== null;
  } catch {
    return false;
  }
}

/** Look at once; `vr` is null until `checkVr` has asked. */
export function checkDevice(): DeviceCheck {
  return {
    secure: window.isSecureContext,
    webgl: hasWebgl(),
    vr: window.isSecureContext && "xr" in navigator && navigator.xr ? null : false,
    touch: window.matchMedia("(pointer: coarse)").matches && navigator.maxTouchPoints > 0,
  };
}

/** Whether an immersive session can be had. */
export async function checkVr(): Promise<boolean> {
  try {
    return (await navigator.xr?.isSessionSupported("immersive-vr")) ?? false;
  } catch {
    return false;
  }
}

/** What to tell the server about this device. */
export function deviceKind(check: DeviceCheck, intoVr: boolean): Device {
  if (!check.webgl) return "text";
  // A headset's own browser: whoever comes from there is about to put VR on.
  if (intoVr || (check.vr && /OculusBrowser|PicoBrowser|Wolvic/.test(navigator.userAgent))) {
    return "vr";
  }
  return check.touch ? "phone" : "desktop";
}
