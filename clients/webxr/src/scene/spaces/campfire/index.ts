/** The campfire clearing: the default space, at dusk unless a design says otherwise. */
import * as THREE from "three";
import { Atmosphere } from "../../atmosphere";
import type { Light } from "../../design";
import { budgetOf } from "../../quality";
import { disposeTree } from "../../shaping";
import { buildSky } from "../../sky";
import type { Seat, Space, SpaceDesign, SpaceOptions } from "../../space";
import { moodLights, OUTDOORS } from "../moods";
import { Fire } from "./fire";
import { type Clearing, planClearing, walkable } from "./plan";
import { buildProps } from "./props";
import { buildRidges, buildTerrain } from "./terrain";
import { buildWood } from "./trees";

/** Around a fire the hour shows mostly in the sky: by day the flames pale, at night they carry. */
const FIRE_LIGHT: Readonly<Record<Light, number>> = { dawn: 0.75, day: 0.45, dusk: 1, night: 1.15 };

export const campfire: SpaceDesign = {
  id: "campfire",
  light: "dusk",
  build: (options) => new CampfireSpace(options),
};

class CampfireSpace implements Space {
  readonly root = new THREE.Group();
  readonly ground: THREE.Object3D;
  readonly seats: readonly Seat[];
  readonly arrival = { x: 0.4, z: 4.4, yaw: 0 };
  readonly exposure: number;
  readonly lamps: number;
  readonly overhead = null;
  private readonly fire: Fire;
  private readonly plan: Clearing;
  private readonly air: Atmosphere;

  constructor(options: SpaceOptions) {
    const budget = budgetOf(options.quality);
    const mood = OUTDOORS[options.light];
    this.air = new Atmosphere(mood.air);
    this.exposure = mood.exposure;
    this.lamps = mood.lamps;
    const { air } = this;
    this.plan = planClearing(options.bounds);
    const { plan } = this;
    this.seats = plan.seats;
    this.root.name = "campfire";
    this.ground = buildTerrain(air, plan.edgeM, budget.terrainSegments);
    this.fire = new Fire({
      embers: budget.embers,
      reducedMotion: options.reducedMotion,
      strength: FIRE_LIGHT[options.light],
    });
    this.root.add(
      buildSky(air, Math.round(budget.stars * mood.stars), options.pixelRatio),
      buildRidges(air, mood.ridge),
      this.ground,
      buildWood(air, plan, budget.trees, budget.grassTufts),
      buildProps(air, plan, mood.lamps),
      this.fire.root,
      ...moodLights(mood),
    );
  }

  walkable(x: number, z: number): boolean {
    return walkable(x, z, this.plan);
  }

  soak(material: THREE.Material): void {
    this.air.soak(material);
  }

  update(_dtS: number, nowS: number): void {
    this.fire.update(nowS);
  }

  dispose(): void {
    disposeTree(this.root);
  }
}
