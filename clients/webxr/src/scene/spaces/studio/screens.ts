/** The studio's walls, paper screens and roof. */
import * as THREE from "three";
import type { Atmosphere } from "../../atmosphere";
import { smoothstep } from "../../random";
import { join, paint } from "../../shaping";
import { Build, type Side, sideFrame, type Tint } from "../kit/build";
import { ceiling, glazing, type Opening, wall } from "../kit/shell";
import type { Mood } from "../moods";
import type { StudioPlan } from "./plan";

const PLASTER: Tint = [0xd9c7ae, 0xefe3cf];
const WOOD: Tint = [0x80614a, 0xaa8763];
const DARK_WOOD: Tint = [0x6b4f3e, 0x8c6d54];
const BEAM: Tint = [0x9a7b5f, 0xb09173];

/** The garden window in the far wall. */
function gardenWindow(plan: StudioPlan): Opening {
  return { at: 0, width: plan.reachM * 2 - 2.6, sill: 0.5, head: plan.headM };
}

function screenOpenings(plan: StudioPlan): Opening[] {
  return plan.screens.map((at) => ({
    at,
    width: plan.screenWidthM,
    sill: plan.sillM,
    head: plan.headM,
  }));
}

/** Four walls with their woodwork. */
export function buildWalls(build: Build, plan: StudioPlan): void {
  const { reachM, heightM } = plan;
  const openings: Record<Side, Opening[]> = {
    back: [gardenWindow(plan)],
    left: screenOpenings(plan),
    right: screenOpenings(plan),
    front: [],
  };
  for (const side of ["back", "right", "front", "left"] as const) {
    wall(build, {
      side,
      reachM,
      heightM,
      tint: PLASTER,
      openings: openings[side],
      reveal: WOOD,
    });
    build.within(sideFrame(side, reachM));
    build.block({ size: [reachM * 2, 0.14, 0.05], at: [0, 0, 0.02], tint: DARK_WOOD });
    for (const x of [-reachM, reachM]) {
      build.block({ size: [0.2, heightM, 0.2], at: [x, 0, 0], tint: WOOD });
    }
    for (const opening of openings[side]) {
      const paned = side === "back";
      const panes = paned
        ? ([Math.max(3, Math.round(opening.width / 2.4)), 1] as const)
        : ([Math.max(2, Math.round(opening.width / 0.5)), 5] as const);
      glazing(build, { opening, panes, barM: paned ? 0.06 : 0.022, tint: WOOD });
    }
  }
  build.within(null);
}

/** Head rails, boards and beams overhead. */
export function buildRoof(plan: StudioPlan): Build {
  const { reachM, heightM } = plan;
  const build = new Build();
  for (const side of ["back", "right", "front", "left"] as const) {
    build.within(sideFrame(side, reachM));
    build.block({ size: [reachM * 2, 0.13, 0.09], at: [0, plan.headM + 0.02, 0.03], tint: WOOD });
  }
  build.within(null);
  ceiling(build, reachM, heightM, [0xcdb795, 0xeadbc0]);
  const count = Math.max(3, Math.round((reachM * 2) / 2.6));
  for (let i = 0; i < count; i++) {
    const z = -reachM + ((i + 0.5) * reachM * 2) / count;
    build.block({ size: [reachM * 2, 0.16, 0.12], at: [0, heightM - 0.16, z], tint: BEAM });
  }
  for (const x of [-reachM * 0.5, reachM * 0.5]) {
    build.block({ size: [0.16, 0.14, reachM * 2], at: [x, heightM - 0.3, 0], tint: DARK_WOOD });
  }
  return build;
}

/** The sheets of paper: brighter towards the sun by day, lit from within at night. */
export function paperScreens(air: Atmosphere, plan: StudioPlan, mood: Mood): THREE.Mesh {
  const parts: THREE.BufferGeometry[] = [];
  const sky = new THREE.Color(mood.air.horizon).lerp(new THREE.Color(0xfff4e2), 0.55);
  const lamp = new THREE.Color(0xffcf96);
  const tall = plan.headM - plan.sillM;
  for (const side of ["left", "right"] as const) {
    const glow = sky
      .clone()
      .multiplyScalar(mood.paper * (side === "left" ? 1.06 : 0.92))
      .lerp(lamp, mood.lamps * 0.35);
    for (const at of plan.screens) {
      const sheet = new THREE.PlaneGeometry(plan.screenWidthM, tall, 4, 6);
      paint(sheet, (p, _n, out) => {
        const up = p.y / tall + 0.5;
        const edge = smoothstep(0, 0.35, plan.screenWidthM / 2 - Math.abs(p.x));
        out.copy(glow).multiplyScalar((0.72 + 0.22 * up) * (0.86 + 0.14 * edge));
      });
      sheet.translate(at, plan.sillM + tall / 2, -0.1);
      parts.push(sheet.applyMatrix4(sideFrame(side, plan.reachM)));
    }
  }
  const mesh = new THREE.Mesh(
    join(parts),
    air.soak(new THREE.MeshBasicMaterial({ vertexColors: true })),
  );
  mesh.name = "paper";
  return mesh;
}
