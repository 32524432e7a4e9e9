/** The land below the terrace: slopes with tree tops, a river, and hills one behind the other. */
import * as THREE from "three";
import type { Atmosphere } from "../../atmosphere";
import type { QualityBudget } from "../../quality";
import { seededRandom, smoothstep, valueNoise } from "../../random";
import { paint } from "../../shaping";
import { buildRidges } from "../campfire/terrain";
import { broadleaf, conifer } from "../campfire/trees";
import type { Build } from "../kit/build";
import type { Glow } from "../kit/lamps";
import { stand } from "../kit/outside";
import { ringMesh, widening } from "../kit/ring-mesh";
import type { Mood } from "../moods";
import { type TerracePlan, valleyHeight } from "./plan";

const LOW = new THREE.Color(0x4f6a4c);
const HIGH = new THREE.Color(0x93a062);
const ROCK = new THREE.Color(0x8a7a68);
const WATER_M = -21.5;

/** Build it: five draw calls. */
export function buildValley(
  air: Atmosphere,
  plan: TerracePlan,
  mood: Mood,
  budget: QualityBudget,
): THREE.Group {
  const group = new THREE.Group();
  group.name = "valley";
  const material = air.soak(new THREE.MeshLambertMaterial({ vertexColors: true }));
  group.add(land(material, plan), river(air, mood), buildRidges(air, mood.ridge));
  const random = seededRandom(77);
  const plots: THREE.Vector3[][] = [[], []];
  let planted = 0;
  for (let tries = 0; planted < budget.trees * 0.9 && tries < budget.trees * 3.2; tries++) {
    const angle = random() * Math.PI * 2;
    const r = plan.reachM * 1.3 + 5 + random() ** 1.35 * 74;
    const x = Math.cos(angle) * r;
    const z = Math.sin(angle) * r;
    const y = valleyHeight(x, z, plan);
    // ahead crowns stay below the eye, so that the view is of the valley; at the sides they frame it
    const aside = smoothstep(0.32, 0.95, Math.abs(Math.atan2(x, -z)));
    const tall = y + 8.5 > -1.5 + aside * 9;
    if (
      tall ||
      y < WATER_M + 1.2 ||
      (z > 0 && Math.abs(x) < plan.reachM + 4 && z < plan.reachM + 9)
    )
      continue;
    planted++;
    plots[random() < 0.66 ? 0 : 1]!.push(new THREE.Vector3(x, y - 0.2, z));
  }
  [conifer(random, 4), broadleaf(random)].forEach((shape, i) => {
    group.add(stand(shape, material, plots[i]!, random));
  });
  return group;
}

function land(material: THREE.Material, plan: TerracePlan): THREE.Mesh {
  const radii = widening(plan.reachM * 0.55, 150, 1.115);
  const geometry = ringMesh({
    rings: radii.length,
    segments: 84,
    point: (ring, _number, turn) => {
      const x = Math.cos(turn * Math.PI * 2) * radii[ring]!;
      const z = Math.sin(turn * Math.PI * 2) * radii[ring]!;
      return [x, valleyHeight(x, z, plan), z];
    },
  });
  paint(geometry, (p, n, out) => {
    const field = valueNoise(p.x * 0.06, p.z * 0.06 + 3);
    out.copy(LOW).lerp(HIGH, smoothstep(0.3, 0.75, field));
    out.lerp(ROCK, smoothstep(0.82, 0.6, n.y) * 0.8);
    out.multiplyScalar(0.8 + 0.3 * valueNoise(p.x * 0.4, p.z * 0.4));
  });
  const mesh = new THREE.Mesh(geometry, material);
  mesh.name = "land";
  return mesh;
}

/** The river only mirrors the sky; it lies where the slopes dip below its level. */
function river(air: Atmosphere, mood: Mood): THREE.Mesh {
  const sheet = new THREE.PlaneGeometry(260, 260, 26, 26);
  sheet.rotateX(-Math.PI / 2);
  const near = new THREE.Color(mood.air.middle);
  const far = new THREE.Color(mood.air.horizon);
  paint(sheet, (p, _n, out) => out.copy(near).lerp(far, smoothstep(10, 110, -p.z)));
  sheet.translate(0, WATER_M, 0);
  const mesh = new THREE.Mesh(sheet, air.soak(new THREE.MeshBasicMaterial({ vertexColors: true })));
  mesh.name = "river";
  return mesh;
}

/** A few far houses on the other bank; returns their windows, which are lit when lamps are. */
export function buildVillage(build: Build, plan: TerracePlan): Glow[] {
  const random = seededRandom(305);
  const windows: Glow[] = [];
  for (let tries = 0; windows.length < 15 && tries < 200; tries++) {
    const angle = (random() - 0.5) * 1.5 + 0.15;
    const r = 78 + random() * 34;
    const x = Math.sin(angle) * r;
    const z = -Math.cos(angle) * r;
    const y = valleyHeight(x, z, plan);
    if (y < WATER_M + 2 || y > -2) continue;
    const yaw = random() * 3;
    const wide = 3 + random() * 1.6;
    build.block({ size: [wide, 2.8, 3], at: [x, y - 0.4, z], tint: [0xb39a80, 0xe6d6bc], yaw });
    const roof = new THREE.ConeGeometry(wide * 0.74, 1.9, 4).rotateY(yaw + Math.PI / 4);
    paint(roof, (p, _n, out) => out.setHex(p.y > 0 ? 0xb9694a : 0x8a4a38));
    build.add(roof.translate(x, y + 3.3, z));
    windows.push({ at: [x * 0.975, y + 1.1, z * 0.975], size: [0.19, 0.3], haloM: 1.5 });
  }
  return windows;
}
