/** What stands along the classroom's walls: work tables, book shelves, coats, a globe, plants. */
import * as THREE from "three";
import { seededRandom } from "../../random";
import { gradient, paint } from "../../shaping";
import { painting } from "../gallery/paintings";
import { type Build, sideFrame, type Tint } from "../kit/build";
import type { Glow } from "../kit/lamps";
import { broadPlant, fern, vine } from "../kit/plants";
import type { ClassroomPlan } from "./plan";

const WOOD: Tint = [0x7a5236, 0xb08458];
const PALE: Tint = [0xb08c62, 0xdcbc90];
const METAL: Tint = [0x4a4450, 0x6d6670];
const BOOKS = [0xb0583f, 0x5f7f8a, 0xd0a254, 0x6f8a62, 0x8a5a72, 0xe0cfae, 0x4f6488, 0xc07a5a];

/** Furnish all four sides; returns the table lamps. */
export function furnishRoom(build: Build, plan: ClassroomPlan): Glow[] {
  const lamps = workTables(build, plan);
  shelves(build, plan);
  pinned(build, plan);
  cloakroom(build, plan);
  lamps.push(...besideBoard(build, plan));
  build.within(null);
  return lamps;
}

function stool(build: Build, x: number, z: number): void {
  build.pole({ radii: [0.17, 0.18], heightM: 0.05, at: [x, 0.43, z], tint: PALE, sides: 12 });
  for (const [dx, dz] of [
    [-0.1, -0.1],
    [0.1, -0.1],
    [-0.1, 0.1],
    [0.1, 0.1],
  ] as const) {
    build.pole({
      radii: [0.022, 0.018],
      heightM: 0.43,
      at: [x + dx, 0, z + dz],
      tint: WOOD,
      sides: 5,
    });
  }
}

/** Tables under the windows, with stools pushed in and things being made on them. */
function workTables(build: Build, plan: ClassroomPlan): Glow[] {
  const frame = sideFrame("left", plan.reachM);
  build.within(frame);
  const random = seededRandom(17);
  const lamps: Glow[] = [];
  plan.windows.forEach((at, i) => {
    const width = plan.windowWidthM * 1.16;
    build.block({ size: [width, 0.05, 0.66], at: [at, 0.72, 0.42], tint: PALE, bevelM: 0.015 });
    for (const dx of [-width / 2 + 0.12, width / 2 - 0.12]) {
      build.block({ size: [0.07, 0.72, 0.56], at: [at + dx, 0, 0.42], tint: WOOD });
    }
    stool(build, at - width * 0.2, 0.62);
    stool(build, at + width * 0.22, 0.6);
    for (let k = 0; k < 3; k++) {
      const tint: Tint = k % 2 === 0 ? [0xe6dcc8, 0xf6f0e2] : [0xcfd8d4, 0xe8eeea];
      build.block({
        size: [0.3, 0.006, 0.21],
        at: [at - 0.2 + random() * 0.4, 0.77 + k * 0.004, 0.42],
        tint,
        yaw: random() * 1.2,
      });
    }
    if (i % 2 === 0) pencils(build, at + width * 0.34, random);
    else if (i % 4 === 1) lamps.push(tableLamp(build, at + width * 0.32, frame));
    else fern(build, [at + width * 0.3, 0.77, 0.3], 0.42, i + 60);
  });
  return lamps;
}

function pencils(build: Build, x: number, random: () => number): void {
  build.pole({
    radii: [0.045, 0.05],
    heightM: 0.11,
    at: [x, 0.77, 0.36],
    tint: [0x4f6488, 0x8fb0c8],
  });
  for (let i = 0; i < 5; i++) {
    const colour = BOOKS[i]!;
    const pencil = new THREE.CylinderGeometry(0.007, 0.007, 0.17, 5);
    gradient(pencil, colour, colour);
    pencil
      .rotateZ((random() - 0.5) * 0.5)
      .translate(x + (random() - 0.5) * 0.04, 0.9, 0.36 + (random() - 0.5) * 0.04);
    build.add(pencil);
  }
}

function tableLamp(build: Build, x: number, frame: THREE.Matrix4): Glow {
  build.pole({ radii: [0.09, 0.08], heightM: 0.025, at: [x, 0.77, 0.3], tint: METAL, sides: 12 });
  build.pole({ radii: [0.012, 0.012], heightM: 0.28, at: [x, 0.79, 0.3], tint: METAL, sides: 5 });
  build.turned(
    [
      [0.13, 0],
      [0.07, 0.15],
      [0.001, 0.16],
    ],
    [x, 1.06, 0.3],
    [0xd8b070, 0xb07a48],
  );
  const at = new THREE.Vector3(x, 1.07, 0.3).applyMatrix4(frame);
  return { at: [at.x, at.y, at.z], size: [0.06, 0.05], haloM: 0.8 };
}

