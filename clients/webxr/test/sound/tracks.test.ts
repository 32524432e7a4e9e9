import { describe, expect, it } from "vitest";
import { LOOP_S, LOOP_SAMPLES, makeLoop, placeInLoop, type Sounding } from "../../src/sound/tracks";

const TRACKS: readonly Sounding[] = ["rain", "waves", "bowls", "drone", "pulse"];

/** Comparing seven hundred thousand numbers one matcher at a time takes seconds. */
const alike = (a: Float32Array, b: Float32Array) =>
  Buffer.compare(Buffer.from(a.buffer), Buffer.from(b.buffer)) === 0;

describe.each(TRACKS)("%s", (track) => {
  const [left, right] = makeLoop(track);

  it("is the same for everybody", () => {
    const [again, other] = makeLoop(track);
    expect(alike(again, left)).toBe(true);
    expect(alike(other, right)).toBe(true);
    expect(left.length).toBe(LOOP_SAMPLES);
  });

  it("is neither silent nor loud, and never clips", () => {
    let sum = 0;
    let most = 0;
    for (const value of left) {
      sum += value * value;
      most = Math.max(most, Math.abs(value));
    }
    const rms = Math.sqrt(sum / left.length);
    expect(rms).toBeGreaterThan(0.03);
    expect(rms).toBeLessThan(0.15);
    expect(most).toBeLessThan(0.95);
  });

  it("comes round without a click", () => {
    let steepest = 0;
    for (let i = 1; i < left.length; i++) {
      steepest = Math.max(steepest, Math.abs(left[i]! - left[i - 1]!));
    }
    expect(Math.abs(left[0]! - left.at(-1)!)).toBeLessThanOrEqual(steepest);
  });

  it("differs between the ears", () => {
    expect(alike(left, right)).toBe(false);
  });
});

it("all tracks differ", () => {
  const heads = TRACKS.map((track) => makeLoop(track)[0].slice(5000, 5200).join());
  expect(new Set(heads).size).toBe(TRACKS.length);
});

it("finds its place in the loop", () => {
  expect(placeInLoop(0)).toBe(0);
  expect(placeInLoop(1500)).toBeCloseTo(1.5);
  expect(placeInLoop((LOOP_S * 3 + 2) * 1000)).toBeCloseTo(2);
  expect(placeInLoop(-1000)).toBeCloseTo(LOOP_S - 1);
});
