/** The gallery's walls: bays between fin walls, the entrance, and the ceiling with its skylight. */
import * as THREE from "three";
import { paint } from "../../shaping";
import { Build, sideFrame, type Tint } from "../kit/build";
import type { Glow } from "../kit/lamps";
import { ceiling, wall } from "../kit/shell";
import { BAY_M, type GalleryPlan } from "./plan";

const WALL: Tint = [0xd5c6b2, 0xf0e6d6];
const FIN: Tint = [0xcdbda8, 0xeaded0];
const SKIRT: Tint = [0x54424a, 0x6b5660];
/** quiet colours on the walls of some bays */
const ACCENTS: readonly Tint[] = [
  [0x5f4f63, 0x7d6a80],
  [0x6f8072, 0x94a595],
  [0xa06a54, 0xc48f74],
  [0x566b80, 0x7f97aa],
];

/** Three walls of bays and the entrance wall. */
export function buildBays(build: Build, plan: GalleryPlan): void {
  const { reachM, heightM } = plan;
  for (const side of ["back", "right", "front", "left"] as const) {
    wall(build, { side, reachM, heightM, tint: WALL });
    build.within(sideFrame(side, reachM));
    build.block({ size: [reachM * 2, 0.16, 0.06], at: [0, 0, 0.03], tint: SKIRT });
    if (side === "front") continue;
    for (const at of plan.fins) {
      const depth = BAY_M - 0.12;
      build.block({
        size: [0.22, heightM - 0.75, depth],
        at: [at, 0, depth / 2],
        tint: FIN,
        bevelM: 0.03,
      });
      build.block({ size: [0.26, 0.16, depth + 0.03], at: [at, 0, depth / 2], tint: SKIRT });
    }
  }
  for (const bay of plan.bays) {
    if (bay.number % 2 !== 0) continue;
    build.within(sideFrame(bay.side, reachM));
    const tint = ACCENTS[(bay.number / 2) % ACCENTS.length]!;
    build.block({ size: [bay.width - 0.2, heightM - 0.75, 0.04], at: [bay.at, 0.16, 0.01], tint });
  }
  build.within(null);
  entrance(build, plan);
}

/** A rounded archway behind arrivals. */
function entrance(build: Build, plan: GalleryPlan): void {
  build.within(sideFrame("front", plan.reachM));
  const arch = (half: number, spring: number, z: number, low: number, high: number) => {
    const shape = new THREE.Shape();
    shape.moveTo(-half, 0);
    shape.lineTo(half, 0);
    shape.lineTo(half, spring);
    shape.absarc(0, spring, half, 0, Math.PI, false);
    shape.lineTo(-half, 0);
    const sheet = new THREE.ShapeGeometry(shape, 18);
    const a = new THREE.Color(low);
    const b = new THREE.Color(high);
    paint(sheet, (p, _n, out) => out.copy(a).lerp(b, p.y / (spring + half)));
    build.add(sheet.translate(0, 0, z));
  };
  arch(1.12, 1.7, 0.012, 0x8a6a5a, 0xb08f78);
  arch(0.98, 1.7, 0.02, 0x4a3640, 0x2f2430);
  arch(0.84, 1.62, 0.028, 0x6a4f48, 0x8a6a58);
  build.within(null);
}

/** The ceiling, open to the sky in the middle. */
export function buildSkylight(plan: GalleryPlan): Build {
  const { reachM, heightM, skylightM } = plan;
  const build = new Build();
  ceiling(build, reachM, heightM, [0xcfc0ac, 0xf2e9da], skylightM);
  const curb = 0.7;
  for (const side of ["back", "right", "front", "left"] as const) {
    build.within(sideFrame(side, skylightM));
    const sheet = new THREE.PlaneGeometry(skylightM * 2, curb, 1, 2);
    const low = new THREE.Color(0xf2e9da);
    const high = new THREE.Color(0xfffaf0);
    paint(sheet, (p, _n, out) => out.copy(low).lerp(high, p.y / curb + 0.5));
    build.add(sheet.translate(0, heightM + curb / 2, 0));
  }
  build.within(null);
  const bars = Math.max(2, Math.round(skylightM / 1.1));
  for (let i = 0; i <= bars; i++) {
    const at = -skylightM + (i / bars) * skylightM * 2;
    const tint: Tint = [0x8f7f72, 0xb9a894];
    build.block({ size: [skylightM * 2, 0.1, 0.06], at: [0, heightM + curb - 0.1, at], tint });
    build.block({ size: [0.06, 0.1, skylightM * 2], at: [at, heightM + curb - 0.1, 0], tint });
  }
  for (const glow of spots(plan)) {
    const [x, y, z] = glow.at;
    build.pole({
      radii: [0.085, 0.06],
      heightM: 0.2,
      at: [x, y + 0.01, z],
      tint: [0x4f424a, 0x6b5c62],
    });
    build.pole({
      radii: [0.012, 0.012],
      heightM: heightM - y - 0.2,
      at: [x, y + 0.2, z],
      tint: SKIRT,
      sides: 4,
    });
  }
  return build;
}

/** One small lamp before each bay, under the ceiling. */
export function spots(plan: GalleryPlan): Glow[] {
  return plan.bays.map((bay) => {
    const at = new THREE.Vector3(bay.at, plan.heightM - 0.5, BAY_M + 0.15).applyMatrix4(
      sideFrame(bay.side, plan.reachM),
    );
    return { at: [at.x, at.y, at.z], size: [0.055, 0.05], haloM: 0.5 };
  });
}
