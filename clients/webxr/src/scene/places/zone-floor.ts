/** Zones on the floor: an edge line with a soft inner glow, one instanced quad each. */
import * as THREE from "three";
import type { Zone } from "../design";
import { Overlay } from "../overlay";
import { zoneBox } from "./zone-plan";

const ZONE_COLOURS: Readonly<Record<Zone["kind"], number>> = {
  quiet: 0x8fb8de,
  stage: 0xff9a4d,
  private: 0xcfa2dd,
};
const KINDS: readonly Zone["kind"][] = ["quiet", "stage", "private"];
const MARGIN_M = 0.4;

const VERTEX = /* glsl */ `
attribute vec4 spot; // x, z, half width, half depth
attribute vec4 ink;  // rgb, kind
varying vec2 vAt; varying vec2 vHalf; varying vec4 vInk;
void main() {
  vHalf = spot.zw;
  vAt = position.xy * (spot.zw + ${MARGIN_M.toFixed(2)});
  vInk = ink;
  gl_Position = projectionMatrix * viewMatrix * vec4(spot.x + vAt.x, 0.008, spot.y - vAt.y, 1.0);
}`;

const FRAGMENT = /* glsl */ `
varying vec2 vAt; varying vec2 vHalf; varying vec4 vInk;
void main() {
  float r = min(0.35, min(vHalf.x, vHalf.y));
  vec2 q = abs(vAt) - vHalf + r;
  float d = length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - r;
  float w = max(fwidth(d), 0.002);
  float line = 1.0 - smoothstep(0.022, 0.022 + w, abs(d + 0.04));
  // private: a dashed line; quiet: a double one
  float around = abs(q.x) > abs(q.y) ? vAt.y : vAt.x;
  float dash = smoothstep(0.0, 0.06, abs(fract(around / 0.5) - 0.5) - 0.17);
  if (vInk.w > 1.5) line *= dash;
  float second = 1.0 - smoothstep(0.008, 0.008 + w, abs(d + 0.15));
  if (vInk.w < 0.5) line = max(line, second * 0.7);
  float inner = exp(min(d, 0.0) * 2.6) * step(d, 0.0) * 0.2 + step(d, 0.0) * 0.045;
  float stage = step(0.5, vInk.w) * step(vInk.w, 1.5);
  // a stage seems raised: it throws a soft shade round itself and has no line of its own
  float shade = stage * exp(-max(d - 0.06, 0.0) * 9.0) * step(0.0, d) * 0.42 * (1.0 - smoothstep(0.2, 0.38, d));
  float lit = max(line * 0.85, inner) * (1.0 - stage);
  gl_FragColor = vec4(mix(vInk.rgb, vec3(0.05, 0.03, 0.05), shade > lit ? 1.0 : 0.0), max(lit, shade));
  #include <colorspace_fragment>
}`;

/** Build the marks of these zones: one draw call; the caller disposes of it. */
export function buildZoneFloor(zones: readonly Zone[]): THREE.Mesh {
  const overlay = new Overlay({
    name: "zone-marks",
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    before: [-1, -1],
  });
  const spots = overlay.rows("spot", zones.length);
  const inks = overlay.rows("ink", zones.length);
  const colour = new THREE.Color();
  zones.forEach((zone, i) => {
    const { x, z, halfX, halfZ } = zoneBox(zone);
    spots.setXYZW(i, x, z, halfX, halfZ);
    colour.setHex(ZONE_COLOURS[zone.kind]);
    inks.setXYZW(i, colour.r, colour.g, colour.b, KINDS.indexOf(zone.kind));
  });
  overlay.show(zones.length);
  return overlay.mesh;
}
