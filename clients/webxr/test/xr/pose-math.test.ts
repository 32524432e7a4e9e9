import { Euler, Matrix4, Quaternion, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { newBody } from "../../src/xr/controls";
import { HeadsetRig } from "../../src/xr/headset-rig";
import { gripToWrist, upYOf, writeInRoom, writeYawPitch, yawOf } from "../../src/xr/pose-math";

describe("rig to room", () => {
  it("agrees with a matrix product", () => {
    const rig = { x: 2, y: 0.3, z: -5, yaw: 0.9 };
    const turn = new Quaternion().setFromEuler(new Euler(0.4, -1.2, 0.2));
    const position = new Vector3(0.3, 1.5, -0.7);
    const out = new Float32Array(7);
    writeInRoom(out, 0, position, turn, rig);
    const world = new Matrix4()
      .makeRotationY(rig.yaw)
      .setPosition(rig.x, rig.y, rig.z)
      .multiply(new Matrix4().compose(position, turn, new Vector3(1, 1, 1)));
    const p = new Vector3().setFromMatrixPosition(world);
    const q = new Quaternion().setFromRotationMatrix(world);
    expect(out[0]).toBeCloseTo(p.x, 5);
    expect(out[1]).toBeCloseTo(p.y, 5);
    expect(out[2]).toBeCloseTo(p.z, 5);
    expect(Math.abs(new Quaternion().fromArray(out, 3).dot(q))).toBeCloseTo(1, 5);
  });

  it("jumps the head, not the room's origin, and counts the jump", () => {
    const body = newBody();
    const rig = new HeadsetRig(body);
    const head = { x: 0.8, y: 1.5, z: -0.4 };
    const turn = new Quaternion().setFromEuler(new Euler(-0.3, 0.6, 0, "YXZ"));
    rig.settle(head, turn, { x: 1, z: 2, yaw: 0 });
    const before = body.teleports;
    rig.jump({ x: -3, z: 4, yaw: 1.1 });
    expect(body.teleports).toBe(before + 1);
    writeInRoom(body.pose, 0, head, turn, rig.frame);
    expect(body.pose[0]).toBeCloseTo(-3, 5);
    expect(body.pose[2]).toBeCloseTo(4, 5);
    expect(yawOf(body.pose, 3)).toBeCloseTo(1.1, 5);
  });

  it("turns about the head and leaves it where it is", () => {
    const body = newBody();
    const rig = new HeadsetRig(body);
    const head = { x: 0.5, y: 1.5, z: 0.5 };
    rig.settle(head, new Quaternion(), { x: 2, z: 3, yaw: 0.2 });
    rig.turnBy(-Math.PI / 6);
    writeInRoom(body.pose, 0, head, new Quaternion(), rig.frame);
    expect(body.pose[0]).toBeCloseTo(2, 5);
    expect(body.pose[2]).toBeCloseTo(3, 5);
    expect(yawOf(body.pose, 3)).toBeCloseTo(0.2 - Math.PI / 6, 5);
  });
});

describe("heading", () => {
  it("is steady from looking at one's feet to looking at the sky", () => {
    const pose = new Float32Array(4);
    for (let pitch = -1.56; pitch <= 1.56; pitch += 0.04) {
      writeYawPitch(pose, 0, 0.7, pitch);
      expect(yawOf(pose, 0)).toBeCloseTo(0.7, 3);
    }
  });

  it("knows an upright head from one on its side", () => {
    const upright = new Quaternion().setFromEuler(new Euler(0, 2, 0)).toArray();
    const side = new Quaternion().setFromEuler(new Euler(0, 0, Math.PI / 2)).toArray();
    expect(upYOf(Float32Array.from(upright), 0)).toBeCloseTo(1, 5);
    expect(upYOf(Float32Array.from(side), 0)).toBeCloseTo(0, 5);
  });
});

describe("grip to wrist", () => {
  /** A controller pointing straight ahead: its grip is tipped up by 45 degrees. */
  function atEase(): Float32Array {
    const q = new Quaternion().setFromEuler(new Euler(Math.PI / 4, 0, 0));
    return Float32Array.from([0.2, 1, -0.4, q.x, q.y, q.z, q.w]);
  }

  it.each([
    ["left", true],
    ["right", false],
  ])("points a %s hand forward, palm inwards, wrist behind the grip", (_side, left) => {
    const pose = atEase();
    gripToWrist(pose, 0, left);
    const q = new Quaternion().fromArray(pose, 3);
    expect(q.length()).toBeCloseTo(1, 4);
    const fingers = new Vector3(0, 0, -1).applyQuaternion(q);
    const back = new Vector3(0, 1, 0).applyQuaternion(q);
    expect(fingers.z).toBeCloseTo(-1, 3);
    // the back of a right hand looks right, of a left hand left
    expect(back.x).toBeCloseTo(left ? -1 : 1, 3);
    expect(pose[2]).toBeCloseTo(-0.4 + 0.085, 3);
  });
});
