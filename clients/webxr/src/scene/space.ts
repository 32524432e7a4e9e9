/** What a room's template must offer to the stage: looks, ground rules and places to sit. */
import type * as THREE from "three";
import type { Light } from "./design";
import type { Quality } from "./quality";

/** Room-local box, metres. */
export interface Bounds {
  readonly min: readonly [number, number, number];
  readonly max: readonly [number, number, number];
}

/** A place to sit: hip point on the floor plan, the height of the seat, and where it looks. */
export interface Seat {
  readonly x: number;
  readonly z: number;
  readonly heightM: number;
  /** yaw in radians: 0 looks along -z, positive turns left */
  readonly yaw: number;
}

export interface SpaceOptions {
  readonly bounds: Bounds;
  readonly light: Light;
  readonly quality: Quality;
  readonly reducedMotion: boolean;
  readonly pixelRatio: number;
}

/** A built space. Owns its objects; the stage only adds and removes `root`. */
export interface Space {
  readonly root: THREE.Object3D;
  /** teleport target(s): a mesh that rays may hit */
  readonly ground: THREE.Object3D;
  /** what hangs overhead; hidden when the room is looked into from above */
  readonly overhead: THREE.Object3D | null;
  readonly seats: readonly Seat[];
  /** a calm spot to arrive at: the floor point and yaw */
  readonly arrival: { readonly x: number; readonly z: number; readonly yaw: number };
  readonly exposure: number;
  /** 0 lamps are out, 1 they carry the room */
  readonly lamps: number;
  /** Say whether a person may stand at this floor point. */
  walkable(x: number, z: number): boolean;
  /** Let a lit material of somebody else (avatars) fade into this space's air. */
  soak(material: THREE.Material): void;
  update(dtS: number, nowS: number): void;
  dispose(): void;
}

/** One module per space provides this. */
export interface SpaceDesign {
  readonly id: string;
  /** the light of rooms that do not name one */
  readonly light: Light;
  build(options: SpaceOptions): Space;
}
