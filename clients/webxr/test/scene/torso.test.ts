import { describe, expect, it } from "vitest";
import { LYING_AXIS_MIN_M, newTorso, stepTorso } from "../../src/scene/avatar/torso";
import type { Posture } from "../../src/state/avatar-state";

const STANDING = 0 as Posture;
const SEATED = 1 as Posture;
const KNEELING = 2 as Posture;
const LYING = 3 as Posture;

/** Head pose from position, yaw, pitch and roll in radians (YXZ order). */
function head(x: number, y: number, z: number, yaw: number, pitch: number, roll = 0): Float32Array {
  const c = [Math.cos(yaw / 2), Math.cos(pitch / 2), Math.cos(roll / 2)] as const;
  const s = [Math.sin(yaw / 2), Math.sin(pitch / 2), Math.sin(roll / 2)] as const;
  const pose = new Float32Array(21);
  pose.set([x, y, z]);
  pose[3] = c[0] * s[1] * c[2] + s[0] * c[1] * s[2];
  pose[4] = s[0] * c[1] * c[2] - c[0] * s[1] * s[2];
  pose[5] = c[0] * c[1] * s[2] - s[0] * s[1] * c[2];
  pose[6] = c[0] * c[1] * c[2] + s[0] * s[1] * s[2];
  return pose;
}

/** Unit direction from neck to feet, and the length along it. */
function bodyAxis(matrix: Float32Array) {
  const x = -matrix[4]!;
  const y = -matrix[5]!;
  const z = -matrix[6]!;
  const length = Math.hypot(x, y, z);
  return { x: x / length, y: y / length, z: z / length, length };
}

function lowestPoint(matrix: Float32Array): number {
  const feet = matrix[13]! - matrix[5]!;
  return Math.min(matrix[13]!, feet);
}

describe("torso while lying", () => {
  it.each([
    ["on the back", Math.PI / 2, 0],
    ["on the back, head raised", 1.1, 0],
    ["on the front", -Math.PI / 2, 0],
    ["on the left side", 0, Math.PI / 2],
    ["propped up, looking along the floor", 0.1, 0],
  ])("is level and above the floor %s", (_name, pitch, roll) => {
    for (const yaw of [0, 0.8, 2.5, -1.9]) {
      const torso = newTorso();
      stepTorso(torso, head(1, 0.18, -2, yaw, pitch, roll), LYING, 0);
      const axis = bodyAxis(torso.matrix);
      expect(Math.abs(axis.y)).toBeLessThan(0.02);
      expect(lowestPoint(torso.matrix)).toBeGreaterThanOrEqual(LYING_AXIS_MIN_M - 1e-5);
      expect(axis.length).toBeGreaterThan(1);
    }
  });

  it("stretches from the crown towards the feet", () => {
    // face up, crown towards +z: the feet lie towards -z
    const torso = newTorso();
    stepTorso(torso, head(0, 0.15, 0, 0, Math.PI / 2), LYING, 0);
    const axis = bodyAxis(torso.matrix);
    expect(axis.z).toBeLessThan(-0.99);
    expect(torso.matrix[14]! - 0).toBeLessThan(0);
  });

  it("turns level within half a second of lying down, and never dips below the floor", () => {
    const torso = newTorso();
    stepTorso(torso, head(0, 1.6, 0, 0, 0), STANDING, 0);
    for (let i = 1; i <= 45; i++) {
      const t = Math.min(1, i / 30);
      const pose = head(0, 1.6 - 1.44 * t, 0, 0, (Math.PI / 2) * t);
      stepTorso(torso, pose, t < 0.5 ? SEATED : LYING, 1 / 60);
      expect(lowestPoint(torso.matrix)).toBeGreaterThan(-0.02);
    }
    for (let i = 0; i < 30; i++) {
      stepTorso(torso, head(0, 0.16, 0, 0, Math.PI / 2), LYING, 1 / 60);
    }
    expect(Math.abs(bodyAxis(torso.matrix).y)).toBeLessThan(0.05);
  });
});

