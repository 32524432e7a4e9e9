/**
 * Floors: one flat sheet whose boards or tiles are drawn by its material, so that seams stay fine
 * from any distance. Also draws window light on it and the line where walking ends.
 */
import * as THREE from "three";
import type { Atmosphere } from "../../atmosphere";

/** Soft patches of light from openings in one side. */
export interface FloorLight {
  /** which way the light comes in: unit vector from the wall into the room, x and z */
  readonly inward: readonly [number, number];
  /** distance of that wall from the middle */
  readonly reachM: number;
  /** per opening: middle along the wall, half width, near and far end on the floor; at most 8 */
  readonly patches: readonly (readonly [number, number, number, number])[];
  /** how far a patch slides sideways per metre into the room */
  readonly shear: number;
  /** width of its soft edge, metres */
  readonly softM: number;
  readonly colour: number;
  readonly strength: number;
}

export interface FloorSpec {
  readonly pattern: "planks" | "herringbone" | "tiles" | "deck";
  /** half the side of the walkable square and of the whole sheet, metres */
  readonly halfM: number;
  readonly reachM: number;
  readonly colours: readonly [dark: number, light: number, seam: number];
  /** the strip beyond the walkable floor, and the line between */
  readonly strip: number;
  readonly line: number;
  /** how much of the sky's glow a low look finds on it */
  readonly sheen: readonly [colour: number, strength: number];
  readonly light?: FloorLight;
}

const PATTERNS: Record<FloorSpec["pattern"], string> = {
  // boards along z, each with its own tone and butt joints
  planks: /* glsl */ `
vec3 boards(vec2 p) {
  float w = 0.19;
  float row = floor(p.x / w);
  float along = p.y / 2.6 + hash1(row) * 7.0;
  float id = floor(along);
  float tone = hash1(row * 17.0 + id * 5.3);
  vec2 edge = vec2(min(fract(p.x / w), 1.0 - fract(p.x / w)) * w, min(fract(along), 1.0 - fract(along)) * 2.6);
  float grain = sin(p.x * 95.0 + tone * 40.0 + sin(p.y * 2.1 + tone * 9.0) * 2.5) * 0.5 + 0.5;
  return vec3(tone * 0.75 + grain * 0.25 * near(0.02), seam(edge.x, 0.0035, p.x), seam(edge.y, 0.003, p.y));
}`,
  deck: /* glsl */ `
vec3 boards(vec2 p) {
  float w = 0.145;
  float row = floor(p.y / w);
  float along = p.x / 3.2 + hash1(row) * 5.0;
  float id = floor(along);
  float tone = hash1(row * 13.0 + id * 3.7);
  vec2 edge = vec2(min(fract(p.y / w), 1.0 - fract(p.y / w)) * w, min(fract(along), 1.0 - fract(along)) * 3.2);
  float grain = sin(p.y * 120.0 + tone * 30.0 + sin(p.x * 1.7 + tone * 7.0) * 2.0) * 0.5 + 0.5;
  return vec3(tone * 0.8 + grain * 0.2 * near(0.015), seam(edge.x, 0.006, p.y), seam(edge.y, 0.004, p.x));
}`,
  herringbone: /* glsl */ `
vec3 boards(vec2 p) {
  // columns of slanted staves, mirrored in turn
  float w = 0.62;
  float column = floor(p.x / w);
  float inside = fract(p.x / w);
  float up = (p.y + (mod(column, 2.0) < 0.5 ? inside : 1.0 - inside) * w * 0.62) / 0.16;
  float id = floor(up);
  float tone = hash1(id * 7.1 + column * 31.7);
  float edge = min(fract(up), 1.0 - fract(up)) * 0.136;
  float side = min(inside, 1.0 - inside) * w;
  return vec3(tone * 0.6 + mod(column, 2.0) * 0.3, seam(edge, 0.003, p.y), seam(side, 0.003, p.x));
}`,
  tiles: /* glsl */ `
vec3 boards(vec2 p) {
  float w = 1.2;
  vec2 cell = floor(p / w);
  float tone = hash1(cell.x * 17.0 + cell.y * 3.3);
  vec2 edge = min(fract(p / w), 1.0 - fract(p / w)) * w;
  vec2 q = p * 17.0;
  vec2 i = floor(q);
  vec2 f = fract(q) - 0.5;
  float speck = hash1(i.x * 3.1 + i.y * 91.7);
  float dot1 = smoothstep(0.16 + 0.2 * speck, 0.1, length(f + (speck - 0.5) * 0.5)) * step(0.55, speck);
  return vec3(tone * 0.6 + dot1 * (speck - 0.55) * 1.2 * near(0.03), seam(edge.x, 0.004, p.x), seam(edge.y, 0.004, p.y));
}`,
};

