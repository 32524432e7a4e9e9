/** Name tags and reactions: upright quads that face the eye, all in one draw call. */
import * as THREE from "three";

const VERTEX = /* glsl */ `
uniform float screenAligned;
attribute vec4 seat;   // xyz, scale
attribute vec4 rect;   // u0 v0 u1 v1
attribute vec4 shape;  // width, height, opacity, style
varying vec2 vUv; varying vec2 vAt; varying vec2 vHalf; varying float vOpacity; varying float vStyle;
void main() {
  // a tag has a margin for its speaking ring
  float margin = shape.w < 1.5 ? 0.02 : 0.0;
  vHalf = shape.xy * 0.5;
  vec2 half2 = vHalf + margin;
  vAt = position.xy * half2;
  vUv = mix(rect.xy, rect.zw, vec2(vAt.x / vHalf.x * 0.5 + 0.5, 0.5 - vAt.y / vHalf.y * 0.5));
  vOpacity = shape.z; vStyle = shape.w;
  vec3 toEye = cameraPosition - seat.xyz;
  vec3 right = normalize(vec3(toEye.z, 0.0, -toEye.x) + vec3(1e-5, 0.0, 0.0));
  // on a flat screen tags keep level with its edges; in a headset they face the eye
  vec3 level = normalize(vec3(viewMatrix[0][0], 0.0, viewMatrix[2][0]) + vec3(1e-5, 0.0, 0.0));
  right = mix(right, level, screenAligned);
  // upright until seen from steeply above or below: steady tags are easier to read
  vec3 facing = normalize(cross(normalize(toEye), right));
  float steep = smoothstep(0.45, 0.85, abs(normalize(toEye).y));
  vec3 up = normalize(mix(vec3(0.0, 1.0, 0.0), facing, steep));
  vec3 world = seat.xyz + (right * vAt.x + up * vAt.y) * seat.w;
  gl_Position = projectionMatrix * viewMatrix * vec4(world, 1.0);
}`;

const FRAGMENT = /* glsl */ `
uniform sampler2D atlas;
varying vec2 vUv; varying vec2 vAt; varying vec2 vHalf; varying float vOpacity; varying float vStyle;
void main() {
  vec4 ink = texture2D(atlas, vUv);
  if (vStyle > 1.5) { gl_FragColor = vec4(ink.rgb, ink.a * vOpacity); return; }
  float voice = clamp(vStyle, 0.0, 1.0);
  float r = vHalf.y * 0.82;
  vec2 q = abs(vAt) - vHalf + r;
  float d = length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - r;
  float w = fwidth(d);
  float inside = 1.0 - smoothstep(-w, w, d);
  float inkOn = inside * step(abs(vAt.x), vHalf.x) * step(abs(vAt.y), vHalf.y);
  vec3 glass = mix(vec3(0.102, 0.075, 0.118), vec3(0.19, 0.14, 0.21), smoothstep(-vHalf.y, vHalf.y, vAt.y));
  vec3 c = mix(glass, ink.rgb, ink.a * inkOn);
  float a = inside * mix(0.74, 1.0, ink.a * inkOn);
  // a hairline in quiet, a lit ring while speaking
  float rim = 1.0 - smoothstep(0.0, w * 1.6 + 0.0015, abs(d + 0.0015));
  c = mix(c, vec3(0.42, 0.35, 0.44), rim * 0.6 * (1.0 - voice));
  float lit = smoothstep(0.011, 0.005, abs(d - 0.002)) * voice;
  float halo = smoothstep(0.02, 0.0, abs(d)) * voice * 0.5;
  c = mix(c, vec3(1.0, 0.66, 0.36), max(lit, halo * (1.0 - inside)));
  a = max(a, max(lit, halo));
  gl_FragColor = vec4(c, a * vOpacity);
}`;

/** Owns the quads' buffers. Rows must be put from far to near. */
export class BillboardLayer {
  readonly mesh: THREE.Mesh;
  private readonly geometry = new THREE.InstancedBufferGeometry();
  private readonly seat: THREE.InstancedBufferAttribute;
  private readonly rect: THREE.InstancedBufferAttribute;
  private readonly shape: THREE.InstancedBufferAttribute;
  private readonly screenAligned = { value: 1 };
  private rows = 0;

  constructor(
    private readonly capacity: number,
    atlas: THREE.Texture,
  ) {
    const quad = new THREE.PlaneGeometry(2, 2);
    this.geometry.index = quad.index;
    this.geometry.setAttribute("position", quad.getAttribute("position"));
    this.seat = this.attribute("seat");
    this.rect = this.attribute("rect");
    this.shape = this.attribute("shape");
    this.mesh = new THREE.Mesh(
      this.geometry,
      new THREE.ShaderMaterial({
        uniforms: { atlas: { value: atlas }, screenAligned: this.screenAligned },
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        transparent: true,
        depthWrite: false,
      }),
    );
    this.mesh.name = "name-tags";
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 20;
  }

  begin(inHeadset: boolean): void {
    this.rows = 0;
    this.screenAligned.value = inHeadset ? 0 : 1;
  }

  /** Add a name tag; `voice` 0 to 1 lights its ring. */
  putTag(
    x: number,
    y: number,
    z: number,
    scale: number,
    rect: Float32Array,
    aspect: number,
    heightM: number,
    opacity: number,
    voice: number,
  ): void {
    this.put(x, y, z, scale, rect, aspect * heightM, heightM, opacity, Math.min(1, voice));
  }

  /** Add a picture. */
  putIcon(
    x: number,
    y: number,
    z: number,
    sizeM: number,
    rect: Float32Array,
    opacity: number,
  ): void {
    this.put(x, y, z, 1, rect, sizeM, sizeM, opacity, 2);
  }

  end(): void {
    this.geometry.instanceCount = this.rows;
    this.mesh.visible = this.rows > 0;
    this.seat.needsUpdate = true;
    this.rect.needsUpdate = true;
    this.shape.needsUpdate = true;
  }

  dispose(): void {
    this.geometry.dispose();
    (this.mesh.material as THREE.Material).dispose();
  }

  private put(
    x: number,
    y: number,
    z: number,
    scale: number,
    rect: Float32Array,
    width: number,
    height: number,
    opacity: number,
    style: number,
  ): void {
    if (this.rows >= this.capacity) return;
    const row = this.rows++;
    this.seat.setXYZW(row, x, y, z, scale);
    this.rect.setXYZW(row, rect[0]!, rect[1]!, rect[2]!, rect[3]!);
    this.shape.setXYZW(row, width, height, opacity, style);
  }

  private attribute(name: string): THREE.InstancedBufferAttribute {
    const attribute = new THREE.InstancedBufferAttribute(new Float32Array(this.capacity * 4), 4);
    attribute.setUsage(THREE.DynamicDrawUsage);
    this.geometry.setAttribute(name, attribute);
    return attribute;
  }
}
