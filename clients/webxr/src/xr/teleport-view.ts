/** The teleport's arc and landing ring: two draw calls while aiming, none otherwise. */
import * as THREE from "three";
import { disposeTree } from "../scene/shaping";
import { ARC_POINTS, type Arc } from "./teleport-arc";

const VALID = new THREE.Color(0x7fbf8e);
const INVALID = new THREE.Color(0xe0607e);

/** Owns arc ribbon and marker. */
export class TeleportView {
  readonly root = new THREE.Group();
  private readonly beads: THREE.InstancedMesh;
  private readonly ring: THREE.Mesh<THREE.BufferGeometry, THREE.ShaderMaterial>;
  private readonly matrix = new THREE.Matrix4();
  private readonly material = new THREE.MeshBasicMaterial({
    transparent: true,
    opacity: 0.85,
    depthWrite: false,
    toneMapped: false,
  });

  constructor() {
    this.root.visible = false;
    this.root.name = "teleport";
    this.beads = new THREE.InstancedMesh(
      new THREE.IcosahedronGeometry(0.014, 1),
      this.material,
      ARC_POINTS,
    );
    this.beads.frustumCulled = false;
    this.ring = new THREE.Mesh(
      new THREE.PlaneGeometry(1.2, 1.2).rotateX(-Math.PI / 2),
      new THREE.ShaderMaterial({
        uniforms: { colour: { value: VALID.clone() }, invalid: { value: 0 } },
        vertexShader: /* glsl */ `
varying vec2 vAt;
void main() { vAt = uv * 2.0 - 1.0; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }`,
        fragmentShader: /* glsl */ `
uniform vec3 colour; uniform float invalid; varying vec2 vAt;
void main() {
  float r = length(vAt);
  float ring = smoothstep(0.06, 0.02, abs(r - 0.72)) + 0.4 * smoothstep(0.05, 0.01, abs(r - 0.5));
  float glow = max(0.0, 1.0 - r) * 0.35;
  // an unreachable spot wears a cross, so that colour is never alone
  float cross = min(abs(vAt.x - vAt.y), abs(vAt.x + vAt.y));
  ring = mix(ring, ring + smoothstep(0.08, 0.04, cross) * step(r, 0.5), invalid);
  gl_FragColor = vec4(colour, clamp(ring + glow, 0.0, 1.0) * 0.9);
  #include <colorspace_fragment>
}`,
        transparent: true,
        depthWrite: false,
        depthTest: false,
      }),
    );
    this.ring.renderOrder = 8;
    this.root.add(this.beads, this.ring);
  }

  hide(): void {
    this.root.visible = false;
  }

  /** Show this arc. */
  show(arc: Arc): void {
    this.root.visible = true;
    const colour = arc.valid ? VALID : INVALID;
    this.material.color.copy(colour);
    this.beads.count = arc.count;
    for (let i = 0; i < arc.count; i++) {
      const size = 0.6 + (i / ARC_POINTS) * 0.9;
      this.matrix
        .makeScale(size, size, size)
        .setPosition(arc.points[i * 3]!, arc.points[i * 3 + 1]!, arc.points[i * 3 + 2]!);
      this.beads.setMatrixAt(i, this.matrix);
    }
    this.beads.instanceMatrix.needsUpdate = true;
    this.ring.visible = arc.landed;
    this.ring.position.set(arc.x, 0.03, arc.z);
    (this.ring.material.uniforms.colour!.value as THREE.Color).copy(colour);
    this.ring.material.uniforms.invalid!.value = arc.valid ? 0 : 1;
  }

  dispose(): void {
    disposeTree(this.root);
  }
}
