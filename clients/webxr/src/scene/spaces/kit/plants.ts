/** Potted green: broad leaves, ferns, reeds and trailing vines. */
import * as THREE from "three";
import { seededRandom } from "../../random";
import { paint } from "../../shaping";
import type { Build, Tint } from "./build";

type At = readonly [number, number, number];

const POT: Tint = [0x8a4e3a, 0xc9805c];
const EARTH: Tint = [0x2f2220, 0x4a3830];

/** A leaf: a folded, bent lance along +z from the origin, both sides drawn. */
function leaf(
  lengthM: number,
  widthM: number,
  droop: number,
  low: number,
  high: number,
): THREE.BufferGeometry {
  const steps = 4;
  const points: [number, number, number][][] = [];
  for (let i = 0; i <= steps; i++) {
    const t = i / steps;
    const half =
      widthM * 0.5 * Math.sin(Math.PI * Math.min(1, t * 0.86 + 0.1)) ** 0.8 * (t < 1 ? 1 : 0);
    const y = -droop * t * t * lengthM;
    const z = lengthM * t * (1 - 0.25 * droop * t);
    points.push([
      [-half, y + half * 0.45, z],
      [0, y, z],
      [half, y + half * 0.45, z],
    ]);
  }
  const positions: number[] = [];
  const quad = (a: number[], b: number[], c: number[], d: number[]) =>
    positions.push(...a, ...b, ...c, ...a, ...c, ...d, ...a, ...c, ...b, ...a, ...d, ...c);
  for (let i = 0; i < steps; i++) {
    const [a, b] = [points[i]!, points[i + 1]!];
    quad(a[0]!, b[0]!, b[1]!, a[1]!);
    quad(a[1]!, b[1]!, b[2]!, a[2]!);
  }
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
  geometry.computeVertexNormals();
  const from = new THREE.Color(low);
  const to = new THREE.Color(high);
  return paint(geometry, (p, n, out) => {
    out.copy(from).lerp(to, Math.min(1, p.z / lengthM));
    if (n.y < 0) out.multiplyScalar(0.7);
  });
}

function turned(
  geometry: THREE.BufferGeometry,
  lift: number,
  yaw: number,
  at: At,
): THREE.BufferGeometry {
  return geometry
    .rotateX(-lift)
    .rotateY(yaw)
    .translate(...at);
}

function pot(build: Build, at: At, radiusM: number, heightM: number, tint: Tint): void {
  build.turned(
    [
      [0.001, 0],
      [radiusM * 0.7, 0],
      [radiusM * 0.98, heightM * 0.85],
      [radiusM * 1.08, heightM * 0.87],
      [radiusM * 1.08, heightM],
      [radiusM * 0.94, heightM],
      [radiusM * 0.9, heightM * 0.9],
    ],
    at,
    tint,
  );
  build.turned(
    [
      [radiusM * 0.92, 0],
      [0.001, 0.02],
    ],
    [at[0], at[1] + heightM * 0.9, at[2]],
    EARTH,
  );
}

/** Large split leaves on thin stems; about `heightM` tall. */
export function broadPlant(
  build: Build,
  at: At,
  heightM: number,
  seed: number,
  tint: Tint = POT,
): void {
  const random = seededRandom(seed);
  const radius = heightM * 0.2;
  pot(build, at, radius, radius * 1.5, tint);
  const count = 9;
  const base = radius * 1.4;
  for (let i = 0; i < count; i++) {
    const yaw = (i / count) * Math.PI * 2 + random() * 0.6;
    const rise = (0.35 + (0.65 * ((i * 5) % count)) / count) * (heightM - base);
    const out = radius * (0.4 + random() * 0.9);
    const tip = new THREE.Vector3(
      at[0] + Math.sin(yaw) * out,
      at[1] + base + rise * 0.8,
      at[2] + Math.cos(yaw) * out,
    );
    const root = new THREE.Vector3(at[0], at[1] + base - 0.05, at[2]);
    const knee = root
      .clone()
      .lerp(tip, 0.55)
      .add(new THREE.Vector3(0, rise * 0.14, 0));
    build.cord([root, knee, tip], 0.012, [0x3f5a3c, 0x5d7f4c]);
    const size = heightM * (0.3 + random() * 0.12);
    build.add(
      turned(leaf(size, size * 0.66, 0.55, 0x35563c, 0x86a860), 0.35 + random() * 0.4, yaw, [
        tip.x,
        tip.y,
        tip.z,
      ]),
    );
  }
}

/** A fountain of narrow fronds. */
export function fern(build: Build, at: At, heightM: number, seed: number, tint: Tint = POT): void {
  const random = seededRandom(seed);
  const radius = heightM * 0.26;
  pot(build, at, radius, radius * 1.3, tint);
  const count = 15;
  for (let i = 0; i < count; i++) {
    const yaw = i * 2.399;
    const size = heightM * (0.62 + random() * 0.3);
    const lift = 0.5 + 0.85 * (i / count);
    build.add(
      turned(leaf(size, size * 0.15, 1.05, 0x3c5f42, 0x9ab86c), lift, yaw, [
        at[0],
        at[1] + radius * 1.25,
        at[2],
      ]),
    );
  }
}

/** Upright reeds or snake plant: a calm vertical. */
export function reeds(build: Build, at: At, heightM: number, seed: number, tint: Tint = POT): void {
  const random = seededRandom(seed);
  const radius = heightM * 0.17;
  pot(build, at, radius, radius * 1.8, tint);
  for (let i = 0; i < 9; i++) {
    const yaw = i * 2.399;
    const size = (heightM - radius * 1.7) * (0.65 + random() * 0.4);
    const off = radius * 0.5 * Math.sqrt(i / 9);
    build.add(
      turned(leaf(size, 0.085, 0.06, 0x2f4f3f, 0x93ad72), 1.35 + random() * 0.16, yaw, [
        at[0] + Math.sin(yaw) * off,
        at[1] + radius * 1.7,
        at[2] + Math.cos(yaw) * off,
      ]),
    );
  }
}

/** Leaves hanging from a height, as from a shelf or a beam. */
export function vine(build: Build, at: At, lengthM: number, seed: number): void {
  const random = seededRandom(seed);
  const strands = 3;
  for (let s = 0; s < strands; s++) {
    const drop = lengthM * (0.55 + random() * 0.45);
    const dx = (s - 1) * 0.11 + (random() - 0.5) * 0.05;
    const points = Array.from(
      { length: 4 },
      (_, i) =>
        new THREE.Vector3(at[0] + dx * (1 + i * 0.2), at[1] - (drop * i) / 3, at[2] + 0.03 * i),
    );
    build.cord(points, 0.007, [0x46613f, 0x46613f]);
    const leaves = Math.round(drop / 0.11);
    for (let i = 0; i < leaves; i++) {
      const t = (i + 0.5) / leaves;
      build.add(
        turned(leaf(0.13, 0.09, 0.6, 0x46683f, 0x94b264), 0.1 - random() * 0.5, random() * 6.28, [
          at[0] + dx * (1 + t * 0.6),
          at[1] - drop * t,
          at[2] + 0.09 * t,
        ]),
      );
    }
  }
}
