/** Pictures in their frames, and the lamplight on the walls round them. */
import * as THREE from "three";
import { join, paint } from "../../shaping";
import { type Build, sideFrame, type Tint } from "../kit/build";
import { painting } from "./paintings";
import type { Bay, GalleryPlan } from "./plan";

const FRAMES: readonly Tint[] = [
  [0x6b4630, 0x9a6c48],
  [0x4a3840, 0x6d5560],
  [0x9a7440, 0xcaa262],
];
const MOUNT: Tint = [0xe6dac6, 0xf6eee0];
const EYE_M = 1.62;

interface Hung {
  readonly width: number;
  readonly height: number;
}

function sizeOf(bay: Bay): Hung {
  const wide = Math.min(bay.width * 0.58, 2.9);
  if (bay.number % 4 === 3) return { width: wide * 0.62, height: wide * 0.8 };
  return { width: wide, height: wide * 0.64 };
}

/** Hang a picture in every picture bay and two by the entrance; returns the canvases. */
export function hangPictures(build: Build, plan: GalleryPlan): THREE.BufferGeometry[] {
  const canvases: THREE.BufferGeometry[] = [];
  const hang = (frame: THREE.Matrix4, at: number, { width, height }: Hung, seed: number) => {
    build.within(frame);
    const tint = FRAMES[seed % FRAMES.length]!;
    const rim = 0.07;
    const mount = 0.11;
    const [w, h] = [width + mount * 2, height + mount * 2];
    const foot = EYE_M - h / 2;
    build.block({ size: [w, h, 0.03], at: [at, foot, 0.05], tint: MOUNT });
    for (const y of [foot - rim, foot + h]) {
      build.block({ size: [w + rim * 2, rim, 0.075], at: [at, y, 0.065], tint, bevelM: 0.015 });
    }
    for (const x of [at - w / 2 - rim / 2, at + w / 2 + rim / 2]) {
      build.block({ size: [rim, h, 0.075], at: [x, foot, 0.065], tint, bevelM: 0.015 });
    }
    canvases.push(painting(seed, width, height).translate(at, EYE_M, 0.068).applyMatrix4(frame));
  };
  for (const bay of plan.bays) {
    if (bay.shows === "picture")
      hang(sideFrame(bay.side, plan.reachM), bay.at, sizeOf(bay), bay.number);
  }
  const front = sideFrame("front", plan.reachM);
  const at = plan.halfM * 0.5;
  hang(front, -at, { width: 1.7, height: 1.1 }, 40);
  hang(front, at, { width: 1.7, height: 1.1 }, 43);
  build.within(null);
  return canvases;
}

/** Warm light on the walls from the lamps before them: one additive draw call. */
export function lightWash(plan: GalleryPlan, level: number): THREE.Mesh {
  const warm = new THREE.Color(0xffc48a).multiplyScalar(level * 0.34);
  const parts = plan.bays.map((bay) => {
    const sheet = new THREE.PlaneGeometry(bay.width - 0.24, plan.heightM - 0.9, 8, 10);
    paint(sheet, (p, _n, out) => {
      const x = p.x / (bay.width * 0.42);
      const y = (p.y - 0.12) / (plan.heightM * 0.4);
      out.copy(warm).multiplyScalar(Math.max(0, 1 - x * x - y * y) ** 1.3);
    });
    sheet.translate(bay.at, 0.1 + plan.heightM / 2 - 0.3, 0.036);
    return sheet.applyMatrix4(sideFrame(bay.side, plan.reachM));
  });
  const mesh = new THREE.Mesh(
    join(parts),
    new THREE.MeshBasicMaterial({
      vertexColors: true,
      transparent: true,
      depthWrite: false,
      blending: THREE.AdditiveBlending,
    }),
  );
  mesh.name = "wash";
  mesh.renderOrder = 2;
  return mesh;
}
