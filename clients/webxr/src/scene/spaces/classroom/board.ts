/** The chalk board: drawn on by hand, as left by the last class. */
import * as THREE from "three";
import { seededRandom, valueNoise } from "../../random";
import { paint } from "../../shaping";
import { type Build, sideFrame, type Tint } from "../kit/build";
import type { ClassroomPlan } from "./plan";

const FRAME: Tint = [0x6b4630, 0x9a6c48];
const SLATE = new THREE.Color(0x35514a);
const SLATE_LIGHT = new THREE.Color(0x4c6b60);
const CHALK = { white: 0xf0eadc, yellow: 0xf3d488, rose: 0xe6a0a0, sky: 0xa9cbe0, leaf: 0xa8d0a0 };

type Point = readonly [number, number];

/** A chalk line: a thin ribbon of slightly uneven width. */
function stroke(build: Build, points: readonly Point[], colour: number, widthM = 0.022): void {
  const random = seededRandom(Math.round(points[0]![0] * 100 + points[0]![1] * 977));
  const positions: number[] = [];
  const edge = points.map(([x, y], i): [number, number, number, number] => {
    const [ax, ay] = points[Math.max(0, i - 1)]!;
    const [bx, by] = points[Math.min(points.length - 1, i + 1)]!;
    const long = Math.hypot(bx - ax, by - ay) || 1;
    const half = widthM * (0.38 + 0.24 * random());
    const [nx, ny] = [(-(by - ay) / long) * half, ((bx - ax) / long) * half];
    return [x + nx, y + ny, x - nx, y - ny];
  });
  for (let i = 0; i + 1 < edge.length; i++) {
    const [a, b] = [edge[i]!, edge[i + 1]!];
    positions.push(a[0], a[1], 0, a[2], a[3], 0, b[2], b[3], 0);
    positions.push(a[0], a[1], 0, b[2], b[3], 0, b[0], b[1], 0);
  }
  const ribbon = new THREE.BufferGeometry();
  ribbon.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
  ribbon.computeVertexNormals();
  const ink = new THREE.Color(colour);
  build.add(
    paint(ribbon, (p, _n, out) => {
      out.copy(ink).lerp(SLATE_LIGHT, 0.3 * valueNoise(p.x * 31, p.y * 31));
    }).translate(0, 0, 0.075),
  );
}

function circle(x: number, y: number, r: number, from = 0, to = Math.PI * 2, squash = 1): Point[] {
  const steps = Math.max(6, Math.round(26 * Math.sqrt(r / 0.3)));
  return Array.from({ length: steps + 1 }, (_, i) => {
    const a = from + ((to - from) * i) / steps;
    return [x + Math.cos(a) * r, y + Math.sin(a) * r * squash] as const;
  });
}

/** Add the board with its ledge, chalk and drawing to the far wall. */
export function buildBoard(build: Build, plan: ClassroomPlan): void {
  const { width, foot, height } = plan.board;
  build.within(sideFrame("back", plan.reachM));
  const sheet = new THREE.PlaneGeometry(width, height, 24, 8);
  paint(sheet, (p, _n, out) => {
    // smears of the last wiping
    const smear = valueNoise(p.x * 1.1 + p.y * 0.7, p.y * 2.6 + 5);
    out.copy(SLATE).lerp(SLATE_LIGHT, smear * 0.75 + 0.15 * (p.y / height));
  });
  build.add(sheet.translate(0, foot + height / 2, 0.07));
  for (const y of [foot - 0.09, foot + height]) {
    build.block({ size: [width + 0.2, 0.1, 0.1], at: [0, y, 0.05], tint: FRAME, bevelM: 0.015 });
  }
  for (const x of [-width / 2 - 0.05, width / 2 + 0.05]) {
    build.block({ size: [0.1, height, 0.1], at: [x, foot, 0.05], tint: FRAME, bevelM: 0.015 });
  }
  build.block({ size: [width * 0.6, 0.03, 0.14], at: [0, foot - 0.1, 0.12], tint: FRAME });
  Object.values(CHALK).forEach((colour, i) => {
    build.block({
      size: [0.1, 0.022, 0.022],
      at: [-0.4 + i * 0.16, foot - 0.07, 0.14],
      tint: [colour, colour],
    });
  });
  build.block({
    size: [0.2, 0.05, 0.08],
    at: [0.9, foot - 0.07, 0.14],
    tint: [0x8a5a4a, 0xd8c8b0],
  });
  const scale = height / 1.62;
  const at = (dx: number): number => dx * Math.min(1.25, width / 6.3);
  hearth(build, at(0), foot + height * 0.48, scale);
  landscape(build, at(-2.1), foot + height * 0.5, scale);
  triangle(build, at(2.1), foot + height * 0.5, scale);
  build.within(null);
}

