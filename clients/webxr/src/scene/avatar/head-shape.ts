/**
 * The head: a hooded, rounded shape grown in rings round the face, so that the hood's rim is a ring
 * of vertices. The origin is the point between the eyes, -z looks forward: the head pose itself.
 */
import * as THREE from "three";

const CENTRE = new THREE.Vector3(0, 0.012, 0.1);
const PEAK = new THREE.Vector3(0, 0.72, 0.69);

/** Build with `segments` round the face; the float attribute `rim` is < 1 on the face, > 1 on the hood. */
export function headShape(segments: number, backRings: number): THREE.BufferGeometry {
  // fractions of the face opening, then angles from the rim to the back of the head
  const face = segments > 14 ? [0.4, 0.72, 0.93] : [0.6, 0.93];
  const rims = segments > 14 ? [1.0, 1.06, 1.16, 1.3] : [1.0, 1.08, 1.25];
  const positions: number[] = [];
  const rim: number[] = [];
  push(positions, rim, 0, 0, 0);
  const rows: { fraction: number; back: number }[] = [
    ...face.map((fraction) => ({ fraction, back: 0 })),
    ...rims.map((fraction) => ({ fraction, back: 0 })),
    ...Array.from({ length: backRings }, (_, i) => ({
      fraction: rims[rims.length - 1]!,
      back: (i + 1) / (backRings + 1),
    })),
  ];
  for (const row of rows) {
    for (let j = 0; j < segments; j++) {
      const phi = (j / segments) * Math.PI * 2;
      const opening = openingAngle(phi);
      const start = opening * row.fraction;
      const theta = start + (Math.PI - start) * row.back;
      push(positions, rim, theta, phi, row.back > 0 ? 1.3 + row.back : row.fraction);
    }
  }
  push(positions, rim, Math.PI, 0, 3);
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
  geometry.setAttribute("rim", new THREE.Float32BufferAttribute(rim, 1));
  geometry.setIndex(ringIndex(rows.length, segments));
  geometry.computeVertexNormals();
  return geometry;
}

/** Half-angle of the hood's opening: a soft egg, wider at the cheeks. */
function openingAngle(phi: number): number {
  const up = Math.sin(phi);
  return 0.98 + 0.1 * Math.abs(Math.cos(phi)) - 0.1 * Math.max(0, up) - 0.04 * Math.max(0, -up);
}

function push(positions: number[], rim: number[], theta: number, phi: number, at: number): void {
  const dir = new THREE.Vector3(
    Math.sin(theta) * Math.cos(phi),
    Math.sin(theta) * Math.sin(phi),
    -Math.cos(theta),
  );
  // the face is an egg; the hood stands off it, thickest just behind the rim
  let swell = 0;
  if (at >= 0.98) swell = at < 1.02 ? 0.006 : at < 1.1 ? 0.026 : at < 1.2 ? 0.03 : 0.026;
  const p = new THREE.Vector3(dir.x * 0.124, dir.y * 0.138, dir.z * 0.13);
  p.addScaledVector(dir, swell);
  if (at > 1.2) {
    const towards = Math.max(0, dir.dot(PEAK));
    const peak = towards ** 7 * 0.085;
    p.addScaledVector(PEAK, peak);
    p.y -= towards ** 14 * 0.022;
    // the hood runs down into the collar
    const low = Math.max(0, -dir.y - 0.35);
    p.x *= 1 - low * 0.28;
    p.z *= 1 - low * 0.28;
  }
  p.add(CENTRE);
  positions.push(p.x, p.y, p.z);
  rim.push(at);
}

function ringIndex(rings: number, segments: number): number[] {
  const index: number[] = [];
  for (let j = 0; j < segments; j++) index.push(0, 1 + ((j + 1) % segments), 1 + j);
  for (let k = 0; k + 1 < rings; k++) {
    for (let j = 0; j < segments; j++) {
      const a = 1 + k * segments + j;
      const b = 1 + k * segments + ((j + 1) % segments);
      index.push(a, b, a + segments, b, b + segments, a + segments);
    }
  }
  const last = 1 + rings * segments;
  const row = last - segments;
  for (let j = 0; j < segments; j++) index.push(row + j, row + ((j + 1) % segments), last);
  return index;
}
