import { describe, expect, it } from "vitest";
import { MatWalk } from "../../src/app/mat-walk";

const FROM = { x: 0, z: 0, yaw: 3 };
const TO = { x: 3, z: -4, yaw: -3 };

describe("the walk to a mat", () => {
  it("takes three seconds, turns the shorter way, and ends there", () => {
    const walk = new MatWalk();
    walk.begin(FROM, TO, 1_000);
    let at = FROM;
    let most = 0;
    for (let ms = 1_000; ms <= 4_000; ms += 20) {
      const next = walk.step(at, ms)!;
      most = Math.max(most, Math.hypot(next.x - at.x, next.z - at.z) / 0.02);
      at = next;
    }
    expect(at.x).toBeCloseTo(3);
    expect(at.z).toBeCloseTo(-4);
    expect(Math.sin(at.yaw)).toBeCloseTo(Math.sin(-3));
    expect(Math.abs(at.yaw - 3)).toBeLessThan(0.5);
    expect(most).toBeLessThan(12);
    expect(walk.walking).toBe(false);
    expect(walk.step(at, 4_020)).toBeNull();
  });

  it("is given up as soon as one moves oneself", () => {
    const walk = new MatWalk();
    walk.begin(FROM, TO, 0);
    const at = walk.step(FROM, 500)!;
    expect(walk.step({ ...at, x: at.x + 0.2 }, 520)).toBeNull();
    expect(walk.walking).toBe(false);
  });

  it("ends at the mat at once when one was held up on the way", () => {
    const walk = new MatWalk();
    expect(walk.heldUp()).toBeNull();
    walk.begin(FROM, TO, 0);
    expect(walk.heldUp()).toMatchObject({ x: 3, z: -4 });
    expect(walk.walking).toBe(false);
  });
});
