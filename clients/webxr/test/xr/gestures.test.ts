import { describe, expect, it } from "vitest";
import {
  classifyController,
  classifyHand,
  Gesture,
  JOINTS,
  measureHand,
} from "../../src/xr/gestures";

interface Shape {
  /** bend of each finger, 0 straight to 1 folded: index, middle, ring, little */
  fingers: [number, number, number, number];
  thumb: "out" | "up" | "in" | "pinch";
}

/** A right hand, palm down, fingers along -z, built joint by joint. */
function hand(shape: Shape): Float32Array {
  const joints = new Float32Array(JOINTS * 3);
  const put = (i: number, x: number, y: number, z: number) => joints.set([x, y, z], i * 3);
  const bones = [0.065, 0.04, 0.025, 0.02];
  shape.fingers.forEach((curl, f) => {
    const first = 5 + f * 5;
    let x = -0.025 + f * 0.018;
    let y = 0;
    let z = -0.03;
    put(first, x, y, z);
    let angle = 0;
    bones.forEach((length, b) => {
      if (b > 0) angle += (curl * 3.9) / 3;
      y -= Math.sin(angle) * length;
      z -= Math.cos(angle) * length;
      put(first + 1 + b, x, y, z);
      x += 0;
    });
  });
  const tip = joints.subarray(9 * 3, 9 * 3 + 3);
  put(1, -0.02, -0.01, -0.02);
  put(2, -0.04, -0.015, -0.045);
  if (shape.thumb === "out") {
    put(3, -0.058, -0.018, -0.07);
    put(4, -0.072, -0.02, -0.09);
  } else if (shape.thumb === "up") {
    put(1, -0.02, 0.0, -0.04);
    put(2, -0.025, 0.03, -0.045);
    put(3, -0.026, 0.06, -0.046);
    put(4, -0.026, 0.085, -0.046);
  } else if (shape.thumb === "in") {
    put(3, -0.03, -0.03, -0.065);
    put(4, -0.005, -0.04, -0.065);
  } else {
    put(3, (tip[0]! - 0.04) / 2, (tip[1]! - 0.015) / 2, (tip[2]! - 0.045) / 2);
    put(4, tip[0]! - 0.008, tip[1]!, tip[2]! + 0.004);
  }
  return joints;
}

function nameOf(shape: Shape, now = Gesture.Relaxed): Gesture {
  const measured = new Float32Array(7);
  measureHand(hand(shape), 3, 0, 0, 1, 0, measured);
  return classifyHand(measured, now);
}

describe("bare hands", () => {
  it.each([
    ["open", { fingers: [0, 0, 0, 0], thumb: "out" }, Gesture.Open],
    ["fist", { fingers: [1, 1, 1, 1], thumb: "in" }, Gesture.Fist],
    ["point", { fingers: [0, 1, 1, 1], thumb: "in" }, Gesture.Point],
    ["pinch", { fingers: [0.5, 0.2, 0.2, 0.2], thumb: "pinch" }, Gesture.Pinch],
    ["thumb up", { fingers: [1, 1, 1, 1], thumb: "up" }, Gesture.ThumbUp],
    ["peace", { fingers: [0, 0, 1, 1], thumb: "in" }, Gesture.Peace],
    ["grip", { fingers: [0.4, 0.4, 0.4, 0.4], thumb: "in" }, Gesture.Grip],
    ["relaxed", { fingers: [0.2, 0.3, 0.3, 0.25], thumb: "out" }, Gesture.Relaxed],
  ] as [string, Shape, Gesture][])("names %s", (_name, shape, wanted) => {
    expect(nameOf(shape)).toBe(wanted);
  });

  it("gives the same name wherever the hand is and however it is stored", () => {
    const flat = hand({ fingers: [0, 0, 1, 1], thumb: "in" });
    const matrices = new Float32Array(JOINTS * 16);
    for (let j = 0; j < JOINTS; j++) {
      // shifted, and turned a quarter about the vertical
      matrices[j * 16 + 12] = flat[j * 3 + 2]! + 4;
      matrices[j * 16 + 13] = flat[j * 3 + 1]! + 1.2;
      matrices[j * 16 + 14] = -flat[j * 3]! - 3;
    }
    const measured = new Float32Array(7);
    measureHand(matrices, 16, 12, 0, 1, 0, measured);
    expect(classifyHand(measured, Gesture.Relaxed)).toBe(Gesture.Peace);
  });

  it("holds a pinch a little longer than it takes to begin one", () => {
    const measured = new Float32Array([0.3, 0.3, 0.2, 0.2, 0.2, 0.025, 0]);
    expect(classifyHand(measured, Gesture.Relaxed)).not.toBe(Gesture.Pinch);
    expect(classifyHand(measured, Gesture.Pinch)).toBe(Gesture.Pinch);
  });
});

describe("hands on controllers", () => {
  it.each([
    [0, 0, false, Gesture.Relaxed],
    [1, 0, true, Gesture.Pinch],
    [0, 1, true, Gesture.Point],
    [1, 1, true, Gesture.Fist],
    [1, 1, false, Gesture.ThumbUp],
  ])("trigger %s, squeeze %s, thumb %s", (trigger, squeeze, thumb, wanted) => {
    expect(classifyController(trigger, squeeze, thumb)).toBe(wanted);
  });
});
