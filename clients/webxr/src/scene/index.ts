/** What the page needs from the scene. */
export { AvatarPool, type DebugPose } from "./avatar-pool";
export { type Bounds, type Quality, type Seat, type Space, Stage, type StageOptions } from "./stage";
export { knownSpaces } from "./spaces/registry";
