/** What the page needs from the scene. */
export { AvatarPool, type DebugPose } from "./avatar-pool";
export { knownSpaces } from "./spaces/registry";
export {
  type Bounds,
  type Quality,
  type Seat,
  type Space,
  Stage,
  type StageOptions,
} from "./stage";
