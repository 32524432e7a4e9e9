/** The yoga studio: oak floor, paper screens, a long low window on the garden, paper lamps. */
import * as THREE from "three";
import type { SpaceDesign } from "../../space";
import { Build } from "../kit/build";
import { buildFloor } from "../kit/floor";
import { Hall, type HallFrame, type HallParts } from "../kit/hall";
import { buildGlows, lampLight } from "../kit/lamps";
import { buildOutside } from "../kit/outside";
import { INDOORS } from "../moods";
import { furnishStrip, globes } from "./furniture";
import { planStudio, type StudioPlan } from "./plan";
import { buildRoof, buildWalls, paperScreens } from "./screens";

export const studio: SpaceDesign = {
  id: "studio",
  light: "day",
  build: (options) => new Hall("studio", options, INDOORS[options.light], furnish),
};

/** How strongly and in which colour the screens light the floor. */
const WINDOW_LIGHT = {
  dawn: [0xffd0ac, 0.55],
  day: [0xffedcf, 0.62],
  dusk: [0xff9a6a, 0.3],
  night: [0x8a9ae0, 0.16],
} as const;

function furnish(frame: HallFrame): HallParts {
  const { air, mood, budget, halfM, options } = frame;
  const plan = planStudio(halfM);
  const lit = air.soak(new THREE.MeshLambertMaterial({ vertexColors: true }));
  const solid = new Build();
  buildWalls(solid, plan);
  const andons = furnishStrip(solid, plan);
  const overhead = new THREE.Group();
  overhead.name = "overhead";
  overhead.add(buildRoof(plan).mesh(lit, "roof"), buildGlows(globes(plan), mood.lamps));
  return {
    ground: floorOf(frame, plan),
    overhead,
    rest: [
      solid.mesh(lit, "room"),
      paperScreens(air, plan, mood),
      buildGlows(andons, mood.lamps),
      ...(mood.lamps > 0.3
        ? [lampLight([0, plan.heightM - 0.9, 0], 7 * mood.lamps * (halfM / 6), halfM * 3.2)]
        : []),
      buildOutside(air, {
        clearM: plan.reachM,
        stepM: 0.5,
        grass: [0x5f7a48, 0x93a85c],
        ridge: mood.ridge,
        trees: Math.round(budget.trees * 0.35),
      }),
    ],
  };

  function floorOf({ air: fog }: HallFrame, { reachM, screens }: StudioPlan): THREE.Mesh {
    const [colour, strength] = WINDOW_LIGHT[options.light];
    return buildFloor(fog, {
      pattern: "planks",
      halfM,
      reachM,
      colours: [0xa3805c, 0xcbab84, 0x6b4e38],
      strip: 0x8d8a72,
      line: 0x5e3d2a,
      sheen: [mood.air.horizon, 0.16 + 0.1 * mood.paper],
      light: {
        inward: [1, 0],
        reachM,
        patches: screens.map(
          (at) => [at, plan.screenWidthM / 2, 0.9, 1.2 + plan.heightM * 0.95] as const,
        ),
        shear: 0.35,
        softM: 0.3,
        colour,
        strength,
      },
    });
  }
}
