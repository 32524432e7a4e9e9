/** The classroom. */
import * as THREE from "three";
import type { SpaceDesign } from "../../space";
import { Build } from "../kit/build";
import { buildFloor } from "../kit/floor";
import { Hall, type HallFrame, type HallParts } from "../kit/hall";
import { buildOutside } from "../kit/outside";
import { wall } from "../kit/shell";
import { INDOORS } from "../moods";

export const classroom: SpaceDesign = {
  id: "classroom",
  title: "Classroom",
  light: "day",
  build: (options) => new Hall("classroom", options, INDOORS[options.light], furnish),
};

function furnish({ air, mood, budget, halfM }: HallFrame): HallParts {
  const reachM = halfM + 1.2;
  const lit = air.soak(new THREE.MeshLambertMaterial({ vertexColors: true }));
  const solid = new Build();
  for (const side of ["back", "right", "front", "left"] as const) {
    wall(solid, { side, reachM, heightM: 3.4, tint: [0xd9c7ae, 0xefe3cf] });
  }
  return {
    ground: buildFloor(air, {
      pattern: "herringbone",
      halfM,
      reachM,
      colours: [0xa5744a, 0xd0a070, 0x6a452c],
      strip: 0x8d8a72,
      line: 0x5e3d2a,
      sheen: [mood.air.horizon, 0.15],
    }),
    overhead: null,
    rest: [
      solid.mesh(lit, "room"),
      buildOutside(air, {
        clearM: reachM,
        stepM: 0.5,
        grass: [0x5c7048, 0x8a9a5c],
        ridge: mood.ridge,
        trees: Math.round(budget.trees * 0.35),
      }),
    ],
  };
}
