import { describe, expect, it } from "vitest";
import {
  edgeRadius,
  FIRE_RADIUS_M,
  LOGS,
  SEATS,
  TENT,
  terrainHeight,
  walkable,
} from "../../src/scene/spaces/campfire/plan";

const EDGE = 14;

describe("campfire plan", () => {
  it("keeps people out of the fire, the logs and the tent", () => {
    expect(walkable(0, 0, EDGE)).toBe(false);
    expect(walkable(FIRE_RADIUS_M - 0.05, 0, EDGE)).toBe(false);
    for (const log of LOGS) expect(walkable(log.x, log.z, EDGE)).toBe(false);
    expect(walkable(TENT.x, TENT.z, EDGE)).toBe(false);
  });

  it("lets people stand where they arrive, and stops at the edge", () => {
    expect(walkable(0.4, 4.4, EDGE)).toBe(true);
    expect(walkable(0, EDGE - 0.01, EDGE)).toBe(true);
    expect(walkable(0, EDGE + 0.01, EDGE)).toBe(false);
    expect(walkable(Number.NaN, 0, EDGE)).toBe(false);
  });

  it("stays inside the room's bounds", () => {
    expect(edgeRadius({ min: [-16, 0, -16], max: [16, 4, 16] })).toBe(14);
    expect(edgeRadius({ min: [-8, 0, -30], max: [30, 4, 30] })).toBe(6.5);
  });

  it("is level wherever people stand", () => {
    for (let x = -14; x <= 14; x += 0.7) {
      for (let z = -14; z <= 14; z += 0.7) {
        if (walkable(x, z, EDGE)) expect(terrainHeight(x, z, EDGE)).toBe(0);
      }
    }
  });

  it("turns every seat towards the fire", () => {
    for (const seat of SEATS) {
      const far = Math.hypot(seat.x, seat.z);
      expect(-Math.sin(seat.yaw)).toBeCloseTo(-seat.x / far, 5);
      expect(-Math.cos(seat.yaw)).toBeCloseTo(-seat.z / far, 5);
    }
  });
});
