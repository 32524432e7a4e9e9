import { Matrix4, Quaternion, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { Instructor } from "../../src/scene/instructor/instructor";
import type { AvatarSample } from "../../src/state/avatar-state";
import {
  AHEAD_M,
  type Frame,
  frameIn,
  shownFrame,
  Tether,
  takeBefore,
  VIEWS,
  type View,
} from "../../src/state/mat-frame";

const HEAD = 0;
const LEFT = 7;
const RIGHT = 14;

/** Numbers that look random and are the same every time. */
function dice(seed: number): () => number {
  let now = seed >>> 0;
  return () => {
    now = (Math.imul(now, 1664525) + 1013904223) >>> 0;
    return now / 4294967296;
  };
}

function anyFrame(roll: () => number): Frame {
  return { x: (roll() - 0.5) * 30, z: (roll() - 0.5) * 30, yaw: (roll() - 0.5) * 14 };
}

/** The room as matrices, worked out by three and not by what is tested. */
function matrixOf({ x, z, yaw }: Frame): Matrix4 {
  return new Matrix4().makeRotationY(yaw).setPosition(x, 0, z);
}

function partOf(pose: Float32Array, at: number): Matrix4 {
  const turn = new Quaternion(pose[at + 3], pose[at + 4], pose[at + 5], pose[at + 6]);
  const place = new Vector3(pose[at], pose[at + 1], pose[at + 2]);
  return new Matrix4().compose(place, turn, new Vector3(1, 1, 1));
}

function writePart(pose: Float32Array, at: number, place: Vector3, turn: Quaternion): void {
  pose.set([...place.toArray(), turn.x, turn.y, turn.z, turn.w], at);
}

/** A host at the stage's middle who raises the right hand, however they turn their wrists. */
function hostIn(stage: Frame, roll: () => number): Float32Array {
  const pose = new Float32Array(21);
  const turn = new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), stage.yaw);
  const put = (at: number, x: number, y: number, z: number) => {
    const own = new Quaternion(roll() - 0.5, roll() - 0.5, roll() - 0.5, roll() - 0.5).normalize();
    const place = new Vector3(x, y, z).applyMatrix4(matrixOf(stage));
    writePart(pose, at, place, turn.clone().multiply(own));
  };
  put(HEAD, 0, 1.6, 0);
  put(LEFT, -0.26, 0.9, -0.05);
  put(RIGHT, 0.3, 1.75, -0.2);
  return pose;
}

function inFrame(frame: Frame, pose: Float32Array, at: number): Vector3 {
  const place = new Vector3(pose[at], pose[at + 1], pose[at + 2]);
  return place.applyMatrix4(matrixOf(frame).invert());
}

function sampleOf(pose: Float32Array): AvatarSample {
  return {
    ...{ id: 7, pose, posture: 0, leftVisible: true, rightVisible: true },
    ...{ leftOpacity: 1, rightOpacity: 1, leftGesture: 2, rightGesture: 5 },
    ...{ away: false, coarse: false, opacity: 1, speaking: 0.4 },
  };
}

/** What is drawn once the copy has faded in. */
function drawn(pose: Float32Array, anchor: Frame, mat: Frame, view: View): AvatarSample {
  const instructor = new Instructor(true);
  instructor.show({ sample: sampleOf(pose), anchor, mat, view });
  const copy = instructor.step(1 / 60);
  if (copy === null) throw new Error("nothing is drawn");
  return copy;
}

