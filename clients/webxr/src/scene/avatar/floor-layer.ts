/** What avatars leave on the floor: a soft shadow and, near others, the boundary ring. */
import * as THREE from "three";
import { Overlay } from "../overlay";

const VERTEX = /* glsl */ `
attribute vec4 spot;   // x, z, half width, half depth
attribute vec4 mark;   // turn, shadow strength, ring strength, ring radius
varying vec2 vUv; varying vec4 vMark; varying vec2 vHalf;
const float REACH = 1.35;
void main() {
  vec2 flat2 = position.xy * REACH;
  vUv = flat2;
  vMark = mark;
  vHalf = spot.zw;
  gl_Position = projectionMatrix * viewMatrix * vec4(spot.x + flat2.x, 0.012, spot.y - flat2.y, 1.0);
}`;

const FRAGMENT = /* glsl */ `
varying vec2 vUv; varying vec4 vMark; varying vec2 vHalf;
void main() {
  float c = cos(vMark.x), s = sin(vMark.x);
  vec2 p = vec2(vUv.x, -vUv.y);
  vec2 body = vec2(p.x * c - p.y * s, p.x * s + p.y * c) / vHalf;
  float dark = exp(-dot(body, body) * 1.15) * 0.62 * vMark.y;
  dark *= 1.0 - smoothstep(1.1, 1.35, length(vUv));
  float d = abs(length(vUv) - vMark.w);
  float ring = (smoothstep(0.022, 0.006, d) + 0.35 * smoothstep(0.12, 0.0, d)) * vMark.z;
  vec3 glow = vec3(1.0, 0.62, 0.3) * ring;
  // premultiplied: shadow takes light away, the ring adds some
  gl_FragColor = vec4(glow, dark);
  #include <colorspace_fragment>
}`;

/** Owns one instanced quad per avatar, one draw call. */
export class FloorLayer {
  private readonly overlay = new Overlay({
    name: "floor-marks",
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    renderOrder: 1,
    before: [-2, -4],
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

  /** Add one avatar's marks. Halves in metres, strengths 0 to 1. */
  put(
    x: number,
    z: number,
    halfX: number,
    halfZ: number,
    turn: number,
    shadow: number,
    ring: number,
    ringRadiusM: number,
  ): void {
    const row = this.rows++;
    this.spot.setXYZW(row, x, z, halfX, halfZ);
    this.mark.setXYZW(row, turn, shadow, ring, ringRadiusM);
  }

  end(): void {
    this.overlay.show(this.rows);
  }

  dispose(): void {
    this.overlay.dispose();
  }
}
