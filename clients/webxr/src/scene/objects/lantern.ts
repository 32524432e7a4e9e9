/** The paper lantern: ribbed glowing body, wooden caps, a wire handle. Instanced in three layers. */
import * as THREE from "three";
import { gradient, paint } from "../shaping";
import { Build, type Tint } from "../spaces/kit/build";

/** From the foot to the top of the handle, where a hand holds it, metres. */
export const LANTERN_HEIGHT_M = 0.4;
export const LANTERN_RADIUS_M = 0.13;

const BODY_LOW_M = 0.03;
const BODY_HIGH_M = 0.27;
const CAP: Tint = [0x3f2c28, 0x6b4a3a];
const WIRE: Tint = [0x4a3a36, 0x8a7060];

/** The paper: vertex colours carry its ribs, brighter in the middle. */
export function paperShape(): THREE.BufferGeometry {
  const rows = 13;
  const profile = Array.from({ length: rows }, (_, i) => {
    const t = i / (rows - 1);
    const belly = 0.72 + 0.28 * Math.sin(Math.PI * (0.1 + 0.8 * t));
    const rib = i % 2 === 0 ? 1 : 0.955;
    return new THREE.Vector2(
      LANTERN_RADIUS_M * belly * rib,
      BODY_LOW_M + (BODY_HIGH_M - BODY_LOW_M) * t,
    );
  });
  const body = new THREE.LatheGeometry(profile, 18);
  return paint(body, (p, _n, out) => {
    const t = (p.y - BODY_LOW_M) / (BODY_HIGH_M - BODY_LOW_M);
    const rib = Math.round(t * (rows - 1)) % 2 === 0 ? 0.86 : 1;
    out.setScalar((0.62 + 0.38 * Math.sin(Math.PI * (0.08 + 0.8 * t))) * rib);
  });
}

/** Caps, handle and grip. */
export function frameShape(): THREE.BufferGeometry {
  const build = new Build();
  build.pole({ radii: [0.1, 0.094], heightM: 0.034, at: [0, 0, 0], tint: CAP, sides: 16 });
  build.pole({
    radii: [0.096, 0.08],
    heightM: 0.03,
    at: [0, BODY_HIGH_M - 0.006, 0],
    tint: CAP,
    sides: 16,
  });
  const arc = new THREE.TorusGeometry(0.085, 0.0065, 5, 16, Math.PI);
  build.add(gradient(arc, ...WIRE).translate(0, BODY_HIGH_M + 0.02, 0));
  const grip = new THREE.CapsuleGeometry(0.013, 0.06, 3, 8).rotateZ(Math.PI / 2);
  build.add(gradient(grip, 0x6b4a3a, 0xa87a52).translate(0, BODY_HIGH_M + 0.105, 0));
  return build.geometry();
}

/** Glowing paper: its colour lit from within, breathing slowly and never flashing. */
export function paperMaterial(time: THREE.IUniform<number>): THREE.MeshLambertMaterial {
  const material = new THREE.MeshLambertMaterial({ vertexColors: true });
  material.onBeforeCompile = (shader) => {
    shader.uniforms.timeS = time;
    shader.vertexShader = shader.vertexShader
      .replace(
        "#include <common>",
        "#include <common>\nattribute float phase;\nvarying float vPhase;\nvarying float vUp;",
      )
      .replace(
        "#include <begin_vertex>",
        "#include <begin_vertex>\nvPhase = phase; vUp = position.y;",
      );
    shader.fragmentShader = shader.fragmentShader
      .replace(
        "#include <common>",
        "#include <common>\nuniform float timeS;\nvarying float vPhase;\nvarying float vUp;",
      )
      .replace(
        "#include <opaque_fragment>",
        `// two slow waves: at most six per cent, under one beat a second
float breath = 1.0 + 0.035 * sin(timeS * 2.3 + vPhase) + 0.025 * sin(timeS * 3.7 + vPhase * 1.7);
float core = exp(-pow((vUp - 0.13) * 8.5, 2.0));
vec3 warm = mix(diffuseColor.rgb, vec3(1.0, 0.8, 0.5), 0.12 + 0.3 * core);
outgoingLight = outgoingLight * 0.3 + warm * (0.4 + 0.42 * core) * breath;
#include <opaque_fragment>`,
      );
  };
  material.customProgramCacheKey = () => "lantern";
  return material;
}

const GLOW_VERTEX = /* glsl */ `
attribute vec4 glow; // xyz of the flame, phase
attribute vec4 tint; // rgb, pool on the floor (1) or halo in the air (0)
uniform float timeS; uniform float level;
varying vec2 vUv; varying vec3 vTint; varying float vHigh;
void main() {
  vUv = uv * 2.0 - 1.0;
  // a halo fades before it would be cut by the floor
  vHigh = tint.w > 0.5 ? 1.0 : glow.y + position.y * 0.5;
  float breath = 1.0 + 0.035 * sin(timeS * 2.3 + glow.w) + 0.025 * sin(timeS * 3.7 + glow.w * 1.7);
  if (tint.w > 0.5) {
    float high = max(glow.y - 0.1, 0.0);
    float r = 1.15 + high * 0.5;
    vTint = tint.rgb * breath * (level * 0.2 / (1.0 + high * 1.6));
    gl_Position = projectionMatrix * viewMatrix * vec4(glow.x + position.x * r, 0.016, glow.z - position.y * r, 1.0);
  } else {
    vTint = tint.rgb * breath * level * 0.2;
    vec4 view = viewMatrix * vec4(glow.xyz, 1.0);
    view.xyz *= 1.0 - min(0.4, 0.2 / max(length(view.xyz), 0.01));
    view.xy += position.xy * 0.5;
    gl_Position = projectionMatrix * view;
  }
}`;

const GLOW_FRAGMENT = /* glsl */ `
varying vec2 vUv; varying vec3 vTint; varying float vHigh;
void main() {
  float r = max(0.0, 1.0 - length(vUv));
  gl_FragColor = vec4(vTint * r * r * (3.0 - 2.0 * r) * r * smoothstep(0.0, 0.22, vHigh), 1.0);
  #include <colorspace_fragment>
}`;

/** Halo and pool of light share one material; rows say which they are. */
export function glowMaterial(time: THREE.IUniform<number>, level: number): THREE.ShaderMaterial {
  return new THREE.ShaderMaterial({
    uniforms: { timeS: time, level: { value: level } },
    vertexShader: GLOW_VERTEX,
    fragmentShader: GLOW_FRAGMENT,
    transparent: true,
    depthWrite: false,
    blending: THREE.AdditiveBlending,
    polygonOffset: true,
    polygonOffsetFactor: -3,
    polygonOffsetUnits: -6,
  });
}