/** Shelves of books along the right wall, with a few things between them. */
function shelves(build: Build, plan: ClassroomPlan): void {
  build.within(sideFrame("right", plan.reachM));
  const random = seededRandom(23);
  const count = Math.max(3, Math.round(plan.halfM * 0.62));
  const width = 1.9;
  const gap = (plan.halfM * 2) / count;
  const levels = [0.08, 0.5, 0.92, 1.34];
  for (let s = 0; s < count; s++) {
    const at = -plan.halfM + gap * (s + 0.5);
    for (const y of [...levels, 1.76]) {
      build.block({ size: [width, 0.04, 0.36], at: [at, y, 0.2], tint: WOOD });
    }
    for (const x of [at - width / 2, at + width / 2]) {
      build.block({ size: [0.05, 1.82, 0.38], at: [x, 0, 0.2], tint: WOOD });
    }
    build.block({ size: [width, 1.8, 0.02], at: [at, 0, 0.02], tint: [0x5b3d2a, 0x80583c] });
    for (const y of levels) booksOn(build, at - width / 2 + 0.06, width - 0.12, y + 0.04, random);
    if (s % 3 === 0) vine(build, [at + width * 0.32, 1.84, 0.34], 0.9, s + 70);
    if (s % 3 === 1) globe(build, [at, 1.8, 0.2]);
    if (s % 3 === 2) fern(build, [at - 0.4, 1.8, 0.2], 0.4, s + 80);
  }
}

function booksOn(build: Build, from: number, width: number, y: number, random: () => number): void {
  let x = 0;
  // one stretch of every board is left free or holds a box
  const free = random() * width * 0.7;
  while (x < width - 0.05) {
    if (x > free && x < free + 0.34) {
      if (random() < 0.5) {
        build.block({
          size: [0.26, 0.2, 0.26],
          at: [from + x + 0.15, y, 0.2],
          tint: [0xb9a07a, 0xe0cda8],
          bevelM: 0.02,
        });
      }
      x = free + 0.35;
      continue;
    }
    const thick = 0.028 + random() * 0.04;
    const tall = 0.2 + random() * 0.13;
    const colour = BOOKS[Math.floor(random() * BOOKS.length)]!;
    const low = new THREE.Color(colour).multiplyScalar(0.7).getHex();
    build.block({
      size: [thick * 0.92, tall, 0.2 + random() * 0.06],
      at: [from + x + thick / 2, y, 0.19],
      tint: [low, colour],
    });
    x += thick;
  }
}

function globe(build: Build, at: readonly [number, number, number]): void {
  const ball = new THREE.SphereGeometry(0.17, 18, 12);
  const sea = new THREE.Color(0x6fa0b8);
  const land = new THREE.Color(0xa8b878);
  paint(ball, (p, _n, out) => {
    const wave = Math.sin(p.x * 17 + 1.2) + Math.sin(p.y * 14 + p.z * 9) + Math.cos(p.z * 15 - 0.7);
    out.copy(wave > 0.35 ? land : sea);
  });
  ball.rotateZ(0.4).translate(at[0], at[1] + 0.28, at[2]);
  build.add(ball);
  const arc = new THREE.TorusGeometry(0.2, 0.012, 5, 18, Math.PI).rotateZ(
    -1.17 - Math.PI / 2 + 0.4,
  );
  build.add(gradient(arc, 0x8a6a3a, 0xd8b070).translate(at[0], at[1] + 0.28, at[2]));
  build.pole({
    radii: [0.11, 0.03],
    heightM: 0.09,
    at: [at[0], at[1], at[2]],
    tint: WOOD,
    sides: 12,
  });
}

/** Drawings pinned up above the shelves. */
function pinned(build: Build, plan: ClassroomPlan): void {
  build.within(sideFrame("right", plan.reachM));
  const count = Math.max(3, Math.round(plan.halfM * 0.5));
  for (let i = 0; i < count; i++) {
    const x = -plan.halfM + ((i + 0.5) * plan.halfM * 2) / count;
    const [w, h] = i % 2 === 0 ? [0.86, 0.6] : [0.56, 0.72];
    const y = plan.heightM * 0.5 + 0.78 + (i % 3) * 0.05;
    build.block({
      size: [w + 0.1, h + 0.1, 0.012],
      at: [x, y - h / 2 - 0.05, 0.012],
      tint: [0xf0e6d2, 0xfaf3e4],
    });
    build.add(painting(i + 9, w, h).translate(x, y, 0.02));
    build.lump(0.022, 1, [x, y + h / 2 + 0.03, 0.03], [0xb0583f, 0xe08a6a]);
  }
}

