/** Trees, bushes and grass round the clearing: a few shapes, each drawn once by instancing. */
import * as THREE from "three";
import type { Atmosphere } from "../../atmosphere";
import { seededRandom, smoothstep } from "../../random";
import { facet, gradient, jitter, join, paint } from "../../shaping";
import { type Clearing, squareness, terrainHeight, valleyShare } from "./plan";

const TRUNK_LOW = 0x2b1f26;
const TRUNK_HIGH = 0x4a3433;

interface Planting {
  readonly x: number;
  readonly z: number;
  readonly scale: number;
  readonly turn: number;
  readonly tint: number;
}

/** Plant the wood: four draw calls (two conifers, one broadleaf, undergrowth). */
export function buildWood(
  air: Atmosphere,
  clearing: Clearing,
  trees: number,
  tufts: number,
): THREE.Group {
  const group = new THREE.Group();
  const { edgeM } = clearing;
  group.name = "wood";
  const random = seededRandom(1234);
  const material = air.soak(new THREE.MeshLambertMaterial({ vertexColors: true }));
  const plots: Planting[][] = [[], [], []];
  let placed = 0;
  for (let tries = 0; placed < trees && tries < trees * 12; tries++) {
    const plot = plantTree(random, clearing);
    if (!plot) continue;
    const kind = random() < 0.22 ? 2 : random() < 0.5 ? 0 : 1;
    plots[kind]!.push(plot);
    placed++;
  }
  const shapes = [conifer(random, 5), conifer(random, 4), broadleaf(random)];
  shapes.forEach((shape, i) => {
    group.add(scatter(shape, material, plots[i]!, edgeM));
  });
  group.add(scatter(tuft(), material, plantTufts(random, edgeM, tufts), edgeM));
  return group;
}

function plantTree(random: () => number, { edgeM, tent }: Clearing): Planting | null {
  const angle = random() * Math.PI * 2;
  // dense near the edge, thinning outwards: silhouettes in layers
  const r = edgeM * squareness(angle) + 3.2 + random() ** 1.7 * 58;
  const x = Math.cos(angle) * r;
  const z = Math.sin(angle) * r;
  if (Math.hypot(x - tent.x, z - tent.z) < 3.4) return null;
  if (random() < valleyShare(x, z) * (r < 45 ? 1 : 0.75)) return null;
  const far = smoothstep(edgeM, edgeM + 40, r);
  return {
    x,
    z,
    scale: (0.8 + random() * 0.65) * (1 + far * 0.5),
    turn: random() * Math.PI * 2,
    tint: 0.8 + random() * 0.35,
  };
}

function plantTufts(random: () => number, edgeM: number, count: number): Planting[] {
  const plots: Planting[] = [];
  for (let i = 0; i < count; i++) {
    const angle = random() * Math.PI * 2;
    const r =
      i % 5 === 0
        ? Math.min(5.5, edgeM * 0.6) + random() * edgeM * 0.5
        : edgeM + 0.7 + random() ** 2 * 9;
    const shape = i % 5 === 0 ? 1 : squareness(angle);
    plots.push({
      x: Math.cos(angle) * r * shape,
      z: Math.sin(angle) * r * shape,
      scale: (i % 5 === 0 ? 0.4 : 0.75) + random() * 0.5,
      turn: random() * Math.PI * 2,
      tint: 0.75 + random() * 0.5,
    });
  }
  return plots;
}

function scatter(
  geometry: THREE.BufferGeometry,
  material: THREE.Material,
  plots: readonly Planting[],
  edgeM: number,
): THREE.InstancedMesh {
  const mesh = new THREE.InstancedMesh(geometry, material, plots.length);
  const matrix = new THREE.Matrix4();
  const turn = new THREE.Quaternion();
  const up = new THREE.Vector3(0, 1, 0);
  const colour = new THREE.Color();
  plots.forEach((plot, i) => {
    turn.setFromAxisAngle(up, plot.turn);
    matrix.compose(
      new THREE.Vector3(plot.x, terrainHeight(plot.x, plot.z, edgeM) - 0.06, plot.z),
      turn,
      new THREE.Vector3(plot.scale, plot.scale, plot.scale),
    );
    mesh.setMatrixAt(i, matrix);
    mesh.setColorAt(i, colour.setScalar(plot.tint));
  });
  mesh.computeBoundingSphere();
  return mesh;
}

/** A conifer of some tiers, about 8 m tall. */
export function conifer(random: () => number, tiers: number): THREE.BufferGeometry {
  const parts: THREE.BufferGeometry[] = [];
  const trunk = new THREE.CylinderGeometry(0.13, 0.24, 1.6, 6);
  trunk.translate(0, 0.8, 0);
  parts.push(gradient(facet(trunk), TRUNK_LOW, TRUNK_HIGH));
  const low = new THREE.Color(0x1f3236);
  const high = new THREE.Color(0x4f7257);
  for (let i = 0; i < tiers; i++) {
    const t = i / tiers;
    const radius = 1.75 * (1 - t * 0.82);
    const cone = new THREE.ConeGeometry(radius, 2.3 - t * 0.5, 8, 1, true);
    cone.rotateY(i * 0.9);
    cone.translate((random() - 0.5) * 0.12, 2.1 + i * (5.2 / tiers), (random() - 0.5) * 0.12);
    const soft = facet(jitter(cone, 0.1, random));
    // lit tips, dark undersides: the gradient runs within each tier and up the tree
    soft.computeBoundingBox();
    const box = soft.boundingBox!;
    parts.push(
      paint(soft, (p, _n, out) => {
        const within = (p.y - box.min.y) / (box.max.y - box.min.y);
        out.copy(low).lerp(high, 0.18 + t * 0.4 + (1 - within) * 0.28);
      }),
    );
  }
  return join(parts);
}

/** A round-crowned tree, about 6 m tall. */
export function broadleaf(random: () => number): THREE.BufferGeometry {
  const parts: THREE.BufferGeometry[] = [];
  const trunk = new THREE.CylinderGeometry(0.16, 0.3, 3.2, 6);
  trunk.translate(0, 1.6, 0);
  parts.push(gradient(facet(trunk), TRUNK_LOW, 0x5a4038));
  const crowns: [number, number, number, number][] = [
    [0, 4.5, 0, 1.35],
    [1.0, 3.7, 0.4, 0.95],
    [-0.95, 3.9, -0.3, 1.05],
    [0.15, 3.5, -0.95, 0.9],
    [-0.2, 3.4, 0.95, 0.85],
  ];
  for (const [x, y, z, r] of crowns) {
    const crown = new THREE.IcosahedronGeometry(r, 1);
    crown.scale(1, 0.82, 1);
    crown.translate(x, y, z);
    parts.push(gradient(facet(jitter(crown, 0.12, random)), 0x3a4a40, 0x93a060));
  }
  return join(parts);
}

function tuft(): THREE.BufferGeometry {
  const parts: THREE.BufferGeometry[] = [];
  for (let i = 0; i < 5; i++) {
    const blade = new THREE.ConeGeometry(0.07, 0.55, 3, 1, true);
    blade.translate(0, 0.26, 0);
    blade.rotateZ(0.3 + (i % 2) * 0.2);
    blade.rotateY((i / 5) * Math.PI * 2);
    parts.push(gradient(facet(blade), 0x33423c, 0x8a9560));
  }
  return join(parts);
}
