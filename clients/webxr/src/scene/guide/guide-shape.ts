/**
 * The guide figure's body: rounded limbs, a soft trunk and a friendly head as one mesh, each corner
 * bound to one or two bones. Built standing at rest; the bones bend it.
 */
import * as THREE from "three";
import { type BoneName, STANDING_ROOT_M } from "../../state/skeleton";
import { head } from "./guide-head";
import { Mould, REST, type Ring, STOOL_M } from "./mould";
import {
  BAND,
  CUSHION,
  CUSHION_LOW,
  LEGGINGS,
  LEGGINGS_LOW,
  SKIN,
  SKIN_LOW,
  TOP,
  TOP_LOW,
  WOOD,
  WOOD_LOW,
} from "./palette";

/** Build the figure's mesh. */
export function guideShape(): THREE.BufferGeometry {
  const mould = new Mould();
  trunk(mould);
  head(mould);
  for (const side of ["r", "l"] as const) {
    arm(mould, side);
    leg(mould, side);
  }
  stool(mould);
  return mould.geometry();
}

/** A round stool; its top is at the origin, its foot `STOOL_M` below. */
function stool(mould: Mould): void {
  const from = new THREE.Vector3();
  const part = { bone: "stool" as const, from, axis: "down" as const };
  mould.tube({
    ...{ ...part, sides: 16, colours: [CUSHION, CUSHION_LOW] },
    rings: [
      { at: 0, rx: 0.15, rz: 0.15 },
      { at: 0.012, rx: 0.176, rz: 0.176 },
      { at: 0.035, rx: 0.184, rz: 0.184 },
      { at: 0.058, rx: 0.172, rz: 0.172 },
    ],
  });
  mould.tube({
    ...{ ...part, sides: 12, colours: [WOOD, WOOD_LOW] },
    rings: [
      { at: 0.05, rx: 0.15, rz: 0.15 },
      { at: 0.08, rx: 0.14, rz: 0.14 },
      { at: 0.1, rx: 0.05, rz: 0.05 },
      { at: 0.34, rx: 0.042, rz: 0.042 },
      { at: 0.37, rx: 0.14, rz: 0.14 },
      { at: 0.385, rx: 0.165, rz: 0.165 },
      { at: STOOL_M, rx: 0.165, rz: 0.165 },
    ],
  });
}

function trunk(mould: Mould): void {
  const hips: Ring["bones"] = [["hips", 1]];
  mould.tube({
    bone: "hips",
    from: new THREE.Vector3(0, STANDING_ROOT_M, 0),
    axis: "up",
    sides: 14,
    colours: [LEGGINGS_LOW, LEGGINGS],
    rings: [
      { at: -0.1, rx: 0.07, rz: 0.05, bones: hips },
      { at: -0.075, rx: 0.125, rz: 0.095, bones: hips },
      { at: -0.02, rx: 0.155, rz: 0.115, bones: hips },
      { at: 0.035, rx: 0.15, rz: 0.108, bones: hips },
      {
        at: 0.075,
        rx: 0.136,
        rz: 0.098,
        bones: [
          ["hips", 0.75],
          ["spine", 0.25],
        ],
      },
    ],
  });
  mould.tube({
    bone: "spine",
    from: new THREE.Vector3(0, STANDING_ROOT_M, 0),
    axis: "up",
    sides: 14,
    colours: [TOP_LOW, TOP],
    rings: [
      { at: 0.03, rx: 0.152, rz: 0.111, bones: hips },
      {
        at: 0.075,
        rx: 0.14,
        rz: 0.102,
        bones: [
          ["hips", 0.75],
          ["spine", 0.25],
        ],
      },
      {
        at: 0.115,
        rx: 0.128,
        rz: 0.094,
        bones: [
          ["hips", 0.4],
          ["spine", 0.6],
        ],
      },
      {
        at: 0.17,
        rx: 0.124,
        rz: 0.094,
        bones: [
          ["spine", 0.9],
          ["chest", 0.1],
        ],
      },
      {
        at: 0.24,
        rx: 0.134,
        rz: 0.102,
        bones: [
          ["spine", 0.55],
          ["chest", 0.45],
        ],
      },
      {
        at: 0.31,
        rx: 0.148,
        rz: 0.11,
        bones: [
          ["spine", 0.15],
          ["chest", 0.85],
        ],
      },
      { at: 0.39, rx: 0.162, rz: 0.108, bones: [["chest", 1]] },
      { at: 0.445, rx: 0.178, rz: 0.094, bones: [["chest", 1]] },
      { at: 0.485, rx: 0.168, rz: 0.077, bones: [["chest", 1]] },
      { at: 0.512, rx: 0.125, rz: 0.065, bones: [["chest", 1]] },
      {
        at: 0.532,
        rx: 0.072,
        rz: 0.057,
        bones: [
          ["chest", 0.85],
          ["neck", 0.15],
        ],
      },
    ],
  });
  mould.tube({
    bone: "neck",
    from: REST.neck,
    axis: "up",
    sides: 10,
    colours: [SKIN_LOW, SKIN],
    rings: [
      {
        at: -0.03,
        rx: 0.06,
        rz: 0.055,
        bones: [
          ["chest", 0.7],
          ["neck", 0.3],
        ],
      },
      {
        at: 0.02,
        rx: 0.05,
        rz: 0.05,
        bones: [
          ["chest", 0.2],
          ["neck", 0.8],
        ],
      },
      {
        at: 0.06,
        rx: 0.048,
        rz: 0.05,
        bones: [
          ["neck", 0.6],
          ["head", 0.4],
        ],
      },
      { at: 0.12, rx: 0.05, rz: 0.055, bones: [["head", 1]] },
    ],
  });
}

