/** What all built spaces share: sky, the three far lights, bounds and clean-up. */
import * as THREE from "three";
import { Atmosphere } from "../../atmosphere";
import { halfWidth } from "../../design";
import { budgetOf, type QualityBudget } from "../../quality";
import { disposeTree } from "../../shaping";
import { buildSky } from "../../sky";
import type { Seat, Space, SpaceOptions } from "../../space";
import { type Mood, moodLights } from "../moods";

/** A body needs this much to the edge of the floor, metres. */
const MARGIN_M = 0.1;

/** Say whether a floor point lies on a square floor. */
function onSquare(x: number, z: number, halfM: number): boolean {
  return Math.abs(x) <= halfM - MARGIN_M && Math.abs(z) <= halfM - MARGIN_M;
}

/** What a template hands over: its objects, already painted and lit. */
export interface HallParts {
  readonly ground: THREE.Object3D;
  readonly overhead: THREE.Object3D | null;
  readonly rest: readonly THREE.Object3D[];
  readonly seats?: readonly Seat[];
}

export interface HallFrame {
  readonly air: Atmosphere;
  readonly mood: Mood;
  readonly budget: QualityBudget;
  readonly halfM: number;
  readonly options: SpaceOptions;
}

/** A square place whose whole floor may be walked. */
export class Hall implements Space {
  readonly root = new THREE.Group();
  readonly ground: THREE.Object3D;
  readonly overhead: THREE.Object3D | null;
  readonly seats: readonly Seat[];
  readonly arrival: { readonly x: number; readonly z: number; readonly yaw: number };
  readonly exposure: number;
  readonly lamps: number;
  private readonly air: Atmosphere;
  private readonly halfM: number;

  constructor(
    name: string,
    options: SpaceOptions,
    mood: Mood,
    furnish: (frame: HallFrame) => HallParts,
  ) {
    this.halfM = halfWidth(options.bounds);
    this.air = new Atmosphere(mood.air);
    this.exposure = mood.exposure;
    this.lamps = mood.lamps;
    this.arrival = { x: 0, z: this.halfM * 0.62, yaw: 0 };
    this.root.name = name;
    const budget = budgetOf(options.quality);
    const parts = furnish({ air: this.air, mood, budget, halfM: this.halfM, options });
    this.ground = parts.ground;
    this.overhead = parts.overhead;
    this.seats = parts.seats ?? [];
    this.root.add(
      buildSky(this.air, Math.round(budget.stars * mood.stars), options.pixelRatio),
      ...moodLights(mood),
      parts.ground,
      ...parts.rest,
    );
    if (parts.overhead) this.root.add(parts.overhead);
  }

  walkable(x: number, z: number): boolean {
    return onSquare(x, z, this.halfM);
  }

  soak(material: THREE.Material): void {
    this.air.soak(material);
  }

  update(): void {}

  dispose(): void {
    disposeTree(this.root);
  }
}
