/** What stands in the gallery: plinths with small sculptures, benches and plants, off the floor's middle. */
import * as THREE from "three";
import { facet, gradient } from "../../shaping";
import { type Build, sideFrame, type Tint } from "../kit/build";
import { broadPlant, reeds } from "../kit/plants";
import { BAY_M, type GalleryPlan } from "./plan";

const PLINTH: Tint = [0xc9b9a4, 0xf2e8da];
const WOOD: Tint = [0x6b4630, 0x97683f];
const CLOTH: Tint = [0x7a4a52, 0xa86a68];
const PLINTH_M = 0.95;

/** Furnish the bays, the corners and the entrance wall. */
export function furnish(build: Build, plan: GalleryPlan): void {
  let count = 0;
  for (const bay of plan.bays) {
    if (bay.shows !== "plinth") continue;
    build.within(sideFrame(bay.side, plan.reachM));
    const z = BAY_M * 0.5;
    build.block({ size: [0.62, PLINTH_M, 0.62], at: [bay.at, 0, z], tint: PLINTH, bevelM: 0.03 });
    sculpture(build, [bay.at, PLINTH_M, z], count++);
  }
  build.within(sideFrame("front", plan.reachM));
  for (const x of [-plan.halfM * 0.5, plan.halfM * 0.5]) bench(build, x, 0.5);
  build.within(null);
  const corner = plan.halfM + BAY_M * 0.55;
  broadPlant(build, [-corner, 0, -corner], 1.9, 51, [0x54424a, 0x7d6a72]);
  reeds(build, [corner, 0, -corner], 1.8, 52, [0x54424a, 0x7d6a72]);
  broadPlant(build, [corner, 0, corner], 1.7, 54, [0xb9a68c, 0xe2d3ba]);
  reeds(build, [-corner, 0, corner], 1.7, 55, [0xb9a68c, 0xe2d3ba]);
}

function bench(build: Build, x: number, z: number): void {
  build.block({ size: [1.9, 0.1, 0.5], at: [x, 0.34, z], tint: CLOTH, bevelM: 0.04 });
  build.block({ size: [1.84, 0.06, 0.44], at: [x, 0.29, z], tint: WOOD });
  for (const dx of [-0.8, 0.8]) {
    build.block({ size: [0.08, 0.3, 0.42], at: [x + dx, 0, z], tint: WOOD });
  }
}

/** One of five small sculptures standing at this point. */
function sculpture(build: Build, at: readonly [number, number, number], kind: number): void {
  const [x, y, z] = at;
  const put = (geometry: THREE.BufferGeometry, tint: Tint, dx = 0, dy = 0, dz = 0) =>
    build.add(gradient(geometry, ...tint).translate(x + dx, y + dy, z + dz));
  switch (kind % 5) {
    case 0: // a ring resting on a stone
      build.lump(0.17, 0.5, [x, y + 0.07, z], [0x5d5660, 0x9a8f8c]);
      put(new THREE.TorusGeometry(0.24, 0.06, 10, 28).rotateY(0.5), [0x9a6a34, 0xe6b872], 0, 0.42);
      break;
    case 1: // stones in balance
      build.lump(0.2, 0.55, [x, y + 0.1, z], [0x6d6a68, 0xb5aea4]);
      build.lump(0.15, 0.6, [x + 0.02, y + 0.29, z], [0x8a5a4a, 0xc48a70]);
      build.lump(0.11, 0.65, [x - 0.01, y + 0.43, z], [0x6d6a68, 0xc4bcb0]);
      build.lump(0.07, 0.8, [x, y + 0.54, z], [0xa08a5a, 0xdcc48a]);
      break;
    case 2: // an endless knot
      put(new THREE.TorusKnotGeometry(0.19, 0.055, 72, 7), [0x3f5a66, 0x9ac0c0], 0, 0.32);
      break;
    case 3: // a tall vase
      build.turned(
        [
          [0.001, 0],
          [0.12, 0],
          [0.2, 0.16],
          [0.19, 0.3],
          [0.08, 0.46],
          [0.1, 0.54],
          [0.085, 0.53],
          [0.06, 0.46],
        ],
        [x, y, z],
        [0x7a3f38, 0xe0a07c],
        18,
      );
      break;
    default: {
      // a bird about to leave
      const body = facet(
        new THREE.SphereGeometry(0.17, 9, 7).scale(0.72, 0.8, 1.25).rotateX(-0.25),
      );
      put(body, [0xcbb9a2, 0xf6eee0], 0, 0.3);
      put(facet(new THREE.SphereGeometry(0.095, 8, 6)), [0xd8c8b2, 0xf6eee0], 0, 0.47, 0.16);
      put(
        new THREE.ConeGeometry(0.03, 0.1, 6).rotateX(Math.PI / 2),
        [0xc0703a, 0xf0a860],
        0,
        0.46,
        0.28,
      );
      put(
        facet(new THREE.ConeGeometry(0.1, 0.34, 5).scale(1, 1, 0.35).rotateX(-1.15)),
        [0xbca88e, 0xe6d8c2],
        0,
        0.36,
        -0.27,
      );
      build.pole({ radii: [0.07, 0.02], heightM: 0.2, at: [x, y, z], tint: [0x4a3840, 0x6d5560] });
    }
  }
}