const COMMON = /* glsl */ `
uniform vec3 floorDark; uniform vec3 floorLight; uniform vec3 floorSeam; uniform vec3 floorStrip;
uniform vec3 floorLine; uniform vec2 floorEdge; uniform vec4 sheen;
uniform vec4 patches[8]; uniform vec4 patchAxis; uniform vec3 patchShape; uniform vec3 patchColour;
float floorPixel;
float hash1(float n) { return fract(sin(n * 12.9898) * 43758.5453); }
// seams and grain melt into their mean where a pixel covers more than they are wide
float near(float size) { return clamp(size / max(floorPixel, 1e-5) - 0.5, 0.0, 1.0); }
float seam(float d, float half1, float at) {
  float w = max(floorPixel, 0.0015);
  return (1.0 - smoothstep(half1, half1 + w, d)) * min(1.0, 2.0 * half1 / w);
}
float windowLight(vec2 p) {
  if (patchShape.z == 0.0) return 0.0;
  float u = dot(p, vec2(patchAxis.y, -patchAxis.x));
  float d = dot(p, patchAxis.xy) + patchAxis.z;
  float sum = 0.0;
  for (int i = 0; i < 8; i++) {
    vec4 w = patches[i];
    float soft = patchShape.y * (0.5 + 0.12 * d);
    float across = abs(u - w.x - d * patchShape.x);
    float a = 1.0 - smoothstep(w.y - soft, w.y + soft, across);
    float b = smoothstep(w.z - soft, w.z + soft, d) * (1.0 - smoothstep(w.w - soft * 2.0, w.w + soft, d));
    sum += w.y > 0.0 ? a * b : 0.0;
  }
  return min(sum, 1.0) * patchShape.z;
}`;

const COLOUR = /* glsl */ `
{
  vec2 p = vAirWorld.xz;
  floorPixel = length(fwidth(p)) * 0.7;
  float out1 = max(abs(p.x), abs(p.y));
  vec3 b = boards(p);
  vec3 c = mix(floorDark, floorLight, clamp(b.x, 0.0, 1.0));
  c = mix(c, floorStrip * (0.9 + 0.2 * b.x), smoothstep(floorEdge.x - 0.02, floorEdge.x + 0.02, out1));
  c = mix(c, floorSeam, max(b.y, b.z) * 0.75);
  float line = smoothstep(floorPixel + 0.03, 0.03, abs(out1 - floorEdge.x));
  c = mix(c, floorLine, line * 0.85);
  // corners lie in shade
  c *= 0.72 + 0.28 * smoothstep(0.0, 1.5, floorEdge.y - out1);
  diffuseColor.rgb = c;
}`;

const GLOW = /* glsl */ `
{
  vec2 p = vAirWorld.xz;
  vec3 eye = normalize(cameraPosition - vAirWorld);
  float low = pow(1.0 - clamp(eye.y, 0.0, 1.0), 4.0);
  outgoingLight += diffuseColor.rgb * patchColour * windowLight(p);
  outgoingLight += sheen.rgb * sheen.a * low * (1.0 - smoothstep(6.0, 30.0, length(cameraPosition - vAirWorld)));
}`;

/** Build a floor: one draw call, two triangles. Also the teleport target. */
export function buildFloor(air: Atmosphere, spec: FloorSpec): THREE.Mesh {
  const { light } = spec;
  const colour = (hex: number) => ({ value: new THREE.Color(hex) });
  const patches = Array.from({ length: 8 }, (_, i) => {
    const patch = light?.patches[i];
    return patch ? new THREE.Vector4(...patch) : new THREE.Vector4();
  });
  const sheen = new THREE.Color(spec.sheen[0]);
  const glow = new THREE.Color(light?.colour ?? 0).multiplyScalar(light?.strength ?? 0);
  const inward = light?.inward ?? [1, 0];
  const material = new THREE.MeshLambertMaterial();
  material.onBeforeCompile = (shader) => {
    Object.assign(shader.uniforms, {
      floorDark: colour(spec.colours[0]),
      floorLight: colour(spec.colours[1]),
      floorSeam: colour(spec.colours[2]),
      floorStrip: colour(spec.strip),
      floorLine: colour(spec.line),
      floorEdge: { value: new THREE.Vector2(spec.halfM, spec.reachM) },
      sheen: { value: new THREE.Vector4(sheen.r, sheen.g, sheen.b, spec.sheen[1]) },
      patches: { value: patches },
      patchAxis: { value: new THREE.Vector4(inward[0], inward[1], light?.reachM ?? 0, 0) },
      patchShape: {
        value: new THREE.Vector3(light?.shear ?? 0, light?.softM ?? 0.2, light ? 1 : 0),
      },
      patchColour: { value: glow },
    });
    shader.fragmentShader = shader.fragmentShader
      .replace("#include <common>", `#include <common>\n${COMMON}\n${PATTERNS[spec.pattern]}`)
      .replace("#include <color_fragment>", `#include <color_fragment>\n${COLOUR}`)
      .replace("#include <opaque_fragment>", `${GLOW}\n#include <opaque_fragment>`);
  };
  material.customProgramCacheKey = () => `floor|${spec.pattern}`;
  const sheet = new THREE.PlaneGeometry(spec.reachM * 2, spec.reachM * 2);
  sheet.rotateX(-Math.PI / 2);
  const mesh = new THREE.Mesh(sheet, air.soak(material));
  mesh.name = "ground";
  return mesh;
}
