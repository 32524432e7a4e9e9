/** One body part of all avatars: an instanced mesh whose rows are refilled every frame. */
import * as THREE from "three";
import { type BodyPart, bodyMaterial } from "./material";

const ROW = 16;

/** Owns the instance buffers of one part; row i of one frame is whoever was put i-th. */
export class BodyLayer {
  readonly mesh: THREE.InstancedMesh;
  private readonly matrices: Float32Array;
  private readonly primary: Float32Array;
  private readonly secondary: Float32Array;
  private readonly life: Float32Array;
  private readonly attributes: THREE.InstancedBufferAttribute[];
  private rows = 0;

  constructor(
    geometry: THREE.BufferGeometry,
    part: BodyPart,
    capacity: number,
    soak: (material: THREE.Material) => void,
  ) {
    const material = bodyMaterial(part);
    soak(material);
    this.mesh = new THREE.InstancedMesh(geometry, material, capacity);
    this.mesh.name = part;
    this.mesh.frustumCulled = false;
    this.mesh.count = 0;
    this.matrices = this.mesh.instanceMatrix.array as Float32Array;
    const make = (name: string): THREE.InstancedBufferAttribute => {
      const attribute = new THREE.InstancedBufferAttribute(new Float32Array(capacity * 4), 4);
      attribute.setUsage(THREE.DynamicDrawUsage);
      geometry.setAttribute(name, attribute);
      return attribute;
    };
    const primary = make("primary");
    const secondary = make("secondary");
    const life = make("life");
    this.mesh.instanceMatrix.setUsage(THREE.DynamicDrawUsage);
    this.attributes = [this.mesh.instanceMatrix, primary, secondary, life];
    this.primary = primary.array as Float32Array;
    this.secondary = secondary.array as Float32Array;
    this.life = life.array as Float32Array;
  }

  /** Start a frame. */
  begin(): void {
    this.rows = 0;
  }

  /** Reserve the next row, dressed in these colours; returns its number. */
  dress(primary: Float32Array, secondary: Float32Array, opacity: number): number {
    const row = this.rows++;
    const at = row * 4;
    for (let i = 0; i < 4; i++) {
      this.primary[at + i] = primary[i]!;
      this.secondary[at + i] = i === 3 ? opacity : secondary[i]!;
    }
    return row;
  }

  /** Copy a column-major matrix into a row. */
  place(row: number, matrix: Float32Array): void {
    const at = row * ROW;
    for (let i = 0; i < ROW; i++) this.matrices[at + i] = matrix[i]!;
  }

  /** Write a matrix from position and quaternion: numbers `at` to `at + 6` of a pose. */
  placePose(row: number, pose: Float32Array, at: number): void {
    writePose(this.matrices, row * ROW, pose, at);
  }

  /** Set the four numbers that animate this part. */
  animate(row: number, a: number, b: number, c: number, d: number): void {
    const at = row * 4;
    this.life[at] = a;
    this.life[at + 1] = b;
    this.life[at + 2] = c;
    this.life[at + 3] = d;
  }

  /** Finish a frame: only the rows in use are uploaded and drawn. */
  end(): void {
    this.mesh.count = this.rows;
    for (let i = 0; i < this.attributes.length; i++) {
      const attribute = this.attributes[i]!;
      attribute.clearUpdateRanges();
      attribute.addUpdateRange(0, this.rows * attribute.itemSize);
      attribute.needsUpdate = this.rows > 0;
    }
    this.mesh.visible = this.rows > 0;
  }

  /** The matrix drawn in a row, as a fresh array (diagnostics only). */
  matrixAt(row: number): number[] {
    return Array.from(this.matrices.subarray(row * ROW, row * ROW + ROW));
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    (this.mesh.material as THREE.Material).dispose();
    this.mesh.dispose();
  }
}

/** Compose a rigid column-major matrix at `offset` from xyz and quaternion xyzw at `at`. */
export function writePose(out: Float32Array, offset: number, pose: Float32Array, at: number): void {
  const x = pose[at + 3]!;
  const y = pose[at + 4]!;
  const z = pose[at + 5]!;
  const w = pose[at + 6]!;
  out[offset] = 1 - 2 * (y * y + z * z);
  out[offset + 1] = 2 * (x * y + w * z);
  out[offset + 2] = 2 * (x * z - w * y);
  out[offset + 3] = 0;
  out[offset + 4] = 2 * (x * y - w * z);
  out[offset + 5] = 1 - 2 * (x * x + z * z);
  out[offset + 6] = 2 * (y * z + w * x);
  out[offset + 7] = 0;
  out[offset + 8] = 2 * (x * z + w * y);
  out[offset + 9] = 2 * (y * z - w * x);
  out[offset + 10] = 1 - 2 * (x * x + y * y);
  out[offset + 11] = 0;
  out[offset + 12] = pose[at]!;
  out[offset + 13] = pose[at + 1]!;
  out[offset + 14] = pose[at + 2]!;
  out[offset + 15] = 1;
}
