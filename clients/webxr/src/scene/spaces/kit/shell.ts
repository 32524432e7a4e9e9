/**
 * Walls and ceilings. They face inwards only: from outside and above one looks into the room, as
 * into a doll's house.
 */
import * as THREE from "three";
import { mix, smoothstep } from "../../random";
import { paint } from "../../shaping";
import { type Build, type Side, sideFrame, type Tint } from "./build";

/** A hole in a wall: middle and width along it, heights of its lower and upper edge, metres. */
export interface Opening {
  readonly at: number;
  readonly width: number;
  readonly sill: number;
  readonly head: number;
}

export interface WallSpec {
  readonly side: Side;
  readonly reachM: number;
  readonly heightM: number;
  readonly tint: Tint;
  readonly openings?: readonly Opening[];
  /** colour of the sides of openings */
  readonly reveal?: Tint;
  /** lower part of the wall in its own colours, up to this height */
  readonly dado?: { readonly heightM: number; readonly tint: Tint };
}

const CELL_M = 1.1;
const REVEAL_M = 0.22;

function stops(from: number, to: number, extra: readonly number[]): number[] {
  const count = Math.max(1, Math.round((to - from) / CELL_M));
  const all = [...extra.filter((v) => v > from && v < to)];
  for (let i = 0; i <= count; i++) all.push(mix(from, to, i / count));
  all.sort((a, b) => a - b);
  return all.filter((v, i) => i === 0 || v - all[i - 1]! > 0.004);
}

/** Add one wall; corners, floor and ceiling lie in soft shade. */
export function wall(build: Build, spec: WallSpec): void {
  const { reachM, heightM, openings = [], dado } = spec;
  const us = stops(
    -reachM,
    reachM,
    openings.flatMap((o) => [o.at - o.width / 2, o.at + o.width / 2]),
  );
  const levels = openings.flatMap((o) => [o.sill, o.head]);
  // two rows at the dado's edge keep its line sharp
  const vs = stops(0, heightM, [
    0.25,
    heightM - 0.4,
    ...levels,
    ...(dado ? [dado.heightM, dado.heightM + 0.01] : []),
  ]);
  const positions: number[] = [];
  for (let i = 0; i + 1 < us.length; i++) {
    for (let j = 0; j + 1 < vs.length; j++) {
      const [u0, u1, v0, v1] = [us[i]!, us[i + 1]!, vs[j]!, vs[j + 1]!];
      const u = (u0 + u1) / 2;
      const v = (v0 + v1) / 2;
      if (openings.some((o) => Math.abs(u - o.at) < o.width / 2 && v > o.sill && v < o.head))
        continue;
      positions.push(u0, v0, 0, u1, v0, 0, u1, v1, 0, u0, v0, 0, u1, v1, 0, u0, v1, 0);
    }
  }
  const sheet = new THREE.BufferGeometry();
  sheet.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
  sheet.computeVertexNormals();
  const shades = [spec.tint, dado?.tint ?? spec.tint].map((tint) =>
    tint.map((c) => new THREE.Color(c)),
  );
  paint(sheet, (p, _n, out) => {
    const below = dado !== undefined && p.y <= dado.heightM + 0.001;
    const [low, high] = shades[below ? 1 : 0]!;
    const top = below ? dado.heightM : heightM;
    out.copy(low!).lerp(high!, Math.min(1, p.y / top));
    const corner = smoothstep(0, 1.6, reachM - Math.abs(p.x));
    const foot = smoothstep(-0.3, 0.7, p.y) * smoothstep(-0.35, 1, heightM - p.y);
    out.multiplyScalar(0.72 + 0.28 * corner * foot);
  });
  const frame = sideFrame(spec.side, reachM);
  build.within(frame).add(sheet);
  for (const opening of openings) addReveal(build, opening, spec.reveal ?? spec.tint);
  build.within(null);
}

