/**
 * The guide figure's material: lit like the avatars, with bands that glow on the leading side and
 * the same dithered fade. One program.
 */
import * as THREE from "three";

const VERTEX_PARS = /* glsl */ `
attribute float band;
varying float vBand;
`;

const FRAGMENT_PARS = /* glsl */ `
uniform float shown;
uniform vec2 lead;
varying float vBand;
float screenNoise(vec2 p) { return fract(52.9829189 * fract(dot(p, vec2(0.06711056, 0.00583715)))); }
`;

const COLOUR = /* glsl */ `
float lit = vBand > 0.5 ? lead.x : vBand < -0.5 ? lead.y : 0.0;
diffuseColor.rgb = mix(diffuseColor.rgb, vec3(1.0, 0.36, 0.08), lit);
`;

const FADE = /* glsl */ `
{
  vec3 toEye = normalize(vViewPosition);
  float edge = 1.0 - abs(dot(normalize(normal), toEye));
  // the same low light along the outline as people have, a little warmer
  outgoingLight += vec3(0.5, 0.38, 0.36) * pow(edge, 3.0) * 0.32 * (0.35 + 0.65 * diffuseColor.rgb);
  outgoingLight += diffuseColor.rgb * (0.12 + 0.55 * lit);
  if (shown < 0.995) {
    float cover = shown * mix(clamp(edge * 1.6, 0.0, 1.0), 1.0, smoothstep(0.25, 0.75, shown));
    if (screenNoise(gl_FragCoord.xy) >= cover) discard;
  }
}
`;

export interface GuideUniforms {
  readonly shown: { value: number };
  /** how much the bands of the right (x) and of the left (y) glow, 0 to 1 */
  readonly lead: { value: THREE.Vector2 };
}

/** Make the material; what it shows is driven by the uniforms. */
export function guideMaterial(uniforms: GuideUniforms): THREE.MeshLambertMaterial {
  const material = new THREE.MeshLambertMaterial({ vertexColors: true });
  material.onBeforeCompile = (shader) => {
    Object.assign(shader.uniforms, uniforms);
    shader.vertexShader = shader.vertexShader
      .replace("#include <common>", `#include <common>\n${VERTEX_PARS}`)
      .replace("#include <begin_vertex>", "#include <begin_vertex>\nvBand = band;");
    shader.fragmentShader = shader.fragmentShader
      .replace("#include <common>", `#include <common>\n${FRAGMENT_PARS}`)
      .replace("#include <color_fragment>", `#include <color_fragment>\n${COLOUR}`)
      .replace("#include <opaque_fragment>", `${FADE}\n#include <opaque_fragment>`);
  };
  material.customProgramCacheKey = () => "guide";
  return material;
}
