/**
 * The shared things of a room. Lanterns are drawn in four draw calls, whatever their number. Knows
 * nothing of the wire: whoever keeps the objects calls `setObjects` and `moveTo`.
 */
import * as THREE from "three";
import { WIRE_LIMITS, type ObjectState as WireObject } from "../../protocol/control.gen";
import type { RayLike } from "../places/plan";
import {
  frameShape,
  glowMaterial,
  LANTERN_HEIGHT_M,
  LANTERN_RADIUS_M,
  paperMaterial,
  paperShape,
} from "./lantern";
import { MarksLayer } from "./marks-layer";
import { Gliding, type Point } from "./motion";

const CAPACITY = WIRE_LIMITS.objects;
/** wire positions come at up to 20 a second: glide from one to the next */
const FOLLOW_MS = 110;
/** from standing on its foot to hanging from a hand, and back */
const HANG_MS = 180;
const FLAME_M = 0.15;

/**
 * What is known of an object, as the wire has it. `position` is where its foot stands; while it is
 * held, where the hand is that holds it by its handle.
 */
export type ObjectState = Omit<WireObject, "rev">;

export interface ObjectsOptions {
  readonly reducedMotion: boolean;
  /** how dark it is, 0 to 1: by day lanterns throw little light */
  readonly lamps: number;
  /** lets the space's air into our materials */
  readonly soak: (material: THREE.Material) => void;
}

interface Shown {
  state: ObjectState;
  readonly glide: Gliding;
  readonly tint: THREE.Color;
  readonly phase: number;
  /** 0 stands on its foot, 1 hangs from a hand */
  hanging: number;
}

/** Owns the objects' meshes and where each is drawn. */
export class ObjectsLayer {
  readonly root = new THREE.Group();
  private readonly time = { value: 0 };
  private readonly paper: THREE.InstancedMesh;
  private readonly frames: THREE.InstancedMesh;
  private readonly glows: THREE.Mesh;
  private readonly glowGeometry = new THREE.InstancedBufferGeometry();
  private readonly glowAt = rows(CAPACITY * 2);
  private readonly glowTint = rows(CAPACITY * 2);
  private readonly phases = new THREE.InstancedBufferAttribute(new Float32Array(CAPACITY), 1);
  private readonly marks: MarksLayer;
  private readonly shown = new Map<string, Shown>();
  private hovered: string | null = null;
  /** what is drawn is what is known, and nothing moves */
  private settled = false;
  private me = 0;
  private readonly foot = new THREE.Vector3();
  private readonly matrix = new THREE.Matrix4();

  constructor(private readonly options: ObjectsOptions) {
    this.root.name = "objects";
    const wood = new THREE.MeshLambertMaterial({ vertexColors: true });
    const lit = paperMaterial(this.time);
    options.soak(wood);
    options.soak(lit);
    const body = paperShape();
    body.setAttribute("phase", this.phases);
    this.paper = new THREE.InstancedMesh(body, lit, CAPACITY);
    this.frames = new THREE.InstancedMesh(frameShape(), wood, CAPACITY);
    const quad = new THREE.PlaneGeometry(2, 2);
    this.glowGeometry.index = quad.index;
    this.glowGeometry.setAttribute("position", quad.getAttribute("position"));
    this.glowGeometry.setAttribute("uv", quad.getAttribute("uv"));
    this.glowGeometry.setAttribute("glow", this.glowAt);
    this.glowGeometry.setAttribute("tint", this.glowTint);
    this.glows = new THREE.Mesh(
      this.glowGeometry,
      glowMaterial(this.time, 0.3 + 0.7 * options.lamps),
    );
    this.glows.renderOrder = 4;
    this.marks = new MarksLayer(CAPACITY * 2, this.time, options.reducedMotion);
    for (const mesh of [this.paper, this.frames, this.glows]) mesh.frustumCulled = false;
    this.root.add(this.paper, this.frames, this.glows, this.marks.mesh);
    this.draw();
  }

