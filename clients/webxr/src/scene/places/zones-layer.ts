/**
 * The zones of a room: marked on the floor, a low sign at a corner of each, and a wooden edge round
 * stages. Only looks: where voices go is the server's business.
 */
import * as THREE from "three";
import type { Zone } from "../design";
import { paint } from "../shaping";
import { Build, type Tint } from "../spaces/kit/build";
import { drawSigns, SIGN_ASPECT } from "./sign-atlas";
import { buildZoneFloor } from "./zone-floor";
import { signSpot, zoneBox } from "./zone-plan";

const WOOD: Tint = [0x6b4a36, 0xa87a52];
const BOARDS = [0xb8926c, 0xbe9973, 0xb38d67].map((hex) => new THREE.Color(hex));
const KERB_M = 0.05;
/** below shadows, above the floor's own drawing */
const BOARD_LIFT_M = 0.005;
const SIGN_WIDTH_M = 0.7;
const SIGN_MIDDLE_M = 0.62;
const SIGN_TILT = -0.3;

/** Owns marks, kerbs and signs: three draw calls, whatever their number. */
export class ZonesLayer {
  readonly root = new THREE.Group();
  private texture: THREE.Texture | null = null;

  /** @param soak lets the space's air into our lit material */
  constructor(private readonly soak: (material: THREE.Material) => void) {
    this.root.name = "zones";
  }

  /** Show exactly these zones. Call at entering and when the design changed. */
  setZones(zones: readonly Zone[]): void {
    this.clear();
    if (zones.length === 0) return;
    const { texture, rects } = drawSigns(zones);
    this.texture = texture;
    const lit = new THREE.MeshLambertMaterial({ vertexColors: true });
    this.soak(lit);
    const solid = new Build();
    for (const zone of zones) {
      post(solid, zone);
      if (zone.kind === "stage") stageFloor(solid, zone);
    }
    this.root.add(
      buildZoneFloor(zones),
      solid.mesh(lit, "zone-wood"),
      new THREE.Mesh(
        faces(zones, rects),
        new THREE.MeshBasicMaterial({ map: texture, toneMapped: false }),
      ),
    );
  }

  dispose(): void {
    this.clear();
  }

  private clear(): void {
    for (const child of [...this.root.children]) {
      const mesh = child as THREE.Mesh;
      mesh.geometry.dispose();
      (mesh.material as THREE.Material).dispose();
      this.root.remove(child);
    }
    this.texture?.dispose();
    this.texture = null;
  }
}

/** A sign's own frame: x to the right of its face, y up, +z towards the reader. */
function signFrame(zone: Zone): THREE.Matrix4 {
  const { x, z, yaw } = signSpot(zone);
  // a face looks along +z in its own frame, and yaw 0 faces -z
  return new THREE.Matrix4().makeRotationY(yaw + Math.PI).setPosition(x, 0, z);
}

function post(build: Build, zone: Zone): void {
  const frame = signFrame(zone);
  build.within(frame);
  const wide = SIGN_WIDTH_M + 0.05;
  const high = SIGN_WIDTH_M / SIGN_ASPECT + 0.05;
  for (const x of [-0.2, 0.2]) {
    build.pole({
      radii: [0.026, 0.02],
      heightM: SIGN_MIDDLE_M - 0.05,
      at: [x, 0, -0.04],
      tint: WOOD,
      sides: 7,
    });
  }
  build.block({ size: [0.6, 0.035, 0.22], at: [0, 0, -0.04], tint: WOOD, bevelM: 0.01 });
  const board = new Build();
  board.block({ size: [wide, high, 0.03], at: [0, -high / 2, 0], tint: WOOD, bevelM: 0.012 });
  const tilted = board.geometry().rotateX(SIGN_TILT).translate(0, SIGN_MIDDLE_M, 0);
  build.add(tilted);
  build.within(null);
}

/** Both faces of every sign, with their place in the atlas. */
function faces(zones: readonly Zone[], rects: readonly number[][]): THREE.BufferGeometry {
  const positions: number[] = [];
  const uvs: number[] = [];
  const index: number[] = [];
  const w = SIGN_WIDTH_M / 2;
  const h = w / SIGN_ASPECT;
  const at = new THREE.Vector3();
  zones.forEach((zone, i) => {
    const [u0, v0, u1, v1] = rects[i] as [number, number, number, number];
    for (const back of [false, true]) {
      const frame = signFrame(zone);
      frame.multiply(new THREE.Matrix4().makeTranslation(0, SIGN_MIDDLE_M, 0));
      frame.multiply(new THREE.Matrix4().makeRotationX(SIGN_TILT));
      if (back) frame.multiply(new THREE.Matrix4().makeRotationY(Math.PI));
      const start = positions.length / 3;
      for (const [x, y, u, v] of [
        [-w, -h, u0, v0],
        [w, -h, u1, v0],
        [w, h, u1, v1],
        [-w, h, u0, v1],
      ] as const) {
        at.set(x, y, 0.018).applyMatrix4(frame);
        positions.push(at.x, at.y, at.z);
        uvs.push(u, v);
      }
      index.push(start, start + 1, start + 2, start, start + 2, start + 3);
    }
  });
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
  geometry.setAttribute("uv", new THREE.Float32BufferAttribute(uvs, 2));
  geometry.setIndex(index);
  return geometry;
}

/** Boards and a low kerb: a stage looks raised while its floor stays level for feet and shadows. */
function stageFloor(build: Build, zone: Zone): void {
  const { x, z, halfX, halfZ } = zoneBox(zone);
  const count = Math.max(1, Math.round((halfX * 2) / 0.22));
  const width = (halfX * 2) / count;
  for (let i = 0; i < count; i++) {
    const board = new THREE.PlaneGeometry(width - 0.008, halfZ * 2).rotateX(-Math.PI / 2);
    const colour = BOARDS[(i * 7) % BOARDS.length]!;
    paint(board, (_p, _n, out) => out.copy(colour));
    build.add(board.translate(x - halfX + width * (i + 0.5), BOARD_LIFT_M, z));
  }
  const rim = 0.13;
  for (const side of [-1, 1]) {
    build.block({
      size: [halfX * 2 + rim, KERB_M, rim],
      at: [x, 0, z + side * halfZ],
      tint: WOOD,
      bevelM: 0.02,
    });
    build.block({
      size: [rim, KERB_M, halfZ * 2 + rim],
      at: [x + side * halfX, 0, z],
      tint: WOOD,
      bevelM: 0.02,
    });
  }
}
