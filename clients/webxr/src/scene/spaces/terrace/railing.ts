/** The deck's railing with its posts, pots and the lights strung between them. */
import * as THREE from "three";
import { Build, type Side, sideFrame, type Tint } from "../kit/build";
import type { Glow } from "../kit/lamps";
import { broadPlant, fern, reeds } from "../kit/plants";
import type { TerracePlan } from "./plan";

const WOOD: Tint = [0x5d4033, 0x94704f];
const RAIL: Tint = [0x8a6547, 0xb58c63];
const CORD: Tint = [0x2b1f26, 0x3a2a2e];
const OPEN_SIDES: readonly Side[] = ["back", "left", "right"];
const RAIL_M = 0.98;

/** Railing on the three open sides, and the deck's skirt below. */
export function buildRailing(build: Build, plan: TerracePlan): void {
  const line = plan.halfM + 0.5;
  for (const side of OPEN_SIDES) {
    build.within(sideFrame(side, line));
    build.block({
      size: [line * 2 + 0.2, 0.06, 0.16],
      at: [0, RAIL_M, 0],
      tint: RAIL,
      bevelM: 0.02,
    });
    build.block({ size: [line * 2, 0.05, 0.06], at: [0, 0.12, 0], tint: WOOD });
    for (let i = 1; i < 4; i++) {
      build.block({
        size: [line * 2, 0.016, 0.016],
        at: [0, 0.16 + i * 0.205, 0],
        tint: [0x6a5f5a, 0x8f857e],
      });
    }
    for (const x of plan.posts) {
      build.block({ size: [0.11, RAIL_M, 0.11], at: [x, 0, 0], tint: WOOD });
    }
    build.within(sideFrame(side, plan.reachM));
    build.block({
      size: [plan.reachM * 2, 0.5, 0.12],
      at: [0, -0.5, 0],
      tint: [0x3c2c28, 0x6b4f3d],
    });
  }
  build.within(null);
  for (const x of [-line, line]) {
    for (const z of tallPosts(plan)) {
      build.block({ size: [0.13, plan.postM, 0.13], at: [x, 0, z], tint: WOOD, bevelM: 0.02 });
      build.block({ size: [0.19, 0.06, 0.19], at: [x, plan.postM, z], tint: RAIL });
    }
  }
  stilts(build, plan);
}

function stilts(build: Build, plan: TerracePlan): void {
  for (const x of plan.posts) {
    build.pole({
      radii: [0.2, 0.16],
      heightM: 9,
      at: [x, -9.4, -plan.reachM + 0.3],
      tint: [0x2c2226, 0x5d4033],
    });
  }
}

/** Every second post of the side railings is tall enough to carry lights. */
function tallPosts(plan: TerracePlan): number[] {
  const line = plan.halfM + 0.5;
  const gaps = plan.halfM > 12 ? 4 : plan.halfM > 8 ? 3 : 2;
  return Array.from({ length: gaps + 1 }, (_, i) => -line + (i / gaps) * 2 * line);
}

function sag(from: THREE.Vector3, to: THREE.Vector3, t: number, by: number): THREE.Vector3 {
  const at = new THREE.Vector3().lerpVectors(from, to, t);
  at.y -= Math.sin(t * Math.PI) * by;
  return at;
}

/** Cords along both sides and, well overhead, from side to side. */
export function stringLights(plan: TerracePlan): { cords: Build; bulbs: Glow[] } {
  const cords = new Build();
  const bulbs: Glow[] = [];
  const line = plan.halfM + 0.5;
  const zs = tallPosts(plan);
  const top = (x: number, z: number) => new THREE.Vector3(x, plan.postM, z);
  const hang = (from: THREE.Vector3, to: THREE.Vector3, by: number) => {
    const long = from.distanceTo(to);
    const count = Math.round(long / 0.85);
    cords.cord(
      Array.from({ length: 9 }, (_, i) => sag(from, to, i / 8, by)),
      0.011,
      CORD,
    );
    for (let i = 0; i < count; i++) {
      const at = sag(from, to, (i + 0.5) / count, by);
      bulbs.push({ at: [at.x, at.y - 0.07, at.z], size: [0.05, 0.062], haloM: 0.24 });
    }
  };
  for (const x of [-line, line]) {
    for (let i = 0; i + 1 < zs.length; i++) hang(top(x, zs[i]!), top(x, zs[i + 1]!), 0.34);
  }
  // the last row is the house's own; in front the view stays open
  for (let i = 1; i < zs.length; i++) hang(top(-line, zs[i]!), top(line, zs[i]!), 0.5);
  return { cords, bulbs };
}

/** Pots outside the walking floor: at the corners and between posts. */
export function buildPlants(build: Build, plan: TerracePlan): void {
  const rim = plan.halfM + 0.24;
  const pale: Tint = [0x8f8378, 0xcfc2b0];
  broadPlant(build, [-rim + 0.1, 0, -rim + 0.1], 1.25, 4);
  fern(build, [rim - 0.1, 0, -rim + 0.1], 0.85, 6, pale);
  reeds(build, [-rim, 0, plan.halfM * 0.2], 1.15, 7, pale);
  fern(build, [-rim, 0, plan.halfM * 0.2 + 0.6], 0.6, 9);
  fern(build, [rim, 0, -plan.halfM * 0.25], 0.75, 10);
  broadPlant(build, [rim, 0, plan.halfM * 0.42], 1.1, 15, pale);
  fern(build, [rim, 0, plan.halfM * 0.42 - 0.6], 0.6, 17);
}
