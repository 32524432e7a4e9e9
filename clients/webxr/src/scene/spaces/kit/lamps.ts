/** Things that glow: bulbs, paper shades and the soft halo round each. Two draw calls for all. */
import * as THREE from "three";
import { paint } from "../../shaping";

export interface Glow {
  readonly at: readonly [number, number, number];
  /** half width and half height of the glowing body, metres */
  readonly size: readonly [number, number];
  /** radius of its halo, metres; 0 for none */
  readonly haloM: number;
}

const HALO_VERTEX = /* glsl */ `
attribute vec4 glow; // xyz, size
varying vec2 vUv; varying float vHigh;
void main() {
  vUv = uv * 2.0 - 1.0;
  vHigh = glow.y < 0.0 ? 1.0 : glow.y + position.y * glow.w;
  vec4 view = viewMatrix * modelMatrix * vec4(glow.xyz, 1.0);
  // halfway towards the eye by its own size, so that ceilings and beams do not cut it
  float far = max(length(view.xyz), 0.01);
  float pull = 1.0 - min(0.5, glow.w / far);
  view.xyz *= pull;
  // never a fog bank before the eye: lamps close overhead keep small halos
  view.xy += position.xy * min(glow.w, far * 0.13) * pull;
  gl_Position = projectionMatrix * view;
}`;

const HALO_FRAGMENT = /* glsl */ `
uniform float level;
varying vec2 vUv; varying float vHigh;
void main() {
  float r = max(0.0, 1.0 - length(vUv));
  gl_FragColor = vec4(vec3(1.0, 0.6, 0.26) * (pow(r, 3.0) * level * smoothstep(0.0, 0.3, vHigh)), 1.0);
  #include <colorspace_fragment>
}`;

const UNLIT = new THREE.Color(0xe9dcc4);
const LIT = new THREE.Color(0xffcb86);

/** Build the bodies and, when lit, their halos. `level`: 0 out, 1 the lamps carry the room. */
export function buildGlows(glows: readonly Glow[], level: number): THREE.Group {
  const group = new THREE.Group();
  group.name = "lamps";
  // paper globes are seen from near by, bulbs are small and many
  const large = glows.some(({ size }) => size[0] > 0.2);
  const body = new THREE.SphereGeometry(1, large ? 18 : 8, large ? 12 : 6);
  // rounder than flat light: a little darker below and at the crown
  paint(body, (p, _n, out) => out.setScalar(0.8 + 0.24 * (1 - (p.y - 0.25) ** 2)));
  const mesh = new THREE.InstancedMesh(
    body,
    new THREE.MeshBasicMaterial({
      vertexColors: true,
      color: UNLIT.clone()
        .multiplyScalar(0.82)
        .lerp(LIT, Math.min(1, level * 1.6)),
      toneMapped: false,
    }),
    glows.length,
  );
  const matrix = new THREE.Matrix4();
  glows.forEach(({ at, size }, i) => {
    mesh.setMatrixAt(i, matrix.makeScale(size[0], size[1], size[0]).setPosition(...at));
  });
  mesh.computeBoundingSphere();
  group.add(mesh);
  const shining = glows.filter((glow) => glow.haloM > 0);
  if (level > 0.05 && shining.length > 0) group.add(buildHalos(shining, 0.5 * level));
  return group;
}

/** Soft light in the air round lamps. */
function buildHalos(glows: readonly Glow[], level: number): THREE.Mesh {
  const quad = new THREE.PlaneGeometry(2, 2);
  const geometry = new THREE.InstancedBufferGeometry();
  geometry.index = quad.index;
  geometry.setAttribute("position", quad.getAttribute("position"));
  geometry.setAttribute("uv", quad.getAttribute("uv"));
  const rows = new Float32Array(glows.flatMap(({ at, haloM }) => [...at, haloM]));
  geometry.setAttribute("glow", new THREE.InstancedBufferAttribute(rows, 4));
  geometry.instanceCount = glows.length;
  const mesh = new THREE.Mesh(
    geometry,
    new THREE.ShaderMaterial({
      uniforms: { level: { value: level } },
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

/** A warm light of a place's lamps; call only for the few that matter. */
export function lampLight(
  at: readonly [number, number, number],
  strength: number,
  reachM: number,
): THREE.PointLight {
  const light = new THREE.PointLight(0xffc796, strength, reachM, 1.35);
  light.position.set(...at);
  return light;
}
