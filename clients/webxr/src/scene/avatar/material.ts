/**
 * The avatars' material: lit like the rest of the room, with face, patterns, finger curl, posture
 * blend and the dithered fade added. One program per body part; every avatar is one instance.
 *
 * Per-instance attributes: `primary` rgb + (pattern * 2 + away), `secondary` rgb + opacity, and
 * `life`, whose four numbers mean blink, voice, gaze x, gaze y (head); posture weights (torso);
 * curls of thumb, index, middle, rest (hand).
 */
import * as THREE from "three";
import { FINGER_LENGTHS_M } from "./hand-shape";

export type BodyPart = "head" | "torso" | "leftHand" | "rightHand";

const VERTEX_PARS = /* glsl */ `
attribute vec4 primary;
attribute vec4 secondary;
attribute vec4 life;
varying vec4 vPrimary;
varying vec4 vSecondary;
varying vec4 vLife;
varying vec3 vLocal;
varying float vMark;
`;

const HEAD_VERTEX = { pars: "attribute float rim;", normal: "", begin: "vMark = rim;" };

const TORSO_VERTEX = {
  pars: `attribute vec3 cut1; attribute vec3 cut2; attribute vec3 cut3;
attribute vec3 cutNormal1; attribute vec3 cutNormal2; attribute vec3 cutNormal3;`,
  normal: `objectNormal = normal * life.x + cutNormal1 * life.y + cutNormal2 * life.z + cutNormal3 * life.w;`,
  begin: `transformed = position * life.x + cut1 * life.y + cut2 * life.z + cut3 * life.w; vMark = 0.0;`,
};

const HAND_VERTEX = {
  pars: `attribute vec4 finger;
uniform float mirrored;
const vec4 REACH = vec4(${FINGER_LENGTHS_M.map((l) => l.toFixed(4)).join(", ")});
void bendFinger(inout vec3 p, inout vec3 n) {
  float id = finger.w;
  if (id < 0.5) return;
  bool thumb = id < 1.5;
  float curl = thumb ? life.x : id < 2.5 ? life.y : id < 3.5 ? life.z : life.w;
  float reach = thumb ? REACH.x : id < 2.5 ? REACH.y : id < 3.5 ? REACH.z : REACH.w;
  vec3 o = p - finger.xyz;
  float total = curl * (thumb ? 0.7 : 3.7) + 0.06;
  float k = total / reach;
  float s = max(-o.z, 0.0);
  float a = k * s;
  float ca = cos(a), sa = sin(a);
  // bend along an arc towards the palm (-y)
  vec3 q = vec3(o.x, -(1.0 - ca) / k + o.y * ca, -sa / k - o.y * sa);
  if (-o.z < 0.0) q.z = o.z;
  vec3 m = vec3(n.x, n.y * ca + n.z * sa, n.z * ca - n.y * sa);
  // fan: the thumb swings from the side across the palm, fingers part a little when stretched
  float fan = thumb ? mix(1.05, 0.3, curl) : 0.0;
  float parting = (1.0 - life.y) * (1.0 - life.z) * (0.07 + 0.13 * life.w);
  if (id > 1.5 && id < 2.5) fan = parting;
  if (id > 2.5 && id < 3.5) fan = -parting * 0.5;
  if (id > 3.5) fan = -parting * (1.0 - life.w) * 1.6;
  fan *= mirrored;
  float cf = cos(fan), sf = sin(fan);
  q = vec3(q.x * cf + q.z * sf, q.y, q.z * cf - q.x * sf);
  m = vec3(m.x * cf + m.z * sf, m.y, m.z * cf - m.x * sf);
  if (thumb) {
    float dip = mix(0.05, 0.95, curl);
    float cd = cos(dip), sd = sin(dip);
    q = vec3(q.x, q.y * cd + q.z * sd, q.z * cd - q.y * sd);
    m = vec3(m.x, m.y * cd + m.z * sd, m.z * cd - m.y * sd);
  }
  p = finger.xyz + q;
  n = m;
}`,
  normal: "vec3 bentFrom = position; bendFinger(bentFrom, objectNormal);",
  begin: `{ vec3 ignored = normal; bendFinger(transformed, ignored); } vMark = finger.w;`,
};

const FRAGMENT_PARS = /* glsl */ `
varying vec4 vPrimary;
varying vec4 vSecondary;
varying vec4 vLife;
varying vec3 vLocal;
varying float vMark;
float ink(float d) { float w = fwidth(d); return 1.0 - smoothstep(-w, w, d); }
float screenNoise(vec2 p) { return fract(52.9829189 * fract(dot(p, vec2(0.06711056, 0.00583715)))); }
`;

