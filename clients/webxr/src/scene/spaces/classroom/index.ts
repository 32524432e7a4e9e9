/** The classroom: a chalk board, work tables under tall windows, books, a round rug, warm lamps. */
import * as THREE from "three";
import { paint } from "../../shaping";
import type { SpaceDesign } from "../../space";
import { Build, sideFrame, type Tint } from "../kit/build";
import { buildFloor } from "../kit/floor";
import { Hall, type HallFrame, type HallParts } from "../kit/hall";
import { buildGlows, type Glow, lampLight } from "../kit/lamps";
import { buildOutside } from "../kit/outside";
import { ceiling, glazing, wall } from "../kit/shell";
import { INDOORS } from "../moods";
import { buildBoard } from "./board";
import { furnishRoom } from "./furniture";
import { type ClassroomPlan, planClassroom } from "./plan";

export const classroom: SpaceDesign = {
  id: "classroom",
  light: "day",
  build: (options) => new Hall("classroom", options, INDOORS[options.light], furnish),
};

const WALL: Tint = [0xe0cfb2, 0xf4e9d4];
const DADO: Tint = [0x6f8776, 0x8fa591];
const WOOD: Tint = [0x7a5236, 0xa87a50];

/** How strongly and in which colour the windows light the floor. */
const WINDOW_LIGHT = {
  dawn: [0xffcaa2, 0.75],
  day: [0xfff0d0, 0.8],
  dusk: [0xff8a5a, 0.4],
  night: [0x8496e0, 0.28],
} as const;

function furnish({ air, mood, budget, halfM, options }: HallFrame): HallParts {
  const plan = planClassroom(halfM);
  const { reachM, heightM } = plan;
  const lit = air.soak(new THREE.MeshLambertMaterial({ vertexColors: true }));
  const solid = new Build();
  buildRoom(solid, plan);
  buildBoard(solid, plan);
  const lamps = furnishRoom(solid, plan);
  rug(solid, Math.min(3.4, halfM * 0.4));
  const overhead = new THREE.Group();
  overhead.name = "overhead";
  overhead.add(buildCeiling(plan).mesh(lit, "ceiling"), buildGlows(pendants(plan), mood.lamps));
  const [colour, strength] = WINDOW_LIGHT[options.light];
  return {
    ground: buildFloor(air, {
      pattern: "herringbone",
      halfM,
      reachM,
      colours: [0x8e6c4b, 0xb29069, 0x5a4230],
      strip: 0x7a5a44,
      line: 0x4a3028,
      sheen: [mood.air.horizon, 0.12],
      light: {
        inward: [1, 0],
        reachM,
        patches: plan.windows.map(
          (at) => [at, plan.windowWidthM * 0.46, 1.15, 1.6 + heightM * 0.95] as const,
        ),
        shear: 0.42,
        softM: 0.12,
        colour,
        strength,
      },
    }),
    overhead,
    rest: [
      solid.mesh(lit, "room"),
      buildGlows(lamps, mood.lamps),
      ...(mood.lamps > 0.3
        ? [lampLight([0, heightM - 1, 0], 7 * mood.lamps * (halfM / 6), halfM * 3.2)]
        : []),
      buildOutside(air, {
        clearM: reachM,
        stepM: 0.7,
        grass: [0x5f7a48, 0x93a85c],
        ridge: mood.ridge,
        trees: Math.round(budget.trees * 0.35),
      }),
    ],
  };
}

function buildRoom(build: Build, plan: ClassroomPlan): void {
  const { reachM, heightM } = plan;
  const openings = plan.windows.map((at) => ({
    at,
    width: plan.windowWidthM,
    sill: plan.sillM,
    head: plan.headM,
  }));
  for (const side of ["back", "right", "front", "left"] as const) {
    wall(build, {
      side,
      reachM,
      heightM,
      tint: WALL,
      dado: { heightM: 0.82, tint: DADO },
      openings: side === "left" ? openings : [],
      reveal: WOOD,
    });
    build.within(sideFrame(side, reachM));
    build.block({ size: [reachM * 2, 0.12, 0.04], at: [0, 0, 0.02], tint: WOOD });
    build.block({ size: [reachM * 2, 0.05, 0.035], at: [0, 0.82, 0.015], tint: WOOD });
    if (side !== "left") continue;
    for (const opening of openings) {
      glazing(build, { opening, panes: [2, 3], barM: 0.045, tint: [0xcdbfa4, 0xefe6d2] });
      build.block({
        size: [opening.width + 0.2, 0.05, 0.2],
        at: [opening.at, opening.sill - 0.05, 0.06],
        tint: [0xcdbfa4, 0xefe6d2],
      });
    }
  }
  build.within(null);
}

function buildCeiling(plan: ClassroomPlan): Build {
  const { reachM, heightM } = plan;
  const build = new Build();
  ceiling(build, reachM, heightM, [0xd8c8ac, 0xf6eedc]);
  const beams = Math.max(2, Math.round(reachM / 2.6));
  for (let i = 0; i < beams; i++) {
    const z = -reachM + ((i + 0.5) * reachM * 2) / beams;
    build.block({
      size: [reachM * 2, 0.2, 0.2],
      at: [0, heightM - 0.2, z],
      tint: [0x9d7450, 0xb98f66],
    });
  }
  for (const [x, z] of plan.pendants) {
    const y = heightM - 0.85;
    build.pole({
      radii: [0.01, 0.01],
      heightM: 0.62,
      at: [x, y + 0.23, z],
      tint: [0x3a2f34, 0x3a2f34],
      sides: 4,
    });
    build.turned(
      [
        [0.29, 0],
        [0.25, 0.1],
        [0.09, 0.22],
        [0.03, 0.25],
      ],
      [x, y, z],
      [0xc98a4f, 0x7a4a38],
      16,
    );
    // the shade's inside, seen from below
    build.turned(
      [
        [0.03, 0.23],
        [0.24, 0.09],
        [0.28, 0.004],
      ],
      [x, y, z],
      [0xf6dfb4, 0xf6dfb4],
      16,
    );
  }
  return build;
}

function pendants(plan: ClassroomPlan): Glow[] {
  return plan.pendants.map(([x, z]) => ({
    at: [x, plan.heightM - 0.8, z],
    size: [0.085, 0.085],
    haloM: 0.95,
  }));
}

/** A woven rug in the middle, flat on the floor. */
function rug(build: Build, radiusM: number): void {
  const rings = [
    0xd6c2a0, 0xc7a98a, 0xb98873, 0xcfb797, 0x9aa48e, 0x8a9a88, 0xcdb594, 0xb98873, 0xa8786a,
  ].map((c) => new THREE.Color(c));
  const width = radiusM / rings.length;
  rings.forEach((colour, i) => {
    const inner = i === 0 ? 0.001 : i * width;
    const ring = new THREE.RingGeometry(inner, (i + 1) * width, 56, 1);
    ring.rotateX(-Math.PI / 2);
    const dark = colour.clone().multiplyScalar(0.86);
    build.add(
      paint(ring, (p, _n, out) =>
        out.copy(Math.hypot(p.x, p.z) > inner + width * 0.5 ? colour : dark),
      ).translate(0, 0.004, 0),
    );
  });
}
