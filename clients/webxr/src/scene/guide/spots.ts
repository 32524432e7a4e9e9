/** Soft spots on the floor under whoever is shown before a mat. One draw call for all. */
import * as THREE from "three";
import { Overlay } from "../overlay";

const VERTEX = /* glsl */ `
attribute vec4 spot;   // x, z, half width, half depth
attribute vec4 mark;   // turn, shadow, light, height
varying vec2 vAt; varying vec4 vMark;
const float REACH = 1.3;
void main() {
  vAt = position.xy * REACH;
  vMark = mark;
  vec2 flat2 = vAt * spot.zw;
  float c = cos(mark.x), s = sin(mark.x);
  vec2 turned = vec2(flat2.x * c - flat2.y * s, -flat2.x * s - flat2.y * c);
  gl_Position = projectionMatrix * viewMatrix * vec4(spot.x + turned.x, max(0.013, mark.w), spot.y + turned.y, 1.0);
}`;

const FRAGMENT = /* glsl */ `
varying vec2 vAt; varying vec4 vMark;
void main() {
  float r = length(vAt);
  float w = fwidth(r);
  float dark = exp(-r * r * 2.6) * 0.5 * vMark.y;
  float pool = 1.0 - smoothstep(0.55, 1.0, r);
  float rim = smoothstep(0.03 + w, 0.008, abs(r - 1.0)) + 0.3 * smoothstep(0.16, 0.0, abs(r - 1.0));
  vec3 glow = vec3(1.0, 0.66, 0.36) * (0.1 * pool + 0.34 * rim) * vMark.z;
  // off the floor it is a pane of dark glass to stand on, like that of the tags
  float glass = step(0.1, vMark.w) * 0.72 * vMark.z * (1.0 - smoothstep(1.0 - w, 1.0 + w, r));
  glow += vec3(0.03, 0.02, 0.035) * glass;
  // premultiplied: shadow and glass take light away, the pool adds some
  gl_FragColor = vec4(glow, max(dark, glass));
  #include <colorspace_fragment>
}`;

export interface Spot {
  x: number;
  z: number;
  halfX: number;
  halfZ: number;
  turn: number;
  shadow: number;
  light: number;
  /** metres above the floor */
  height: number;
}

/** Owns the quads; each holder keeps its row. */
export class Spots {
  private readonly overlay = new Overlay({
    name: "spots",
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    renderOrder: 1,
    before: [-2, -3],
    more: {
      blending: THREE.CustomBlending,
      blendSrc: THREE.OneFactor,
      blendDst: THREE.OneMinusSrcAlphaFactor,
      side: THREE.DoubleSide,
    },
  });
  readonly mesh = this.overlay.mesh;
  private readonly spot: THREE.InstancedBufferAttribute;
  private readonly mark: THREE.InstancedBufferAttribute;
  private rows = 0;

  constructor(capacity: number) {
    this.spot = this.overlay.rows("spot", capacity);
    this.mark = this.overlay.rows("mark", capacity);
  }

  begin(): void {
    this.rows = 0;
  }

  put(spot: Readonly<Spot>): void {
    if (spot.light <= 0.01 && spot.shadow <= 0.01) return;
    const row = this.rows++;
    this.spot.setXYZW(row, spot.x, spot.z, spot.halfX, spot.halfZ);
    this.mark.setXYZW(row, spot.turn, spot.shadow, spot.light, spot.height);
  }

  end(): void {
    this.overlay.show(this.rows);
  }

  dispose(): void {
    this.overlay.dispose();
  }
}