  /**
   * Show exactly these objects in these states. New ones appear where they are; known ones glide.
   *
   * @param me the viewer's participant id: what is offered to them is pointed out
   */
  setObjects(list: readonly ObjectState[], me = 0): void {
    this.me = me;
    const kept = new Set<string>();
    for (const state of list.slice(0, CAPACITY)) {
      kept.add(state.id);
      this.setObject(state);
    }
    for (const id of this.shown.keys()) if (!kept.has(id)) this.shown.delete(id);
    if (this.hovered !== null && !kept.has(this.hovered)) this.hovered = null;
    this.settled = false;
    this.draw();
  }

  /** Add or change one object, as an `objects` message without `reset` does. */
  setObject(state: ObjectState): void {
    this.settled = false;
    const known = this.shown.get(state.id);
    if (!known) {
      if (this.shown.size >= CAPACITY) return;
      this.shown.set(state.id, {
        state,
        glide: new Gliding(state.position, state.yaw),
        tint: new THREE.Color(state.colour),
        phase: phaseOf(state.id),
        hanging: state.held_by ? 1 : 0,
      });
      return;
    }
    known.state = state;
    known.tint.set(state.colour);
    known.glide.go(state.position, state.yaw, FOLLOW_MS);
  }

  /**
   * Move one object: a held one to the hand that carries it. Call each frame for what the viewer
   * carries (`smoothMs` 0 to 40), and with the holder's drawn hand for what others carry, if that
   * is nearer to the truth than the wire's `position`.
   */
  moveTo(id: string, position: Point, yaw: number, smoothMs: number): void {
    this.settled = false;
    this.shown.get(id)?.glide.go(position, yaw, smoothMs);
  }

  /** Point an object out, or none. */
  setHover(id: string | null): void {
    if (id === this.hovered) return;
    this.hovered = id;
    this.settled = false;
  }

  /** The id of the nearest object that a ray (room coordinates, unit direction) meets, or null. */
  objectAt(ray: RayLike, farM = 30): string | null {
    let best: string | null = null;
    let nearest = farM;
    for (const [id, shown] of this.shown) {
      const at = rayToBall(ray, this.middle(shown), LANTERN_RADIUS_M + 0.1);
      if (at < nearest) {
        nearest = at;
        best = id;
      }
    }
    return best;
  }

  /** The id of the nearest object within reach of a point (a hand, a head), or null. */
  nearest(point: { x: number; y: number; z: number }, reachM: number): string | null {
    let best: string | null = null;
    let least = reachM;
    for (const [id, shown] of this.shown) {
      const middle = this.middle(shown);
      const far = Math.hypot(point.x - middle.x, point.y - middle.y, point.z - middle.z);
      if (far <= least) {
        least = far;
        best = id;
      }
    }
    return best;
  }

  /**
   * Where an object's foot is drawn now. Drop a carried one with this (or with y 0 to stand it on
   * the floor) as `position`, so that it does not jump.
   */
  footOf(id: string): { position: [number, number, number]; yaw: number } | null {
    const shown = this.shown.get(id);
    if (!shown) return null;
    const foot = this.footPoint(shown);
    return { position: [foot.x, Math.max(0, foot.y), foot.z], yaw: shown.glide.yaw };
  }

  /** Advance motion and the slow breathing of the light; draws anew only what moved. */
  update(dtS: number, nowS: number): void {
    if (this.shown.size === 0) return;
    this.time.value = this.options.reducedMotion ? 0 : nowS % 3600;
    if (this.settled) return;
    let moving = false;
    const step = this.options.reducedMotion ? 1 : (dtS * 1000) / HANG_MS;
    for (const shown of this.shown.values()) {
      if (shown.glide.step(dtS)) moving = true;
      const goal = shown.state.held_by ? 1 : 0;
      const away = goal - shown.hanging;
      shown.hanging += Math.sign(away) * Math.min(Math.abs(away), step);
      if (shown.hanging !== goal) moving = true;
    }
    this.settled = !moving;
    this.draw();
  }

