/** Asking for and ending an immersive session. */
import type { WebGLRenderer } from "three";

/** Whether this page could show VR, and if not, why. */
export type VrSupport = "ready" | "insecure" | "absent";

/** Say whether a headset can be entered from here. */
export async function vrSupport(): Promise<VrSupport> {
  if (!window.isSecureContext) return "insecure";
  if (!navigator.xr) return "absent";
  try {
    return (await navigator.xr.isSessionSupported("immersive-vr")) ? "ready" : "absent";
  } catch {
    return "absent";
  }
}

/**
 * Open a session on the renderer. Must be called from a click. Rejects when the device or the person
 * refuses. `scale` is the framebuffer's share of the recommended size, 0.6 to 1.2.
 */
export async function openSession(renderer: WebGLRenderer, scale = 1): Promise<XRSession> {
  if (!navigator.xr) throw new Error("this browser has no WebXR");
  const session = await navigator.xr.requestSession("immersive-vr", {
    requiredFeatures: ["local-floor"],
    optionalFeatures: ["bounded-floor", "hand-tracking"],
  });
  renderer.xr.setReferenceSpaceType("local-floor");
  renderer.xr.setFramebufferScaleFactor(Math.min(1.2, Math.max(0.6, scale)));
  await renderer.xr.setSession(session);
  renderer.xr.setFoveation(1);
  return session;
}
