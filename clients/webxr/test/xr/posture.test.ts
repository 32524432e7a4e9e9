import { describe, expect, it } from "vitest";
import type { Posture } from "../../src/state/avatar-state";
import { calibrateStanding, newPosture, stepPosture } from "../../src/xr/posture";

const STANDING = 0;
const SEATED = 1;
const KNEELING = 2;
const LYING = 3;
const DT = 1 / 72;

function hold(state: ReturnType<typeof newPosture>, headM: number, upY: number, seconds = 1) {
  let posture = state.posture;
  for (let t = 0; t < seconds; t += DT) posture = stepPosture(state, headM, upY, DT);
  return posture;
}

describe("posture from the head", () => {
  it.each([
    ["standing", 1.6, 1, STANDING],
    ["on a chair", 1.18, 0.95, SEATED],
    ["on one's heels", 0.9, 0.95, KNEELING],
    ["on the floor", 0.7, 0.9, SEATED],
    ["on one's back", 0.15, 0.05, LYING],
    ["on one's side on a mat", 0.3, 0.02, LYING],
    ["flat, head up", 0.3, 0.9, LYING],
  ])("tells %s", (_name, headM, upY, wanted) => {
    expect(hold(newPosture(), headM, upY)).toBe(wanted);
  });

  it("is the same for a child who calibrated", () => {
    const state = newPosture();
    calibrateStanding(state, 1.15);
    expect(hold(state, 1.14, 1)).toBe(STANDING);
    expect(hold(state, 0.83, 1)).toBe(SEATED);
  });

  it("learns that someone is taller than assumed", () => {
    const state = newPosture();
    hold(state, 1.85, 1);
    expect(state.standingM).toBeCloseTo(1.85, 5);
    expect(hold(state, 1.4, 1)).toBe(SEATED);
  });

  it("waits before it changes its mind", () => {
    const state = newPosture();
    hold(state, 1.6, 1);
    expect(hold(state, 1.1, 1, 0.3)).toBe(STANDING);
    expect(hold(state, 1.6, 1, 0.3)).toBe(STANDING);
    expect(hold(state, 1.1, 1, 0.3)).toBe(STANDING);
    expect(hold(state, 1.1, 1, 0.6)).toBe(SEATED);
  });

  it("does not flicker at a boundary", () => {
    const state = newPosture();
    hold(state, 1.6, 1);
    const changes = new Set<number>();
    for (let i = 0; i < 600; i++) {
      const wobble = i % 40 < 20 ? 0.01 : -0.01;
      changes.add(stepPosture(state, 1.6 * (0.84 + wobble), 1, DT));
    }
    expect(changes.size).toBe(1);
  });

  it("stays lying while one lifts the head to look around", () => {
    const state = newPosture();
    hold(state, 0.15, 0.05);
    expect(hold(state, 0.4, 0.6)).toBe(LYING);
    expect(hold(state, 0.75, 0.95)).toBe(SEATED);
  });

  it("lets the person's choice win at once, and returns when it is lifted", () => {
    const state = newPosture();
    state.override = LYING as Posture;
    expect(stepPosture(state, 1.6, 1, DT)).toBe(LYING);
    state.override = null;
    expect(hold(state, 1.6, 1)).toBe(STANDING);
  });
});
