/**
 * Mitten hands: palm, thumb and three soft fingers (the last one is ring and little together).
 * The origin is the wrist, -z runs to the fingertips, +y is the back of the hand: a WebXR wrist pose.
 */
import * as THREE from "three";

/** Finger numbers in the `finger` attribute: 0 palm and cuff, 1 thumb, 2 index, 3 middle, 4 rest. */
interface FingerPlan {
  readonly id: number;
  readonly base: readonly [number, number, number];
  readonly length: number;
  readonly rx: number;
  readonly ry: number;
}

// right hand: the thumb is on -x. Lengths are repeated in the shader (hand material).
const FINGERS: readonly FingerPlan[] = [
  { id: 1, base: [-0.032, -0.006, -0.034], length: 0.066, rx: 0.0165, ry: 0.0165 },
  { id: 2, base: [-0.029, 0, -0.09], length: 0.08, rx: 0.0152, ry: 0.0155 },
  { id: 3, base: [-0.001, 0.001, -0.094], length: 0.084, rx: 0.0152, ry: 0.0158 },
  { id: 4, base: [0.03, 0, -0.088], length: 0.072, rx: 0.0178, ry: 0.0152 },
];

export const FINGER_LENGTHS_M = FINGERS.map((finger) => finger.length);

/** Build a right (mirror 1) or left (mirror -1) mitten. */
export function handShape(mirror: 1 | -1, sides: number): THREE.BufferGeometry {
  const positions: number[] = [];
  const bases: number[] = [];
  const ids: number[] = [];
  const index: number[] = [];
  const add = (plan: FingerPlan, rings: readonly (readonly [number, number])[]): void => {
    const start = positions.length / 3;
    const [bx, by, bz] = plan.base;
    for (const [s, swell] of rings) {
      for (let j = 0; j < sides; j++) {
        const a = (j / sides) * Math.PI * 2;
        positions.push(
          bx + Math.cos(a) * plan.rx * swell,
          by + Math.sin(a) * plan.ry * swell,
          bz - s * plan.length,
        );
        bases.push(bx, by, bz);
        ids.push(plan.id);
      }
    }
    for (let k = 0; k + 1 < rings.length; k++) {
      for (let j = 0; j < sides; j++) {
        const a = start + k * sides + j;
        const b = start + k * sides + ((j + 1) % sides);
        index.push(a, a + sides, b, b, a + sides, b + sides);
      }
    }
    for (const [row, flip] of [
      [0, true],
      [rings.length - 1, false],
    ] as const) {
      for (let j = 1; j + 1 < sides; j++) {
        const a = start + row * sides;
        if (flip) index.push(a, a + j, a + j + 1);
        else index.push(a, a + j + 1, a + j);
      }
    }
  };
  // biome-ignore format: a profile reads as one line
  const fingerRings = [[-0.2, 0.85], [0.2, 1.02], [0.6, 1], [0.9, 0.76], [1, 0.3]] as const;
  for (const finger of FINGERS) add(finger, fingerRings);
  const palm: FingerPlan = { id: 0, base: [0, 0, 0], length: 0.1, rx: 0.047, ry: 0.023 };
  // biome-ignore format: a profile reads as one line
  add(palm, [[-0.05, 0.5], [0.06, 0.72], [0.35, 0.98], [0.68, 1.02], [0.92, 0.9], [1.02, 0.45]]);
  // the cuff is told apart by an id below zero
  const cuff: FingerPlan = { id: -1, base: [0, 0, 0.052], length: 0.056, rx: 0.037, ry: 0.031 };
  add(cuff, [
    [-0.05, 0.7],
    [0.05, 1.08],
    [0.5, 1],
    [0.95, 1.06],
    [1.05, 0.7],
  ]);
  return finish(positions, bases, ids, index, mirror);
}

function finish(
  positions: number[],
  bases: number[],
  ids: number[],
  index: number[],
  mirror: 1 | -1,
): THREE.BufferGeometry {
  const finger = new Float32Array((positions.length / 3) * 4);
  for (let i = 0; i < ids.length; i++) {
    positions[i * 3] = positions[i * 3]! * mirror;
    finger.set([bases[i * 3]! * mirror, bases[i * 3 + 1]!, bases[i * 3 + 2]!, ids[i]!], i * 4);
  }
  if (mirror < 0) {
    for (let i = 0; i < index.length; i += 3) {
      const swap = index[i + 1]!;
      index[i + 1] = index[i + 2]!;
      index[i + 2] = swap;
    }
  }
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
  geometry.setAttribute("finger", new THREE.BufferAttribute(finger, 4));
  geometry.setIndex(index);
  geometry.computeVertexNormals();
  return geometry;
}