/** A circle of people round a fire, seen from above. */
function hearth(build: Build, x: number, y: number, s: number): void {
  const flame: Point[] = [
    [-0.13, -0.18],
    [-0.19, -0.02],
    [-0.1, 0.1],
    [-0.04, 0.26],
    [0.05, 0.12],
    [0.1, 0.18],
    [0.18, 0.0],
    [0.13, -0.18],
    [0, -0.23],
    [-0.13, -0.18],
  ];
  stroke(
    build,
    flame.map(([dx, dy]) => [x + dx * s, y + dy * s] as const),
    CHALK.yellow,
    0.03,
  );
  stroke(build, circle(x, y - 0.12 * s, 0.06 * s, 0.2, 6.1), CHALK.rose, 0.022);
  const inks = [CHALK.white, CHALK.sky, CHALK.leaf, CHALK.rose];
  for (let i = 0; i < 9; i++) {
    const a = (i / 9) * Math.PI * 2 + 0.2;
    const [px, py] = [x + Math.cos(a) * 0.62 * s, y + Math.sin(a) * 0.52 * s];
    stroke(build, circle(px, py + 0.055 * s, 0.042 * s), inks[i % 4]!);
    stroke(build, circle(px, py - 0.075 * s, 0.075 * s, 0.15, Math.PI - 0.15), inks[i % 4]!);
  }
}

/** Hills, a sun and its rays, a winding path. */
function landscape(build: Build, x: number, y: number, s: number): void {
  const hill = (from: number, to: number, top: number, base: number): Point[] =>
    Array.from({ length: 14 }, (_, i) => {
      const t = i / 13;
      return [
        x + (from + (to - from) * t) * s,
        y + (base + Math.sin(t * Math.PI) * top) * s,
      ] as const;
    });
  stroke(build, hill(-0.85, 0.1, 0.34, -0.3), CHALK.leaf);
  stroke(build, hill(-0.25, 0.85, 0.46, -0.3), CHALK.leaf);
  stroke(build, circle(x - 0.3 * s, y + 0.36 * s, 0.13 * s), CHALK.yellow, 0.028);
  for (let i = 0; i < 9; i++) {
    const a = (i / 9) * Math.PI * 2;
    const ray = (r: number): Point => [
      x + (-0.3 + Math.cos(a) * r) * s,
      y + (0.36 + Math.sin(a) * r) * s,
    ];
    stroke(build, [ray(0.19), ray(0.26)], CHALK.yellow);
  }
  stroke(
    build,
    Array.from(
      { length: 12 },
      (_, i) => [x + (0.05 + Math.sin(i * 0.62) * 0.16) * s, y + (-0.62 + i * 0.034) * s] as const,
    ),
    CHALK.white,
  );
}

/** A right triangle with the squares over its sides. */
function triangle(build: Build, x: number, y: number, s: number): void {
  const p = (dx: number, dy: number): Point => [x + dx * s, y + dy * s];
  const loop = (points: Point[], ink: number) => stroke(build, [...points, points[0]!], ink);
  loop([p(-0.25, -0.15), p(0.23, -0.15), p(-0.25, 0.21)], CHALK.white);
  loop([p(-0.25, -0.15), p(0.23, -0.15), p(0.23, -0.63), p(-0.25, -0.63)], CHALK.sky);
  loop([p(-0.25, -0.15), p(-0.25, 0.21), p(-0.61, 0.21), p(-0.61, -0.15)], CHALK.rose);
  loop([p(0.23, -0.15), p(0.59, 0.33), p(0.11, 0.69), p(-0.25, 0.21)], CHALK.yellow);
  loop([p(-0.25, -0.15), p(-0.18, -0.15), p(-0.18, -0.08), p(-0.25, -0.08)], CHALK.white);
}
