/** The four lights of the day: sky, sun, fill and lamps. Templates start from these. */
import * as THREE from "three";
import type { AirColours } from "../atmosphere";
import type { Light } from "../design";

/** Everything about a place that changes with the hour. */
export interface Mood {
  readonly air: AirColours;
  /** sky colour, ground colour, strength */
  readonly dome: readonly [number, number, number];
  /** colour, strength, direction towards the light */
  readonly key: readonly [number, number, readonly [number, number, number]];
  readonly fill: readonly [number, number, readonly [number, number, number]];
  readonly exposure: number;
  /** 0 lamps are out, 1 they carry the room */
  readonly lamps: number;
  /** share of the stars that show */
  readonly stars: number;
  /** colour of the farthest hills before the air takes them */
  readonly ridge: number;
  /** how bright unlit paper and pictures are */
  readonly paper: number;
}

/** Open air. */
export const OUTDOORS: Readonly<Record<Light, Mood>> = {
  dawn: {
    air: {
      zenith: 0x6d7fb4,
      middle: 0xcfa9b6,
      horizon: 0xffd3a4,
      sun: 0xffc185,
      sunDirection: [-0.42, 0.13, -1],
      density: 0.0095,
      falloff: 0.1,
    },
    dome: [0xd9cfe6, 0x8a7a62, 2.3],
    key: [0xffc490, 1.7, [-0.42, 0.4, -1]],
    fill: [0xf2d6c8, 1.0, [0.4, 0.8, 1]],
    exposure: 1,
    lamps: 0.25,
    stars: 0,
    ridge: 0x5a5a78,
    paper: 0.92,
  },
  day: {
    air: {
      zenith: 0x4d8ac9,
      middle: 0x9ccae6,
      horizon: 0xf3ead6,
      sun: 0xfff0cf,
      sunDirection: [-0.55, 0.62, -0.75],
      density: 0.0055,
      falloff: 0.09,
    },
    dome: [0xdcecf7, 0x9a8a6a, 2.7],
    key: [0xfff0d2, 2.3, [-0.55, 0.8, -0.6]],
    fill: [0xfbe6d0, 0.9, [0.5, 0.7, 1]],
    exposure: 1,
    lamps: 0,
    stars: 0,
    ridge: 0x4f7a86,
    paper: 1,
  },
  dusk: {
    air: {
      zenith: 0x1d1d3f,
      middle: 0x5a4573,
      horizon: 0xc9786c,
      sun: 0xffb46b,
      sunDirection: [-0.28, 0.055, -1],
      density: 0.0085,
      falloff: 0.11,
    },
    dome: [0x9c93cf, 0x6a5446, 1.9],
    key: [0xffa06a, 0.95, [-0.28, 0.22, -1]],
    fill: [0xe6c2b4, 0.9, [0.4, 0.8, 1]],
    exposure: 1.05,
    lamps: 0.85,
    stars: 1,
    ridge: 0x2a2340,
    paper: 0.62,
  },
  night: {
    air: {
      zenith: 0x090d22,
      middle: 0x161d40,
      horizon: 0x36395f,
      sun: 0x5f6ba0,
      sunDirection: [0.34, 0.4, -1],
      density: 0.0085,
      falloff: 0.11,
    },
    dome: [0x6672b4, 0x453d50, 2.1],
    key: [0x9fb0ec, 0.8, [0.34, 0.5, -1]],
    fill: [0xd8b8a8, 0.55, [0.4, 0.8, 1]],
    exposure: 1.1,
    lamps: 1,
    stars: 1.4,
    ridge: 0x14152c,
    paper: 0.4,
  },
};

/** Through a window one sees less far than one thinks: thinner air keeps the garden's colours. */
function clearer(air: AirColours): AirColours {
  return { ...air, density: air.density * 0.55 };
}

/** Under a roof: the same skies outside, softer light and more lamp inside. */
export const INDOORS: Readonly<Record<Light, Mood>> = {
  dawn: {
    ...OUTDOORS.dawn,
    air: clearer(OUTDOORS.dawn.air),
    dome: [0xf7dccb, 0xc2a590, 2.5],
    key: [0xffc79a, 1.25, [-1, 0.55, -0.5]],
    fill: [0xe9d3dc, 0.8, [0.6, 0.8, 0.9]],
    lamps: 0.45,
    paper: 0.9,
  },
  day: {
    ...OUTDOORS.day,
    air: clearer(OUTDOORS.day.air),
    dome: [0xfdf3e4, 0xe2d3c2, 2.9],
    key: [0xfff0d8, 1.35, [-1, 0.7, -0.5]],
    fill: [0xf3e6dc, 0.75, [0.6, 0.8, 0.9]],
  },
  dusk: {
    ...OUTDOORS.dusk,
    air: clearer(OUTDOORS.dusk.air),
    dome: [0xd9c0b4, 0x967868, 1.95],
    key: [0xffa873, 0.7, [-1, 0.5, -0.5]],
    fill: [0xf0c6a2, 0.75, [0.6, 0.9, 0.7]],
    exposure: 1.05,
    lamps: 0.9,
    paper: 0.72,
  },
  night: {
    ...OUTDOORS.night,
    air: clearer(OUTDOORS.night.air),
    dome: [0xbfa9a4, 0x7c625a, 1.7],
    key: [0x9aa6e0, 0.3, [-1, 0.6, -0.5]],
    fill: [0xf0c09a, 0.6, [0.5, 1, 0.6]],
    exposure: 1.05,
    lamps: 1,
    paper: 0.56,
  },
};

/** The three lights without a place: sky dome, key and fill. */
export function moodLights(mood: Mood): THREE.Light[] {
  const dome = new THREE.HemisphereLight(...mood.dome);
  const key = new THREE.DirectionalLight(mood.key[0], mood.key[1]);
  key.position.set(...mood.key[2]);
  const fill = new THREE.DirectionalLight(mood.fill[0], mood.fill[1]);
  fill.position.set(...mood.fill[2]);
  return [dome, key, fill];
}