/** Hooks with coats and bags, a bench, a door and a round clock on the wall behind arrivals. */
function cloakroom(build: Build, plan: ClassroomPlan): void {
  build.within(sideFrame("front", plan.reachM));
  const x = -plan.halfM * 0.45;
  build.block({ size: [3.2, 0.12, 0.04], at: [x, 1.5, 0.03], tint: WOOD });
  build.block({ size: [3.2, 0.06, 0.4], at: [x, 0.42, 0.26], tint: PALE, bevelM: 0.015 });
  for (const dx of [-1.45, 0, 1.45]) {
    build.block({ size: [0.06, 0.42, 0.34], at: [x + dx, 0, 0.26], tint: WOOD });
  }
  const cloth = [0x8a5a72, 0x5f7f8a, 0xc07a5a, 0x6f8a62, 0xd0a254];
  for (let i = 0; i < 6; i++) {
    const at = x - 1.25 + i * 0.5;
    build.pole({
      radii: [0.02, 0.025],
      heightM: 0.05,
      at: [at, 1.54, 0.08],
      tint: METAL,
      sides: 6,
    });
    if (i === 3) continue;
    const colour = cloth[i % cloth.length]!;
    const low = new THREE.Color(colour).multiplyScalar(0.6).getHex();
    const long = 0.55 + (i % 3) * 0.16;
    build.turned(
      [
        [0.001, long],
        [0.07, long - 0.02],
        [0.13, long * 0.55],
        [0.17, 0],
        [0.001, 0.03],
      ],
      [at, 1.55 - long, 0.13],
      [low, colour],
      9,
    );
  }
  door(build, plan.halfM * 0.55);
  const clock = new THREE.CircleGeometry(0.24, 28).translate(0, plan.headM - 0.2, 0.03);
  build.add(paint(clock, (_p, _n, out) => out.setHex(0xf6eedd)));
  const rim = new THREE.TorusGeometry(0.25, 0.025, 6, 28);
  build.add(gradient(rim, 0x6b4630, 0x9a6c48).translate(0, plan.headM - 0.2, 0.03));
  build.block({ size: [0.02, 0.15, 0.01], at: [0, plan.headM - 0.2, 0.035], tint: METAL });
  build.block({ size: [0.11, 0.02, 0.01], at: [0.055, plan.headM - 0.21, 0.035], tint: METAL });
}

function door(build: Build, x: number): void {
  build.block({ size: [1.16, 2.2, 0.06], at: [x, 0, 0.02], tint: WOOD });
  build.block({ size: [0.96, 2.08, 0.05], at: [x, 0.02, 0.045], tint: [0x5f7468, 0x8aa092] });
  for (const y of [0.18, 1.12]) {
    build.block({
      size: [0.7, 0.78, 0.03],
      at: [x, y, 0.065],
      tint: [0x6a8074, 0x98ac9e],
      bevelM: 0.01,
    });
  }
  build.lump(0.035, 1, [x - 0.4, 1.04, 0.1], [0x8a6a3a, 0xd8b070]);
}

/** A desk with a lamp to the left of the board, tall plants on both sides. */
function besideBoard(build: Build, plan: ClassroomPlan): Glow[] {
  const frame = sideFrame("back", plan.reachM);
  build.within(frame);
  const x = -(plan.board.width / 2 + 1.1);
  build.block({ size: [1.5, 0.06, 0.68], at: [x, 0.7, 0.5], tint: WOOD, bevelM: 0.02 });
  for (const dx of [-0.62, 0.62]) {
    build.block({ size: [0.3, 0.7, 0.58], at: [x + dx * 0.9, 0, 0.5], tint: [0x6b4630, 0x94683f] });
  }
  for (let i = 0; i < 4; i++) {
    const colour = BOOKS[i + 2]!;
    const low = new THREE.Color(colour).multiplyScalar(0.7).getHex();
    build.block({
      size: [0.3 - i * 0.02, 0.045, 0.22],
      at: [x - 0.35, 0.76 + i * 0.045, 0.5],
      tint: [low, colour],
      yaw: i * 0.3,
    });
  }
  globe(build, [x + 0.1, 0.76, 0.5]);
  broadPlant(build, [plan.board.width / 2 + 0.85, 0, 0.55], 1.6, 91, [0x5f7468, 0x8aa092]);
  const lamp = tableLamp(build, x + 0.52, frame);
  build.within(null);
  const corner = plan.reachM - 0.55;
  broadPlant(build, [-corner, 0, corner], 1.5, 93);
  return [lamp];
}
