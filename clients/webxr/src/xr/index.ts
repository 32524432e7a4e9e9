/** What the page needs from input and movement. */
export type { Controls, LocalBody, Place } from "./controls";
export { DesktopControls, type DesktopOptions } from "./desktop";
export { HeadsetControls } from "./headset";
export { DEFAULT_SETTINGS, type HeadsetOptions, type HeadsetSettings } from "./headset-options";
export { openSession, type VrSupport, vrSupport } from "./headset-session";
export type { MenuData, MenuPerson } from "./menu/menu-pages";
export { MotionRecorder } from "./recorder";
export { TouchControls, type TouchOptions } from "./touch";
