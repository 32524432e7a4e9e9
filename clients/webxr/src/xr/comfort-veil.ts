/** What covers the eyes for comfort: a short fade at jumps, a vignette while gliding. One draw call. */
import * as THREE from "three";

const FADE_OUT_S = 0.06;
const FADE_IN_S = 0.085;

/** Owns the veil. Parent it to the scene; it draws in clip space for each eye. */
export class ComfortVeil {
  readonly mesh: THREE.Mesh<THREE.BufferGeometry, THREE.ShaderMaterial>;
  private dark = 0;
  private tunnel = 0;
  private pending: (() => void) | null = null;

  constructor() {
    this.mesh = new THREE.Mesh(
      new THREE.PlaneGeometry(2, 2),
      new THREE.ShaderMaterial({
        uniforms: { dark: { value: 0 }, tunnel: { value: 0 } },
        vertexShader: `varying vec2 vAt; void main() { vAt = position.xy; gl_Position = vec4(position.xy, 0.0, 1.0); }`,
        fragmentShader: /* glsl */ `
uniform float dark; uniform float tunnel; varying vec2 vAt;
void main() {
  float edge = smoothstep(mix(1.5, 0.42, tunnel), mix(1.9, 0.85, tunnel), length(vAt)) * step(0.001, tunnel);
  gl_FragColor = vec4(0.014, 0.01, 0.016, max(dark, edge));
}`,
        transparent: true,
        depthTest: false,
        depthWrite: false,
      }),
    );
    this.mesh.name = "comfort-veil";
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 100;
    this.mesh.visible = false;
  }

  /** Whether a jump is under way. */
  get busy(): boolean {
    return this.pending !== null;
  }

  /** Darken, do it, lighten: 145 ms in all. */
  blink(act: () => void): void {
    this.pending ??= act;
  }

  /** Advance; gliding is 0 to 1. */
  update(dtS: number, gliding: number): void {
    if (this.pending) {
      this.dark = Math.min(1, this.dark + dtS / FADE_OUT_S);
      if (this.dark >= 1) {
        const act = this.pending;
        this.pending = null;
        act();
      }
    } else {
      this.dark = Math.max(0, this.dark - dtS / FADE_IN_S);
    }
    this.tunnel += (gliding - this.tunnel) * (1 - Math.exp(-10 * dtS));
    if (gliding === 0 && this.tunnel < 0.01) this.tunnel = 0;
    this.mesh.visible = this.dark > 0 || this.tunnel > 0;
    this.mesh.material.uniforms.dark!.value = this.dark;
    this.mesh.material.uniforms.tunnel!.value = this.tunnel;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}
