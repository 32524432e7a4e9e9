/** Where people arrive, for those who arrange a room: a pair of small footprints per spawn point. */
import * as THREE from "three";
import { type Design, radians } from "../design";

const SIZE_M = 0.42;
const LIFT_M = 0.02;

const VERTEX = /* glsl */ `
varying vec2 vUv;
void main() {
  vUv = position.xz;
  gl_Position = projectionMatrix * viewMatrix * modelMatrix * instanceMatrix * vec4(position, 1.0);
}`;

const FRAGMENT = /* glsl */ `
varying vec2 vUv;
float sole(vec2 p) {
  // ball, heel and the narrow part between, toes towards -y
  float ball = length((p - vec2(0.0, -0.3)) * vec2(1.0, 0.78)) - 0.2;
  float heel = length(p - vec2(0.02, 0.34)) - 0.145;
  vec2 q = abs(p - vec2(0.02, 0.05)) - vec2(0.1, 0.3);
  float waist = length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - 0.02;
  return min(min(ball, heel), waist);
}
void main() {
  float left = sole(vUv - vec2(-0.27, 0.1));
  float right = sole(vec2(-vUv.x, vUv.y) - vec2(-0.27, -0.06));
  float d = min(left, right);
  float w = max(fwidth(d), 0.003);
  float r = length(vUv);
  float disc = 1.0 - smoothstep(0.95 - w, 0.95, r);
  float ring = 1.0 - smoothstep(0.035, 0.035 + w, abs(r - 0.9));
  float ink = 1.0 - smoothstep(-w, w, d);
  // the palette, in linear light
  vec3 cream = vec3(0.922, 0.838, 0.723);
  vec3 leaf = vec3(0.212, 0.521, 0.271);
  gl_FragColor = vec4(mix(vec3(0.0123, 0.0080, 0.0144), mix(cream, leaf, ring), max(ink, ring)), disc * mix(0.62, 1.0, max(ink, ring)));
  #include <colorspace_fragment>
}`;

/** Build the footprints of a design: one draw call; the caller disposes of it. */
export function buildSpawnMarks(spawn: Design["spawn"], scale = 1): THREE.InstancedMesh {
  const quad = new THREE.PlaneGeometry(2, 2).rotateX(-Math.PI / 2);
  const material = new THREE.ShaderMaterial({
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    transparent: true,
    depthWrite: false,
  });
  const mesh = new THREE.InstancedMesh(quad, material, Math.max(1, spawn.length));
  mesh.count = spawn.length;
  const matrix = new THREE.Matrix4();
  const size = new THREE.Vector3().setScalar(SIZE_M * scale);
  spawn.forEach((point, i) => {
    matrix.makeRotationY(radians(point.yaw_deg)).scale(size);
    mesh.setMatrixAt(i, matrix.setPosition(point.x, LIFT_M, point.z));
  });
  mesh.frustumCulled = false;
  mesh.renderOrder = 3;
  mesh.name = "spawn-marks";
  return mesh;
}
