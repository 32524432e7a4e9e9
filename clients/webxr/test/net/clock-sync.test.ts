import { describe, expect, it } from "vitest";
import { ClockSync } from "../../src/net/clock-sync";
import { random } from "../state/crowd";

/** Run `seconds` of 20 Hz traffic against a server whose clock is `skewMs` ahead of ours. */
function run(clock: ClockSync, seconds: number, skewMs: number, upMs: number, downMs: number) {
  const rng = random(3);
  let worst = 0;
  for (let tick = 1; tick <= seconds * 20; tick++) {
    const sent = tick * 50 - 20 - rng() * 10;
    clock.sent(tick & 0xffff, sent);
    const server = tick * 50 + 60;
    const reached = sent + upMs + rng() * 6;
    const held = Math.round(server - reached);
    const arrived = server + downMs + rng() * 6;
    clock.frame((server + skewMs) >>> 0, tick & 0xffff, held, arrived);
    if (tick > 20) {
      const error = clock.serverNow(arrived) - (arrived + skewMs);
      worst = Math.max(worst, Math.abs(error));
    }
  }
  return worst;
}

describe("clock sync", () => {
  it("finds the server's clock and the round trip from hot frames", () => {
    const clock = new ClockSync();
    expect(run(clock, 10, 123_456, 12, 12)).toBeLessThan(5);
    expect(clock.rttMs).toBeGreaterThan(22);
    expect(clock.rttMs).toBeLessThan(38);
  });

  it("survives the server clock's wrap around 2^32", () => {
    const clock = new ClockSync();
    const skew = 2 ** 32 - 3000;
    expect(run(clock, 8, skew, 5, 5)).toBeLessThan(5);
    expect(clock.captureStamp(8000)).toBeLessThan(10_000);
  });

  it("stamps 0 before it knows anything, never afterwards", () => {
    const clock = new ClockSync();
    expect(clock.captureStamp(5)).toBe(0);
    clock.frame(0, 0, -1, 0);
    expect(clock.captureStamp(0)).toBe(1);
  });

  it("is sure after one round trip, or after two seconds without any", () => {
    const clock = new ClockSync();
    clock.sent(1, 0);
    clock.frame(1_000, 0, -1, 20);
    expect([clock.synced, clock.measuredOnce]).toEqual([true, false]);
    clock.frame(1_050, 1, 10, 60);
    expect(clock.measuredOnce).toBe(true);
    expect(clock.serverNow(60)).toBe(1_050 + 25);
    clock.reset(true);
    expect(clock.measuredOnce, "the node is the same, and so is its clock").toBe(true);
    clock.reset(false);
    expect(clock.measuredOnce).toBe(false);
    for (let frame = 0; frame < 40; frame++) {
      expect(clock.measuredOnce).toBe(false);
      clock.frame(5_000 + frame * 50, 0, -1, 100 + frame * 50);
    }
    expect(clock.measuredOnce).toBe(true);
  });

  it("ignores a sequence number it never sent", () => {
    const clock = new ClockSync();
    clock.frame(1000, 77, 3, 10);
    expect(clock.rttMs).toBe(-1);
  });

  it("finds the server's clock from pings alone, though each may wait for a tick", () => {
    const rng = random(5);
    const clock = new ClockSync();
    const skew = 2 ** 32 - 5_000;
    expect(clock.synced).toBe(false);
    let worst = 0;
    for (let i = 0; i < 20; i++) {
      const sent = i * 800;
      const answered = sent + 20 + rng() * 50;
      const came = answered + 20 + rng() * 8;
      clock.pinged((answered + skew) >>> 0, sent, came);
      if (i > 6) worst = Math.max(worst, Math.abs(clock.serverNow(came) - (came + skew)));
    }
    expect(clock.synced).toBe(true);
    expect(worst).toBeLessThan(25);
  });
});
