/** Putting hand-made parts together: bevelled blocks, poles and cloths, each with its gradient. */
import * as THREE from "three";
import { RoundedBoxGeometry } from "three/examples/jsm/geometries/RoundedBoxGeometry.js";
import { facet, gradient, join } from "../../shaping";

/** A colour below and a colour above. */
export type Tint = readonly [low: number, high: number];

export interface BlockSpec {
  /** width, height, depth in metres */
  readonly size: readonly [number, number, number];
  /** middle of the underside */
  readonly at: readonly [number, number, number];
  readonly tint: Tint;
  readonly bevelM?: number;
  readonly yaw?: number;
  /** leaning about its own x axis, radians */
  readonly tilt?: number;
}

export interface PoleSpec {
  /** radius below and above, metres */
  readonly radii: readonly [number, number];
  readonly heightM: number;
  /** middle of the foot */
  readonly at: readonly [number, number, number];
  readonly tint: Tint;
  readonly sides?: number;
}

/** Collects painted parts in a frame that can be moved, and joins them into one geometry. */
export class Build {
  readonly parts: THREE.BufferGeometry[] = [];
  private readonly frame = new THREE.Matrix4();

  /** Parts added from now on are placed in this frame. */
  within(frame: THREE.Matrix4 | null): this {
    if (frame) this.frame.copy(frame);
    else this.frame.identity();
    return this;
  }

  /** Take a painted geometry; it is moved into the frame. */
  add(...geometries: THREE.BufferGeometry[]): this {
    for (const geometry of geometries) this.parts.push(geometry.applyMatrix4(this.frame));
    return this;
  }

  block(spec: BlockSpec): this {
    const [w, h, d] = spec.size;
    const { bevelM = 0 } = spec;
    const box =
      bevelM > 0
        ? new RoundedBoxGeometry(w, h, d, 1, Math.min(bevelM, Math.min(w, h, d) * 0.45))
        : new THREE.BoxGeometry(w, h, d);
    gradient(box, ...spec.tint);
    box.translate(0, h / 2, 0);
    if (spec.tilt) box.rotateX(spec.tilt);
    if (spec.yaw) box.rotateY(spec.yaw);
    box.translate(...spec.at);
    return this.add(box);
  }

  pole(spec: PoleSpec): this {
    const [low, high] = spec.radii;
    const pole = new THREE.CylinderGeometry(high, low, spec.heightM, spec.sides ?? 8);
    gradient(pole, ...spec.tint);
    pole.translate(spec.at[0], spec.at[1] + spec.heightM / 2, spec.at[2]);
    return this.add(pole);
  }

  /** A turned shape: pairs of radius and height from foot to lip. */
  turned(
    profile: readonly (readonly [number, number])[],
    at: readonly [number, number, number],
    tint: Tint,
    sides = 12,
  ): this {
    const lathe = new THREE.LatheGeometry(
      profile.map(([r, y]) => new THREE.Vector2(r, y)),
      sides,
    );
    gradient(lathe, ...tint);
    lathe.translate(...at);
    return this.add(lathe);
  }

  /** A cord through these points. */
  cord(points: readonly THREE.Vector3[], radiusM: number, tint: Tint): this {
    const tube = new THREE.TubeGeometry(
      new THREE.CatmullRomCurve3([...points]),
      points.length * 2,
      radiusM,
      4,
    );
    return this.add(gradient(tube, ...tint));
  }

  /** A faceted lump: stones, crowns of bushes. */
  lump(radiusM: number, squash: number, at: readonly [number, number, number], tint: Tint): this {
    const lump = new THREE.IcosahedronGeometry(radiusM, 1);
    lump.scale(1, squash, 1);
    const flat = facet(lump);
    gradient(flat, ...tint);
    flat.translate(...at);
    return this.add(flat);
  }

  /** All parts as one geometry; nothing may be added afterwards. */
  geometry(): THREE.BufferGeometry {
    return join(this.parts);
  }

  mesh(material: THREE.Material, name: string): THREE.Mesh {
    const mesh = new THREE.Mesh(this.geometry(), material);
    mesh.name = name;
    return mesh;
  }
}

/** The four sides of a square room as seen from within. */
const SIDES = { back: 0, right: 1, front: 2, left: 3 } as const;
export type Side = keyof typeof SIDES;

/** A side's own frame: x to the right along it, y up, z into the room; `reachM` from the middle. */
export function sideFrame(side: Side, reachM: number): THREE.Matrix4 {
  const turn = new THREE.Matrix4().makeRotationY((-SIDES[side] * Math.PI) / 2);
  return turn.multiply(new THREE.Matrix4().makeTranslation(0, 0, -reachM));
}
