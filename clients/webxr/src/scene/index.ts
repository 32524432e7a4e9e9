/** What the page needs from the scene. */
export { AvatarPool, type DebugPose } from "./avatar-pool";
export type { Design, Light, Place, Size, Template, Zone } from "./design";
export type { ObjectState, ObjectsLayer } from "./objects/objects-layer";
export type { PlacesLayer } from "./places/places-layer";
export type { ZonesLayer } from "./places/zones-layer";
export { knownSpaces } from "./spaces/registry";
export {
  type Bounds,
  type Quality,
  type Seat,
  type Space,
  Stage,
  type StageOptions,
} from "./stage";
