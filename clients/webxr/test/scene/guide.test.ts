import { describe, expect, it } from "vitest";
import { GuideFade, type GuideShown, leftLeads, litBands } from "../../src/scene/guide/guide-fade";
import { guideShape } from "../../src/scene/guide/guide-shape";
import { STOOL_ROW } from "../../src/scene/guide/mould";
import type { View } from "../../src/state/mat-frame";
import type { Pose, Side } from "../../src/state/poses";

function pose(id: string, sided = true): Pose {
  return {
    ...{ id, name: id, posture: "standing", sided, level: "gentle", text: "", steps: [] },
    ...{ care: [], keys: [{ at: 0, root: [0, 0.92, 0], bones: {} }], breathes: false },
  };
}

function shown(id: string, side: Side | null = "right", view: View = "mirror"): GuideShown {
  return { pose: pose(id), side, breath: null, at: { x: 0, z: 0, yaw: 0 }, view };
}

const FRAME_S = 1 / 72;

describe("the guide's fading", () => {
  it("goes from one pose to the next within 600 ms and shows only one at a time", () => {
    const fade = new GuideFade(false);
    fade.show(shown("tree"));
    for (let s = 0; s < 1; s += FRAME_S) fade.step(FRAME_S);
    expect(fade.shown).toBe(1);
    fade.show(shown("child"));
    let s = 0;
    let seen = "";
    while (fade.drawn?.pose.id !== "child" || fade.shown < 1) {
      const changed = fade.step(FRAME_S);
      if (changed) seen += fade.drawn!.pose.id;
      s += FRAME_S;
      if (s > 2) throw new Error("it never comes");
    }
    expect(s).toBeLessThanOrEqual(0.6);
    expect(seen).toBe("child");
  });

  it("fades when the side or the mat changes, and not for a breath", () => {
    const fade = new GuideFade(false);
    fade.show(shown("tree"));
    for (let i = 0; i < 60; i++) fade.step(FRAME_S);
    fade.show({ ...shown("tree"), breath: 0.4 });
    fade.step(FRAME_S);
    expect(fade.shown).toBe(1);
    expect(fade.drawn!.breath).toBe(0.4);
    fade.show(shown("tree", "left"));
    fade.step(FRAME_S);
    expect(fade.shown).toBeLessThan(1);
    expect(fade.drawn!.side).toBe("right");
  });

  it("is gone soon after nothing is to be shown", () => {
    const fade = new GuideFade(false);
    fade.show(shown("tree"));
    for (let i = 0; i < 60; i++) fade.step(FRAME_S);
    fade.hide();
    for (let s = 0; s < 0.3; s += FRAME_S) fade.step(FRAME_S);
    expect(fade.drawn).toBeNull();
    expect(fade.shown).toBe(0);
  });

  it("cuts with reduced motion", () => {
    const fade = new GuideFade(true);
    fade.show(shown("tree"));
    fade.step(FRAME_S);
    expect(fade.shown).toBe(1);
    fade.show(shown("child"));
    fade.step(FRAME_S);
    expect([fade.drawn!.pose.id, fade.shown]).toEqual(["child", 1]);
  });
});

describe("the guide's side", () => {
  it("is the student's: a mirror plays it with its other side, and that one glows", () => {
    expect(leftLeads(shown("tree", "right", "mirror"))).toBe(true);
    expect(leftLeads(shown("tree", "left", "mirror"))).toBe(false);
    expect(leftLeads(shown("tree", "right", "follow"))).toBe(false);
    expect(leftLeads(shown("tree", "left", "facing"))).toBe(true);
    expect(litBands(shown("tree", "right", "mirror"))).toEqual({ right: 0, left: 1 });
    expect(litBands(shown("tree", "right", "follow"))).toEqual({ right: 1, left: 0 });
    expect(litBands(shown("tree", "both"))).toEqual({ right: 1, left: 1 });
    expect(litBands(shown("tree", null))).toEqual({ right: 0, left: 0 });
    expect(litBands({ ...shown("tree"), pose: pose("mountain", false) })).toEqual({
      right: 0,
      left: 0,
    });
  });
});

describe("the guide's body", () => {
  it("is one mesh whose every corner hangs on bones there are", () => {
    const shape = guideShape();
    const bones = shape.getAttribute("skinIndex");
    const shares = shape.getAttribute("skinWeight");
    for (let i = 0; i < bones.count; i++) {
      let whole = 0;
      for (let k = 0; k < 4; k++) {
        expect(bones.getComponent(i, k)).toBeLessThanOrEqual(STOOL_ROW);
        whole += shares.getComponent(i, k);
      }
      expect(whole).toBeCloseTo(1, 5);
    }
    expect(shape.index!.count / 3).toBeLessThan(6_000);
    shape.computeBoundingBox();
    const { min, max } = shape.boundingBox!;
    expect(max.y).toBeLessThan(1.85);
    // it stands on the floor; the stool is below until somebody sits on it
    expect(min.y).toBeGreaterThan(-0.41);
  });
});
