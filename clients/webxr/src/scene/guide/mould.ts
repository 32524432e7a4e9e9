/**
 * What the guide's body is moulded with: tubes and balls bound to bones, collected into one mesh.
 */
import * as THREE from "three";
import { BONE_COUNT, BONES, type BoneName, boneRow, STANDING_ROOT_M } from "../../state/skeleton";

/** What a part hangs on: a bone of the body, or the stool that it sits on. */
export type Hold = BoneName | "stool";
/** Row of the stool among the bones. */
export const STOOL_ROW = BONE_COUNT;
/** Height of the stool's top as built, metres; its bone stretches it. */
export const STOOL_M = 0.4;

/** One ring of a limb or of the trunk: how far along, half width and half depth, shift ahead. */
export interface Ring {
  readonly at: number;
  readonly rx: number;
  readonly rz: number;
  readonly z?: number;
  /** shares of the bones it hangs on; without any, the part's own bone */
  readonly bones?: readonly (readonly [Hold, number])[];
}

/** Where every joint is at rest, metres. */
export const REST: Readonly<Record<BoneName, THREE.Vector3>> = (() => {
  const places = {} as Record<BoneName, THREE.Vector3>;
  for (const bone of BONES) {
    const from = bone.parent < 0 ? undefined : places[BONES[bone.parent]!.name];
    places[bone.name] = (from ?? new THREE.Vector3(0, STANDING_ROOT_M, 0))
      .clone()
      .add(new THREE.Vector3(...bone.offset));
  }
  return places;
})();

/** Collects corners with colour, bones and the side whose bands they belong to. */
export class Mould {
  readonly positions: number[] = [];
  readonly colours: number[] = [];
  readonly bones: number[] = [];
  readonly shares: number[] = [];
  readonly bands: number[] = [];
  readonly index: number[] = [];
  private readonly tint = new THREE.Color();

  /** A tube of rings down (or up) an axis from `from`, closed at both ends. */
  tube(spec: {
    readonly bone: Hold;
    readonly from: THREE.Vector3;
    /** direction of growing `at` */
    readonly axis: "down" | "up" | "ahead";
    readonly rings: readonly Ring[];
    readonly sides: number;
    readonly colours: readonly [THREE.Color, THREE.Color];
    /** side whose band this is: 1 right, -1 left */
    readonly band?: number;
  }): void {
    const { rings, sides, from } = spec;
    const start = this.positions.length / 3;
    const last = rings.length - 1;
    const span = rings[last]!.at - rings[0]!.at;
    const put = (ring: Ring, x: number, y: number) => {
      const along = (ring.at - rings[0]!.at) / span;
      const p = new THREE.Vector3();
      if (spec.axis === "ahead") p.set(x, y + (ring.z ?? 0), -ring.at);
      else p.set(x, spec.axis === "up" ? ring.at : -ring.at, y - (ring.z ?? 0));
      this.corner(p.add(from), ring.bones ?? [[spec.bone, 1]], spec.colours, along, spec.band ?? 0);
    };
    for (const ring of rings) {
      for (let j = 0; j < sides; j++) {
        const a = (j / sides) * Math.PI * 2;
        put(ring, Math.cos(a) * ring.rx, Math.sin(a) * ring.rz);
      }
    }
    const [first, end] = [rings[0]!, rings[last]!];
    put({ ...first, rx: 0, rz: 0 }, 0, 0);
    put({ ...end, rx: 0, rz: 0 }, 0, 0);
    const caps = start + rings.length * sides;
    const flip = spec.axis === "up";
    const face = (a: number, b: number, c: number) => {
      if (flip) this.index.push(a, c, b);
      else this.index.push(a, b, c);
    };
    for (let j = 0; j < sides; j++) {
      const n = (j + 1) % sides;
      for (let k = 0; k < last; k++) {
        const a = start + k * sides + j;
        const b = start + k * sides + n;
        face(a, b, a + sides);
        face(b, b + sides, a + sides);
      }
      face(caps, start + n, start + j);
      face(caps + 1, start + last * sides + j, start + last * sides + n);
    }
  }

  /** A ball squeezed to half axes, with `paint` for its colours. */
  ball(spec: {
    readonly bone: Hold;
    readonly at: THREE.Vector3;
    readonly half: readonly [number, number, number];
    readonly rows: number;
    readonly sides: number;
    readonly colour: (p: THREE.Vector3) => THREE.Color;
  }): void {
    const shape = new THREE.SphereGeometry(1, spec.sides, spec.rows);
    const position = shape.getAttribute("position");
    const start = this.positions.length / 3;
    const p = new THREE.Vector3();
    for (let i = 0; i < position.count; i++) {
      p.fromBufferAttribute(position, i);
      const colour = spec.colour(p);
      p.multiply(new THREE.Vector3(...spec.half)).add(spec.at);
      this.corner(p, [[spec.bone, 1]], [colour, colour], 0, 0);
    }
    for (const i of shape.index!.array) this.index.push(start + i);
    shape.dispose();
  }

  geometry(): THREE.BufferGeometry {
    const geometry = new THREE.BufferGeometry();
    const set = (name: string, values: number[], size: number) =>
      geometry.setAttribute(name, new THREE.Float32BufferAttribute(values, size));
    set("position", this.positions, 3);
    set("color", this.colours, 3);
    set("band", this.bands, 1);
    set("skinWeight", this.shares, 4);
    geometry.setAttribute("skinIndex", new THREE.Uint16BufferAttribute(this.bones, 4));
    geometry.setIndex(this.index);
    geometry.computeVertexNormals();
    return geometry;
  }

  private corner(
    p: THREE.Vector3,
    bones: readonly (readonly [Hold, number])[],
    [from, to]: readonly [THREE.Color, THREE.Color],
    along: number,
    band: number,
  ): void {
    this.positions.push(p.x, p.y, p.z);
    this.tint.copy(from).lerp(to, along);
    this.colours.push(this.tint.r, this.tint.g, this.tint.b);
    this.bands.push(band);
    for (let i = 0; i < 4; i++) {
      this.bones.push(bones[i] ? rowOf(bones[i]![0]) : 0);
      this.shares.push(bones[i]?.[1] ?? 0);
    }
  }
}

function rowOf(hold: Hold): number {
  return hold === "stool" ? STOOL_ROW : boneRow(hold);
}