  dispose(): void {
    for (const mesh of [this.paper, this.frames]) {
      mesh.geometry.dispose();
      (mesh.material as THREE.Material).dispose();
      mesh.dispose();
    }
    this.glowGeometry.dispose();
    (this.glows.material as THREE.Material).dispose();
    this.marks.dispose();
  }

  private footPoint(shown: Shown): THREE.Vector3 {
    const [x, y, z] = shown.glide.position;
    return this.foot.set(x, y - LANTERN_HEIGHT_M * 0.96 * shown.hanging, z);
  }

  private middle(shown: Shown): THREE.Vector3 {
    const foot = this.footPoint(shown);
    foot.y += FLAME_M;
    return foot;
  }

  private draw(): void {
    let row = 0;
    this.marks.begin();
    for (const shown of this.shown.values()) {
      this.drawOne(shown, row);
      this.drawMarks(shown);
      row++;
    }
    this.marks.end();
    this.paper.count = row;
    this.frames.count = row;
    this.glowGeometry.instanceCount = row * 2;
    for (const mesh of [this.paper, this.frames, this.glows]) mesh.visible = row > 0;
    for (const mesh of [this.paper, this.frames]) mesh.instanceMatrix.needsUpdate = true;
    if (this.paper.instanceColor) this.paper.instanceColor.needsUpdate = true;
    this.phases.needsUpdate = true;
    this.glowAt.needsUpdate = true;
    this.glowTint.needsUpdate = true;
  }

  private drawOne(shown: Shown, row: number): void {
    const foot = this.footPoint(shown);
    this.matrix.makeRotationY(shown.glide.yaw).setPosition(foot);
    this.paper.setMatrixAt(row, this.matrix);
    this.frames.setMatrixAt(row, this.matrix);
    this.paper.setColorAt(row, shown.tint);
    this.phases.setX(row, shown.phase);
    const { r, g, b } = shown.tint;
    for (let pool = 0; pool < 2; pool++) {
      const at = row * 2 + pool;
      this.glowAt.setXYZW(at, foot.x, foot.y + FLAME_M, foot.z, shown.phase);
      // lamplight keeps some warmth whatever the paper's colour
      this.glowTint.setXYZW(at, r * 0.75 + 0.25, g * 0.75 + 0.13, b * 0.75 + 0.04, pool);
    }
  }

  private drawMarks(shown: Shown): void {
    const { state } = shown;
    const foot = this.footPoint(shown);
    const over: Point = [foot.x, foot.y + LANTERN_HEIGHT_M + 0.12, foot.z];
    const offered = state.offered_to ?? 0;
    if (offered !== 0) this.marks.put("offered", over, offered === this.me ? 0.11 : 0.07, 1);
    else if (state.locked) this.marks.put("locked", over, 0.06, 0.95);
    const pointed = state.id === this.hovered && !state.locked;
    if (pointed || (offered !== 0 && offered === this.me)) {
      this.marks.put(
        "ring",
        [foot.x, foot.y + 0.02, foot.z],
        LANTERN_RADIUS_M * 1.9,
        pointed ? 1 : 0.7,
      );
    }
  }
}

function rows(count: number): THREE.InstancedBufferAttribute {
  const made = new THREE.InstancedBufferAttribute(new Float32Array(count * 4), 4);
  return made.setUsage(THREE.DynamicDrawUsage);
}

/** Every lantern breathes at its own time, the same for all viewers. */
function phaseOf(id: string): number {
  let sum = 0;
  for (let i = 0; i < id.length; i++) sum = (sum * 31 + id.charCodeAt(i)) % 6283;
  return sum / 1000;
}

/** Distance along a ray to a ball, or infinity. */
function rayToBall(ray: RayLike, middle: THREE.Vector3, radiusM: number): number {
  const { origin, direction } = ray;
  const [x, y, z] = [middle.x - origin.x, middle.y - origin.y, middle.z - origin.z];
  const along = x * direction.x + y * direction.y + z * direction.z;
  if (along < 0) return Number.POSITIVE_INFINITY;
  const off = x * x + y * y + z * z - along * along;
  return off <= radiusM * radiusM ? along : Number.POSITIVE_INFINITY;
}
