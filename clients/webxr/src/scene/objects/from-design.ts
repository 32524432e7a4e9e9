/** A design's objects as they stand in a fresh room. */
import { type Design, radians } from "../design";
import type { ObjectState } from "./objects-layer";

/** Until the server says more: where the design puts them, free and unlocked. */
export function freshObjects(design: Design): ObjectState[] {
  return design.objects.map((object) => ({
    id: object.id,
    kind: object.kind,
    colour: object.colour,
    position: [object.x, object.y, object.z],
    yaw: radians(object.yaw_deg),
    locked: false,
  }));
}
