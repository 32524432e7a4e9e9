/** The campfire clearing at dusk: the default space. */
import * as THREE from "three";
import { Atmosphere } from "../../atmosphere";
import { budgetOf } from "../../quality";
import { disposeTree } from "../../shaping";
import { buildSky } from "../../sky";
import type { Space, SpaceDesign, SpaceOptions } from "../../space";
import { Fire } from "./fire";
import { edgeRadius, SEATS, walkable } from "./plan";
import { buildProps } from "./props";
import { buildRidges, buildTerrain } from "./terrain";
import { buildWood } from "./trees";

const AIR = {
  zenith: 0x1d1d3f,
  middle: 0x5a4573,
  horizon: 0xc9786c,
  sun: 0xffb46b,
  sunDirection: [-0.28, 0.055, -1],
  density: 0.0085,
  falloff: 0.11,
} as const;

export const campfire: SpaceDesign = {
  id: "campfire",
  title: "Campfire clearing",
  build: (options) => new CampfireSpace(options),
};

class CampfireSpace implements Space {
  readonly root = new THREE.Group();
  readonly ground: THREE.Object3D;
  readonly seats = SEATS;
  readonly arrival = { x: 0.4, z: 4.4, yaw: 0 };
  readonly exposure = 1.05;
  private readonly fire: Fire;
  private readonly edgeM: number;
  private readonly air = new Atmosphere(AIR);

  constructor(options: SpaceOptions) {
    const budget = budgetOf(options.quality);
    const { air } = this;
    this.edgeM = edgeRadius(options.bounds);
    this.root.name = "campfire";
    this.ground = buildTerrain(air, this.edgeM, budget.terrainSegments);
    this.fire = new Fire({ embers: budget.embers, reducedMotion: options.reducedMotion });
    this.root.add(
      buildSky(air, budget.stars, options.pixelRatio),
      buildRidges(air),
      this.ground,
      buildWood(air, this.edgeM, budget.trees, budget.grassTufts),
      buildProps(air, this.edgeM),
      this.fire.root,
      ...lights(),
    );
  }

  walkable(x: number, z: number): boolean {
    return walkable(x, z, this.edgeM);
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

function lights(): THREE.Light[] {
  const dome = new THREE.HemisphereLight(0x9c93cf, 0x6a5446, 1.9);
  const sun = new THREE.DirectionalLight(0xffa06a, 0.95);
  sun.position.set(AIR.sunDirection[0], 0.22, AIR.sunDirection[2]);
  // a faint cool fill from behind arrivals keeps unlit faces readable
  const fill = new THREE.DirectionalLight(0xe6c2b4, 0.9);
  fill.position.set(0.4, 0.8, 1);
  return [dome, sun, fill];
}
