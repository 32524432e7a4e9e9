/** The house behind the terrace: a stone front with lit windows, a door and a vine-hung pergola. */
import * as THREE from "three";
import type { Atmosphere } from "../../atmosphere";
import { seededRandom } from "../../random";
import { join, paint } from "../../shaping";
import { type Build, sideFrame, type Tint } from "../kit/build";
import { broadPlant, fern, vine } from "../kit/plants";
import { glazing, type Opening } from "../kit/shell";
import type { Mood } from "../moods";
import type { TerracePlan } from "./plan";

const RENDER: Tint = [0xb39a80, 0xdcc7a6];
const STONE: Tint = [0x7c6f68, 0xa99a8a];
const WOOD: Tint = [0x54382d, 0x7d5840];
const TILE: Tint = [0x8a4a38, 0xb9694a];
const HEIGHT_M = 3.5;

/** Add the solid parts; returns the glowing panes. */
export function buildHouse(
  build: Build,
  air: Atmosphere,
  plan: TerracePlan,
  mood: Mood,
): THREE.Mesh {
  const { reachM, halfM } = plan;
  const wide = reachM * 2;
  build.within(sideFrame("front", reachM));
  const openings: Opening[] = [{ at: 0, width: 2.4, sill: 0.05, head: 2.35 }];
  const step = Math.max(3.2, halfM * 0.52);
  for (let x = step; x < halfM - 0.6; x += step) {
    for (const side of [-1, 1]) openings.push({ at: side * x, width: 1.5, sill: 0.85, head: 2.25 });
  }
  build.block({ size: [wide, HEIGHT_M, 0.3], at: [0, 0, -0.17], tint: RENDER });
  stonework(build, wide);
  for (const opening of openings) {
    const door = opening.sill < 0.5;
    build.block({
      size: [opening.width + 0.3, 0.16, 0.14],
      at: [opening.at, opening.head, 0.03],
      tint: WOOD,
    });
    if (!door) {
      build.block({
        size: [opening.width + 0.26, 0.07, 0.2],
        at: [opening.at, opening.sill - 0.07, 0.05],
        tint: STONE,
      });
      fern(build, [opening.at, 0, 0.2], 0.55, Math.round(opening.at * 10));
    }
  }
  // frames stand proud of the wall, in front of the glowing panes
  const frame = sideFrame("front", reachM).multiply(
    new THREE.Matrix4().makeTranslation(0, 0, 0.13),
  );
  build.within(frame);
  for (const opening of openings) {
    glazing(build, { opening, panes: [opening.sill < 0.5 ? 4 : 3, 2], barM: 0.04, tint: WOOD });
  }
  roof(build, plan, wide);
  build.within(null);
  broadPlant(build, [-2, 0, halfM + 0.4], 1.4, 21);
  broadPlant(build, [2, 0, halfM + 0.4], 1.25, 23, [0x8f8378, 0xcfc2b0]);
  return panes(air, plan, mood, openings);
}

function stonework(build: Build, wide: number): void {
  const random = seededRandom(31);
  for (let row = 0; row < 3; row++) {
    for (let x = -wide / 2 + (row % 2) * 0.3; x < wide / 2 - 0.2; x += 0.55 + random() * 0.25) {
      if (Math.abs(x + 0.25) < 1.6) continue;
      const shade = 0.85 + random() * 0.3;
      const tint = STONE.map((c) =>
        new THREE.Color(c).multiplyScalar(shade).getHex(),
      ) as unknown as Tint;
      build.block({
        size: [0.5 + random() * 0.16, 0.22, 0.06],
        at: [x + 0.25, row * 0.235, 0],
        tint,
      });
    }
  }
}

function roof(build: Build, plan: TerracePlan, wide: number): void {
  build.within(sideFrame("front", plan.reachM));
  build.block({ size: [wide + 1, 0.14, 0.5], at: [0, HEIGHT_M, -0.05], tint: WOOD });
  for (let i = 0; i < 3; i++) {
    build.block({
      size: [wide + 1.2, 0.09, 0.62],
      at: [0, HEIGHT_M + 0.14 + i * 0.26, -0.1 - i * 0.5],
      tint: TILE,
      tilt: 0.46,
    });
  }
  // a shallow pergola over the door
  for (const x of [-1.9, 1.9]) {
    build.block({ size: [0.13, 0.13, 1.3], at: [x, 2.72, 0.6], tint: WOOD });
  }
  for (let i = 0; i < 7; i++) {
    build.block({
      size: [4.4, 0.08, 0.06],
      at: [0, 2.85, 0.05 + i * 0.2],
      tint: [0x7d5840, 0xa07650],
    });
  }
  for (let i = 0; i < 5; i++)
    vine(build, [-1.9 + i * 0.95, 2.86, 0.15], 0.5 + (i % 2) * 0.25, 40 + i);
}

function panes(
  air: Atmosphere,
  plan: TerracePlan,
  mood: Mood,
  openings: readonly Opening[],
): THREE.Mesh {
  const warm = new THREE.Color(0xffc684);
  const cool = new THREE.Color(mood.air.middle).multiplyScalar(0.6);
  const level = Math.min(1, mood.lamps * 1.1);
  const parts = openings.map((o) => {
    const pane = new THREE.PlaneGeometry(o.width, o.head - o.sill, 3, 4);
    const tall = o.head - o.sill;
    paint(pane, (p, _n, out) => {
      const up = p.y / tall + 0.5;
      out.copy(cool).multiplyScalar(0.7 + up * 0.6);
      const glow =
        (0.62 + 0.38 * (1 - Math.abs(up - 0.55) * 1.4)) * (1 - 0.3 * Math.abs((p.x / o.width) * 2));
      out.lerp(new THREE.Color().copy(warm).multiplyScalar(glow), level);
    });
    pane.translate(o.at, (o.sill + o.head) / 2, 0.025);
    return pane.applyMatrix4(sideFrame("front", plan.reachM));
  });
  const mesh = new THREE.Mesh(
    join(parts),
    air.soak(new THREE.MeshBasicMaterial({ vertexColors: true })),
  );
  mesh.name = "panes";
  return mesh;
}
