/** The soft rims round mats and seats and the marks on claimed ones: one instanced quad each. */
import * as THREE from "three";
import { Overlay } from "../overlay";

const VERTEX = /* glsl */ `
attribute vec4 spot;  // x, z, yaw, height
attribute vec4 shape; // half width, half length, corner radius, mark size
attribute vec4 state; // taken, mine, hover, unused
varying vec2 vAt; varying vec4 vShape; varying vec4 vState;
const float MARGIN = 0.22;
void main() {
  vAt = position.xy * (shape.xy + MARGIN);
  vShape = shape; vState = state;
  float c = cos(spot.z), s = sin(spot.z);
  // the quad's +y is the head of the place, which looks to -z before turning
  vec2 p = vec2(vAt.x, -vAt.y);
  vec3 world = vec3(spot.x + p.x * c + p.y * s, spot.w, spot.y - p.x * s + p.y * c);
  gl_Position = projectionMatrix * viewMatrix * vec4(world, 1.0);
}`;

const FRAGMENT = /* glsl */ `
varying vec2 vAt; varying vec4 vShape; varying vec4 vState;
float box(vec2 p, vec2 half2, float r) {
  vec2 q = abs(p) - half2 + r;
  return length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - r;
}
float person(vec2 p) {
  float head = length(p - vec2(0.0, 0.42)) - 0.3;
  vec2 q = p - vec2(0.0, -0.62);
  float shoulders = max(length(q) - 0.62, -q.y);
  return min(head, shoulders);
}
void main() {
  float taken = vState.x, mine = vState.y, hover = vState.z;
  float d = box(vAt, vShape.xy, vShape.z);
  float w = max(fwidth(d), 0.0015);
  // the palette, in linear light
  vec3 cream = vec3(0.922, 0.838, 0.723);
  vec3 ember = vec3(1.0, 0.323, 0.074);
  // free: a hairline of cream; mine: a full line of ember; somebody's: nearly nothing
  float offset = abs(d - 0.035);
  float halfLine = mix(0.006, 0.014, max(mine, hover));
  float line = 1.0 - smoothstep(halfLine, halfLine + w, offset);
  float strength = mix(mix(0.5, 0.12, taken), 0.95, mine);
  strength = mix(strength, 1.0, hover);
  float glow = exp(-max(d, 0.0) * 16.0) * step(0.0, d) * (0.1 * (1.0 - taken) + 0.28 * mine + 0.42 * hover);
  vec3 c = mix(cream, ember, max(mine, hover * 0.6 * (1.0 - taken)));
  float a = max(line * strength, glow);
  // somebody has it: a person on a dark disc at the head of a mat
  float size = vShape.w;
  vec2 p = (vAt - vec2(0.0, vShape.y - size * 1.9)) / size;
  // on the floor before a seat, upright for those who come towards it
  if (vShape.x == vShape.y) p = -(vAt - vec2(0.0, vShape.y + size * 1.15)) / size;
  float pw = max(fwidth(p.x), 0.001) * 1.4;
  float disc = (1.0 - smoothstep(1.25 - pw, 1.25, length(p))) * max(taken, mine);
  float ink = (1.0 - smoothstep(-pw, pw, person(p))) * disc;
  float ring = (1.0 - smoothstep(0.08, 0.08 + pw, abs(length(p) - 1.2))) * disc * mine;
  vec3 glass = vec3(0.0123, 0.0080, 0.0144);
  c = mix(c, mix(glass, mix(cream, ember, mine), max(ink, ring)), disc);
  a = max(a, disc * mix(0.82, 1.0, ink));
  gl_FragColor = vec4(c, a);
  #include <colorspace_fragment>
}`;

export interface RimRow {
  x: number;
  z: number;
  yaw: number;
  heightM: number;
  halfWidthM: number;
  halfLengthM: number;
  cornerM: number;
  /** 1 somebody has it */
  taken: number;
  /** 1 it is the viewer's */
  mine: number;
  /** 0 to 1, pointed at */
  hover: number;
}

const MARK_M = 0.085;

/** Owns the quads' rows; one draw call. */
export class RimLayer {
  private readonly overlay = new Overlay({
    name: "place-rims",
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    renderOrder: 1,
    before: [-1, -2],
    more: { side: THREE.DoubleSide },
  });
  readonly mesh = this.overlay.mesh;
  private readonly spot: THREE.InstancedBufferAttribute;
  private readonly shape: THREE.InstancedBufferAttribute;
  private readonly state: THREE.InstancedBufferAttribute;

  constructor(capacity: number) {
    this.spot = this.overlay.rows("spot", capacity);
    this.shape = this.overlay.rows("shape", capacity);
    this.state = this.overlay.rows("state", capacity);
  }

  /** Draw exactly these. */
  show(rows: readonly RimRow[]): void {
    rows.forEach((row, i) => {
      this.spot.setXYZW(i, row.x, row.z, row.yaw, row.heightM);
      this.shape.setXYZW(i, row.halfWidthM, row.halfLengthM, row.cornerM, MARK_M);
      this.state.setXYZW(i, row.taken, row.mine, row.hover, 0);
    });
    this.overlay.show(rows.length);
  }

  dispose(): void {
    this.overlay.dispose();
  }
}
