/**
 * Draws one's own hands and rays from simple shapes of our own: the same mittens that others see.
 * Bare hands bend them finger by finger, and a bead marks the true fingertip that presses buttons.
 */
import * as THREE from "three";
import { BodyLayer } from "../scene/avatar/body-layer";
import { snapCurls, stepCurls } from "../scene/avatar/curls";
import { handShape } from "../scene/avatar/hand-shape";
import { disposeTree } from "../scene/shaping";
import type { HandReading } from "./hand-reader";

const RAY_M = 1;

export interface HandColours {
  readonly primary: string;
  readonly secondary: string;
}

/** Owns the meshes of both hands. Everything lives in the room, not under the rig. */
export class HandView {
  readonly root = new THREE.Group();
  private readonly tips: THREE.InstancedMesh;
  private readonly mittens: { left: BodyLayer; right: BodyLayer };
  private readonly curls = { left: new Float32Array(4), right: new Float32Array(4) };
  private readonly primary = new Float32Array(4);
  private readonly secondary = new Float32Array(4);
  private readonly rays: THREE.InstancedMesh;
  private readonly matrix = new THREE.Matrix4();
  private readonly turn = new THREE.Quaternion();
  private readonly scale = new THREE.Vector3();
  private readonly forward = new THREE.Vector3(0, 0, -1);

  constructor(colours: HandColours, soak: (material: THREE.Material) => void) {
    this.root.name = "own-hands";
    new THREE.Color(colours.primary).toArray(this.primary);
    new THREE.Color(colours.secondary).toArray(this.secondary);
    this.tips = new THREE.InstancedMesh(
      new THREE.IcosahedronGeometry(1, 1),
      new THREE.MeshBasicMaterial({ color: 0xffe0b8, toneMapped: false }),
      2,
    );
    this.rays = new THREE.InstancedMesh(rayShape(), rayMaterial(), 2);
    this.mittens = {
      left: new BodyLayer(handShape(-1, 10), "leftHand", 1, soak),
      right: new BodyLayer(handShape(1, 10), "rightHand", 1, soak),
    };
    snapCurls(this.curls.left, 0);
    snapCurls(this.curls.right, 0);
    for (const mesh of [this.tips, this.rays]) {
      mesh.frustumCulled = false;
      mesh.count = 0;
      this.root.add(mesh);
    }
    this.root.add(this.mittens.left.mesh, this.mittens.right.mesh);
    this.rays.renderOrder = 25;
  }

  /** Place everything for this frame. pose holds the wrists; reach is each ray's length or 0. */
  update(
    left: HandReading,
    right: HandReading,
    pose: Float32Array,
    reach: { left: number; right: number },
    dtS: number,
  ): void {
    let tips = 0;
    let rays = 0;
    for (let i = 0; i < 2; i++) {
      const hand = i === 0 ? left : right;
      const reachM = reach[hand.side];
      if (hand.tipTracked && hand.bare) tips = this.putTip(hand, tips);
      this.putMitten(hand, pose, 7 + i * 7, dtS);
      if (hand.rayTracked && reachM > 0) rays = this.putRay(hand, reachM, rays);
    }
    show(this.tips, tips);
    show(this.rays, rays);
  }

  dispose(): void {
    disposeTree(this.root);
  }

  private putTip(hand: HandReading, count: number): number {
    this.matrix.makeScale(0.006, 0.006, 0.006).setPosition(hand.tip);
    this.tips.setMatrixAt(count, this.matrix);
    return count + 1;
  }

  private putMitten(hand: HandReading, pose: Float32Array, at: number, dtS: number): void {
    const layer = this.mittens[hand.side];
    const curls = this.curls[hand.side];
    layer.begin();
    if (hand.tracked) {
      if (hand.bare) curls.set(hand.curls);
      else stepCurls(curls, hand.gesture, dtS);
      const row = layer.dress(this.primary, this.secondary, 1);
      layer.placePose(row, pose, at);
      layer.animate(row, curls[0]!, curls[1]!, curls[2]!, curls[3]!);
    }
    layer.end();
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