describe("the host raises the right hand", () => {
  it.each([
    ["mirror", RIGHT, LEFT, 1],
    ["facing", RIGHT, RIGHT, -1],
    ["follow", RIGHT, RIGHT, 1],
  ] as const)("%s: the drawn hand is where the student expects it", (view, _from, at, sign) => {
    const roll = dice(11);
    for (let i = 0; i < 300; i++) {
      const [stage, mat] = [anyFrame(roll), anyFrame(roll)];
      const copy = drawn(hostIn(stage, roll), stage, mat, view);
      const hand = inFrame(mat, copy.pose, at);
      expect(hand.x * sign).toBeGreaterThan(0.25);
      expect(hand.y).toBeCloseTo(1.75, 5);
      const head = inFrame(mat, copy.pose, HEAD);
      expect(head.x).toBeCloseTo(0, 3);
      expect(head.z).toBeCloseTo(-AHEAD_M, 3);
    }
  });

  it("keeps the heading in follow and turns it round in facing", () => {
    const roll = dice(5);
    for (let i = 0; i < 50; i++) {
      const [stage, mat] = [anyFrame(roll), anyFrame(roll)];
      const pose = hostIn(stage, roll);
      // the host looks the way the stage does
      const ahead = new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), stage.yaw);
      writePart(pose, HEAD, new Vector3(pose[0], pose[1], pose[2]), ahead);
      for (const view of VIEWS) {
        const copy = drawn(pose, stage, mat, view);
        const look = new Vector3(0, 0, -1).applyQuaternion(
          new Quaternion(copy.pose[3], copy.pose[4], copy.pose[5], copy.pose[6]),
        );
        const own = new Vector3(-Math.sin(mat.yaw), 0, -Math.cos(mat.yaw));
        expect(look.dot(own)).toBeCloseTo(view === "follow" ? 1 : -1, 4);
      }
    }
  });
});

describe("a reflection", () => {
  it("is drawn as what a mirror shows: every point of head, palm and fingers", () => {
    const roll = dice(3);
    const flip = new Matrix4().makeScale(-1, 1, 1);
    for (let i = 0; i < 200; i++) {
      const [stage, mat] = [anyFrame(roll), anyFrame(roll)];
      const pose = hostIn(stage, roll);
      const out = new Float32Array(21);
      takeBefore(pose, stage, mat, "mirror", out);
      const mirror = matrixOf(shownFrame(mat, "mirror"))
        .multiply(flip)
        .multiply(matrixOf(stage).invert());
      for (const [from, to] of [
        [HEAD, HEAD],
        [LEFT, RIGHT],
        [RIGHT, LEFT],
      ] as const) {
        for (let k = 0; k < 4; k++) {
          const point = new Vector3(roll() - 0.5, roll() - 0.5, roll() - 0.5);
          const seen = point.clone().applyMatrix4(partOf(pose, from)).applyMatrix4(mirror);
          // a left mitten is a right one reflected across its own x
          const same = point.clone().applyMatrix4(flip).applyMatrix4(partOf(out, to));
          expect(same.distanceTo(seen)).toBeLessThan(1e-4);
        }
        const turn = Math.hypot(out[to + 3]!, out[to + 4]!, out[to + 5]!, out[to + 6]!);
        expect(turn).toBeCloseTo(1, 5);
      }
    }
  });

  it("swaps what is known of the hands, and only then", () => {
    const pose = hostIn({ x: 0, z: 0, yaw: 0 }, dice(1));
    const mat = { x: 3, z: 1, yaw: 1 };
    const own = sampleOf(pose);
    own.rightVisible = false;
    own.rightOpacity = 0.3;
    for (const view of VIEWS) {
      const instructor = new Instructor(true);
      instructor.show({ sample: own, anchor: { x: 0, z: 0, yaw: 0 }, mat, view });
      const copy = instructor.step(0.02)!;
      const swapped = view === "mirror";
      expect([copy.leftGesture, copy.rightGesture]).toEqual(swapped ? [5, 2] : [2, 5]);
      expect([copy.leftVisible, copy.rightVisible]).toEqual(
        swapped ? [false, true] : [true, false],
      );
      expect([copy.leftOpacity, copy.rightOpacity]).toEqual(swapped ? [0.3, 1] : [1, 0.3]);
      expect(copy.speaking).toBe(0.4);
    }
  });

  it("keeps every posture and height", () => {
    const roll = dice(9);
    for (const posture of [0, 1, 2, 3] as const) {
      const stage = anyFrame(roll);
      const sample = { ...sampleOf(hostIn(stage, roll)), posture };
      const instructor = new Instructor(true);
      instructor.show({ sample, anchor: stage, mat: anyFrame(roll), view: "mirror" });
      const copy = instructor.step(0.02)!;
      expect(copy.posture).toBe(posture);
      expect(copy.pose[1]).toBe(sample.pose[1]);
    }
  });
});

