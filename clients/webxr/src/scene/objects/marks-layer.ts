/** Small marks over objects: a padlock, an open hand, and a ring round what one points at. */
import type * as THREE from "three";
import { Overlay } from "../overlay";

const VERTEX = /* glsl */ `
attribute vec4 spot; // xyz, size
attribute vec2 mark; // kind (0 lock, 1 offer, 2 ring), strength
uniform float timeS;
uniform float calm;
varying vec2 vUv; varying vec2 vMark;
void main() {
  vUv = position.xy;
  vMark = mark;
  float lift = mark.x > 0.5 && mark.x < 1.5 ? 0.02 * sin(timeS * 2.4) * (1.0 - calm) : 0.0;
  if (mark.x > 1.5) {
    gl_Position = projectionMatrix * viewMatrix * vec4(spot.x + position.x * spot.w, max(spot.y, 0.018), spot.z - position.y * spot.w, 1.0);
    return;
  }
  vec4 view = viewMatrix * vec4(spot.xyz + vec3(0.0, lift, 0.0), 1.0);
  view.xy += position.xy * spot.w;
  gl_Position = projectionMatrix * view;
}`;

const FRAGMENT = /* glsl */ `
varying vec2 vUv; varying vec2 vMark;
float slab(vec2 p, vec2 half2, float r) {
  vec2 q = abs(p) - half2 + r;
  return length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - r;
}
float lock(vec2 p) {
  float body = slab(p + vec2(0.0, 0.2), vec2(0.38, 0.3), 0.08);
  vec2 q = p - vec2(0.0, 0.1);
  float bow = q.y > 0.0 ? abs(length(q) - 0.24) - 0.065 : 1.0;
  return min(body, bow);
}
float hand(vec2 p) {
  float d = slab(p + vec2(0.0, 0.26), vec2(0.3, 0.27), 0.16);
  d = min(d, slab(p - vec2(-0.22, 0.18), vec2(0.065, 0.27), 0.06));
  d = min(d, slab(p - vec2(-0.07, 0.27), vec2(0.065, 0.3), 0.06));
  d = min(d, slab(p - vec2(0.08, 0.25), vec2(0.065, 0.29), 0.06));
  d = min(d, slab(p - vec2(0.23, 0.14), vec2(0.06, 0.25), 0.06));
  vec2 t = p + vec2(0.38, 0.12);
  t = mat2(0.8, -0.6, 0.6, 0.8) * t;
  return min(d, slab(t, vec2(0.065, 0.2), 0.06));
}
void main() {
  float r = length(vUv);
  // the palette, in linear light
  vec3 cream = vec3(0.922, 0.838, 0.723);
  vec3 ember = vec3(1.0, 0.323, 0.074);
  float w = max(fwidth(r), 0.002) * 1.3;
  if (vMark.x > 1.5) {
    float d = abs(r - 0.72);
    float line = (1.0 - smoothstep(0.05, 0.05 + w, d)) + 0.35 * (1.0 - smoothstep(0.0, 0.28, d));
    gl_FragColor = vec4(ember, min(1.0, line) * vMark.y);
  } else {
    vec2 p = vUv * 1.5;
    float d = vMark.x < 0.5 ? lock(p) : hand(p);
    float disc = 1.0 - smoothstep(0.94 - w, 0.94, r);
    float ink = 1.0 - smoothstep(-w, w, d);
    float ring = 1.0 - smoothstep(0.03, 0.03 + w, abs(r - 0.88));
    vec3 lead = vMark.x < 0.5 ? cream : ember;
    vec3 c = mix(vec3(0.0123, 0.0080, 0.0144), lead, max(ink, ring * 0.8));
    gl_FragColor = vec4(c, disc * mix(0.85, 1.0, ink) * vMark.y);
  }
  #include <colorspace_fragment>
}`;

export const MARK_KINDS = { locked: 0, offered: 1, ring: 2 } as const;

/** Owns the quads' rows; one draw call. */
export class MarksLayer {
  readonly mesh: Overlay["mesh"];
  private readonly overlay: Overlay;
  private readonly spot: THREE.InstancedBufferAttribute;
  private readonly mark: THREE.InstancedBufferAttribute;
  private rows = 0;

  constructor(
    private readonly capacity: number,
    time: THREE.IUniform<number>,
    calm: boolean,
  ) {
    this.overlay = new Overlay({
      name: "object-marks",
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      renderOrder: 12,
      before: [-3, -6],
      more: { uniforms: { timeS: time, calm: { value: calm ? 1 : 0 } } },
    });
    this.mesh = this.overlay.mesh;
    this.spot = this.overlay.rows("spot", capacity);
    this.mark = this.overlay.rows("mark", capacity, 2);
  }

  begin(): void {
    this.rows = 0;
  }

  put(
    kind: keyof typeof MARK_KINDS,
    at: readonly [number, number, number],
    sizeM: number,
    strength: number,
  ): void {
    if (this.rows >= this.capacity) return;
    const row = this.rows++;
    this.spot.setXYZW(row, at[0], at[1], at[2], sizeM);
    this.mark.setXY(row, MARK_KINDS[kind], strength);
  }

  end(): void {
    this.overlay.show(this.rows);
  }

  dispose(): void {
    this.overlay.dispose();
  }
}
