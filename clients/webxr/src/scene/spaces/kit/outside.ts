/** What stands outside a house: a meadow, a few trees and far hills, seen through its windows. */
import * as THREE from "three";
import type { Atmosphere } from "../../atmosphere";
import { seededRandom, smoothstep, valueNoise } from "../../random";
import { paint } from "../../shaping";
import { buildRidges } from "../campfire/terrain";
import { broadleaf, conifer } from "../campfire/trees";
import { ringMesh, widening } from "./ring-mesh";

export interface OutsideSpec {
  /** half width of the house, metres */
  readonly clearM: number;
  /** how far the ground lies below the floor */
  readonly stepM: number;
  readonly grass: readonly [number, number];
  readonly ridge: number;
  readonly trees: number;
}

/** Height of the meadow at a point: a step below the floor, then rolling hills. */
function meadowHeight(x: number, z: number, spec: OutsideSpec): number {
  const r = Math.hypot(x, z);
  const rolling = smoothstep(spec.clearM + 6, spec.clearM + 50, r);
  return -spec.stepM + rolling * (valueNoise(x * 0.04 + 3, z * 0.04 + 8) * 9 - 2.4);
}

/** Build it: four draw calls. */
export function buildOutside(air: Atmosphere, spec: OutsideSpec): THREE.Group {
  const group = new THREE.Group();
  group.name = "outside";
  const material = air.soak(new THREE.MeshLambertMaterial({ vertexColors: true }));
  group.add(buildMeadow(material, spec), buildRidges(air, spec.ridge));
  const random = seededRandom(91);
  const plots: THREE.Vector3[][] = [[], []];
  for (let i = 0; i < spec.trees; i++) {
    const angle = random() * Math.PI * 2;
    const r = spec.clearM * 1.45 + 4 + random() ** 1.5 * 48;
    const x = Math.cos(angle) * r;
    const z = Math.sin(angle) * r;
    // the view straight ahead stays open
    if (z < 0 && Math.abs(x) < -z * 0.22) continue;
    plots[random() < 0.6 ? 0 : 1]!.push(new THREE.Vector3(x, meadowHeight(x, z, spec) - 0.1, z));
  }
  [conifer(random, 4), broadleaf(random)].forEach((shape, i) => {
    group.add(stand(shape, material, plots[i]!, random));
  });
  return group;
}

function buildMeadow(material: THREE.Material, spec: OutsideSpec): THREE.Mesh {
  const radii = widening(spec.clearM * 0.8, 150, 1.3);
  const geometry = ringMesh({
    rings: radii.length,
    segments: 44,
    middle: [0, -spec.stepM - 0.4, 0],
    point: (ring, _number, turn) => {
      const x = Math.cos(turn * Math.PI * 2) * radii[ring]!;
      const z = Math.sin(turn * Math.PI * 2) * radii[ring]!;
      return [x, meadowHeight(x, z, spec), z];
    },
  });
  const low = new THREE.Color(spec.grass[0]);
  const high = new THREE.Color(spec.grass[1]);
  paint(geometry, (p, _n, out) => {
    out.copy(low).lerp(high, valueNoise(p.x * 0.11, p.z * 0.11 + 5));
  });
  const mesh = new THREE.Mesh(geometry, material);
  mesh.name = "meadow";
  return mesh;
}

/** Plant one shape at these points, each turned and sized a little differently. */
export function stand(
  shape: THREE.BufferGeometry,
  material: THREE.Material,
  plots: readonly THREE.Vector3[],
  random: () => number,
  scale = 1,
): THREE.InstancedMesh {
  const mesh = new THREE.InstancedMesh(shape, material, plots.length);
  const matrix = new THREE.Matrix4();
  const turn = new THREE.Quaternion();
  const up = new THREE.Vector3(0, 1, 0);
  const size = new THREE.Vector3();
  const colour = new THREE.Color();
  plots.forEach((at, i) => {
    turn.setFromAxisAngle(up, random() * Math.PI * 2);
    size.setScalar(scale * (0.75 + random() * 0.7));
    mesh.setMatrixAt(i, matrix.compose(at, turn, size));
    mesh.setColorAt(i, colour.setScalar(0.85 + random() * 0.35));
  });
  mesh.computeBoundingSphere();
  return mesh;
}
