import { describe, expect, it } from "vitest";
import { Head, SnapshotDecoder } from "../../src/protocol/snapshot";
import { Playout } from "../../src/state/playout";
import { fillLane, type Network, type Path, type Played, random, wander } from "./crowd";

const TICK = 50;
const ID = 7;

/** Play a subject over an ordered, reliable connection with loss, at 72 frames a second. */
function play(network: Network, seconds: number, path: Path = wander): Played {
  const rng = random(42);
  const playout = new Playout(TICK);
  playout.admit(ID);
  const arrivals: { at: number; captured: number; server: number }[] = [];
  let newest = 0;
  for (let tick = 0; tick * TICK < seconds * 1000; tick += network.everyTicks) {
    const server = tick * TICK;
    const lost = rng() < network.loss ? 200 : 0;
    // Ordered delivery: nothing overtakes what was sent before it.
    newest = Math.max(newest, server + network.travelMs + rng() * network.jitterMs + lost);
    arrivals.push({ at: newest, captured: server - 20, server });
  }
  const played: Played = { errors: [], delays: [], largestStep: 0, backwards: 0 };
  const frameMs = 1000 / 72;
  let next = 0;
  let lastDrawn = Number.NEGATIVE_INFINITY;
  let lastX = Number.NaN;
  for (let now = 0; now < seconds * 1000; now += frameMs) {
    for (; next < arrivals.length && arrivals[next]!.at <= now; next++) {
      const { captured, server, at } = arrivals[next]!;
      const decoder = new SnapshotDecoder();
      fillLane(decoder, 0, ID, path, captured, server);
      playout.ingest(decoder, server, at);
    }
    const sample = playout.update(now, frameMs / 1000)[0];
    const drawn = playout.drawnServerMs(ID);
    if (sample === undefined || drawn === null || now < 1500) continue;
    const dx = sample.pose[0]! - path.x(drawn);
    const dz = sample.pose[2]! - path.z(drawn);
    played.errors.push(Math.hypot(dx, dz));
    played.delays.push(now - drawn);
    if (drawn < lastDrawn) played.backwards++;
    lastDrawn = drawn;
    if (!Number.isNaN(lastX)) {
      played.largestStep = Math.max(played.largestStep, Math.abs(sample.pose[0]! - lastX));
    }
    lastX = sample.pose[0]!;
  }
  played.errors.sort((a, b) => a - b);
  played.delays.sort((a, b) => a - b);
  return played;
}

const at = (sorted: number[], share: number) => sorted[Math.floor((sorted.length - 1) * share)]!;

