/** What stands in the strip along the studio's walls: lamps, plants, rolled mats, stones. */
import * as THREE from "three";
import { paint } from "../../shaping";
import { type Build, sideFrame, type Tint } from "../kit/build";
import type { Glow } from "../kit/lamps";
import { broadPlant, fern, reeds } from "../kit/plants";
import type { StudioPlan } from "./plan";

const WOOD: Tint = [0x7a5236, 0xa87a50];
const STONE: Tint = [0x6d6a68, 0xb5aea4];
const MATS = [0x7d9c8a, 0xc98a6a, 0x8fa3bd, 0xd0b27a, 0xa98aa6];

/** Paper globes under the beams. */
export function globes(plan: StudioPlan): Glow[] {
  const across = plan.halfM > 12 ? 3 : 2;
  const glows: Glow[] = [];
  for (let i = 0; i < across; i++) {
    for (let j = 0; j < across; j++) {
      const at = (k: number) => ((k + 0.5) / across - 0.5) * plan.halfM * 1.5;
      const r = 0.26 + plan.halfM * 0.012;
      glows.push({
        at: [at(i), plan.heightM - 0.28 - r, at(j)],
        size: [r, r * 0.86],
        haloM: r * 4,
      });
    }
  }
  return glows;
}

/** Furnish all four sides; returns what glows. */
export function furnishStrip(build: Build, plan: StudioPlan): Glow[] {
  const { reachM, halfM } = plan;
  const mid = (reachM + halfM) / 2 + 0.08;
  broadPlant(build, [-mid, 0, -mid], 1.75, 3, [0x6b5a52, 0x9c8a7c]);
  reeds(build, [mid, 0, -mid], 1.6, 5, [0xb9a68c, 0xe2d3ba]);
  fern(build, [mid, 0, mid], 0.95, 8);
  broadPlant(build, [-mid, 0, mid], 1.5, 12, [0xb9a68c, 0xe2d3ba]);
  altar(build, plan);
  shelf(build, plan);
  moon(build, plan);
  return andons(build, mid, halfM);
}

/** A low table under the garden window: a bowl, a vase and three balanced stones. */
function altar(build: Build, plan: StudioPlan): void {
  build.within(sideFrame("back", plan.reachM));
  build.block({ size: [2.6, 0.07, 0.5], at: [0, 0.3, 0.42], tint: WOOD, bevelM: 0.02 });
  for (const x of [-1.05, 1.05]) {
    build.block({ size: [0.09, 0.3, 0.42], at: [x, 0, 0.42], tint: WOOD });
  }
  build.lump(0.15, 0.5, [0.78, 0.43, 0.42], STONE);
  build.lump(0.105, 0.55, [0.77, 0.55, 0.42], [0x7a6f6a, 0xc4b8aa]);
  build.lump(0.07, 0.6, [0.79, 0.64, 0.42], STONE);
  build.turned(
    [
      [0.001, 0],
      [0.09, 0],
      [0.19, 0.1],
      [0.2, 0.13],
      [0.17, 0.11],
      [0.001, 0.05],
    ],
    [-0.1, 0.37, 0.42],
    [0x8a5a2c, 0xe0b064],
  );
  build.turned(
    [
      [0.001, 0],
      [0.08, 0],
      [0.13, 0.1],
      [0.1, 0.24],
      [0.045, 0.3],
      [0.06, 0.34],
    ],
    [-0.85, 0.37, 0.42],
    [0x4f6470, 0x93aeb4],
  );
  const stem = [0, 1, 2].map(
    (i) => new THREE.Vector3(-0.85 + i * 0.09, 0.7 + i * 0.22, 0.42 - i * 0.02),
  );
  build.cord(stem, 0.012, [0x5b4534, 0x7a5a44]);
  for (const [x, y] of [
    [-0.72, 1.02],
    [-0.66, 1.16],
    [-0.79, 0.92],
    [-0.62, 1.1],
  ] as const) {
    build.lump(0.055, 0.8, [x, y, 0.4], [0xc0706a, 0xf0b8a4]);
  }
  build.within(null);
}

