/** Land all round a place: rings of points, every second one turned by half a step. */
import * as THREE from "three";

export interface RingMeshSpec {
  readonly rings: number;
  /** points per ring */
  readonly segments: number;
  /** closes the innermost ring; without it there is a hole */
  readonly middle?: readonly [number, number, number];
  /** where a point lies: its ring, its number on it, and its share of a full turn */
  point(ring: number, number: number, turn: number): readonly [number, number, number];
}

/** Build it, with its normals. */
export function ringMesh(spec: RingMeshSpec): THREE.BufferGeometry {
  const { rings, segments, middle } = spec;
  const positions: number[] = middle ? [...middle] : [];
  for (let k = 0; k < rings; k++) {
    for (let j = 0; j < segments; j++) {
      positions.push(...spec.point(k, j, (j + (k % 2) * 0.5) / segments));
    }
  }
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
  geometry.setIndex(triangles(rings, segments, middle !== undefined));
  geometry.computeVertexNormals();
  return geometry;
}

function triangles(rings: number, segments: number, closed: boolean): number[] {
  const index: number[] = [];
  const first = closed ? 1 : 0;
  if (closed) {
    for (let j = 0; j < segments; j++) index.push(0, 1 + ((j + 1) % segments), 1 + j);
  }
  for (let k = 0; k + 1 < rings; k++) {
    for (let j = 0; j < segments; j++) {
      const a = first + k * segments + j;
      const b = first + k * segments + ((j + 1) % segments);
      const [c, d] = [a + segments, b + segments];
      // alternate rings are turned by half a segment, so the split follows
      if (k % 2 === 0) index.push(a, b, c, b, d, c);
      else index.push(a, d, c, a, b, d);
    }
  }
  return index;
}

/** Radii from one to another, each so much wider than the one before. */
export function widening(fromM: number, toM: number, factor: number): number[] {
  const radii: number[] = [];
  for (let r = fromM; r < toM; r *= factor) radii.push(r);
  return radii;
}