describe("torso in a class", () => {
  /** Go there over a second and stay for another. */
  function settle(posture: Posture, from: Float32Array, to: Float32Array): Float32Array {
    const torso = newTorso();
    stepTorso(torso, from, posture, 0);
    for (let i = 1; i <= 120; i++) {
      const t = Math.min(1, i / 60);
      const pose = from.map((number, k) => number + (to[k]! - number) * t);
      const norm = Math.hypot(pose[3]!, pose[4]!, pose[5]!, pose[6]!);
      for (let k = 3; k < 7; k++) pose[k] = pose[k]! / norm;
      stepTorso(torso, pose, posture, 1 / 60);
      expect(lowestPoint(torso.matrix)).toBeGreaterThan(-0.02);
    }
    return torso.matrix;
  }

  it("keeps the feet behind somebody who lifts the chest off the floor, and slopes to them", () => {
    for (const yaw of [0, 1.3, -2.2]) {
      const flat = head(0, 0.16, 0, yaw, -1.4);
      const matrix = settle(LYING, flat, head(0, 0.58, 0, yaw, 0));
      const axis = bodyAxis(matrix);
      // behind is where one does not look
      expect(axis.x * Math.sin(yaw) + axis.z * Math.cos(yaw)).toBeGreaterThan(0.9);
      expect(axis.y).toBeLessThan(-0.1);
      expect(axis.y).toBeGreaterThan(-0.5);
      expect(lowestPoint(matrix)).toBeCloseTo(LYING_AXIS_MIN_M, 1);
    }
  });

  it("lies folded over the knees in a child's pose, and kneels upright again after", () => {
    const up = head(0, 1, 0, 0, 0);
    const down = head(0, 0.13, -0.3, 0, -1.5);
    const folded = settle(KNEELING, up, down);
    const axis = bodyAxis(folded);
    expect(Math.abs(axis.y)).toBeLessThan(0.1);
    expect(axis.z).toBeGreaterThan(0.9);
    expect(axis.length).toBeLessThan(0.85);
    expect(bodyAxis(settle(KNEELING, down, up)).y).toBeLessThan(-0.98);
  });

  it("goes up from a hanging head to the hips in a forward fold", () => {
    const matrix = settle(STANDING, head(0, 1.6, 0, 0.4, 0), head(0, 0.45, -0.2, 0.4, -2.6));
    const axis = bodyAxis(matrix);
    expect(axis.y).toBeGreaterThan(0.6);
    expect(matrix[13]! + axis.y * axis.length).toBeGreaterThan(0.8);
  });

  it("leaves a glance at the floor to the head", () => {
    const matrix = settle(STANDING, head(0, 1.6, 0, 0, 0), head(0, 1.5, 0, 0, -1.2));
    expect(bodyAxis(matrix).y).toBeLessThan(-0.98);
  });
});

describe("torso upright", () => {
  it("hangs straight down from neck to floor", () => {
    const torso = newTorso();
    stepTorso(torso, head(3, 1.62, 1, 1.2, 0), STANDING, 0);
    const axis = bodyAxis(torso.matrix);
    expect(axis.y).toBeLessThan(-0.999);
    const hem = torso.matrix[13]! - axis.length;
    expect(hem).toBeGreaterThanOrEqual(0);
    expect(hem).toBeLessThan(0.05);
  });

  it("is shorter when seated and still meets the floor", () => {
    const torso = newTorso();
    stepTorso(torso, head(0, 0.8, 0, 0, 0), SEATED, 0);
    const axis = bodyAxis(torso.matrix);
    expect(torso.matrix[13]! - axis.length).toBeCloseTo(0.02, 2);
    expect(axis.length).toBeLessThan(0.75);
  });

  it("lets a glance turn the head alone, and follows a lasting turn", () => {
    const torso = newTorso();
    stepTorso(torso, head(0, 1.6, 0, 0, 0), STANDING, 0);
    for (let i = 0; i < 6; i++) stepTorso(torso, head(0, 1.6, 0, 0.4, 0), STANDING, 1 / 60);
    expect(torso.yaw).toBeLessThan(0.1);
    for (let i = 0; i < 240; i++) stepTorso(torso, head(0, 1.6, 0, 0.4, 0), STANDING, 1 / 60);
    expect(torso.yaw).toBeGreaterThan(0.35);
  });

  it("keeps its heading while the head looks straight down or up", () => {
    for (const pitch of [-1.5, -1.2, 0, 1.2, 1.5]) {
      const torso = newTorso();
      stepTorso(torso, head(0, 1.6, 0, 0.7, pitch), STANDING, 0);
      expect(torso.yaw).toBeCloseTo(0.7, 1);
    }
  });

  it("snaps across a jump instead of stretching", () => {
    const torso = newTorso();
    stepTorso(torso, head(0, 1.6, 0, 0, 0), STANDING, 0);
    stepTorso(torso, head(8, 1.6, 0, 2, 0), STANDING, 1 / 60);
    expect(torso.baseX).toBeCloseTo(8, 0);
    expect(bodyAxis(torso.matrix).y).toBeLessThan(-0.99);
  });

  it("keeps an orthonormal frame whatever happens", () => {
    const torso = newTorso();
    let seed = 7;
    const next = () => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return seed / 4294967296;
    };
    for (let i = 0; i < 400; i++) {
      const pose = head(next() * 4, next() * 2, next() * 4, next() * 7, (next() - 0.5) * 3);
      stepTorso(torso, pose, Math.floor(next() * 4) as Posture, 0.03);
      const m = torso.matrix;
      const dot = m[0]! * m[8]! + m[1]! * m[9]! + m[2]! * m[10]!;
      expect(Math.abs(dot)).toBeLessThan(1e-4);
      expect(Math.hypot(m[0]!, m[1]!, m[2]!)).toBeCloseTo(1, 3);
      expect(Math.hypot(m[8]!, m[9]!, m[10]!)).toBeCloseTo(1, 3);
      expect(Math.abs(torso.weights.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-4);
    }
  });
});
