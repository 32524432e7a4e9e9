/** The sky dome, its stars, and nothing else that glows. */
import * as THREE from "three";
import type { Atmosphere } from "./atmosphere";
import { seededRandom } from "./random";

const DOME_RADIUS_M = 240;

const DOME_VERTEX = /* glsl */ `
varying vec3 vDir;
void main() {
  vDir = position;
  // follow the eye without parallax, and sit on the far plane
  vec4 clip = projectionMatrix * mat4(mat3(viewMatrix)) * vec4(position, 1.0);
  gl_Position = clip.xyww;
}`;

function domeFragment(pars: string): string {
  return /* glsl */ `
${pars}
varying vec3 vDir;
void main() {
  vec3 dir = normalize(vDir);
  vec3 c = airColour(dir);
  // long quiet bands of cloud near the sun
  float band = sin(dir.y * 62.0 + sin(dir.x * 5.0 + 1.3) * 0.9 + sin(dir.x * 13.0) * 0.25);
  float veil = smoothstep(0.55, 1.0, band) * smoothstep(0.02, 0.07, dir.y) * (1.0 - smoothstep(0.14, 0.32, dir.y));
  float near = pow(max(dot(dir, airSunDir), 0.0), 3.0);
  c = mix(c, c * 0.72 + airSun * 0.32 * near, veil * 0.55);
  // one step of noise hides banding in the dark gradient
  float grain = fract(sin(dot(gl_FragCoord.xy, vec2(12.9898, 78.233))) * 43758.5453) - 0.5;
  gl_FragColor = vec4(c + grain * 0.004, 1.0);
  #include <tonemapping_fragment>
  #include <colorspace_fragment>
}`;
}

const STAR_VERTEX = /* glsl */ `
attribute vec2 star;
uniform float pixelSize;
varying float vBright;
void main() {
  vBright = star.x;
  vec4 clip = projectionMatrix * mat4(mat3(viewMatrix)) * vec4(position, 1.0);
  gl_Position = clip.xyww;
  gl_PointSize = pixelSize * star.y;
}`;

const STAR_FRAGMENT = /* glsl */ `
varying float vBright;
void main() {
  vec2 p = gl_PointCoord - 0.5;
  float soft = smoothstep(0.5, 0.1, length(p));
  gl_FragColor = vec4(vec3(0.86, 0.88, 1.0) * vBright * soft, 1.0);
  #include <colorspace_fragment>
}`;

/** Build dome and stars: two draw calls. */
export function buildSky(air: Atmosphere, stars: number, pixelRatio: number): THREE.Group {
  const group = new THREE.Group();
  group.name = "sky";
  const dome = new THREE.Mesh(
    new THREE.SphereGeometry(DOME_RADIUS_M, 32, 20),
    new THREE.ShaderMaterial({
      uniforms: air.uniforms,
      vertexShader: DOME_VERTEX,
      fragmentShader: domeFragment(air.skyPars),
      side: THREE.BackSide,
      depthWrite: false,
    }),
  );
  dome.frustumCulled = false;
  dome.renderOrder = -10;
  group.add(dome, buildStars(stars, pixelRatio));
  return group;
}

function buildStars(count: number, pixelRatio: number): THREE.Points {
  const random = seededRandom(77);
  const positions = new Float32Array(count * 3);
  const looks = new Float32Array(count * 2);
  for (let i = 0; i < count; i++) {
    const y = 0.16 + 0.84 * random() ** 0.8;
    const azimuth = random() * Math.PI * 2;
    const r = Math.sqrt(Math.max(0, 1 - y * y));
    positions[i * 3] = Math.cos(azimuth) * r * DOME_RADIUS_M;
    positions[i * 3 + 1] = y * DOME_RADIUS_M;
    positions[i * 3 + 2] = Math.sin(azimuth) * r * DOME_RADIUS_M;
    const height = Math.min(1, (y - 0.16) / 0.35);
    looks[i * 2] = (0.12 + 0.75 * random() ** 3) * height;
    looks[i * 2 + 1] = 1.5 + 1.7 * random() ** 4;
  }
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(positions, 3));
  geometry.setAttribute("star", new THREE.BufferAttribute(looks, 2));
  const points = new THREE.Points(
    geometry,
    new THREE.ShaderMaterial({
      uniforms: { pixelSize: { value: pixelRatio } },
      vertexShader: STAR_VERTEX,
      fragmentShader: STAR_FRAGMENT,
      blending: THREE.AdditiveBlending,
      depthWrite: false,
      transparent: true,
    }),
  );
  points.frustumCulled = false;
  points.renderOrder = -9;
  return points;
}
