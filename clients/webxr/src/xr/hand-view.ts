/** Draws one's own controllers, bare hands and rays, from simple shapes of our own: no fetched models. */
import * as THREE from "three";
import { disposeTree, gradient, join } from "../scene/shaping";
import { JOINTS } from "./gestures";
import type { HandReading } from "./hand-reader";

const RAY_M = 1;

/** Owns the meshes of both hands. Everything lives in the room, not under the rig. */
export class HandView {
  readonly root = new THREE.Group();
  private readonly joints: THREE.InstancedMesh;
  private readonly controllers: THREE.InstancedMesh;
  private readonly rays: THREE.InstancedMesh;
  private readonly matrix = new THREE.Matrix4();
  private readonly rigMatrix = new THREE.Matrix4();
  private readonly turn = new THREE.Quaternion();
  private readonly at = new THREE.Vector3();
  private readonly scale = new THREE.Vector3();
  private readonly forward = new THREE.Vector3(0, 0, -1);

  constructor(primary: string) {
    this.root.name = "own-hands";
    const skin = new THREE.MeshLambertMaterial({ color: primary });
    this.joints = new THREE.InstancedMesh(new THREE.IcosahedronGeometry(1, 1), skin, JOINTS * 2);
    this.controllers = new THREE.InstancedMesh(
      controllerShape(),
      new THREE.MeshLambertMaterial({ vertexColors: true }),
      2,
    );
    this.rays = new THREE.InstancedMesh(rayShape(), rayMaterial(), 2);
    for (const mesh of [this.joints, this.controllers, this.rays]) {
      mesh.frustumCulled = false;
      mesh.count = 0;
      this.root.add(mesh);
    }
    this.rays.renderOrder = 25;
  }

  /** Place everything for this frame. pose holds the wrists; reach is each ray's length or 0. */
  update(
    left: HandReading,
    right: HandReading,
    pose: Float32Array,
    rig: THREE.Object3D,
    leftReachM: number,
    rightReachM: number,
  ): void {
    this.rigMatrix.compose(rig.position, rig.quaternion, this.scale.set(1, 1, 1));
    let joints = 0;
    let controllers = 0;
    let rays = 0;
    for (let i = 0; i < 2; i++) {
      const hand = i === 0 ? left : right;
      const reach = i === 0 ? leftReachM : rightReachM;
      if (hand.tracked && hand.bare) joints = this.putJoints(hand, joints);
      if (hand.tracked && !hand.bare)
        controllers = this.putController(pose, 7 + i * 7, controllers);
      if (hand.rayTracked && reach > 0) rays = this.putRay(hand, reach, rays);
    }
    show(this.joints, joints);
    show(this.controllers, controllers);
    show(this.rays, rays);
  }

  dispose(): void {
    disposeTree(this.root);
  }

  private putJoints(hand: HandReading, from: number): number {
    let count = from;
    for (let j = 0; j < JOINTS; j++) {
      this.matrix.fromArray(hand.joints, j * 16).premultiply(this.rigMatrix);
      const r = Math.max(0.006, Math.min(0.02, hand.radii[j] || 0.009)) * 1.15;
      this.matrix.scale(this.scale.set(r, r, j === 0 ? r : r * 1.6));
      this.joints.setMatrixAt(count++, this.matrix);
    }
    return count;
  }

  private putController(pose: Float32Array, at: number, count: number): number {
    this.turn.fromArray(pose, at + 3);
    this.at.fromArray(pose, at);
    this.matrix.compose(this.at, this.turn, this.scale.set(1, 1, 1));
    this.controllers.setMatrixAt(count, this.matrix);
    return count + 1;
  }

  private putRay(hand: HandReading, reachM: number, count: number): number {
    this.turn.setFromUnitVectors(this.forward, hand.direction);
    this.matrix.compose(hand.origin, this.turn, this.scale.set(1, 1, reachM));
    this.rays.setMatrixAt(count, this.matrix);
    return count + 1;
  }
}

function show(mesh: THREE.InstancedMesh, count: number): void {
  mesh.count = count;
  mesh.visible = count > 0;
  mesh.instanceMatrix.needsUpdate = true;
}

/** A rounded handle with a small head, lying in the wrist's frame. */
function controllerShape(): THREE.BufferGeometry {
  const handle = new THREE.CapsuleGeometry(0.019, 0.075, 4, 10);
  handle.rotateX(-0.6);
  handle.translate(0, -0.012, -0.085);
  const head = new THREE.SphereGeometry(0.032, 12, 8);
  head.scale(1, 0.55, 1.15);
  head.translate(0, 0.03, -0.118);
  return join([gradient(handle, 0x2a2030, 0x5a4a62), gradient(head, 0x43364a, 0xd9c7ac)]);
}

function rayShape(): THREE.BufferGeometry {
  const ray = new THREE.CylinderGeometry(0.0022, 0.0034, RAY_M, 6, 1, true);
  ray.rotateX(-Math.PI / 2);
  ray.translate(0, 0, -RAY_M / 2);
  return ray;
}

function rayMaterial(): THREE.Material {
  return new THREE.ShaderMaterial({
    vertexShader: /* glsl */ `
varying float vAlong;
void main() {
  vAlong = -position.z;
  gl_Position = projectionMatrix * modelViewMatrix * instanceMatrix * vec4(position, 1.0);
}`,
    fragmentShader: /* glsl */ `
varying float vAlong;
void main() {
  gl_FragColor = vec4(1.0, 0.92, 0.8, 0.75 * smoothstep(0.0, 0.06, vAlong) * (1.0 - 0.6 * vAlong));
  #include <colorspace_fragment>
}`,
    transparent: true,
    depthWrite: false,
  });
}
