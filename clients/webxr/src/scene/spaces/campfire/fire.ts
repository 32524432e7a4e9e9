/** The fire: flames, embers, halo and its light. Shader time only; nothing is computed per frame. */
import * as THREE from "three";
import { seededRandom } from "../../random";

const NOISE = /* glsl */ `
float hash21(vec2 p) { p = fract(p * vec2(234.34, 435.345)); p += dot(p, p + 34.23); return fract(p.x * p.y); }
float noise2(vec2 p) {
  vec2 i = floor(p), f = fract(p); f = f * f * (3.0 - 2.0 * f);
  return mix(mix(hash21(i), hash21(i + vec2(1, 0)), f.x), mix(hash21(i + vec2(0, 1)), hash21(i + vec2(1, 1)), f.x), f.y);
}`;

const FLAME_VERTEX = /* glsl */ `
attribute vec4 tongue; // phase, heat, speed, lean
uniform float timeS;
varying float vUp; varying float vHeat; varying float vFacing;
${NOISE}
void main() {
  vec3 p = position;
  vUp = p.y;
  float t = timeS * tongue.z + tongue.x * 17.0;
  float sway = (noise2(vec2(tongue.x * 9.0, p.y * 1.6 - t * 1.5)) - 0.5);
  float sway2 = (noise2(vec2(tongue.x * 5.0 + 31.0, p.y * 1.6 - t * 1.3)) - 0.5);
  float free = p.y * p.y;
  p.x += (sway * 0.55) * free; p.z += (sway2 * 0.55) * free;
  p.y *= 0.86 + 0.28 * noise2(vec2(t * 0.9, tongue.x * 3.0));
  vHeat = tongue.y;
  vec4 world = modelMatrix * instanceMatrix * vec4(p, 1.0);
  vec3 n = normalize(mat3(modelMatrix) * mat3(instanceMatrix) * normal);
  vec3 eye = normalize(cameraPosition - world.xyz);
  vFacing = abs(dot(n, eye));
  gl_Position = projectionMatrix * viewMatrix * world;
}`;

const FLAME_FRAGMENT = /* glsl */ `
varying float vUp; varying float vHeat; varying float vFacing;
void main() {
  vec3 tip = mix(vec3(0.85, 0.13, 0.02), vec3(1.0, 0.42, 0.06), vHeat);
  vec3 core = mix(vec3(1.0, 0.36, 0.05), vec3(1.0, 0.85, 0.42), vHeat);
  vec3 c = mix(core, tip, smoothstep(0.1, 0.9, vUp));
  float soft = pow(vFacing, 1.6);
  float a = soft * (1.0 - smoothstep(0.55, 1.0, vUp)) * smoothstep(-0.02, 0.12, vUp);
  gl_FragColor = vec4(c * (0.75 + vHeat * 0.9), a * 0.8);
  #include <tonemapping_fragment>
  #include <colorspace_fragment>
}`;

const EMBER_VERTEX = /* glsl */ `
attribute vec4 spark; // angle, phase, speed, kind (0 ember, 1 firefly)
uniform float timeS;
varying vec2 vUv; varying float vGlow; varying float vKind;
void main() {
  vUv = uv * 2.0 - 1.0;
  float life = fract(timeS * spark.z + spark.y);
  vec3 at; float size;
  if (spark.w < 0.5) {
    float swirl = spark.x + life * 2.4 + sin(timeS * 0.7 + spark.y * 40.0) * 0.5;
    float r = 0.12 + 0.75 * life * fract(spark.y * 7.13);
    at = vec3(cos(swirl) * r, 0.35 + life * (2.4 + 1.6 * fract(spark.y * 3.7)), sin(swirl) * r);
    vGlow = smoothstep(0.0, 0.06, life) * (1.0 - smoothstep(0.45, 1.0, life));
    size = 0.02 * (1.0 - life * 0.5);
  } else {
    float r = 8.5 + 7.0 * fract(spark.y * 5.3);
    float drift = spark.x + timeS * 0.02 * (fract(spark.y * 9.1) - 0.5);
    at = vec3(cos(drift) * r + sin(timeS * 0.31 + spark.y * 60.0) * 0.7,
              0.7 + fract(spark.y * 3.1) * 1.3 + sin(timeS * 0.43 + spark.y * 30.0) * 0.35,
              sin(drift) * r + cos(timeS * 0.27 + spark.y * 50.0) * 0.7);
    vGlow = 0.65 * smoothstep(0.35, 0.8, sin(timeS * 0.8 + spark.y * 80.0));
    size = 0.035;
  }
  vKind = spark.w;
  vec4 view = viewMatrix * modelMatrix * vec4(at, 1.0);
  view.xy += position.xy * size;
  gl_Position = projectionMatrix * view;
}`;

const EMBER_FRAGMENT = /* glsl */ `
varying vec2 vUv; varying float vGlow; varying float vKind;
void main() {
  float d = dot(vUv, vUv);
  float a = max(0.0, 1.0 - d);
  vec3 hot = mix(vec3(1.0, 0.48, 0.14), vec3(0.85, 1.0, 0.45), vKind);
  gl_FragColor = vec4(mix(hot, vec3(1.0, 0.9, 0.7), a * a * 0.6) * a * a * vGlow * 1.6, 1.0);
  #include <colorspace_fragment>
}`;

const BRIGHT = 26;

const HALO_VERTEX = /* glsl */ `
varying vec2 vUv;
void main() {
  vUv = uv * 2.0 - 1.0;
  vec4 view = viewMatrix * modelMatrix * vec4(0.0, 1.0, 0.0, 1.0);
  view.xy += position.xy * vec2(4.0, 2.1);
  gl_Position = projectionMatrix * view;
}`;

