/** The look of mats and of each template's seats: one geometry each, tinted per instance. */
import * as THREE from "three";
import type { Template } from "../design";
import { seededRandom } from "../random";
import { facet, gradient, jitter, join, paint } from "../shaping";
import { Build } from "../spaces/kit/build";
import { MAT_LENGTH_M, MAT_THICKNESS_M, MAT_WIDTH_M, SEAT_HEIGHT_M, SEAT_RADIUS_M } from "./plan";

/** Colours of mats and covers, in turn: the house's palette, calm. */
export const CLOTH_COLOURS = [0x7fa392, 0xd08c66, 0x8fa9c4, 0xd6b877, 0xb08cae, 0xc97b80] as const;

/** A mat with rounded corners and a stitched border; its head points to -z. */
export function matShape(): THREE.BufferGeometry {
  const [w, l, r] = [MAT_WIDTH_M / 2, MAT_LENGTH_M / 2, 0.07];
  const outline = new THREE.Shape();
  outline.moveTo(-w + r, -l);
  outline.lineTo(w - r, -l);
  outline.quadraticCurveTo(w, -l, w, -l + r);
  outline.lineTo(w, l - r);
  outline.quadraticCurveTo(w, l, w - r, l);
  outline.lineTo(-w + r, l);
  outline.quadraticCurveTo(-w, l, -w, l - r);
  outline.lineTo(-w, -l + r);
  outline.quadraticCurveTo(-w, -l, -w + r, -l);
  const body = new THREE.ExtrudeGeometry(outline, {
    depth: MAT_THICKNESS_M,
    bevelEnabled: false,
    curveSegments: 5,
  });
  body.rotateX(-Math.PI / 2);
  const flat = body.index ? body.toNonIndexed() : body;
  // white is the cloth's own colour; a paler band near the head says which way one lies
  paint(flat, (p, n, out) => out.setScalar(n.y > 0.5 ? 0.96 + (p.z < 0 ? 0.04 : 0) : 0.55));
  const band = new THREE.PlaneGeometry(MAT_WIDTH_M - 0.1, 0.035).rotateX(-Math.PI / 2);
  const bands = [-0.78, -0.7].map((z, i) => {
    const copy = band.clone().translate(0, MAT_THICKNESS_M + 0.0012, z);
    return paint(copy, (_p, _n, out) => out.setScalar(i === 0 ? 1.35 : 0.72));
  });
  return join([flat, ...bands]);
}

/** The seat that belongs to a template; its sitter looks to -z. */
export function seatShape(template: Template): THREE.BufferGeometry {
  const h = SEAT_HEIGHT_M[template];
  switch (template) {
    case "campfire":
      return stump(h);
    case "studio":
      return cushion(h);
    case "gallery":
      return cube(h);
    case "classroom":
      return stool(h);
    case "terrace":
      return pouf(h);
  }
}

/** Whether a template's seats are of wood, so that they keep one colour. */
export function seatTint(template: Template, index: number): number {
  if (template === "campfire") return 0xc99a6c;
  return CLOTH_COLOURS[index % CLOTH_COLOURS.length]!;
}

function stump(h: number): THREE.BufferGeometry {
  const random = seededRandom(6);
  const bark = facet(
    jitter(
      new THREE.CylinderGeometry(SEAT_RADIUS_M * 0.92, SEAT_RADIUS_M * 1.08, h, 13, 2, true),
      0.012,
      random,
    ),
  );
  gradient(bark, 0x6a5248, 0x9a7a68);
  bark.translate(0, h / 2, 0);
  const top = new THREE.RingGeometry(0.001, SEAT_RADIUS_M * 0.94, 15, 5).rotateX(-Math.PI / 2);
  paint(top, (p, _n, out) => {
    const ring = Math.round((Math.hypot(p.x, p.z) / SEAT_RADIUS_M) * 5);
    out.setScalar(ring >= 5 ? 0.62 : ring % 2 === 0 ? 1.18 : 0.92);
  });
  return join([bark, top.translate(0, h, 0)]);
}

function lathe(
  profile: [number, number][],
  low: number,
  high: number,
  sides = 18,
): THREE.BufferGeometry {
  const shape = new THREE.LatheGeometry(
    profile.map(([r, y]) => new THREE.Vector2(r, y)),
    sides,
  );
  shape.computeBoundingBox();
  const tall = shape.boundingBox!.max.y || 1;
  return paint(shape, (p, _n, out) => out.setScalar(low + ((high - low) * p.y) / tall));
}

function cushion(h: number): THREE.BufferGeometry {
  const r = SEAT_RADIUS_M * 1.05;
  return lathe(
    [
      [0.001, 0],
      [r * 0.86, 0],
      [r, h * 0.3],
      [r, h * 0.62],
      [r * 0.84, h * 0.95],
      [r * 0.4, h * 1.0],
      [0.05, h * 0.97],
      [0.001, h * 0.95],
    ],
    0.55,
    1.05,
    20,
  );
}

function pouf(h: number): THREE.BufferGeometry {
  const r = SEAT_RADIUS_M * 1.02;
  const body = lathe(
    [
      [0.001, 0],
      [r * 0.82, 0],
      [r, h * 0.28],
      [r * 1.02, h * 0.55],
      [r * 0.9, h * 0.88],
      [r * 0.6, h],
      [0.001, h * 0.98],
    ],
    0.5,
    1.05,
    16,
  );
  // knitted: every other segment a little darker
  return paint(body, (p, _n, out) => {
    const turn = Math.round(((Math.atan2(p.z, p.x) / Math.PI) * 8 + 16) % 16);
    out.setScalar((0.5 + (0.55 * p.y) / h) * (turn % 2 === 0 ? 1 : 0.88));
  });
}

function cube(h: number): THREE.BufferGeometry {
  const build = new Build();
  const side = SEAT_RADIUS_M * 1.86;
  build.block({
    size: [side, h * 0.42, side],
    at: [0, h * 0.58, 0],
    tint: [0xb0b0b0, 0xffffff],
    bevelM: 0.045,
  });
  build.block({
    size: [side * 0.96, h * 0.52, side * 0.96],
    at: [0, 0.05, 0],
    tint: [0x8c8c8c, 0xbcbcbc],
    bevelM: 0.02,
  });
  build.block({ size: [side * 0.8, 0.05, side * 0.8], at: [0, 0, 0], tint: [0x3a3034, 0x3a3034] });
  return build.geometry();
}

function stool(h: number): THREE.BufferGeometry {
  const build = new Build();
  const r = SEAT_RADIUS_M * 0.82;
  for (const [x, z] of [
    [-1, -1],
    [1, -1],
    [-1, 1],
    [1, 1],
  ] as const) {
    build.pole({
      radii: [0.026, 0.02],
      heightM: h - 0.05,
      at: [x * r * 0.62, 0, z * r * 0.62],
      tint: [0x8a7058, 0xc8a882],
      sides: 6,
    });
  }
  build.pole({
    radii: [r, r],
    heightM: 0.04,
    at: [0, h - 0.085, 0],
    tint: [0xa88862, 0xd8b890],
    sides: 18,
  });
  const pad = cushion(0.075)
    .scale(0.78, 1, 0.78)
    .translate(0, h - 0.05, 0);
  build.add(pad);
  return build.geometry();
}
