/** The ground of the clearing and the far ridges, painted in vertex colours. */
import * as THREE from "three";
import type { Atmosphere } from "../../atmosphere";
import { mix, seededRandom, smoothstep, valueNoise } from "../../random";
import { paint } from "../../shaping";
import { ringMesh, widening } from "../kit/ring-mesh";
import { clearingDistance, squareness, terrainHeight } from "./plan";

const EARTH = new THREE.Color(0x85705a);
const ASH = new THREE.Color(0x4a3a38);
const MOSS = new THREE.Color(0x566a4c);
const MOSS_LIGHT = new THREE.Color(0x7d8a57);
const MEADOW = new THREE.Color(0x3f5048);
const EDGE_LINE = new THREE.Color(0xa98f68);

/** Build the ground mesh (one draw call); also the teleport target. */
export function buildTerrain(air: Atmosphere, edgeM: number, segments: number): THREE.Mesh {
  const rings = ringRadii(edgeM);
  const geometry = polarGrid(rings, segments, edgeM);
  paint(geometry, (p, _n, out) => groundColour(p.x, p.z, edgeM, out));
  const mesh = new THREE.Mesh(
    geometry,
    air.soak(new THREE.MeshLambertMaterial({ vertexColors: true })),
  );
  mesh.name = "ground";
  return mesh;
}

function ringRadii(edgeM: number): number[] {
  const rings = [0.55, 0.95, 1.4, 2, 2.7, 3.5, 4.4, 5.4, 6.5, 7.7, 9, 10.3, 11.5, 12.6];
  const scaled = rings.filter((r) => r < edgeM - 0.8);
  scaled.push(edgeM - 0.55, edgeM - 0.2, edgeM + 0.15, edgeM + 0.7, edgeM + 1.6, edgeM + 3);
  return [...scaled, ...widening(edgeM + 5, 150, 1.22)];
}

function polarGrid(rings: number[], segments: number, edgeM: number): THREE.BufferGeometry {
  const random = seededRandom(5);
  return ringMesh({
    rings: rings.length,
    segments,
    middle: [0, 0, 0],
    point: (k, j) => {
      const wobble = k < 2 ? 0 : (random() - 0.5) * 0.5;
      const angle = ((j + wobble + (k % 2) * 0.5) / segments) * Math.PI * 2;
      const r = rings[k]! * (1 + (valueNoise(j * 0.7, k * 3.1) - 0.5) * (k > 16 ? 0.08 : 0.015));
      // rings near the fire are round, the edge follows the clearing's shape
      const shape = mix(1, squareness(angle), smoothstep(3, edgeM - 0.6, r));
      const x = Math.cos(angle) * r * shape;
      const z = Math.sin(angle) * r * shape;
      return [x, terrainHeight(x, z, edgeM), z];
    },
  });
}

function groundColour(x: number, z: number, edgeM: number, out: THREE.Color): void {
  const r = mix(
    Math.hypot(x, z),
    clearingDistance(x, z),
    smoothstep(3, edgeM - 0.6, Math.hypot(x, z)),
  );
  const patch = valueNoise(x * 0.8 + 40, z * 0.8);
  const broad = valueNoise(x * 0.22, z * 0.22 + 11);
  out.copy(EARTH).lerp(MOSS, smoothstep(3.4, 6.8, r + (patch - 0.5) * 2.4));
  out.lerp(MOSS_LIGHT, smoothstep(0.45, 0.85, broad) * 0.55 * smoothstep(4, 7, r));
  out.lerp(ASH, 1 - smoothstep(0.7, 1.7, r));
  // the walkable edge: a trodden, lighter line that reads from any height
  const line = smoothstep(edgeM - 0.85, edgeM - 0.35, r) * (1 - smoothstep(edgeM, edgeM + 0.5, r));
  out.lerp(EDGE_LINE, line * 0.75);
  out.lerp(MEADOW, smoothstep(edgeM + 0.3, edgeM + 3, r));
  // small patches of trodden leaf and stone keep the floor from being one colour
  const fleck = valueNoise(x * 2.3 + 7, z * 2.3 + 3);
  out.multiplyScalar(0.8 + patch * 0.22 + fleck * 0.18);
}

/** Two far ridges that close the valley: one draw call. */
export function buildRidges(air: Atmosphere, colour = 0x2a2340): THREE.Mesh {
  const geometry = new THREE.BufferGeometry();
  const positions: number[] = [];
  const index: number[] = [];
  const layers = [
    { r: 165, base: 5, swing: 17, seed: 3 },
    { r: 205, base: 12, swing: 30, seed: 21 },
  ];
  const steps = 96;
  for (const layer of layers) {
    const start = positions.length / 3;
    for (let j = 0; j <= steps; j++) {
      const angle = (j / steps) * Math.PI * 2;
      const x = Math.cos(angle) * layer.r;
      const z = Math.sin(angle) * layer.r;
      const n =
        valueNoise(x * 0.02 + layer.seed, z * 0.02) * 0.7 +
        valueNoise(x * 0.07, z * 0.07 + layer.seed) * 0.3;
      positions.push(x, -14, z, x, layer.base + (n - 0.35) * layer.swing, z);
      if (j < steps) {
        const a = start + j * 2;
        index.push(a, a + 1, a + 2, a + 1, a + 3, a + 2);
      }
    }
  }
  geometry.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
  geometry.setIndex(index);
  geometry.computeVertexNormals();
  paint(geometry, (_p, _n, out) => out.setHex(colour));
  const ridge = new THREE.Mesh(
    geometry,
    air.soak(new THREE.MeshLambertMaterial({ vertexColors: true, side: THREE.DoubleSide })),
  );
  ridge.name = "ridges";
  ridge.frustumCulled = false;
  return ridge;
}
