/**
 * The torso: one soft cloak in four cuts (standing, seated, kneeling, lying) with the same topology;
 * the shader blends them. y runs from 0 at the neck to -1 at the hem; x is right, -z is the front.
 */
import * as THREE from "three";

/** One ring of the cloak: half width, half depth, shift to the back, at t from neck to hem. */
interface Ring {
  readonly t: number;
  readonly rx: number;
  readonly rz: number;
  readonly z: number;
}

type Cut = readonly (readonly [rx: number, rz: number, z: number])[];

const T = [-0.035, -0.01, 0.03, 0.07, 0.14, 0.26, 0.42, 0.6, 0.78, 0.93, 0.99, 1.0] as const;

// biome-ignore format: one row per ring reads better than one number per line
const STANDING: Cut = [
  [0.05, 0.05, 0], [0.1, 0.1, 0], [0.122, 0.12, 0], [0.145, 0.13, 0], [0.185, 0.145, 0],
  [0.2, 0.155, 0], [0.178, 0.148, 0], [0.196, 0.172, 0.005], [0.248, 0.226, 0.01],
  [0.3, 0.28, 0.012], [0.29, 0.27, 0.012], [0.09, 0.08, 0.01],
];
// biome-ignore format: one row per ring reads better than one number per line
const SEATED: Cut = [
  [0.05, 0.05, 0], [0.1, 0.1, 0], [0.116, 0.114, 0], [0.15, 0.125, 0], [0.208, 0.15, 0.005],
  [0.224, 0.17, 0.01], [0.226, 0.2, 0], [0.262, 0.3, -0.09], [0.285, 0.325, -0.125],
  [0.29, 0.33, -0.13], [0.275, 0.315, -0.13], [0.08, 0.07, -0.1],
];
// biome-ignore format: one row per ring reads better than one number per line
const KNEELING: Cut = [
  [0.05, 0.05, 0], [0.1, 0.1, 0], [0.116, 0.114, 0], [0.15, 0.125, 0], [0.205, 0.148, 0],
  [0.218, 0.16, 0], [0.212, 0.175, 0.01], [0.24, 0.25, 0.06], [0.265, 0.34, 0.12],
  [0.275, 0.385, 0.15], [0.262, 0.37, 0.15], [0.08, 0.07, 0.1],
];
// biome-ignore format: one row per ring reads better than one number per line
const LYING: Cut = [
  [0.05, 0.05, 0], [0.1, 0.098, 0], [0.114, 0.11, 0], [0.16, 0.122, 0.005], [0.218, 0.132, 0.008],
  [0.232, 0.14, 0.01], [0.216, 0.135, 0.01], [0.19, 0.122, 0.014], [0.165, 0.112, 0.012],
  [0.152, 0.135, -0.03], [0.135, 0.125, -0.042], [0.05, 0.05, -0.04],
];

/** Build with `segments` round the body. Attributes: position/normal and cut1..3/cutNormal1..3. */
export function torsoShape(segments: number, stride: number): THREE.BufferGeometry {
  const rows = T.map((_, i) => i).filter(
    (i) => stride === 1 || i % stride === 1 || i === 0 || i >= T.length - 2,
  );
  const cuts = [STANDING, SEATED, KNEELING, LYING].map((cut, i) =>
    cloak(
      rows.map((row): Ring => {
        const [rx, rz, z] = cut[row]!;
        return { t: T[row]!, rx, rz, z };
      }),
      segments,
      i === 3 ? 0.25 : 1,
    ),
  );
  const geometry = cuts[0]!;
  for (let i = 1; i < 4; i++) {
    geometry.setAttribute(`cut${i}`, cuts[i]!.getAttribute("position"));
    geometry.setAttribute(`cutNormal${i}`, cuts[i]!.getAttribute("normal"));
  }
  return geometry;
}

function cloak(rings: Ring[], segments: number, folds: number): THREE.BufferGeometry {
  const positions: number[] = [];
  for (const ring of rings) {
    for (let j = 0; j < segments; j++) {
      const a = (j / segments) * Math.PI * 2;
      // soft folds that deepen towards the hem
      const fold = 1 + Math.cos(a * 6 + 0.4) * 0.035 * folds * Math.max(0, ring.t - 0.3) * 1.4;
      positions.push(Math.cos(a) * ring.rx * fold, -ring.t, Math.sin(a) * ring.rz * fold + ring.z);
    }
  }
  const last = rings[rings.length - 1]!;
  positions.push(0, -last.t, last.z);
  const index: number[] = [];
  for (let k = 0; k + 1 < rings.length; k++) {
    for (let j = 0; j < segments; j++) {
      const a = k * segments + j;
      const b = k * segments + ((j + 1) % segments);
      index.push(a, b, a + segments, b, b + segments, a + segments);
    }
  }
  const row = (rings.length - 1) * segments;
  for (let j = 0; j < segments; j++) {
    index.push(row + j, row + ((j + 1) % segments), rings.length * segments);
  }
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
  geometry.setIndex(index);
  geometry.computeVertexNormals();
  return geometry;
}
