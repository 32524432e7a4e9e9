/**
 * The evening air: one sky colour function, shared by the dome and by the height fog, so that far
 * things melt into exactly the sky that stands behind them.
 */
import * as THREE from "three";

export interface AirColours {
  readonly zenith: number;
  readonly middle: number;
  readonly horizon: number;
  readonly sun: number;
  /** unit-ish direction towards the sun */
  readonly sunDirection: readonly [number, number, number];
  /** fog density at the floor, per metre */
  readonly density: number;
  /** how quickly the fog thins with height, per metre */
  readonly falloff: number;
}

const AIR_PARS = /* glsl */ `
uniform vec3 airZenith;
uniform vec3 airMiddle;
uniform vec3 airHorizon;
uniform vec3 airSun;
uniform vec3 airSunDir;
uniform vec2 airFog;
vec3 airColour(vec3 dir) {
  float h = clamp(dir.y, 0.0, 1.0);
  vec3 c = mix(airHorizon, airMiddle, smoothstep(0.0, 0.22, h));
  c = mix(c, airZenith, smoothstep(0.12, 0.75, h));
  float s = max(dot(dir, airSunDir), 0.0);
  float low = 1.0 - smoothstep(0.0, 0.5, h);
  c += airSun * (0.2 * pow(s, 5.0) * low + 0.3 * pow(s, 36.0) + 0.75 * pow(s, 420.0));
  return c;
}
`;

const FOG_PARS = /* glsl */ `
${AIR_PARS}
varying vec3 vAirWorld;
vec3 throughAir(vec3 colour) {
  vec3 ray = vAirWorld - cameraPosition;
  float dist = length(ray);
  vec3 dir = ray / max(dist, 1e-4);
  float slope = dir.y * airFog.y;
  float path = abs(slope) < 1e-4 ? dist : (1.0 - exp(-clamp(dist * slope, -8.0, 8.0))) / slope;
  float amount = airFog.x * exp(-max(cameraPosition.y, 0.0) * airFog.y) * path;
  // the first metres stay clear: faces near by are never washed out
  amount *= smoothstep(3.0, 16.0, dist);
  vec3 behind = airColour(normalize(vec3(dir.x, max(dir.y, 0.0) * 0.6 + 0.015, dir.z)));
  return mix(colour, behind, 1.0 - exp(-max(amount, 0.0)));
}
`;

/** Owns the uniforms of one space's air and teaches materials to fade into it. */
export class Atmosphere {
  readonly uniforms: Record<string, THREE.IUniform>;

  constructor(colours: AirColours) {
    this.uniforms = {
      airZenith: { value: new THREE.Color(colours.zenith) },
      airMiddle: { value: new THREE.Color(colours.middle) },
      airHorizon: { value: new THREE.Color(colours.horizon) },
      airSun: { value: new THREE.Color(colours.sun) },
      airSunDir: { value: new THREE.Vector3(...colours.sunDirection).normalize() },
      airFog: { value: new THREE.Vector2(colours.density, colours.falloff) },
    };
  }

  /** GLSL with `vec3 airColour(vec3 dir)`, for materials that draw the sky itself. */
  get skyPars(): string {
    return AIR_PARS;
  }

  /** Give a built-in lit material height fog. Call once per material, before first use. */
  soak<T extends THREE.Material>(material: T): T {
    const inner = material.onBeforeCompile.bind(material);
    const innerKey = material.customProgramCacheKey.bind(material);
    material.onBeforeCompile = (shader, renderer) => {
      inner(shader, renderer);
      Object.assign(shader.uniforms, this.uniforms);
      shader.vertexShader = shader.vertexShader
        .replace("#include <common>", "#include <common>\nvarying vec3 vAirWorld;")
        .replace(
          "#include <fog_vertex>",
          `vec4 airWorld = vec4(transformed, 1.0);
#ifdef USE_INSTANCING
  airWorld = instanceMatrix * airWorld;
#endif
  vAirWorld = (modelMatrix * airWorld).xyz;`,
        );
      shader.fragmentShader = shader.fragmentShader
        .replace("#include <common>", `#include <common>\n${FOG_PARS}`)
        .replace(
          "#include <tonemapping_fragment>",
          "gl_FragColor.rgb = throughAir(gl_FragColor.rgb);\n#include <tonemapping_fragment>",
        );
    };
    material.customProgramCacheKey = () => `air|${innerKey()}`;
    return material;
  }
}
