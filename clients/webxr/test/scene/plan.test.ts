import { describe, expect, it } from "vitest";
import { boundsOf } from "../../src/scene/design";
import {
  FIRE_RADIUS_M,
  planClearing,
  terrainHeight,
  walkable,
} from "../../src/scene/spaces/campfire/plan";

describe.each(["small", "medium", "large", "great"] as const)("campfire plan, %s", (size) => {
  const plan = planClearing(boundsOf(size));
  const { edgeM } = plan;
  const half = boundsOf(size).max[0];

  it("keeps people out of the fire and the logs", () => {
    expect(walkable(0, 0, plan)).toBe(false);
    expect(walkable(FIRE_RADIUS_M - 0.05, 0, plan)).toBe(false);
    expect(plan.logs.length).toBeGreaterThanOrEqual(4);
    for (const log of plan.logs) expect(walkable(log.x, log.z, plan)).toBe(false);
  });

  it("lets people stand where they arrive, and stops at the edge", () => {
    expect(walkable(0.4, 4.4, plan)).toBe(true);
    expect(walkable(0, edgeM - 0.01, plan)).toBe(true);
    expect(walkable(0, edgeM + 0.01, plan)).toBe(false);
    expect(walkable(Number.NaN, 0, plan)).toBe(false);
  });

  it("reaches nearly into the corners of the room's bounds, and not beyond them", () => {
    expect(edgeM).toBeLessThan(half);
    expect(walkable(half * 0.85, -half * 0.85, plan)).toBe(true);
    for (const [x, z] of [
      [half, 0],
      [half, half],
      [-half, half * 0.4],
    ] as const) {
      expect(walkable(x, z, plan)).toBe(false);
    }
  });

  it("puts the tent outside, and posts at the rim or beside the circle", () => {
    expect(walkable(plan.tent.x, plan.tent.z, plan)).toBe(false);
    for (const post of plan.posts) expect(Math.hypot(post.x, post.z)).toBeGreaterThan(5);
  });

  it("is level wherever people stand", () => {
    for (let x = -half; x <= half; x += 0.7) {
      for (let z = -half; z <= half; z += 0.7) {
        if (walkable(x, z, plan)) expect(terrainHeight(x, z, edgeM)).toBe(0);
      }
    }
  });

  it("turns every seat towards the fire", () => {
    for (const seat of plan.seats) {
      const far = Math.hypot(seat.x, seat.z);
      expect(-Math.sin(seat.yaw)).toBeCloseTo(-seat.x / far, 5);
      expect(-Math.cos(seat.yaw)).toBeCloseTo(-seat.z / far, 5);
    }
  });
});
