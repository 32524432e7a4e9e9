/**
 * The breath in the room: a soft ball of light that grows and falls within a ring. It keeps its place
 * and turns to the eye; with less motion it changes its light instead of its size. One draw call.
 */
import * as THREE from "three";

const VERTEX = /* glsl */ `
uniform float size;
varying vec2 vAt;
void main() {
  vAt = position.xy;
  // the quad faces the eye wherever it hangs
  vec4 middle = modelViewMatrix * vec4(0.0, 0.0, 0.0, 1.0);
  gl_Position = projectionMatrix * (middle + vec4(position.xy * size, 0.0, 0.0));
}`;

const FRAGMENT = /* glsl */ `
uniform float fullness;
uniform float light;
uniform float shown;
varying vec2 vAt;
void main() {
  float far = length(vAt);
  float edge = mix(0.26, 0.8, fullness);
  float ball = smoothstep(edge, edge - 0.1, far);
  float glow = smoothstep(edge + 0.18, edge - 0.1, far) * 0.35;
  float ring = smoothstep(0.05, 0.0, abs(far - 0.88) - 0.012);
  vec3 cool = vec3(0.13, 0.33, 0.68);
  vec3 warm = vec3(1.0, 0.5, 0.2);
  vec3 tint = mix(cool, warm, light * 0.7);
  float cover = max(max(ball * (0.7 + 0.25 * light), glow), ring * 0.85) * shown;
  if (cover < 0.01) discard;
  gl_FragColor = vec4(tint * (0.85 + 0.3 * ball * (1.0 - far)), cover);
  #include <colorspace_fragment>
}`;

const SIZE_M = 0.16;
/** What stands still with less motion. */
const STILL = 0.6;
const FADE_RATE = 5;

/** Owns the quad and its material. */
export class BreathOrb {
  readonly mesh: THREE.Mesh<THREE.PlaneGeometry, THREE.ShaderMaterial>;
  private readonly uniforms = {
    size: { value: SIZE_M },
    fullness: { value: 0 },
    light: { value: 0 },
    shown: { value: 0 },
  };

  constructor(private readonly reducedMotion: boolean) {
    this.mesh = new THREE.Mesh(
      new THREE.PlaneGeometry(2, 2),
      new THREE.ShaderMaterial({
        uniforms: this.uniforms,
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        transparent: true,
        depthWrite: false,
      }),
    );
    this.mesh.name = "breath";
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 8;
    this.mesh.visible = false;
  }

  /** Hang it there; larger where it is seen from far away. */
  place(x: number, y: number, z: number, scale = 1): void {
    this.mesh.position.set(x, y, z);
    this.uniforms.size.value = SIZE_M * scale;
  }

  /** Follow the breath; null fades it out. */
  update(dtS: number, fullness: number | null): void {
    const { shown, fullness: full, light } = this.uniforms;
    const goal = fullness === null ? 0 : 1;
    shown.value += (goal - shown.value) * (1 - Math.exp(-FADE_RATE * dtS));
    if (fullness === null && shown.value < 0.02) shown.value = 0;
    if (fullness !== null) {
      full.value = this.reducedMotion ? STILL : fullness;
      light.value = fullness;
    }
    this.mesh.visible = shown.value > 0;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}
