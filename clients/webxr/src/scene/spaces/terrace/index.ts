/** The terrace: a wooden deck over a valley, with railing, plants, far hills and string lights. */
import * as THREE from "three";
import type { Light } from "../../design";
import type { SpaceDesign } from "../../space";
import { Build } from "../kit/build";
import { buildFloor } from "../kit/floor";
import { Hall, type HallFrame, type HallParts } from "../kit/hall";
import { buildGlows, lampLight } from "../kit/lamps";
import { type Mood, OUTDOORS } from "../moods";
import { buildHouse } from "./house";
import { planTerrace } from "./plan";
import { buildPlants, buildRailing, stringLights } from "./railing";
import { buildValley, buildVillage } from "./valley";

export const terrace: SpaceDesign = {
  id: "terrace",
  light: "dusk",
  build: (options) => new Hall("terrace", options, overTheValley(options.light), furnish),
};

/** Clearer air than in a clearing: one looks far. */
function overTheValley(light: Light): Mood {
  const mood = OUTDOORS[light];
  return { ...mood, air: { ...mood.air, density: mood.air.density * 0.5, falloff: 0.06 } };
}

function furnish({ air, mood, budget, halfM }: HallFrame): HallParts {
  const plan = planTerrace(halfM);
  const lit = air.soak(new THREE.MeshLambertMaterial({ vertexColors: true }));
  const solid = new Build();
  buildRailing(solid, plan);
  buildPlants(solid, plan);
  const front = new Build();
  const windows = buildHouse(front, air, plan, mood);
  const house = new THREE.Group();
  house.name = "house";
  house.add(front.mesh(lit, "front"), windows);
  const strings = stringLights(plan);
  const village = buildVillage(solid, plan);
  return {
    ground: buildFloor(air, {
      pattern: "deck",
      halfM,
      reachM: plan.reachM,
      colours: [0x7d5c46, 0xb08a68, 0x3c2a24],
      strip: 0x6b4f3d,
      line: 0xd9b98a,
      sheen: [mood.air.horizon, 0.2],
    }),
    // it would hide the deck from whoever looks in from above
    overhead: house,
    rest: [
      solid.mesh(lit, "deck"),
      strings.cords.mesh(lit, "cords"),
      buildGlows([...strings.bulbs, ...village], mood.lamps),
      ...lamps(mood.lamps, halfM),
      buildValley(air, plan, mood, budget),
    ],
  };
}

function lamps(level: number, halfM: number): THREE.PointLight[] {
  if (level < 0.3) return [];
  return [
    lampLight([0, 2.9, halfM * 0.1], 9 * level * (halfM / 8), halfM * 2.6),
    lampLight([0, 2.2, halfM + 0.6], 8 * level, 11),
  ];
}