/** Rolled mats and blocks on a low shelf by the door. */
function shelf(build: Build, plan: StudioPlan): void {
  build.within(sideFrame("front", plan.reachM));
  const width = 2.8;
  for (const y of [0.05, 0.55, 1.05]) {
    build.block({ size: [width, 0.05, 0.5], at: [0, y, 0.3], tint: WOOD });
  }
  for (const x of [-width / 2, 0, width / 2]) {
    build.block({ size: [0.05, 1.1, 0.5], at: [x, 0, 0.3], tint: WOOD });
  }
  for (let i = 0; i < 14; i++) {
    const row = i < 7 ? 0 : 1;
    const x = -1.22 + (i % 7) * 0.185 + (i % 7 > 6 ? 0.1 : 0);
    const colour = MATS[(i * 3) % MATS.length]!;
    const roll = new THREE.CylinderGeometry(0.08, 0.08, 0.46, 12);
    const low = new THREE.Color(colour).multiplyScalar(0.62);
    const high = new THREE.Color(colour);
    paint(roll, (p, n, out) => {
      // the rolled end shows its turns
      const turn = Math.abs(n.y) > 0.5 && Math.hypot(p.x, p.z) < 0.05 ? 0.7 : 1;
      out
        .copy(low)
        .lerp(high, 0.5 + n.z * 0.5)
        .multiplyScalar(turn);
    });
    roll.rotateX(Math.PI / 2).translate(x, 0.18 + row * 0.5, 0.32);
    build.add(roll);
  }
  for (let i = 0; i < 8; i++) {
    const tint: Tint = i % 2 === 0 ? [0xb98f62, 0xdcb88a] : [0x6f8a8a, 0xa8c0bc];
    build.block({
      size: [0.24, 0.11, 0.16],
      at: [0.22 + (i % 4) * 0.31, 0.1 + Math.floor(i / 4) * 0.5 + (i % 3) * 0.001, 0.34],
      tint,
      bevelM: 0.015,
      yaw: ((i * 7) % 5) * 0.04,
    });
  }
  build.within(null);
}

/** A brushed ring on the wall behind arrivals, and a door beside it. */
function moon(build: Build, plan: StudioPlan): void {
  build.within(sideFrame("front", plan.reachM));
  const ring = new THREE.RingGeometry(0.44, 0.56, 40, 1, 0.35, Math.PI * 1.88);
  ring.translate(0, plan.headM - 0.72, 0.012);
  const ink = new THREE.Color(0x6a4a44);
  const dry = new THREE.Color(0xa9887a);
  build.add(
    paint(ring, (p, _n, out) =>
      out.copy(ink).lerp(dry, 0.5 + Math.atan2(p.y - plan.headM + 0.72, p.x) / 6.4),
    ),
  );
  const x = plan.reachM * 0.62;
  build.block({ size: [1.2, 2.25, 0.06], at: [x, 0, 0.03], tint: [0x6b4630, 0x8d6244] });
  build.block({ size: [0.92, 2.0, 0.03], at: [x, 0.1, 0.055], tint: [0xcdb694, 0xe6d6b8] });
  for (let i = 1; i < 4; i++) {
    build.block({ size: [0.92, 0.03, 0.04], at: [x, 0.1 + i * 0.5, 0.055], tint: WOOD });
  }
  build.block({ size: [0.03, 2.0, 0.04], at: [x, 0.1, 0.055], tint: WOOD });
  build.within(null);
}

/** Paper floor lamps: a wooden frame round a glowing body. */
function andons(build: Build, mid: number, halfM: number): Glow[] {
  const along = halfM * 0.62;
  const spots: [number, number][] = [
    [-mid, -along],
    [mid, -along],
    [-mid, along],
    [mid, along],
    [-along * 0.62, -mid],
    [along * 0.62, -mid],
  ];
  return spots.map(([x, z]) => {
    for (const [dx, dz] of [
      [-1, -1],
      [1, -1],
      [-1, 1],
      [1, 1],
    ] as const) {
      build.block({
        size: [0.025, 0.72, 0.025],
        at: [x + dx * 0.13, 0, z + dz * 0.13],
        tint: [0x3f2c26, 0x5b3f32],
      });
    }
    build.block({ size: [0.3, 0.03, 0.3], at: [x, 0.1, z], tint: [0x3f2c26, 0x5b3f32] });
    build.block({ size: [0.3, 0.03, 0.3], at: [x, 0.66, z], tint: [0x3f2c26, 0x5b3f32] });
    return { at: [x, 0.4, z], size: [0.115, 0.25], haloM: 1.25 } as const;
  });
}
