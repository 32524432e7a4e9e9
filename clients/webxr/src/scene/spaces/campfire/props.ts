/** What people gather round: hearth stones, log seats, lanterns, garlands and the tent. */
import * as THREE from "three";
import type { Atmosphere } from "../../atmosphere";
import { seededRandom } from "../../random";
import { facet, gradient, jitter, join, paint } from "../../shaping";
import { edgeLanterns, LOGS, POSTS, SEAT_HEIGHT_M, TENT } from "./plan";

const BARK_LOW = 0x3a2629;
const BARK_HIGH = 0x7a5442;
const CUT = new THREE.Color(0xf0cfa0);
const CUT_RING = new THREE.Color(0xc08e5c);
const POST_HEIGHT_M = 3.1;

/** Everything solid that stands in the clearing: six draw calls. */
export function buildProps(air: Atmosphere, edgeM: number): THREE.Group {
  const group = new THREE.Group();
  group.name = "props";
  const lit = air.soak(new THREE.MeshLambertMaterial({ vertexColors: true }));
  const lanterns = edgeLanterns(edgeM);
  group.add(
    logSeats(lit),
    stones(lit, edgeM),
    new THREE.Mesh(join([firewood(), tent(), posts(), lanternFrames(lanterns)]), lit),
    glowing(lanterns),
    halos(lanterns),
  );
  return group;
}

function logSeats(material: THREE.Material): THREE.InstancedMesh {
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
  const mesh = new THREE.InstancedMesh(log, material, LOGS.length);
  const matrix = new THREE.Matrix4();
  LOGS.forEach((seat, i) => {
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

function stones(material: THREE.Material, edgeM: number): THREE.InstancedMesh {
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
    const r = edgeM + 0.25 + random() * 0.5;
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

function tent(): THREE.BufferGeometry {
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
  geometry.rotateY(TENT.yaw);
  geometry.translate(TENT.x, 0, TENT.z + 0.9);
  return geometry;
}

function posts(): THREE.BufferGeometry {
  return join(
    POSTS.flatMap((post) => {
      const pole = new THREE.CylinderGeometry(0.05, 0.075, POST_HEIGHT_M, 7);
      pole.translate(post.x, POST_HEIGHT_M / 2, post.z);
      const cap = new THREE.SphereGeometry(0.085, 7, 5);
      cap.translate(post.x, POST_HEIGHT_M, post.z);
      return [gradient(pole, BARK_LOW, BARK_HIGH), gradient(cap, BARK_HIGH, 0xb98a60)];
    }).concat(garlandCords()),
  );
}

function sag(from: THREE.Vector3, to: THREE.Vector3, t: number, out: THREE.Vector3): THREE.Vector3 {
  out.lerpVectors(from, to, t);
  out.y -= Math.sin(t * Math.PI) * 0.42;
  return out;
}

/** The garlands hang between neighbouring posts on the two sides, never across the view. */
function spans(): [THREE.Vector3, THREE.Vector3][] {
  const tops = POSTS.map((p) => new THREE.Vector3(p.x, POST_HEIGHT_M, p.z));
  return [
    [tops[0]!, tops[1]!],
    [tops[1]!, tops[2]!],
    [tops[3]!, tops[4]!],
    [tops[4]!, tops[5]!],
  ];
}

function garlandCords(): THREE.BufferGeometry[] {
  return spans().map(([from, to]) => {
    const points = Array.from({ length: 9 }, (_, i) => sag(from, to, i / 8, new THREE.Vector3()));
    const tube = new THREE.TubeGeometry(new THREE.CatmullRomCurve3(points), 14, 0.012, 3);
    return gradient(tube, 0x2b1f26, 0x3a2a2e);
  });
}

function bulbs(): THREE.Vector3[] {
  return spans().flatMap(([from, to]) =>
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

function glowing(lanterns: readonly { x: number; z: number }[]): THREE.InstancedMesh {
  const hanging = bulbs();
  const count = hanging.length + lanterns.length + 1;
  const mesh = new THREE.InstancedMesh(
    new THREE.SphereGeometry(1, 8, 6),
    new THREE.MeshBasicMaterial({ color: 0xffd79a, toneMapped: false }),
    count,
  );
  const matrix = new THREE.Matrix4();
  let i = 0;
  for (const at of hanging)
    mesh.setMatrixAt(i++, matrix.makeScale(0.05, 0.06, 0.05).setPosition(at));
  for (const at of lanterns)
    mesh.setMatrixAt(i++, matrix.makeScale(0.1, 0.14, 0.1).setPosition(at.x, 0.47, at.z));
  mesh.setMatrixAt(i, matrix.makeScale(0.09, 0.12, 0.09).setPosition(TENT.x, 1.25, TENT.z + 0.2));
  mesh.computeBoundingSphere();
  return mesh;
}

const HALO_VERTEX = /* glsl */ `
attribute vec4 glow; // xyz, size
varying vec2 vUv;
void main() {
  vUv = uv * 2.0 - 1.0;
  vec4 view = viewMatrix * modelMatrix * vec4(glow.xyz, 1.0);
  view.xy += position.xy * glow.w;
  gl_Position = projectionMatrix * view;
}`;

const HALO_FRAGMENT = /* glsl */ `
varying vec2 vUv;
void main() {
  float r = max(0.0, 1.0 - length(vUv));
  gl_FragColor = vec4(vec3(1.0, 0.6, 0.26) * (pow(r, 3.0) * 0.5), 1.0);
  #include <colorspace_fragment>
}`;

function halos(lanterns: readonly { x: number; z: number }[]): THREE.Mesh {
  const glows: number[] = [];
  for (const at of bulbs()) glows.push(at.x, at.y, at.z, 0.34);
  for (const at of lanterns) glows.push(at.x, 0.47, at.z, 0.95);
  glows.push(TENT.x, 1.2, TENT.z + 0.2, 2.4);
  const quad = new THREE.PlaneGeometry(2, 2);
  const geometry = new THREE.InstancedBufferGeometry();
  geometry.index = quad.index;
  geometry.setAttribute("position", quad.getAttribute("position"));
  geometry.setAttribute("uv", quad.getAttribute("uv"));
  geometry.setAttribute("glow", new THREE.InstancedBufferAttribute(new Float32Array(glows), 4));
  geometry.instanceCount = glows.length / 4;
  const mesh = new THREE.Mesh(
    geometry,
    new THREE.ShaderMaterial({
      vertexShader: HALO_VERTEX,
      fragmentShader: HALO_FRAGMENT,
      transparent: true,
      depthWrite: false,
      blending: THREE.AdditiveBlending,
    }),
  );
  mesh.frustumCulled = false;
  mesh.renderOrder = 4;
  return mesh;
}
