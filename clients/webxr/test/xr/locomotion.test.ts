import { describe, expect, it } from "vitest";
import { pastDeadZone, TurnStick } from "../../src/xr/sticks";
import { newArc, TELEPORT_REACH_M, throwArc } from "../../src/xr/teleport-arc";

const DEG = Math.PI / 180;
const anywhere = () => true;

function direction(pitchDeg: number) {
  return { x: 0, y: Math.sin(pitchDeg * DEG), z: -Math.cos(pitchDeg * DEG) };
}

describe("dead zone", () => {
  it("ignores a resting stick and reaches the full range", () => {
    for (const rest of [0, 0.1, -0.17, Number.NaN]) expect(pastDeadZone(rest)).toBe(0);
    expect(pastDeadZone(1)).toBe(1);
    expect(pastDeadZone(-1)).toBe(-1);
    expect(pastDeadZone(0.19)).toBeLessThan(0.03);
  });
});

describe("snap turn", () => {
  it("turns once per push and must come back first", () => {
    const stick = new TurnStick();
    expect(stick.step(1, "snap30", 0.01)).toBeCloseTo(-30 * DEG, 6);
    for (let i = 0; i < 50; i++) expect(stick.step(1, "snap30", 0.01)).toBe(0);
    // half way back is not back
    expect(stick.step(0.5, "snap30", 0.01)).toBe(0);
    expect(stick.step(1, "snap30", 0.01)).toBe(0);
    expect(stick.step(0.1, "snap30", 0.01)).toBe(0);
    expect(stick.step(-1, "snap30", 0.01)).toBeCloseTo(30 * DEG, 6);
  });

  it("offers 45 degrees and a steady turn", () => {
    expect(new TurnStick().step(-0.9, "snap45", 0.01)).toBeCloseTo(45 * DEG, 6);
    const smooth = new TurnStick();
    const once = smooth.step(1, "smooth", 0.02);
    expect(once).toBeLessThan(0);
    expect(smooth.step(1, "smooth", 0.02)).toBe(once);
    expect(smooth.step(0.1, "smooth", 0.02)).toBe(0);
  });
});

describe("teleport arc", () => {
  const from = { x: 0, z: 0 };
  const eye = { x: 0, y: 1.3, z: 0 };

  it("lands on the floor in front, farther the higher one aims", () => {
    const arc = newArc();
    let last = 0;
    for (const pitch of [-70, -45, -20, 0, 20]) {
      throwArc(arc, eye, direction(pitch), from, anywhere);
      expect(arc.landed).toBe(true);
      expect(arc.valid).toBe(true);
      expect(arc.x).toBeCloseTo(0, 6);
      expect(-arc.z).toBeGreaterThan(last);
      last = -arc.z;
      const end = (arc.count - 1) * 3;
      expect(arc.points[end + 1]).toBeCloseTo(0, 6);
      expect(arc.points[end + 2]).toBeCloseTo(arc.z, 5);
    }
    expect(last).toBeLessThanOrEqual(TELEPORT_REACH_M);
  });

  it("lands where a thrown stone would", () => {
    const arc = newArc();
    throwArc(arc, { x: 0, y: 1.3, z: 0 }, direction(0), from, anywhere);
    // 8.2 m/s level from 1.3 m: sqrt(2 * 1.3 / 9.8) s of flight
    expect(-arc.z).toBeCloseTo(8.2 * Math.sqrt(2.6 / 9.8), 1);
  });

  it("refuses what is not walkable", () => {
    const arc = newArc();
    throwArc(arc, eye, direction(-30), from, (_x, z) => z > -0.5);
    expect(arc.landed).toBe(true);
    expect(arc.valid).toBe(false);
  });

  it("refuses what is too far", () => {
    const arc = newArc();
    throwArc(arc, { x: 0, y: 1.3, z: -12 }, direction(10), from, anywhere);
    expect(Math.abs(arc.z)).toBeGreaterThan(TELEPORT_REACH_M);
    expect(arc.valid).toBe(false);
  });

  it("comes to nothing when thrown at the sky from a tower", () => {
    const arc = newArc();
    throwArc(arc, { x: 0, y: 60, z: 0 }, direction(80), from, anywhere);
    expect(arc.landed).toBe(false);
    expect(arc.valid).toBe(false);
  });
});