describe("playout", () => {
  it("draws within 4 mm (p99) at 20 Hz on a clean network, about 100 ms late", () => {
    const played = play({ travelMs: 15, jitterMs: 4, loss: 0, everyTicks: 1 }, 20);
    expect(at(played.errors, 0.99)).toBeLessThan(0.004);
    expect(at(played.delays, 0.5)).toBeGreaterThan(70);
    expect(at(played.delays, 0.5)).toBeLessThan(130);
    expect(played.backwards).toBe(0);
  });

  it("waits longer on a lossy network, within the clamp, and stays smooth", () => {
    const clean = play({ travelMs: 30, jitterMs: 5, loss: 0, everyTicks: 1 }, 20);
    const lossy = play({ travelMs: 30, jitterMs: 5, loss: 0.05, everyTicks: 1 }, 20);
    expect(at(lossy.delays, 0.9)).toBeGreaterThan(at(clean.delays, 0.9) + 20);
    expect(at(lossy.delays, 1)).toBeLessThan(20 + 30 + 250 + 60);
    expect(at(lossy.errors, 0.9)).toBeLessThan(0.02);
    expect(lossy.largestStep).toBeLessThan(0.12);
    expect(lossy.backwards).toBe(0);
  });

  it("draws a quarter-rate subject later, but not worse than a few centimetres", () => {
    const played = play({ travelMs: 15, jitterMs: 4, loss: 0, everyTicks: 4 }, 20);
    expect(at(played.delays, 0.5)).toBeGreaterThan(200);
    expect(at(played.errors, 0.99)).toBeLessThan(0.04);
  });

  it("draws a device that manages three samples a second late, but without a stutter", () => {
    const played = play({ travelMs: 15, jitterMs: 10, loss: 0, everyTicks: 7 }, 20);
    expect(at(played.delays, 0.5)).toBeGreaterThan(400);
    expect(played.largestStep).toBeLessThan(0.05);
    expect(played.backwards).toBe(0);
  });

  it("draws nobody whom the roster has not admitted", () => {
    const playout = new Playout(TICK);
    const decoder = new SnapshotDecoder();
    fillLane(decoder, 0, 99, wander, 980, 1000);
    playout.ingest(decoder, 1000, 1010);
    expect(playout.update(1020, 0.016)).toHaveLength(0);
  });

  it("fades out whoever leaves and forgets them", () => {
    const playout = new Playout(TICK);
    playout.admit(ID);
    const decoder = new SnapshotDecoder();
    fillLane(decoder, 0, ID, wander, 980, 1000);
    playout.ingest(decoder, 1000, 1010);
    for (let i = 0; i < 60; i++) playout.update(1020 + i * 16, 0.016);
    expect(playout.samples[0]!.opacity).toBe(1);
    playout.dismiss(ID);
    playout.update(2000, 0.05);
    expect(playout.samples[0]!.opacity).toBeLessThan(1);
    for (let i = 0; i < 20; i++) playout.update(2000 + i * 16, 0.016);
    expect(playout.samples).toHaveLength(0);
    expect(playout.drawnServerMs(ID)).toBeNull();
  });

  it("takes a hidden person away at once", () => {
    const playout = new Playout(TICK);
    playout.admit(ID);
    playout.admit(8);
    const decoder = new SnapshotDecoder();
    fillLane(decoder, 0, ID, wander, 980, 1000);
    fillLane(decoder, 1, 8, wander, 980, 1000);
    playout.ingest(decoder, 1000, 1010);
    playout.update(1020, 0.016);
    playout.remove(ID);
    expect(playout.samples.map((s) => s.id)).toEqual([8]);
  });

  it("does not slide across a teleport", () => {
    const playout = new Playout(TICK);
    playout.admit(ID);
    const here: Path = { x: () => 0, z: () => 0, yaw: () => 0 };
    const there: Path = { x: () => 1.2, z: () => 0, yaw: () => 0 };
    const xs = new Set<number>();
    for (let now = 0; now < 1500; now += 10) {
      if (now % TICK === 0) {
        const decoder = new SnapshotDecoder();
        const jumped = now >= 700;
        fillLane(decoder, 0, ID, jumped ? there : here, now, now, jumped ? 1 << 11 : 0);
        playout.ingest(decoder, now, now + 5);
      }
      const sample = playout.update(now, 0.01)[0];
      if (sample) xs.add(Math.round(sample.pose[0]! * 100));
    }
    expect([...xs].sort((a, b) => a - b)).toEqual([0, 120]);
  });

  it("guesses ahead a little when samples stop, then holds", () => {
    const playout = new Playout(TICK);
    playout.admit(ID);
    const straight: Path = { x: (ms) => ms / 1000, z: () => 0, yaw: () => 0 };
    for (let now = 0; now <= 1000; now += 10) {
      if (now % TICK === 0) {
        const decoder = new SnapshotDecoder();
        fillLane(decoder, 0, ID, straight, now, now);
        playout.ingest(decoder, now, now + 5);
      }
      playout.update(now, 0.01);
    }
    for (let now = 1010; now <= 2500; now += 10) playout.update(now, 0.01);
    const held = playout.samples[0]!.pose[0]!;
    playout.update(4000, 0.01);
    expect(playout.samples[0]!.pose[0]).toBeCloseTo(held, 5);
    expect(held).toBeGreaterThan(1.0);
    expect(held).toBeLessThan(1.0 + 0.12);
  });

  it("fades a hand whose tracking is lost instead of freezing it", () => {
    const playout = new Playout(TICK);
    playout.admit(ID);
    const seen: number[] = [];
    for (let now = 0; now < 1500; now += 10) {
      if (now % TICK === 0) {
        const decoder = new SnapshotDecoder();
        fillLane(decoder, 0, ID, wander, now, now, now < 700 ? 0b1100 : 0b1000);
        playout.ingest(decoder, now, now + 5);
      }
      const sample = playout.update(now, 0.01)[0];
      if (sample) seen.push(sample.leftOpacity);
    }
    const sample = playout.samples[0]!;
    expect(Math.max(...seen)).toBe(1);
    expect(sample.leftVisible).toBe(false);
    expect(sample.rightVisible).toBe(true);
    expect(seen.some((opacity) => opacity > 0.2 && opacity < 0.8)).toBe(true);
  });

  it("moves a coarse subject gently and hands over to a lane without a jump", () => {
    const playout = new Playout(TICK);
    playout.admit(ID);
    let lastX = Number.NaN;
    let largest = 0;
    for (let now = 0; now < 6000; now += 16) {
      const tick = now % 48 === 0;
      const x = 3 + now / 2000;
      if (tick) {
        const decoder = new SnapshotDecoder();
        if (now < 3000 && now % 480 === 0) {
          decoder.nCoarse = 1;
          decoder.coarseId[0] = ID;
          decoder.coarse.set([x, 1.6, 0, 0]);
        } else if (now >= 3000) {
          fillLane(decoder, 0, ID, { x: () => x, z: () => 0, yaw: () => 0 }, now, now);
        }
        playout.ingest(decoder, now, now);
      }
      const sample = playout.update(now, 0.016)[0];
      if (!sample) continue;
      if (now < 2900) expect(sample.coarse).toBe(true);
      if (!Number.isNaN(lastX)) largest = Math.max(largest, Math.abs(sample.pose[0]! - lastX));
      lastX = sample.pose[0]!;
    }
    expect(playout.samples[0]!.coarse).toBe(false);
    expect(largest).toBeLessThan(0.12);
  });

  it("says truthfully which instant it shows, through a stall and after it", () => {
    const playout = new Playout(TICK);
    playout.admit(ID);
    const steady: Path = { x: (ms) => ms / 500, z: () => 0, yaw: () => 0 };
    let worst = 0;
    let caughtUpMs = 0;
    for (let now = 0; now < 6000; now += 10) {
      // Nothing arrives for 0.7 s, then everything at once.
      const stalled = now > 2000 && now < 2700;
      const arrives = now === 2700 ? [2050, 2100, 2150, 2200, 2250, 2300, 2350, 2400] : [now];
      if (now === 2700) arrives.push(2450, 2500, 2550, 2600, 2650, 2700);
      if (!stalled && now % TICK === 0) {
        for (const captured of arrives) {
          const decoder = new SnapshotDecoder();
          fillLane(decoder, 0, ID, steady, captured, captured);
          playout.ingest(decoder, captured, now + 5);
        }
      }
      const sample = playout.update(now, 0.01)[0];
      const drawn = playout.drawnServerMs(ID);
      if (sample === undefined || drawn === null || now < 1000) continue;
      worst = Math.max(worst, Math.abs(sample.pose[0]! - steady.x(drawn)));
      if (now > 2700 && caughtUpMs === 0 && now - drawn < 300) caughtUpMs = now - 2700;
    }
    expect(worst).toBeLessThan(0.02);
    expect(caughtUpMs).toBeGreaterThan(0);
    expect(caughtUpMs).toBeLessThan(1500);
  });

  it("treats an unchanged record as standing still, not as silence", () => {
    const playout = new Playout(TICK);
    playout.admit(ID);
    const decoder = new SnapshotDecoder();
    for (let now = 0; now < 2000; now += 10) {
      if (now % TICK === 0) {
        if (now < 500)
          fillLane(decoder, 0, ID, { x: (ms) => ms / 1000, z: () => 0, yaw: () => 0 }, now, now);
        else decoder.head[0] = Head.Unchanged;
        playout.ingest(decoder, now, now + 5);
      }
      playout.update(now, 0.01);
    }
    expect(playout.samples[0]!.pose[0]).toBeCloseTo(0.45, 3);
  });
});
