/** Small landscapes painted with gradients: suns, hills, water and trees, no two alike. */
import * as THREE from "three";
import { seededRandom, valueNoise } from "../../random";
import { join, paint } from "../../shaping";

/** sky above, sky below, sun, far hills, near hills */
const PALETTES = [
  [0x2f3f6b, 0xf2a97a, 0xffe0a8, 0x6b5a80, 0x2c2a48],
  [0x7fb0cf, 0xf5e6c8, 0xfff4d8, 0x7f9f8a, 0x3f6552],
  [0x3a2350, 0xd7607a, 0xffc08a, 0x7a3a66, 0x2a1838],
  [0xe9c08a, 0xf8ead0, 0xf07a4a, 0xc98a5c, 0x7a4a3a],
  [0x14203f, 0x4f6f96, 0xf3ecd2, 0x2f4668, 0x101a30],
  [0x9ac0b4, 0xf0e4c4, 0xf6b26a, 0x5f9080, 0x2f5a58],
  [0xb9a3c9, 0xf6d5c2, 0xfff0d0, 0x8f7aa8, 0x5a4a74],
] as const;

type Ink = (x: number, y: number, out: THREE.Color) => void;

function flat(positions: number[], depth: number, ink: Ink): THREE.BufferGeometry {
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
  geometry.computeVertexNormals();
  paint(geometry, (p, _n, out) => ink(p.x, p.y, out));
  return geometry.translate(0, 0, depth);
}

function strip(
  width: number,
  steps: number,
  low: (x: number) => number,
  high: (x: number) => number,
): number[] {
  const positions: number[] = [];
  for (let i = 0; i < steps; i++) {
    const x0 = (i / steps - 0.5) * width;
    const x1 = ((i + 1) / steps - 0.5) * width;
    positions.push(x0, low(x0), 0, x1, low(x1), 0, x1, high(x1), 0);
    positions.push(x0, low(x0), 0, x1, high(x1), 0, x0, high(x0), 0);
  }
  return positions;
}

/** Paint a picture of this size round the origin, facing +z. */
export function painting(seed: number, width: number, height: number): THREE.BufferGeometry {
  const random = seededRandom(seed * 7919 + 13);
  const colours = PALETTES[seed % PALETTES.length]!.map((hex) => new THREE.Color(hex));
  const [top, glow, sun, far, near] = colours as [
    THREE.Color,
    THREE.Color,
    THREE.Color,
    THREE.Color,
    THREE.Color,
  ];
  const sea = seed % 3 === 1;
  const bottom = -height / 2;
  const horizon = bottom + height * (0.34 + random() * 0.14);
  const sunX = (random() - 0.5) * width * 0.5;
  const sunY = horizon + height * (0.12 + random() * 0.26);
  const parts: THREE.BufferGeometry[] = [];
  const sky = new THREE.PlaneGeometry(width, height, 8, 10);
  parts.push(
    paint(sky, (p, _n, out) => {
      const up = (p.y - bottom) / height;
      out.copy(glow).lerp(top, Math.max(0, Math.min(1, (up - 0.3) * 1.5)));
      out.lerp(sun, 0.5 * Math.exp(-((p.x - sunX) ** 2 + (p.y - sunY) ** 2) * 9));
    }),
  );
  const r = height * (0.09 + random() * 0.07);
  const disc = new THREE.CircleGeometry(r, 28).translate(sunX, sunY, 0.002);
  parts.push(paint(disc, (_p, _n, out) => out.copy(sun)));
  const layers = sea ? 1 : 3;
  for (let k = 0; k < layers; k++) {
    const t = layers === 1 ? 0 : k / (layers - 1);
    const base = sea ? horizon : horizon - height * 0.16 * k;
    const swing = height * (sea ? 0.1 : 0.2 + 0.06 * k);
    const crest = (x: number) =>
      base + swing * (valueNoise(x * (2.2 - t * 0.6) + seed * 5 + k * 9, k * 3.3) - 0.32);
    const tone = far.clone().lerp(near, t);
    const foot = tone.clone().lerp(glow, 0.42 * (1 - t));
    parts.push(
      flat(
        strip(
          width,
          26,
          () => bottom,
          (x) => Math.min(height / 2, crest(x)),
        ),
        0.004 + k * 0.002,
        (x, y, out) => {
          out
            .copy(foot)
            .lerp(tone, Math.min(1, Math.max(0, (y - bottom) / Math.max(0.01, crest(x) - bottom))));
        },
      ),
    );
  }
  if (sea) parts.push(...water(width, bottom, horizon, sunX, { sun, glow, near }, random));
  else if (seed % 2 === 0) parts.push(...trees(width, height, bottom, near, random));
  return join(parts);
}

function water(
  width: number,
  bottom: number,
  horizon: number,
  sunX: number,
  ink: { sun: THREE.Color; glow: THREE.Color; near: THREE.Color },
  random: () => number,
): THREE.BufferGeometry[] {
  const deep = horizon - bottom;
  const sheet = flat(
    strip(
      width,
      8,
      () => bottom,
      () => horizon,
    ),
    0.006,
    (_x, y, out) => {
      out.copy(ink.near).lerp(ink.glow, 0.15 + 0.6 * ((y - bottom) / deep) ** 2);
    },
  );
  const glints = Array.from({ length: 9 }, (_, i) => {
    const t = (i + 0.5) / 9;
    const y = horizon - deep * t;
    const half = (0.03 + 0.16 * t) * (0.6 + random() * 0.8);
    const x = Math.max(
      -width / 2 + half,
      Math.min(width / 2 - half, sunX + (random() - 0.5) * 0.14 * t),
    );
    const bar = new THREE.PlaneGeometry(half * 2, deep * 0.028).translate(x, y, 0.008);
    return paint(bar, (_p, _n, out) => out.copy(ink.sun).lerp(ink.glow, t * 0.6));
  });
  return [sheet, ...glints];
}

function trees(
  width: number,
  height: number,
  bottom: number,
  near: THREE.Color,
  random: () => number,
): THREE.BufferGeometry[] {
  const dark = near.clone().multiplyScalar(0.55);
  return Array.from({ length: 7 }, () => {
    const tall = height * (0.2 + random() * 0.22);
    const half = tall * 0.2;
    const side = random() < 0.5 ? -1 : 1;
    const x = side * width * (0.18 + random() * 0.27);
    const foot = bottom + height * 0.02;
    return flat([x - half, foot, 0, x + half, foot, 0, x, foot + tall, 0], 0.011, (_x, y, out) => {
      out.copy(dark).lerp(near, (y - foot) / tall);
    });
  });
}
