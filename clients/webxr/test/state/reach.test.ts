import { describe, expect, it } from "vitest";
import { carriedAt, claimWish, matWish, nearestPerson, type Spot } from "../../src/state/reach";

const PLACES: Spot[] = [
  { id: "mat-1", kind: "mat", x: 0, z: 0 },
  { id: "mat-2", kind: "mat", x: 2.2, z: 0 },
  { id: "seat-1", kind: "seat", x: 5, z: 0 },
];
const free = () => false;
const at = (x: number, standing = true) => ({ x, z: 0, standing });

describe("claimWish", () => {
  it("claims the mat one steps onto, and no seat one only passes", () => {
    expect(claimWish(PLACES, null, free, at(2))).toEqual({ id: "mat-2", on: true });
    expect(claimWish(PLACES, null, free, at(5))).toBeNull();
    expect(claimWish(PLACES, null, free, at(5, false))).toEqual({ id: "seat-1", on: true });
  });

  it("wants nothing that somebody has", () => {
    expect(claimWish(PLACES, null, (id) => id === "mat-1", at(0))).toBeNull();
  });

  it("keeps a place while one moves on it, and leaves it when one walks away or it is gone", () => {
    expect(claimWish(PLACES, "mat-1", free, at(0.9))).toBeNull();
    expect(claimWish(PLACES, "mat-1", free, at(1.2))).toEqual({ id: "mat-1", on: false });
    expect(claimWish(PLACES, "mat-9", free, at(0))).toEqual({ id: "mat-9", on: false });
  });
});

describe("matWish", () => {
  it("leaves nothing by walking away, and takes another mat that is free", () => {
    const mine = (id: string) => id === "mat-1";
    expect(matWish(PLACES, mine, { x: 0, z: 4 })).toBeNull();
    expect(matWish(PLACES, mine, { x: 0, z: 0 })).toBeNull();
    expect(matWish(PLACES, mine, { x: 2, z: 0 })).toEqual({ id: "mat-2", on: true });
    expect(matWish(PLACES, () => true, { x: 2, z: 0 })).toBeNull();
  });
});

describe("nearestPerson", () => {
  it("finds who is within arm's reach, never somebody whose place is not known", () => {
    const people = [
      { id: 1, distanceM: -1 },
      { id: 2, distanceM: 2 },
      { id: 3, distanceM: 1 },
      { id: 4, distanceM: 9 },
    ];
    expect(nearestPerson(people)?.id).toBe(3);
    expect(nearestPerson(people.slice(3))).toBeNull();
  });
});

describe("carriedAt", () => {
  it("is in front of the body and never below the floor", () => {
    const pose = [0, 0.5, 0, 0, 0, 0, 1];
    const at: [number, number, number] = [9, 9, 9];
    carriedAt(pose, 0, at);
    expect(at[1]).toBe(0);
    expect(at[2]).toBeLessThan(-0.4);
    // turned to the left, it is carried to the left
    carriedAt(pose, Math.PI / 2, at);
    expect(at[0]).toBeLessThan(-0.4);
  });
});
