import { describe, expect, it } from "vitest";
import { type KeptPlace, PlaceKeeper, type Store } from "../../src/app/place-keeper";
import { type Body, PoseSender } from "../../src/app/pose-sender";
import { ClockSync } from "../../src/net/clock-sync";

const body = (): Body => ({
  pose: Float32Array.from({ length: 21 }, (_, i) => (i % 7 === 6 ? 1 : 0)),
  posture: 0,
  leftVisible: false,
  rightVisible: false,
  leftGesture: 0,
  rightGesture: 0,
  teleports: 0,
});

describe("pose sender", () => {
  it("keeps the tick rate over display frames of any rate", () => {
    for (const fps of [60, 72, 90, 120]) {
      let sent = 0;
      const sender = new PoseSender(new ClockSync(), () => {
        sent++;
        return true;
      });
      sender.begin(7, 20, 1);
      for (let frame = 0; frame < fps * 10; frame++) sender.offer(body(), (frame * 1000) / fps);
      expect(sent).toBeGreaterThanOrEqual(199);
      expect(sent).toBeLessThanOrEqual(202);
    }
  });

  it("never floods after a pause", () => {
    let sent = 0;
    const sender = new PoseSender(new ClockSync(), () => {
      sent++;
      return true;
    });
    sender.begin(7, 20, 1);
    sender.offer(body(), 0);
    for (let ms = 60_000; ms < 61_000; ms += 10) sender.offer(body(), ms);
    expect(sent).toBeLessThan(24);
  });

  it("follows a correction once, measured from the pose it is about", () => {
    const sender = new PoseSender(new ClockSync(), () => true);
    sender.begin(7, 20, 1);
    const mine = body();
    for (let i = 1; i <= 5; i++) {
      mine.pose[0] = i;
      sender.sendNow(mine, i * 50);
    }
    const out = { dx: 0, dz: 0 };
    expect(sender.correction(3, 2.5, 1, out)).toBe(true);
    expect(out.dx).toBeCloseTo(-0.5);
    expect(out.dz).toBeCloseTo(1);
    // Poses already on their way draw the same correction again: moving twice would overshoot.
    expect(sender.correction(4, 2.5, 1, out)).toBe(false);
    expect(sender.correction(5, 2.5, 1, out)).toBe(false);
    mine.pose[0] = 4.5;
    sender.sendNow(mine, 300);
    expect(sender.correction(6, 4, 0, out)).toBe(true);
    expect(sender.correction(1234, 4, 0, out)).toBe(false);
  });

  it("does not use up a sequence number when the line is down", () => {
    const seqs: number[] = [];
    let up = false;
    const sender = new PoseSender(new ClockSync(), (bytes) => {
      if (up) seqs.push(bytes[2]! | (bytes[3]! << 8));
      return up;
    });
    sender.begin(7, 20, 1);
    sender.sendNow(body(), 0);
    up = true;
    sender.sendNow(body(), 50);
    sender.sendNow(body(), 100);
    expect(seqs).toEqual([1, 2]);
  });
});

class MemoryStore implements Store {
  readonly items = new Map<string, string>();
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
}

describe("kept place", () => {
  const place: KeptPlace = {
    room: "campfire",
    token: "t",
    participant: 7,
    url: "ws://x/rt",
    standing: null,
    group: false,
    seenAtMs: 1_000,
  };

  it("leads back into its room for 30 s after the last sign of life", () => {
    const store = new MemoryStore();
    const keeper = new PlaceKeeper(store);
    keeper.keep({ ...place });
    keeper.touch({ x: 1, z: 2, yaw: 3 }, 5_000);
    const later = new PlaceKeeper(store);
    expect(later.recall("campfire", 30_000)).toMatchObject({
      token: "t",
      standing: { x: 1, z: 2, yaw: 3 },
    });
    expect(later.recall("attic", 6_000)).toBeNull();
    expect(later.recall("campfire", 40_000)).toBeNull();
  });

  it("is gone after leaving, and never trusted when unsound", () => {
    const store = new MemoryStore();
    const keeper = new PlaceKeeper(store);
    keeper.keep({ ...place });
    keeper.forget();
    keeper.touch(null, 2_000);
    expect(keeper.recall("campfire", 2_000)).toBeNull();
    store.setItem("hearth.place", JSON.stringify({ ...place, token: 5 }));
    expect(keeper.recall("campfire", 1_000)).toBeNull();
    store.setItem("hearth.place", "{");
    expect(keeper.recall("campfire", 1_000)).toBeNull();
  });
});
