import { PerspectiveCamera } from "three";
import { describe, expect, it } from "vitest";
import { Posture } from "../../src/state/avatar-state";
import type { Pose } from "../../src/state/poses";
import { newHeld, posed } from "../../src/state/posing";
import { FlatBody } from "../../src/xr/flat-body";

const STILL = { forward: 0, right: 0, sprint: false };
const MAT = { x: 2, z: -1, yaw: 0.8 };
const rest: Pose = {
  ...{ id: "rest", name: "Rest", posture: "lying", sided: false, level: "gentle" },
  ...{ text: "", steps: [], care: [], breathes: false },
  keys: [{ at: 0, root: [0, 0.1, 0], bones: { hips: [90, 0, 0], upper_arm_r: [0, 0, 40] } }],
};

function someone(): { flat: FlatBody; camera: PerspectiveCamera } {
  const camera = new PerspectiveCamera();
  const rig = { position: { set: () => {} }, rotation: { y: 0 } };
  const flat = new FlatBody({ rig, camera, seats: [], walkable: () => true }, MAT);
  return { flat, camera };
}

function go(flat: FlatBody, seconds: number, each = () => {}): void {
  for (let i = 0; i < seconds * 60; i++) {
    flat.update(1 / 60, STILL);
    each();
  }
}

const hold = {
  posture: Posture.Lying,
  write: (out: Float32Array) => void out.set(posed(rest, 0, false, MAT, newHeld()).pose),
};

describe("a pose taken at a screen", () => {
  it("puts head and hands where the pose has them, without a leap", () => {
    const { flat } = someone();
    go(flat, 0.2);
    expect(flat.body.leftVisible).toBe(false);
    flat.holdPose(hold);
    let before = Float32Array.from(flat.body.pose);
    go(flat, 1.5, () => {
      const { pose } = flat.body;
      const stepM = Math.hypot(...[0, 1, 2].map((k) => pose[k]! - before[k]!));
      // the server draws in who is faster than 12 m/s
      expect(stepM * 60).toBeLessThan(6);
      before = Float32Array.from(pose);
    });
    const wanted = posed(rest, 0, false, MAT).pose;
    wanted.forEach((number, i) => {
      expect(flat.body.pose[i]).toBeCloseTo(number, 4);
    });
    expect(flat.body.posture).toBe(Posture.Lying);
    expect([flat.body.leftVisible, flat.body.rightVisible]).toEqual([true, true]);
  });

  it("leaves one's own view on the class, also for whoever lies down", () => {
    const { flat, camera } = someone();
    flat.turn(0, -0.3);
    flat.holdPose(hold);
    go(flat, 2);
    expect(camera.position.y).toBeGreaterThan(0.7);
    expect(camera.rotation.x).toBeCloseTo(-0.3, 5);
  });

  it("ends when one walks, and one's hands are not shown any more", () => {
    const { flat } = someone();
    flat.holdPose(hold);
    go(flat, 1.5);
    flat.update(1 / 60, { ...STILL, forward: 1 });
    expect(flat.holding).toBe(false);
    go(flat, 1.5);
    expect(flat.body.posture).toBe(Posture.Standing);
    expect(flat.body.leftVisible).toBe(false);
    expect(flat.body.pose[1]).toBeGreaterThan(1.6);
  });
});
