import { readFileSync } from "node:fs";
import { Euler, Matrix4, Object3D, Quaternion, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { Posture } from "../../src/state/avatar-state";
import { MOVEMENT_S, momentOf, type Pose, stanceAt } from "../../src/state/poses";
import { newHeld, posed } from "../../src/state/posing";
import {
  BONE_NAMES,
  BONES,
  boneRow,
  EYES,
  layOut,
  newBody,
  newStance,
  pointOn,
  STANDING_ROOT_M,
  writeEuler,
} from "../../src/state/skeleton";

const FOLDER = "../../../../server/hearth_server/poses/";

function read(name: string) {
  return JSON.parse(readFileSync(new URL(`${FOLDER}${name}.json`, import.meta.url), "utf-8"));
}

const table = read("skeleton");
const poses = ["yoga", "stretching", "breathing", "meditation"].flatMap(
  (family) => read(family).poses as Pose[],
);

/** The body as three's scene graph has it. */
function byThree(pose: Pose, key: number): Map<string, Object3D> {
  const bones = new Map<string, Object3D>();
  const { root, bones: turns } = pose.keys[key]!;
  for (const { name, parent, offset } of table.bones) {
    const bone = new Object3D();
    bone.position.set(offset[0], offset[1], offset[2]);
    if (parent === null) bone.position.add(new Vector3(...root));
    else bones.get(parent)!.add(bone);
    const turn = turns[name as keyof typeof turns] ?? [0, 0, 0];
    bone.rotation.set(...(turn.map((d) => (d * Math.PI) / 180) as [number, number, number]), "XYZ");
    bones.set(name, bone);
  }
  bones.get("hips")!.updateMatrixWorld(true);
  return bones;
}

function bodyOf(pose: Pose, moment: number, left = false): Float32Array {
  const stance = newStance();
  const body = newBody();
  stanceAt(pose, moment, left, stance);
  layOut(stance, body);
  return body;
}

describe("the bones", () => {
  it("are the server's", () => {
    expect(BONES.map(({ name }) => name)).toEqual(table.bones.map((b: { name: string }) => b.name));
    table.bones.forEach((bone: { parent: string | null; offset: number[] }, i: number) => {
      const mine = BONES[i]!;
      expect(mine.parent < 0 ? null : BONE_NAMES[mine.parent]).toBe(bone.parent);
      expect([...mine.offset]).toEqual(bone.offset);
    });
    expect(table.standing_root).toEqual([0, STANDING_ROOT_M, 0]);
    expect(table.eyes).toEqual({ bone: "head", at: [...EYES] });
  });

  it("turn as three's Euler angles do", () => {
    const out = new Float32Array(4);
    for (const [x, y, z] of [
      [30, -70, 110],
      [-140, 20, 5],
      [0, 0, 90],
    ] as const) {
      writeEuler(out, 0, x, y, z);
      const to = (d: number) => (d * Math.PI) / 180;
      const wanted = new Quaternion().setFromEuler(new Euler(to(x), to(y), to(z), "XYZ"));
      wanted.toArray().forEach((number, i) => {
        expect(out[i]).toBeCloseTo(number, 6);
      });
    }
  });

  it.each(poses)("$id lies where three's own scene graph puts it", (pose) => {
    pose.keys.forEach(({ at }, key) => {
      const bones = byThree(pose, key);
      const body = bodyOf(pose, at);
      BONES.forEach(({ name }, i) => {
        const wanted = new Vector3().setFromMatrixPosition(bones.get(name)!.matrixWorld);
        expect(Math.abs(body[i * 7]! - wanted.x)).toBeLessThan(1e-5);
        expect(Math.abs(body[i * 7 + 1]! - wanted.y)).toBeLessThan(1e-5);
        expect(Math.abs(body[i * 7 + 2]! - wanted.z)).toBeLessThan(1e-5);
      });
    });
  });
});

describe("a pose of the library", () => {
  it("is one of many, of every family and posture", () => {
    expect(poses.length).toBeGreaterThanOrEqual(24);
    expect(new Set(poses.map(({ id }) => id)).size).toBe(poses.length);
    for (const posture of ["standing", "seated", "kneeling", "lying"]) {
      expect(poses.filter((pose) => pose.posture === posture).length).toBeGreaterThan(3);
    }
  });

  it.each(poses)("$id says what to do and what to mind", ({ text, steps, care, keys }) => {
    expect(text.length).toBeGreaterThan(20);
    expect(steps.length).toBeGreaterThanOrEqual(3);
    expect(care.length).toBeGreaterThanOrEqual(1);
    expect(keys[0]!.at).toBe(0);
  });

  it.each(poses)("$id taken by the left is the mirror image", (pose) => {
    for (const moment of [0, 0.37, 1]) {
      const right = bodyOf(pose, moment);
      const left = bodyOf(pose, moment, true);
      for (const bone of BONE_NAMES) {
        const other = bone.replace(/_[rl]$/, (end) => (end === "_r" ? "_l" : "_r"));
        const [a, b] = [boneRow(bone) * 7, boneRow(other as typeof bone) * 7];
        const [p, q] = [new Float32Array(3), new Float32Array(3)];
        // a point off every axis shows turns as well as places
        pointOn(right, a, 0.03, -0.1, 0.07, p, 0);
        pointOn(left, b, -0.03, -0.1, 0.07, q, 0);
        expect(Math.abs(p[0]! + q[0]!)).toBeLessThan(1e-5);
        expect(Math.abs(p[1]! - q[1]!)).toBeLessThan(1e-5);
        expect(Math.abs(p[2]! - q[2]!)).toBeLessThan(1e-5);
      }
    }
  });

  it.each(poses)("$id never sinks into the floor on its way, nor leaps", (pose) => {
    let before: Float32Array | null = null;
    const tip = new Float32Array(3);
    for (let i = 0; i <= 60; i++) {
      const body = bodyOf(pose, i / 60);
      for (const [name, points] of Object.entries(table.ends as Record<string, number[][]>)) {
        for (const [x, y, z] of points) {
          pointOn(body, boneRow(name as "hips") * 7, x!, y!, z!, tip, 0);
          expect(tip[1]).toBeGreaterThan(-0.021);
        }
      }
      const then = before;
      // an arm raised from the side to overhead goes far, but a sixtieth of it is little
      if (then !== null) {
        for (let b = 0; b < BONES.length; b++) {
          const moved = Math.hypot(...[0, 1, 2].map((k) => body[b * 7 + k]! - then[b * 7 + k]!));
          expect(moved).toBeLessThan(0.12);
        }
      }
      before = body;
    }
  });
});

describe("the side that leads", () => {
  const find = (id: string) => poses.find((pose) => pose.id === id)!;
  const place = (id: string, bone: (typeof BONE_NAMES)[number], left = false, moment = 1) => {
    const body = bodyOf(find(id), moment, left);
    const at = boneRow(bone) * 7;
    return { x: body[at]!, y: body[at + 1]!, z: body[at + 2]! };
  };

  it("is the right unless told: the leg that steps, bends, rises or stretches", () => {
    expect(place("warrior-1", "foot_r").z).toBeLessThan(place("warrior-1", "foot_l").z - 0.5);
    expect(place("warrior-2", "foot_r").x).toBeGreaterThan(0.4);
    expect(place("triangle", "head").x).toBeGreaterThan(0.2);
    expect(place("tree", "foot_r").y).toBeGreaterThan(0.5);
    expect(place("tree", "foot_l").y).toBeLessThan(0.1);
    expect(place("low-lunge", "lower_leg_l").y).toBeLessThan(0.12);
    expect(place("side-reach", "hand_r").y).toBeGreaterThan(1.6);
    expect(place("side-reach", "head").x).toBeLessThan(-0.1);
    expect(place("hamstring-stretch", "foot_r").z).toBeLessThan(
      place("hamstring-stretch", "foot_l").z,
    );
  });

  it("changes sides with the side asked for", () => {
    expect(place("warrior-2", "foot_l", true).x).toBeLessThan(-0.4);
    expect(place("tree", "foot_l", true).y).toBeGreaterThan(0.5);
  });
});

describe("the moment of a movement", () => {
  const find = (id: string) => poses.find((pose) => pose.id === id)!;

  it("is the breath's where the pose breathes", () => {
    expect(momentOf(find("cat-cow"), 0.3, 99)).toBe(0.3);
    expect(momentOf(find("cat-cow"), null, 0)).toBe(0);
    expect(momentOf(find("cat-cow"), null, MOVEMENT_S / 2)).toBeCloseTo(1);
  });

  it("goes round where the end is the beginning, and stands still with one key", () => {
    const circles = find("shoulder-circles");
    expect(momentOf(circles, null, MOVEMENT_S * 0.75)).toBeCloseTo(0.75);
    expect(momentOf(find("plank"), 0.7, 12)).toBe(0);
  });

  it("cat rounds the back as one breathes out, cow opens it as one breathes in", () => {
    const height = (bone: (typeof BONE_NAMES)[number], moment: number) =>
      bodyOf(find("cat-cow"), moment)[boneRow(bone) * 7 + 1]!;
    expect(height("head", 1)).toBeGreaterThan(height("head", 0) + 0.1);
    expect(height("chest", 0)).toBeGreaterThan(height("chest", 1) + 0.1);
  });
});

describe("a body at a screen", () => {
  const turnOf = (pose: Float32Array, at: number) =>
    new Quaternion(pose[at + 3], pose[at + 4], pose[at + 5], pose[at + 6]);

  it.each(poses)("holds $id with head and hands where the pose has them", (pose) => {
    const at = { x: 3, z: -4, yaw: 1.1 };
    const room = new Matrix4().makeRotationY(at.yaw).setPosition(at.x, 0, at.z);
    const held = posed(pose, 0.5, false, at, newHeld());
    const body = bodyOf(pose, 0.5);
    expect(held.posture).toBe(
      { standing: Posture.Standing, seated: Posture.Seated, kneeling: 2, lying: 3 }[pose.posture],
    );
    const eyes = new Float32Array(3);
    pointOn(body, boneRow("head") * 7, ...EYES, eyes, 0);
    // a forehead on the floor leaves room for the hood
    eyes[1] = Math.max(0.07, eyes[1]!);
    const wanted = new Vector3(...eyes).applyMatrix4(room);
    expect(wanted.distanceTo(new Vector3(...held.pose.subarray(0, 3)))).toBeLessThan(1e-5);
    for (const [bone, part] of [
      ["hand_l", 7],
      ["hand_r", 14],
    ] as const) {
      const row = boneRow(bone) * 7;
      const wrist = new Vector3(...body.subarray(row, row + 3)).applyMatrix4(room);
      expect(wrist.distanceTo(new Vector3(...held.pose.subarray(part, part + 3)))).toBeLessThan(
        1e-5,
      );
      // the wire's wrist: -z to the fingertips
      const tip = new Float32Array(3);
      pointOn(body, row, 0, -0.17, 0, tip, 0);
      const fingers = new Vector3(...tip).applyMatrix4(room).sub(wrist).normalize();
      const told = new Vector3(0, 0, -1).applyQuaternion(turnOf(held.pose, part));
      expect(told.dot(fingers)).toBeCloseTo(1, 4);
      // no arm of the wire is longer than 1.2 m from the head
      expect(
        Math.hypot(...[0, 1, 2].map((k) => held.pose[part + k]! - held.pose[k]!)),
      ).toBeLessThan(1.2);
    }
    expect(held.pose[1]).toBeGreaterThan(0.05);
    expect(turnOf(held.pose, 0).length()).toBeCloseTo(1, 5);
  });

  it("has the palms inward while the arms hang, and +y out of the backs of the hands", () => {
    const rest: Pose = {
      ...poses[0]!,
      keys: [{ at: 0, root: [0, STANDING_ROOT_M, 0], bones: {} }],
    };
    const { pose } = posed(rest, 0, false, { x: 0, z: 0, yaw: 0 });
    const back = (at: number) => new Vector3(0, 1, 0).applyQuaternion(turnOf(pose, at));
    expect(back(7).x).toBeCloseTo(-1, 5);
    expect(back(14).x).toBeCloseTo(1, 5);
  });

  it("looks down far enough on the front that others see the feet behind", () => {
    for (const id of ["cobra", "sphinx", "plank"]) {
      const pose = poses.find((each) => each.id === id)!;
      const held = posed(pose, 1, false, { x: 0, z: 0, yaw: 0.4 });
      const back = new Vector3(0, 0, 1).applyQuaternion(turnOf(held.pose, 0));
      expect(back.y).toBeGreaterThan(0.35);
    }
  });
});