const HEAD_FRAGMENT = {
  pars: /* glsl */ `
float closedEye(vec2 p) { float y = p.y + 0.004 - p.x * p.x * 24.0; return max(abs(y) - 0.0028, abs(p.x) - 0.0165); }
vec3 face(vec3 skin, vec2 p, float blink, float voice, vec2 gaze, float away) {
  vec3 c = skin;
  vec2 side = vec2(abs(p.x), p.y);
  float blush = exp(-dot((side - vec2(0.073, -0.036)) / vec2(0.023, 0.017), (side - vec2(0.073, -0.036)) / vec2(0.023, 0.017)));
  c = mix(c, vec3(0.86, 0.36, 0.33), blush * 0.34);
  vec3 dark = vec3(0.028, 0.016, 0.03);
  vec2 look = gaze * vec2(0.009, 0.007);
  float shut = max(blink, away);
  for (float s = -1.0; s <= 1.0; s += 2.0) {
    vec2 e = p - vec2(0.047 * s, 0.004) - look;
    float open = max(1.0 - shut, 0.03);
    float eye = (length(e / vec2(0.0168, 0.0225 * open)) - 1.0) * 0.0168 * open;
    float drawn = shut > 0.72 ? ink(closedEye(e)) : ink(eye);
    c = mix(c, dark, drawn);
    float glint = shut > 0.6 ? 0.0 : ink(length(e - vec2(0.005, 0.0085 * open)) - 0.0054);
    float low = shut > 0.6 ? 0.0 : ink(length(e - vec2(-0.0055, -0.009 * open)) - 0.0028);
    c = mix(c, vec3(1.0, 0.97, 0.92), glint);
    c = mix(c, vec3(0.9, 0.5, 0.28), low * 0.8);
  }
  // a small smile that opens with the voice
  vec2 m = p - vec2(0.0, -0.052);
  float smile = abs(m.y - m.x * m.x * 13.0 + 0.004) - 0.0031;
  smile = max(smile, abs(m.x) - 0.0255);
  float wide = 0.014 + 0.009 * voice;
  float tall = 0.002 + 0.02 * voice;
  float hole = (length((m + vec2(0.0, 0.006)) / vec2(wide, tall)) - 1.0) * tall;
  c = mix(c, dark, ink(smile) * (1.0 - smoothstep(0.06, 0.2, voice)));
  if (voice > 0.05) {
    c = mix(c, vec3(0.16, 0.025, 0.035), ink(hole));
    float tongue = (length((m + vec2(0.0, 0.006 + tall * 0.75)) / vec2(wide * 0.7, tall * 0.55)) - 1.0) * tall;
    c = mix(c, vec3(0.72, 0.2, 0.19), ink(max(tongue, hole)));
  }
  return c;
}`,
  colour: /* glsl */ `
{
  float away = fract(vPrimary.w * 0.5 + 0.0005) * 2.0;
  vec3 skin = mix(vec3(0.9, 0.66, 0.47), vPrimary.rgb, 0.12);
  vec3 inner = vLocal.z < 0.1 ? face(skin, vLocal.xy, vLife.x, vLife.y, vLife.zw, away) : skin;
  inner *= 1.0 - 0.45 * smoothstep(0.7, 1.0, vMark);
  vec3 hood = vPrimary.rgb;
  hood = mix(hood, vSecondary.rgb, ink(abs(vMark - 1.11) - 0.085));
  diffuseColor.rgb = mix(inner, hood, smoothstep(0.975, 0.995, vMark));
  glowing = vMark < 0.97 ? 0.2 : 0.0;
  drowsy = away;
}`,
};

const TORSO_FRAGMENT = {
  pars: /* glsl */ `
float patternOf(float kind, vec3 p) {
  float t = -p.y;
  float turn = atan(p.x, -p.z) / 6.2831853;
  float round = fract(turn + 1.0);
  float px = fwidth(p.y) * 1.2 + 1e-4;
  if (kind < 0.5) return 0.0;
  if (kind < 1.5) { float b = min(abs(t - 0.86) - 0.045, abs(t - 0.745) - 0.014); return 1.0 - smoothstep(-px, px, b); }
  if (kind < 2.5) { float s = abs(fract(t * 7.0) - 0.5) - 0.2; return (1.0 - smoothstep(-px * 7.0, px * 7.0, s)) * step(0.1, t); }
  if (kind < 3.5) { float w = fwidth(p.x) * 9.0 + fwidth(p.z) * 9.0 + 0.02; float s = abs(fract(round * 12.0) - 0.5) - 0.19; return (1.0 - smoothstep(-w, w, s)) * smoothstep(0.09, 0.1, t); }
  vec2 g = vec2(round * 12.0, t * 9.0);
  float w = px * 9.0 + 0.01;
  if (kind < 4.5) { g.x += 0.5 * mod(floor(g.y), 2.0); float d = length((fract(g) - 0.5) * vec2(1.0, 0.85)) - 0.22; return (1.0 - smoothstep(-w, w, d)) * step(0.12, t); }
  if (kind < 5.5) { vec2 q = abs(fract(g * vec2(1.0, 0.62)) - 0.5); float d = q.x + q.y - 0.3; return (1.0 - smoothstep(-w, w, d)) * step(0.13, t); }
  if (kind < 6.5) { float z = abs(fract(round * 12.0) - 0.5); float d = abs(fract(t * 5.0 - z * 0.8) - 0.5) - 0.16; return (1.0 - smoothstep(-w, w, d)) * step(0.12, t); }
  float lower = t - 0.52 - 0.05 * sin(turn * 6.2831853 * 5.0);
  return smoothstep(-px, px, lower);
}`,
  colour: /* glsl */ `
{
  float away = fract(vPrimary.w * 0.5 + 0.0005) * 2.0;
  float kind = floor(vPrimary.w * 0.5 + 0.0005);
  float worn = patternOf(kind, vLocal);
  float collar = 1.0 - smoothstep(0.058, 0.064, -vLocal.y);
  // a short plain cape over the patterned cloak, hemmed in the second colour
  float t = -vLocal.y;
  float px = fwidth(t) + 1e-4;
  float cape = 1.0 - smoothstep(0.27 - px, 0.27 + px, t);
  float trim = cape * smoothstep(0.236 - px, 0.236 + px, t);
  worn = mix(worn, trim, cape);
  diffuseColor.rgb = mix(vPrimary.rgb, vSecondary.rgb, max(worn, collar));
  diffuseColor.rgb *= mix(1.0, 0.8, (1.0 - cape) * smoothstep(0.33, 0.27, t));
  diffuseColor.rgb *= mix(1.0, 0.72, smoothstep(0.35, 1.0, -vLocal.y));
  diffuseColor.rgb *= 1.0 - 0.4 * smoothstep(0.02, -0.01, -vLocal.y);
  glowing = 0.0;
  drowsy = away;
}`,
};