function addReveal(build: Build, o: Opening, tint: Tint): void {
  const [l, r] = [o.at - o.width / 2, o.at + o.width / 2];
  const quads = [
    [l, o.sill, 0, r, o.sill, 0, r, o.sill, -1, l, o.sill, -1],
    [r, o.head, 0, l, o.head, 0, l, o.head, -1, r, o.head, -1],
    [l, o.head, 0, l, o.sill, 0, l, o.sill, -1, l, o.head, -1],
    [r, o.sill, 0, r, o.head, 0, r, o.head, -1, r, o.sill, -1],
  ];
  const positions: number[] = [];
  for (const q of quads) {
    for (const k of [0, 1, 2, 0, 2, 3]) {
      positions.push(q[k * 3]!, q[k * 3 + 1]!, q[k * 3 + 2]! * REVEAL_M);
    }
  }
  const sheet = new THREE.BufferGeometry();
  sheet.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
  sheet.computeVertexNormals();
  const low = new THREE.Color(tint[0]);
  const high = new THREE.Color(tint[1]);
  build.add(paint(sheet, (p, _n, out) => out.copy(low).lerp(high, p.z < -0.1 ? 1 : 0.4)));
}

export interface GlazingSpec {
  readonly opening: Opening;
  /** panes across and up */
  readonly panes: readonly [number, number];
  readonly barM: number;
  readonly tint: Tint;
}

/** A frame with bars in an opening; call within the side's frame. */
export function glazing(build: Build, spec: GlazingSpec): void {
  const { opening: o, barM } = spec;
  const depth = barM * 1.3;
  const rim = barM * 1.7;
  const tall = o.head - o.sill;
  const z = -0.08;
  for (const x of [o.at - o.width / 2 + rim / 2, o.at + o.width / 2 - rim / 2]) {
    build.block({ size: [rim, tall, depth * 1.5], at: [x, o.sill, z], tint: spec.tint });
  }
  for (const y of [o.sill, o.head - rim]) {
    build.block({ size: [o.width, rim, depth * 1.5], at: [o.at, y, z], tint: spec.tint });
  }
  for (let i = 1; i < spec.panes[0]; i++) {
    const x = o.at - o.width / 2 + (o.width * i) / spec.panes[0];
    build.block({ size: [barM, tall, depth], at: [x, o.sill, z], tint: spec.tint });
  }
  for (let j = 1; j < spec.panes[1]; j++) {
    const y = o.sill + (tall * j) / spec.panes[1] - barM / 2;
    build.block({ size: [o.width, barM, depth], at: [o.at, y, z], tint: spec.tint });
  }
}

/** A sheet overhead, seen from below only; `hole` leaves a square of open sky in the middle. */
export function ceiling(
  build: Build,
  reachM: number,
  heightM: number,
  tint: Tint,
  holeM = 0,
): void {
  const edges = holeM > 0 ? [-reachM, -holeM, holeM, reachM] : [-reachM, reachM];
  const lines = stops(-reachM, reachM, edges);
  const positions: number[] = [];
  for (let i = 0; i + 1 < lines.length; i++) {
    for (let j = 0; j + 1 < lines.length; j++) {
      const [a, b, c, d] = [lines[i]!, lines[i + 1]!, lines[j]!, lines[j + 1]!];
      if (Math.abs(a + b) / 2 < holeM && Math.abs(c + d) / 2 < holeM) continue;
      positions.push(a, heightM, c, b, heightM, c, b, heightM, d);
      positions.push(a, heightM, c, b, heightM, d, a, heightM, d);
    }
  }
  const sheet = new THREE.BufferGeometry();
  sheet.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
  sheet.computeVertexNormals();
  const low = new THREE.Color(tint[0]);
  const high = new THREE.Color(tint[1]);
  build.add(
    paint(sheet, (p, _n, out) => {
      const edge = Math.max(Math.abs(p.x), Math.abs(p.z));
      out.copy(high).lerp(low, smoothstep(reachM * 0.45, reachM, edge));
    }),
  );
}