describe("a host who walks about", () => {
  it("stays before every mat, and steps still look like steps", () => {
    const stage = { x: 4, z: -2, yaw: 0.7 };
    const mat = { x: -3, z: 5, yaw: 2.1 };
    const instructor = new Instructor(true);
    const at = (right: number): Float32Array => hostIn(frameIn(stage, right, 0), dice(2));
    instructor.show({ sample: sampleOf(at(2.5)), anchor: stage, mat, view: "mirror" });
    // not in the middle of the stage, and yet right before the mat
    expect(inFrame(mat, instructor.step(0.02)!.pose, HEAD).x).toBeCloseTo(0, 3);
    instructor.show({ sample: sampleOf(at(2.9)), anchor: stage, mat, view: "mirror" });
    // a step to the host's right goes to the student's right
    expect(inFrame(mat, instructor.step(0.02)!.pose, HEAD).x).toBeCloseTo(0.4, 1);
    for (let i = 0; i < 200; i++) {
      instructor.show({ sample: sampleOf(at(2.9 + i * 0.05)), anchor: stage, mat, view: "mirror" });
      const head = inFrame(mat, instructor.step(0.05)!.pose, HEAD);
      expect(Math.abs(head.x)).toBeLessThan(0.6);
    }
    for (let i = 0; i < 600; i++) instructor.step(0.05);
    expect(Math.abs(inFrame(mat, instructor.drawn!.pose, HEAD).x)).toBeLessThan(0.05);
  });

  it("begins right under the host again once released", () => {
    const tether = new Tether();
    const pose = new Float32Array(21);
    tether.step(pose, { x: 0, z: 0, yaw: 0 }, 0.1);
    pose[0] = 9;
    tether.release();
    expect(tether.step(pose, { x: 0, z: 0, yaw: 0 }, 0.1).x).toBe(9);
  });

  it("is shown by their own heading while they teach from elsewhere in the room", () => {
    const roll = dice(21);
    for (let i = 0; i < 100; i++) {
      const [stage, mat] = [anyFrame(roll), anyFrame(roll)];
      // far from the stage, and turned some other way than it
      const stands = { ...frameIn(stage, 0, -8), yaw: stage.yaw + Math.PI + (roll() - 0.5) };
      const pose = hostIn(stands, roll);
      const ahead = new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), stands.yaw);
      writePart(pose, HEAD, new Vector3(pose[0], pose[1], pose[2]), ahead);
      const copy = drawn(pose, stage, mat, "mirror");
      expect(inFrame(mat, copy.pose, LEFT).x).toBeGreaterThan(0.25);
      const look = new Vector3(0, 0, -1).applyQuaternion(
        new Quaternion(copy.pose[3], copy.pose[4], copy.pose[5], copy.pose[6]),
      );
      // towards the student
      expect(look.dot(new Vector3(Math.sin(mat.yaw), 0, Math.cos(mat.yaw)))).toBeCloseTo(1, 4);
    }
  });
});

describe("showing and hiding", () => {
  const stage = { x: 0, z: 0, yaw: 0 };
  const sample = () => sampleOf(hostIn(stage, dice(1)));
  it("fades in and out, and is gone after", () => {
    const instructor = new Instructor(false);
    const asked = {
      sample: sample(),
      anchor: stage,
      mat: { x: 2, z: 2, yaw: 0 },
      view: "mirror",
    } as const;
    instructor.show(asked);
    expect(instructor.step(0.1)!.opacity).toBeGreaterThan(0.2);
    expect(instructor.step(0.1)!.opacity).toBeLessThan(1);
    for (let i = 0; i < 4; i++) instructor.show(asked);
    for (let i = 0; i < 4; i++) instructor.step(0.1);
    expect(instructor.drawn!.opacity).toBe(1);
    instructor.hide();
    expect(instructor.step(0.1)!.opacity).toBeLessThan(1);
    for (let i = 0; i < 5; i++) instructor.step(0.1);
    expect(instructor.drawn).toBeNull();
    expect(instructor.of).toBeNull();
  });

  it("begins anew on another mat instead of flying there", () => {
    const instructor = new Instructor(false);
    const asked = { sample: sample(), anchor: stage, view: "mirror" } as const;
    instructor.show({ ...asked, mat: { x: 2, z: 2, yaw: 0 } });
    for (let i = 0; i < 9; i++) instructor.step(0.1);
    instructor.show({ ...asked, mat: { x: 6, z: 2, yaw: 0 } });
    expect(instructor.step(0.01)!.opacity).toBeLessThan(0.1);
  });
});
