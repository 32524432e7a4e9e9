/**
 * Flat drawings over floors and things: one instanced quad each, one draw call for all of a kind.
 * Their shaders place the quads; nothing of them is culled or writes depth.
 */
import * as THREE from "three";

export interface OverlaySpec {
  readonly name: string;
  readonly vertexShader: string;
  readonly fragmentShader: string;
  readonly renderOrder?: number;
  /** how far before what it lies on it is drawn: polygon offset by slope and by depth step */
  readonly before: readonly [factor: number, units: number];
  readonly more?: THREE.ShaderMaterialParameters;
}

/** Owns the quads' buffers and material. */
export class Overlay {
  readonly mesh: THREE.Mesh<THREE.InstancedBufferGeometry, THREE.ShaderMaterial>;
  private readonly geometry = new THREE.InstancedBufferGeometry();
  private readonly live: THREE.InstancedBufferAttribute[] = [];

  constructor({ name, vertexShader, fragmentShader, renderOrder = 0, before, more }: OverlaySpec) {
    const quad = new THREE.PlaneGeometry(2, 2);
    this.geometry.index = quad.index;
    this.geometry.setAttribute("position", quad.getAttribute("position"));
    this.geometry.instanceCount = 0;
    const material = new THREE.ShaderMaterial({
      vertexShader,
      fragmentShader,
      transparent: true,
      depthWrite: false,
      polygonOffset: true,
      polygonOffsetFactor: before[0],
      polygonOffsetUnits: before[1],
      ...more,
    });
    this.mesh = new THREE.Mesh(this.geometry, material);
    this.mesh.name = name;
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = renderOrder;
  }

  /** Numbers for each quad, `size` of them, that change. */
  rows(name: string, capacity: number, size = 4): THREE.InstancedBufferAttribute {
    const made = new THREE.InstancedBufferAttribute(new Float32Array(capacity * size), size);
    this.geometry.setAttribute(name, made.setUsage(THREE.DynamicDrawUsage));
    this.live.push(made);
    return made;
  }

  /** Draw the first so many of the rows as they are now. */
  show(count: number): void {
    this.geometry.instanceCount = count;
    this.mesh.visible = count > 0;
    for (const attribute of this.live) attribute.needsUpdate = true;
  }

  dispose(): void {
    this.geometry.dispose();
    this.mesh.material.dispose();
  }
}
