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

// the cape ends between the seventh and eighth ring: a step in the silhouette
const T = [
  -0.035, -0.01, 0.03, 0.07, 0.14, 0.235, 0.262, 0.285, 0.44, 0.62, 0.8, 0.94, 0.99, 1.0,
] as const;

// shoulders are the same for everyone who sits or stands
const UPPER: Cut = [
  [0.05, 0.05, 0],
  [0.1, 0.1, 0],
  [0.122, 0.12, 0],
  [0.148, 0.132, 0],
  [0.19, 0.15, 0],
  [0.22, 0.176, 0],
  [0.218, 0.174, 0],
];
const STANDING: Cut = [
  ...UPPER,
  [0.182, 0.148, 0],
  [0.176, 0.148, 0],
  [0.2, 0.178, 0.005],
  [0.25, 0.23, 0.01],
  [0.302, 0.284, 0.012],
  [0.292, 0.274, 0.012],
  [0.09, 0.08, 0.01],
];
const SEATED: Cut = [
  ...UPPER,
  [0.19, 0.16, 0.005],
  [0.205, 0.19, 0],
  [0.262, 0.305, -0.09],
  [0.288, 0.335, -0.13],
  [0.295, 0.34, -0.135],
  [0.28, 0.325, -0.135],
  [0.08, 0.07, -0.1],
];
const KNEELING: Cut = [
  ...UPPER,
  [0.184, 0.15, 0],
  [0.186, 0.162, 0.01],
  [0.232, 0.25, 0.06],
  [0.268, 0.345, 0.12],
  [0.282, 0.39, 0.15],
  [0.268, 0.375, 0.15],
  [0.08, 0.07, 0.1],
];
const LYING: Cut = [
  [0.05, 0.05, 0],
  [0.1, 0.098, 0],
  [0.118, 0.112, 0],
  [0.155, 0.122, 0.005],
  [0.205, 0.132, 0.008],
  [0.238, 0.142, 0.01],
  [0.236, 0.14, 0.01],
  [0.208, 0.13, 0.01],
  [0.205, 0.132, 0.01],
  [0.186, 0.122, 0.014],
  [0.165, 0.112, 0.012],
  [0.152, 0.135, -0.03],
  [0.135, 0.125, -0.042],
  [0.05, 0.05, -0.04],
];
// what the coarse mesh keeps
const COARSE_ROWS = [0, 2, 4, 6, 7, 9, 11, 13];

/** Build with `segments` round the body. Attributes: position/normal and cut1..3/cutNormal1..3. */
export function torsoShape(segments: number, detail: "fine" | "coarse"): THREE.BufferGeometry {
  const rows = detail === "coarse" ? COARSE_ROWS : T.map((_, i) => i);
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