const HAND_FRAGMENT = {
  pars: "",
  colour: /* glsl */ `
{
  float away = fract(vPrimary.w * 0.5 + 0.0005) * 2.0;
  diffuseColor.rgb = vMark < -0.5 ? vPrimary.rgb : mix(vSecondary.rgb, vec3(0.9, 0.8, 0.68), 0.12);
  glowing = 0.03;
  drowsy = away;
}`,
};

const FADE = /* glsl */ `
{
  vec3 toEye = normalize(vViewPosition);
  float edge = 1.0 - abs(dot(normalize(normal), toEye));
  // a low key light along the outline keeps people readable against dark trees
  outgoingLight += vec3(0.42, 0.34, 0.5) * pow(edge, 3.0) * 0.3 * (0.35 + 0.65 * diffuseColor.rgb);
  outgoingLight += diffuseColor.rgb * glowing;
  float grey = dot(outgoingLight, vec3(0.3, 0.55, 0.15));
  outgoingLight = mix(outgoingLight, mix(vec3(grey), vec3(0.2, 0.2, 0.32), 0.25) * 0.8, drowsy * 0.62);
  float shown = vSecondary.w;
  if (shown < 0.995) {
    // fading out leaves the outline last
    float cover = shown * mix(clamp(edge * 1.6, 0.0, 1.0), 1.0, smoothstep(0.25, 0.75, shown));
    if (screenNoise(gl_FragCoord.xy) >= cover) discard;
  }
}
`;

const PARTS = {
  head: { vertex: HEAD_VERTEX, fragment: HEAD_FRAGMENT, mirrored: 0 },
  torso: { vertex: TORSO_VERTEX, fragment: TORSO_FRAGMENT, mirrored: 0 },
  rightHand: { vertex: HAND_VERTEX, fragment: HAND_FRAGMENT, mirrored: 1 },
  leftHand: { vertex: HAND_VERTEX, fragment: HAND_FRAGMENT, mirrored: -1 },
} as const;

/** Make the material of one body part. */
export function bodyMaterial(part: BodyPart): THREE.MeshLambertMaterial {
  const { vertex, fragment, mirrored } = PARTS[part];
  const material = new THREE.MeshLambertMaterial();
  material.onBeforeCompile = (shader) => {
    shader.uniforms.mirrored = { value: mirrored };
    shader.vertexShader = shader.vertexShader
      .replace("#include <common>", `#include <common>\n${VERTEX_PARS}${vertex.pars}`)
      .replace("#include <beginnormal_vertex>", `#include <beginnormal_vertex>\n${vertex.normal}`)
      .replace(
        "#include <begin_vertex>",
        `#include <begin_vertex>
${vertex.begin}
vPrimary = primary; vSecondary = secondary; vLife = life; vLocal = position;`,
      );
    shader.fragmentShader = shader.fragmentShader
      .replace("#include <common>", `#include <common>\n${FRAGMENT_PARS}${fragment.pars}`)
      .replace(
        "#include <color_fragment>",
        `#include <color_fragment>\nfloat glowing = 0.0; float drowsy = 0.0;\n${fragment.colour}`,
      )
      .replace("#include <opaque_fragment>", `${FADE}\n#include <opaque_fragment>`);
  };
  material.customProgramCacheKey = () => `body|${part === "leftHand" ? "rightHand" : part}`;
  return material;
}
