/** What people gather round: hearth stones, log seats, lanterns, garlands and the tent. */
import * as THREE from "three";
import type { Atmosphere } from "../../atmosphere";
import { seededRandom } from "../../random";
import { facet, gradient, jitter, join, paint } from "../../shaping";
import { buildGlows, type Glow } from "../kit/lamps";
import { type Clearing, SEAT_HEIGHT_M, squareness } from "./plan";

const BARK_LOW = 0x3a2629;
const BARK_HIGH = 0x7a5442;
const CUT = new THREE.Color(0xf0cfa0);
const CUT_RING = new THREE.Color(0xc08e5c);
const POST_HEIGHT_M = 3.1;

/** Everything solid that stands in the clearing: five draw calls. */
export function buildProps(air: Atmosphere, plan: Clearing, lamps: number): THREE.Group {
  const group = new THREE.Group();
  group.name = "props";
  const lit = air.soak(new THREE.MeshLambertMaterial({ vertexColors: true }));
  const solid = [firewood(), tent(plan), posts(plan), lanternFrames(plan.lanterns)];
  group.add(
    logSeats(lit, plan),
    stones(lit, plan),
    new THREE.Mesh(join(solid), lit),
    buildGlows(glows(plan), lamps),
  );
  return group;
}

function logSeats(material: THREE.Material, plan: Clearing): THREE.InstancedMesh {
  const { logs } = plan;
  const random = seededRandom(3);
  const radius = SEAT_HEIGHT_M / 1.9;
  const bark = new THREE.CylinderGeometry(radius, radius * 1.06, 1, 14, 3, true);
  jitter(bark, 0.012, random);
  gradientAcross(bark);
  const ends = [0.5, -0.5].map((y) => {
    const rim = new THREE.RingGeometry(0.001, radius * (y > 0 ? 1.005 : 1.06), 14, 5);
    rim.rotateX(y > 0 ? -Math.PI / 2 : Math.PI / 2);
    rim.translate(0, y, 0);
    // year rings
    return paint(rim, (p, _n, out) => {
      const ring = Math.round((Math.hypot(p.x, p.z) / radius) * 5);
      out.copy(ring % 2 === 0 ? CUT : CUT_RING).multiplyScalar(ring >= 5 ? 0.6 : 1);
    });
  });
  // the seat is planed a little flat on top
  const log = join([bark, ...ends]);
  const position = log.getAttribute("position");
  log.rotateX(Math.PI / 2);
  for (let i = 0; i < position.count; i++) {
    const y = position.getY(i);
    if (y > radius * 0.72) position.setY(i, radius * 0.72 + (y - radius * 0.72) * 0.25);
  }
  log.computeVertexNormals();
  const mesh = new THREE.InstancedMesh(log, material, logs.length);
  const matrix = new THREE.Matrix4();
  logs.forEach((seat, i) => {
    matrix.compose(
      new THREE.Vector3(seat.x, SEAT_HEIGHT_M - radius * 0.78, seat.z),
      new THREE.Quaternion().setFromEuler(new THREE.Euler(0, -seat.angle, 0)),
      new THREE.Vector3(1.15, 1, seat.lengthM),
    );
    mesh.setMatrixAt(i, matrix);
  });
  mesh.computeBoundingSphere();
  return mesh;
}

function gradientAcross(bark: THREE.BufferGeometry): void {
  const low = new THREE.Color(BARK_LOW);
  const high = new THREE.Color(BARK_HIGH);
  // the cylinder is turned on its side later: its -z becomes the top
  paint(bark, (_p, n, out) => out.copy(low).lerp(high, 0.5 - n.z * 0.5));
}

function stones(material: THREE.Material, plan: Clearing): THREE.InstancedMesh {
  const random = seededRandom(14);
  const rock = facet(jitter(new THREE.IcosahedronGeometry(0.5, 1), 0.06, random));
  gradient(rock, 0x473b47, 0xa5958e);
  const places: [number, number, number, number][] = [];
  for (let i = 0; i < 13; i++) {
    const a = (i / 13) * Math.PI * 2;
    places.push([Math.cos(a) * 0.86, 0.06, Math.sin(a) * 0.86, 0.34 + random() * 0.12]);
  }
  for (let i = 0; i < 54; i++) {
    const a = ((i + random() * 0.7) / 54) * Math.PI * 2;
    const r = (plan.edgeM + 0.25 + random() * 0.5) * squareness(a);
    places.push([Math.cos(a) * r, 0.03, Math.sin(a) * r, 0.26 + random() ** 2 * 0.7]);
  }
  const mesh = new THREE.InstancedMesh(rock, material, places.length);
  const matrix = new THREE.Matrix4();
  const turn = new THREE.Quaternion();
  places.forEach(([x, y, z, size], i) => {
    turn.setFromEuler(new THREE.Euler(random() * 0.4, random() * 6.28, random() * 0.4));
    matrix.compose(
      new THREE.Vector3(x, y, z),
      turn,
      new THREE.Vector3(size, size * 0.72, size * (0.8 + random() * 0.4)),
    );
    mesh.setMatrixAt(i, matrix);
  });
  mesh.computeBoundingSphere();
  return mesh;
}

function firewood(): THREE.BufferGeometry {
  const parts: THREE.BufferGeometry[] = [];
  for (let i = 0; i < 6; i++) {
    const branch = new THREE.CylinderGeometry(0.055, 0.075, 0.95, 7);
    branch.translate(0, 0.3, 0);
    branch.rotateZ(0.85);
    branch.rotateY((i / 6) * Math.PI * 2);
    branch.translate(0, 0.06, 0);
    parts.push(gradient(facet(branch), 0x6b2a17, 0x2b1a18));
  }
  return join(parts);
}