function arm(mould: Mould, side: "r" | "l"): void {
  const way = side === "r" ? 1 : -1;
  const sleeve: [THREE.Color, THREE.Color] = [TOP, TOP_LOW];
  const skin: [THREE.Color, THREE.Color] = [SKIN, SKIN_LOW];
  const shoulder = REST[`upper_arm_${side}`];
  const sides = 10;
  mould.tube({
    bone: `upper_arm_${side}`,
    ...{ from: shoulder, axis: "down", sides, colours: sleeve },
    rings: [
      { at: -0.054, rx: 0.022, rz: 0.024 },
      { at: -0.036, rx: 0.046, rz: 0.048 },
      { at: 0.012, rx: 0.058, rz: 0.06 },
      { at: 0.08, rx: 0.052, rz: 0.054 },
      { at: 0.13, rx: 0.05, rz: 0.051 },
    ],
  });
  mould.tube({
    bone: `upper_arm_${side}`,
    ...{ from: shoulder, axis: "down", sides, colours: skin },
    rings: [
      { at: 0.1, rx: 0.042, rz: 0.043 },
      { at: 0.2, rx: 0.039, rz: 0.041 },
      { at: 0.28, rx: 0.038, rz: 0.04 },
      { at: 0.315, rx: 0.031, rz: 0.032 },
      { at: 0.326, rx: 0.014, rz: 0.015 },
    ],
  });
  mould.tube({
    bone: `lower_arm_${side}`,
    ...{ from: REST[`lower_arm_${side}`], axis: "down", sides, colours: skin },
    rings: [
      { at: -0.034, rx: 0.016, rz: 0.016 },
      { at: -0.022, rx: 0.032, rz: 0.032 },
      { at: 0.03, rx: 0.04, rz: 0.041 },
      { at: 0.12, rx: 0.035, rz: 0.036 },
      { at: 0.21, rx: 0.028, rz: 0.031 },
      { at: 0.26, rx: 0.026, rz: 0.03 },
      { at: 0.275, rx: 0.018, rz: 0.022 },
    ],
  });
  band(mould, `lower_arm_${side}`, 0.215, 0.034, 0.036, way);
  const hand = REST[`hand_${side}`];
  mould.tube({
    bone: `hand_${side}`,
    ...{ from: hand, axis: "down", sides, colours: skin },
    rings: [
      { at: -0.018, rx: 0.016, rz: 0.022 },
      { at: 0.0, rx: 0.023, rz: 0.03 },
      { at: 0.045, rx: 0.024, rz: 0.043 },
      { at: 0.085, rx: 0.02, rz: 0.044 },
      { at: 0.13, rx: 0.0145, rz: 0.036 },
      { at: 0.16, rx: 0.011, rz: 0.022 },
      { at: 0.168, rx: 0.005, rz: 0.01 },
    ],
  });
  // the thumb points ahead while the arm hangs
  mould.ball({
    bone: `hand_${side}`,
    at: hand.clone().add(new THREE.Vector3(-0.008 * way, -0.058, -0.046)),
    half: [0.0145, 0.038, 0.0165],
    rows: 6,
    sides: 8,
    colour: () => SKIN,
  });
}

