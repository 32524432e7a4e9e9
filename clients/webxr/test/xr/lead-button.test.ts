import { describe, expect, it } from "vitest";
import { Press, type Pressed } from "../../src/xr/lead-button";

const FRAME_S = 1 / 72;

/** Hold and let go by turns, seconds each; what was told. */
function presses(...seconds: number[]): Pressed[] {
  const press = new Press();
  const told: Pressed[] = [];
  seconds.forEach((long, i) => {
    for (let t = 0; t < long; t += FRAME_S) told.push(press.step(i % 2 === 0, FRAME_S));
  });
  return told.filter((each) => each !== null);
}

describe("the one button that leads", () => {
  it("tells a short press when it is let go, and a long one while it is held", () => {
    expect(presses(0.1, 0.2)).toEqual(["short"]);
    expect(presses(0.1, 0.2, 0.1, 0.2)).toEqual(["short", "short"]);
    expect(presses(1.5)).toEqual(["long"]);
    expect(presses(1.5, 0.5)).toEqual(["long"]);
    expect(presses(1.5, 0.5, 0.2, 0.1)).toEqual(["long", "short"]);
  });

  it("forgets what was begun when it means something else", () => {
    const press = new Press();
    press.step(true, FRAME_S);
    press.reset();
    expect(press.step(false, FRAME_S)).toBeNull();
    // a press from then on counts again
    press.step(true, FRAME_S);
    expect(press.step(false, FRAME_S)).toBe("short");
  });
});