function tent(plan: Clearing): THREE.BufferGeometry {
  const height = 2.15;
  const half = 1.35;
  const back = -2.2;
  const ridgeFront: [number, number, number] = [0, height, 0.25];
  const ridgeBack: [number, number, number] = [0, height * 0.92, back];
  const sheets: [number, number, number][][] = [
    [ridgeFront, ridgeBack, [-half, 0, back], [-half - 0.12, 0, 0.1]],
    [ridgeBack, ridgeFront, [half + 0.12, 0, 0.1], [half, 0, back]],
    [ridgeBack, [half, 0, back], [-half, 0, back], ridgeBack],
    // front flaps, folded open
    [ridgeFront, [-half - 0.12, 0, 0.1], [-half * 0.62, 0, 0.42], [-0.28, height * 0.62, 0.3]],
    [ridgeFront, [0.28, height * 0.62, 0.3], [half * 0.62, 0, 0.42], [half + 0.12, 0, 0.1]],
  ];
  const positions: number[] = [];
  for (const [a, b, c, d] of sheets) {
    // both sides are drawn by doubling, so the shared material stays single-sided
    for (const tri of [
      [a, b, c],
      [a, c, d],
      [a, c, b],
      [a, d, c],
    ])
      for (const p of tri) positions.push(...p!);
  }
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
  geometry.computeVertexNormals();
  const low = new THREE.Color(0xc98a5c);
  const high = new THREE.Color(0xefd9b4);
  paint(geometry, (p, _n, out) => out.copy(low).lerp(high, p.y / height));
  const at = plan.tent;
  geometry.rotateY(at.yaw);
  geometry.translate(at.x, 0, at.z + 0.9);
  return geometry;
}

function posts(plan: Clearing): THREE.BufferGeometry {
  return join(
    plan.posts
      .flatMap((post) => {
        const pole = new THREE.CylinderGeometry(0.05, 0.075, POST_HEIGHT_M, 7);
        pole.translate(post.x, POST_HEIGHT_M / 2, post.z);
        const cap = new THREE.SphereGeometry(0.085, 7, 5);
        cap.translate(post.x, POST_HEIGHT_M, post.z);
        return [gradient(pole, BARK_LOW, BARK_HIGH), gradient(cap, BARK_HIGH, 0xb98a60)];
      })
      .concat(garlandCords(plan)),
  );
}

function sag(from: THREE.Vector3, to: THREE.Vector3, t: number, out: THREE.Vector3): THREE.Vector3 {
  out.lerpVectors(from, to, t);
  out.y -= Math.sin(t * Math.PI) * 0.42;
  return out;
}

/** The garlands hang between neighbouring posts on the two sides, never across the view. */
function spans(plan: Clearing): [THREE.Vector3, THREE.Vector3][] {
  const tops = plan.posts.map((p) => new THREE.Vector3(p.x, POST_HEIGHT_M, p.z));
  return [
    [tops[0]!, tops[1]!],
    [tops[1]!, tops[2]!],
    [tops[3]!, tops[4]!],
    [tops[4]!, tops[5]!],
  ];
}

function garlandCords(plan: Clearing): THREE.BufferGeometry[] {
  return spans(plan).map(([from, to]) => {
    const points = Array.from({ length: 9 }, (_, i) => sag(from, to, i / 8, new THREE.Vector3()));
    const tube = new THREE.TubeGeometry(new THREE.CatmullRomCurve3(points), 14, 0.012, 3);
    return gradient(tube, 0x2b1f26, 0x3a2a2e);
  });
}

function bulbs(plan: Clearing): THREE.Vector3[] {
  return spans(plan).flatMap(([from, to]) =>
    Array.from({ length: 9 }, (_, i) => {
      const at = sag(from, to, (i + 0.5) / 9, new THREE.Vector3());
      at.y -= 0.07;
      return at;
    }),
  );
}

function lanternFrames(lanterns: readonly { x: number; z: number }[]): THREE.BufferGeometry {
  return join(
    lanterns.flatMap((at) => {
      const foot = new THREE.CylinderGeometry(0.13, 0.15, 0.05, 8);
      foot.translate(at.x, 0.3, at.z);
      const roof = new THREE.ConeGeometry(0.16, 0.13, 8);
      roof.translate(at.x, 0.66, at.z);
      const stone = new THREE.CylinderGeometry(0.2, 0.28, 0.3, 7);
      stone.translate(at.x, 0.13, at.z);
      return [
        gradient(foot, 0x2e2430, 0x43364a),
        gradient(roof, 0x43364a, 0x2e2430),
        gradient(facet(stone), 0x473b47, 0x8a7d7a),
      ];
    }),
  );
}

/** All that burns besides the fire: garland bulbs, edge lanterns, the lamp in the tent. */
function glows(plan: Clearing): Glow[] {
  const tent = plan.tent;
  return [
    ...bulbs(plan).map(({ x, y, z }): Glow => ({ at: [x, y, z], size: [0.05, 0.06], haloM: 0.34 })),
    ...plan.lanterns.map(
      ({ x, z }): Glow => ({ at: [x, 0.47, z], size: [0.1, 0.14], haloM: 0.95 }),
    ),
    { at: [tent.x, 1.25, tent.z + 0.2], size: [0.09, 0.12], haloM: 2.4 },
  ];
}