function leg(mould: Mould, side: "r" | "l"): void {
  const way = side === "r" ? 1 : -1;
  const cloth: [THREE.Color, THREE.Color] = [LEGGINGS, LEGGINGS_LOW];
  const hip = REST[`upper_leg_${side}`];
  const knee = REST[`lower_leg_${side}`];
  const ankle = REST[`foot_${side}`];
  const sides = 11;
  mould.tube({
    bone: `upper_leg_${side}`,
    ...{ from: hip, axis: "down", sides, colours: cloth },
    rings: [
      { at: -0.075, rx: 0.035, rz: 0.045 },
      { at: -0.05, rx: 0.07, rz: 0.082 },
      { at: 0.0, rx: 0.086, rz: 0.098 },
      { at: 0.09, rx: 0.082, rz: 0.09 },
      { at: 0.22, rx: 0.068, rz: 0.074 },
      { at: 0.36, rx: 0.056, rz: 0.06 },
      { at: 0.42, rx: 0.055, rz: 0.058 },
      { at: 0.455, rx: 0.044, rz: 0.046 },
      { at: 0.47, rx: 0.02, rz: 0.022 },
    ],
  });
  mould.tube({
    bone: `lower_leg_${side}`,
    ...{ from: knee, axis: "down", sides, colours: [LEGGINGS_LOW, LEGGINGS_LOW] },
    rings: [
      { at: -0.045, rx: 0.022, rz: 0.024 },
      { at: -0.03, rx: 0.045, rz: 0.046 },
      { at: 0.02, rx: 0.054, rz: 0.055 },
      { at: 0.1, rx: 0.053, rz: 0.058, z: -0.008 },
      { at: 0.2, rx: 0.045, rz: 0.049, z: -0.006 },
      { at: 0.29, rx: 0.037, rz: 0.04 },
      { at: 0.315, rx: 0.035, rz: 0.037 },
    ],
  });
  mould.tube({
    bone: `lower_leg_${side}`,
    ...{ from: knee, axis: "down", sides, colours: [SKIN, SKIN_LOW] },
    rings: [
      { at: 0.3, rx: 0.033, rz: 0.035 },
      { at: 0.36, rx: 0.031, rz: 0.034 },
      { at: 0.41, rx: 0.033, rz: 0.037 },
      { at: 0.435, rx: 0.024, rz: 0.027 },
    ],
  });
  band(mould, `lower_leg_${side}`, 0.33, 0.038, 0.04, way);
  mould.tube({
    bone: `foot_${side}`,
    ...{ from: ankle, axis: "ahead", sides, colours: [SKIN_LOW, SKIN] },
    rings: [
      { at: -0.058, rx: 0.02, rz: 0.018, z: -0.052 },
      { at: -0.045, rx: 0.033, rz: 0.035, z: -0.045 },
      { at: 0.0, rx: 0.037, rz: 0.047, z: -0.033 },
      { at: 0.06, rx: 0.039, rz: 0.033, z: -0.046 },
      { at: 0.11, rx: 0.044, rz: 0.022, z: -0.057 },
      { at: 0.15, rx: 0.039, rz: 0.017, z: -0.062 },
      { at: 0.168, rx: 0.022, rz: 0.01, z: -0.065 },
    ],
  });
}

/** A soft ring round a wrist or an ankle; it lights up on the side that leads. */
function band(
  mould: Mould,
  bone: BoneName,
  at: number,
  rx: number,
  rz: number,
  side: number,
): void {
  mould.tube({
    ...{ bone, from: REST[bone], axis: "down", sides: 11, colours: [BAND, BAND], band: side },
    rings: [
      { at: at - 0.021, rx: rx * 0.9, rz: rz * 0.9 },
      { at: at - 0.014, rx: rx * 1.08, rz: rz * 1.08 },
      { at: at + 0.014, rx: rx * 1.08, rz: rz * 1.08 },
      { at: at + 0.021, rx: rx * 0.9, rz: rz * 0.9 },
    ],
  });
}