const HALO_FRAGMENT = /* glsl */ `
uniform float flicker;
varying vec2 vUv;
void main() {
  float r = max(0.0, 1.0 - length(vUv));
  gl_FragColor = vec4(vec3(1.0, 0.42, 0.13) * pow(r, 2.6) * 0.34 * flicker, 1.0);
  #include <colorspace_fragment>
}`;

export interface FireOptions {
  readonly embers: number;
  readonly reducedMotion: boolean;
  /** how much its light counts: less by day */
  readonly strength: number;
}

/** Owns the fire's objects and its gently breathing light. */
export class Fire {
  readonly root = new THREE.Group();
  private readonly time = { value: 0 };
  private readonly flicker = { value: 1 };
  private readonly light = new THREE.PointLight(0xffa264, BRIGHT, 20, 1.6);
  private readonly glow = new THREE.PointLight(0xffb070, 9, 5, 1.6);
  private readonly calm: boolean;
  private readonly bright: number;

  constructor(options: FireOptions) {
    this.calm = options.reducedMotion;
    this.bright = BRIGHT * options.strength;
    this.light.intensity = this.bright;
    this.flicker.value = options.strength;
    this.root.name = "fire";
    this.light.position.set(0, 1.15, 0);
    this.glow.position.set(0, 0.35, 0);
    this.root.add(this.light, this.glow, this.flames(), this.halo());
    if (!options.reducedMotion) this.root.add(this.embers(options.embers));
  }

  /** Advance shader time; the light breathes by a few per cent, never strobes. */
  update(nowS: number): void {
    // wrap: shader floats lose their fine grain after hours in one room
    const t = nowS % 3600;
    this.time.value = this.calm ? t * 0.25 : t;
    if (this.calm) return;
    const breath =
      1 + 0.05 * Math.sin(t * 5.3) * Math.sin(t * 1.7 + 1) + 0.035 * Math.sin(t * 9.1 + 2);
    this.flicker.value = breath * (this.bright / BRIGHT);
    this.light.intensity = this.bright * breath;
    this.light.position.x = 0.05 * Math.sin(t * 3.1);
    this.light.position.z = 0.05 * Math.cos(t * 2.6);
  }

  private flames(): THREE.InstancedMesh {
    const shape = new THREE.LatheGeometry(
      [0.02, 0.3, 0.4, 0.38, 0.28, 0.16, 0.06, 0].map((r, i) => new THREE.Vector2(r, i / 7)),
      12,
    );
    const tongues = 11;
    const looks = new Float32Array(tongues * 4);
    const material = new THREE.ShaderMaterial({
      uniforms: { timeS: this.time },
      vertexShader: FLAME_VERTEX,
      fragmentShader: FLAME_FRAGMENT,
      transparent: true,
      depthWrite: false,
      blending: THREE.AdditiveBlending,
      side: THREE.DoubleSide,
    });
    const mesh = new THREE.InstancedMesh(shape, material, tongues);
    const random = seededRandom(8);
    const matrix = new THREE.Matrix4();
    for (let i = 0; i < tongues; i++) {
      const inner = i < 4;
      const angle = (i / (inner ? 4 : 7)) * Math.PI * 2;
      const r = inner ? 0.08 : 0.2 + random() * 0.08;
      const height = inner ? 1.0 + random() * 0.35 : 0.55 + random() * 0.4;
      const width = inner ? 0.62 : 0.5;
      matrix.compose(
        new THREE.Vector3(Math.cos(angle) * r, 0.12, Math.sin(angle) * r),
        new THREE.Quaternion().setFromEuler(new THREE.Euler(0, angle, 0)),
        new THREE.Vector3(width, height, width),
      );
      mesh.setMatrixAt(i, matrix);
      looks.set([random(), inner ? 0.85 : 0.25 + random() * 0.3, 1 + random() * 0.4, 0], i * 4);
    }
    shape.setAttribute("tongue", new THREE.InstancedBufferAttribute(looks, 4));
    mesh.frustumCulled = false;
    mesh.renderOrder = 6;
    return mesh;
  }

  private embers(count: number): THREE.Mesh {
    const random = seededRandom(19);
    const quad = new THREE.PlaneGeometry(2, 2);
    const geometry = new THREE.InstancedBufferGeometry();
    geometry.index = quad.index;
    geometry.setAttribute("position", quad.getAttribute("position"));
    geometry.setAttribute("uv", quad.getAttribute("uv"));
    const sparks = new Float32Array(count * 4);
    for (let i = 0; i < count; i++) {
      const firefly = i % 3 === 2 ? 1 : 0;
      sparks.set([random() * 6.283, random(), 0.1 + random() * 0.13, firefly], i * 4);
    }
    geometry.setAttribute("spark", new THREE.InstancedBufferAttribute(sparks, 4));
    geometry.instanceCount = count;
    const mesh = new THREE.Mesh(
      geometry,
      new THREE.ShaderMaterial({
        uniforms: { timeS: this.time },
        vertexShader: EMBER_VERTEX,
        fragmentShader: EMBER_FRAGMENT,
        transparent: true,
        depthWrite: false,
        blending: THREE.AdditiveBlending,
      }),
    );
    mesh.frustumCulled = false;
    mesh.renderOrder = 7;
    return mesh;
  }

  private halo(): THREE.Mesh {
    const mesh = new THREE.Mesh(
      new THREE.PlaneGeometry(1, 1),
      new THREE.ShaderMaterial({
        uniforms: { flicker: this.flicker },
        vertexShader: HALO_VERTEX,
        fragmentShader: HALO_FRAGMENT,
        transparent: true,
        depthWrite: false,
        blending: THREE.AdditiveBlending,
      }),
    );
    mesh.frustumCulled = false;
    mesh.renderOrder = 5;
    return mesh;
  }
}
