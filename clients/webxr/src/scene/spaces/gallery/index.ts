/** The gallery: calm bays with framed landscapes and plinths round an open floor under the sky. */
import * as THREE from "three";
import type { Atmosphere } from "../../atmosphere";
import { join } from "../../shaping";
import type { SpaceDesign } from "../../space";
import { Build } from "../kit/build";
import { buildFloor } from "../kit/floor";
import { Hall, type HallFrame, type HallParts } from "../kit/hall";
import { buildGlows, lampLight } from "../kit/lamps";
import { buildOutside } from "../kit/outside";
import { INDOORS, type Mood } from "../moods";
import { hangPictures, lightWash } from "./pictures";
import { type GalleryPlan, planGallery } from "./plan";
import { buildBays, buildSkylight, spots } from "./rooms";
import { furnish as furnishFloor } from "./things";

export const gallery: SpaceDesign = {
  id: "gallery",
  light: "day",
  build: (options) => new Hall("gallery", options, INDOORS[options.light], furnish),
};

function furnish({ air, mood, budget, halfM }: HallFrame): HallParts {
  const plan = planGallery(halfM);
  const lit = air.soak(new THREE.MeshLambertMaterial({ vertexColors: true }));
  const solid = new Build();
  buildBays(solid, plan);
  furnishFloor(solid, plan);
  const pictures = hangPictures(solid, plan);
  const overhead = new THREE.Group();
  overhead.name = "overhead";
  overhead.add(buildSkylight(plan).mesh(lit, "ceiling"), buildGlows(spots(plan), mood.lamps));
  return {
    ground: buildFloor(air, {
      pattern: "tiles",
      halfM,
      reachM: plan.reachM,
      colours: [0xb7a48e, 0xd2c2aa, 0x97866f],
      strip: 0x7a6660,
      line: 0x54424a,
      sheen: [mood.air.horizon, 0.2],
    }),
    overhead,
    rest: [
      solid.mesh(lit, "rooms"),
      canvases(air, mood, pictures),
      lightWash(plan, 0.16 + 0.5 * mood.lamps),
      ...roomLights(mood, plan),
      buildOutside(air, {
        clearM: plan.reachM,
        stepM: 0.6,
        grass: [0x5f7a48, 0x93a85c],
        ridge: mood.ridge,
        trees: Math.round(budget.trees * 0.25),
      }),
    ],
  };
}

function canvases(air: Atmosphere, mood: Mood, pictures: THREE.BufferGeometry[]): THREE.Mesh {
  const shade = Math.min(1, mood.paper * 0.8 + mood.lamps * 0.35);
  const material = new THREE.MeshBasicMaterial({
    vertexColors: true,
    color: new THREE.Color(shade, shade, shade),
  });
  const mesh = new THREE.Mesh(join(pictures), air.soak(material));
  mesh.name = "pictures";
  return mesh;
}

function roomLights(mood: Mood, { heightM, halfM }: GalleryPlan): THREE.PointLight[] {
  if (mood.lamps < 0.3) return [];
  return [lampLight([0, heightM - 0.7, 0], 8 * mood.lamps * (halfM / 6), halfM * 3.4)];
}
