import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  chooseFull,
  coneGain,
  DEFAULT_SHAPE,
  distanceGain,
  FULL_VOICES,
  isFlat,
  Mouth,
  seenFrom,
} from "../../src/voice/earshape";
import { follow, levelOf, peakHz, rmsOf } from "../../src/voice/loudness";
import { whyUnreachable } from "../../src/voice/place-hint";
import { SlotTalkers } from "../../src/voice/slot-talkers";

/** A head at (x, y, z), turned by `yaw` to the left. */
function head(x: number, y: number, z: number, yaw = 0): Float32Array {
  return Float32Array.from([x, y, z, 0, Math.sin(yaw / 2), 0, Math.cos(yaw / 2)]);
}

describe("who is in a slot", () => {
  const near = (slot: number, participant: number) =>
    ({ slot, participant, reason: "near" }) as const;

  it("is whom the packets name while they come, else whom the list names", () => {
    const slots = new SlotTalkers();
    slots.tell([near(2, 7)]);
    expect(slots.at(2, 0)).toBe(7);
    slots.hear(2, 9, 100, 0);
    expect(slots.at(2, 300)).toBe(9);
    expect(slots.at(2, 700)).toBe(7);
    expect(slots.at(0, 0)).toBe(0);
  });

  it("does not take the browser's old packets for new ones", () => {
    const slots = new SlotTalkers();
    slots.hear(0, 5, 100, 0);
    slots.hear(0, 6, 90, 5_000);
    slots.hear(0, 5, 100, 5_000);
    expect(slots.at(0, 5_000)).toBe(0);
  });

  it("keeps the reason with the person, wherever they are", () => {
    const slots = new SlotTalkers();
    slots.tell([{ slot: 1, participant: 3, reason: "stage" }]);
    expect(slots.reason(3)).toBe("stage");
    expect(slots.reason(4)).toBe("near");
    slots.hear(1, 8, 100, 0);
    slots.forgetPackets();
    expect(slots.at(1, 0)).toBe(3);
    slots.clear();
    expect(slots.reason(3)).toBe("near");
    expect(slots.at(1, 0)).toBe(0);
  });
});

describe("how a voice falls off", () => {
  it("is full up to the reference distance and halves at twice it", () => {
    expect(distanceGain(0, DEFAULT_SHAPE)).toBe(1);
    expect(distanceGain(1.5, DEFAULT_SHAPE)).toBe(1);
    expect(distanceGain(3, DEFAULT_SHAPE)).toBeCloseTo(0.5);
    expect(distanceGain(15, DEFAULT_SHAPE)).toBeCloseTo(0.1);
  });

  it("never grows with distance, nor behind a talker's back", () => {
    const metres = fc.double({ min: 0, max: 200, noNaN: true });
    fc.assert(
      fc.property(metres, metres, (a, b) => {
        const [near, far] = a < b ? [a, b] : [b, a];
        expect(distanceGain(near, DEFAULT_SHAPE)).toBeGreaterThanOrEqual(
          distanceGain(far, DEFAULT_SHAPE),
        );
      }),
    );
    expect(coneGain(0, DEFAULT_SHAPE)).toBe(1);
    expect(coneGain(100, DEFAULT_SHAPE)).toBe(1);
    expect(coneGain(140, DEFAULT_SHAPE)).toBeCloseTo(0.8);
    expect(coneGain(180, DEFAULT_SHAPE)).toBe(0.6);
  });

  it("follows the mouth, which is below and before the eyes and turns with the head", () => {
    const mouth = new Mouth();
    mouth.place(head(1, 1.6, 2, Math.PI / 2));
    expect([...mouth.at].map((n) => Math.round(n * 100) / 100)).toEqual([0.91, 1.53, 2]);
    expect(mouth.facing[0]).toBeCloseTo(-1);
    mouth.place(head(0, 1.6, 0));
    const before = mouth.gainAt(head(0, 1.6, -6), DEFAULT_SHAPE);
    const behind = mouth.gainAt(head(0, 1.6, 6), DEFAULT_SHAPE);
    expect(behind / before).toBeLessThan(0.65);
    expect(before).toBeCloseTo(distanceGain(5.91, DEFAULT_SHAPE), 2);
  });

  it("does not fall off on a stage", () => {
    const all = ["near", "stage", "zone", "bubble", "moderator"] as const;
    expect(all.filter(isFlat)).toEqual(["stage"]);
  });

  it("puts whoever stands at one's left to the left, whichever way one looks", () => {
    const out = new Float32Array(3);
    seenFrom(head(0, 1.6, 0), -2, 1.6, 0, out);
    expect(out[0]).toBeCloseTo(-2);
    seenFrom(head(0, 1.6, 0, Math.PI), 2, 1.6, 0, out);
    expect(out[0]).toBeCloseTo(-2);
    seenFrom(head(0, 1.6, 0), 0, 1.6, -3, out);
    expect(out[2]).toBeCloseTo(-3);
  });
});

describe("full rendering", () => {
  const choose = (distances: number[], before: boolean[] = distances.map(() => false)) => {
    chooseFull(Float32Array.from(distances), before);
    return before;
  };

  it("goes to the four nearest who are there", () => {
    expect(choose([5, 1, -1, 9, 2, 7, -1, 3])).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  it("stays with people who walk side by side", () => {
    const full = choose([1, 2, 3, 4, 4.2, -1, -1, -1]);
    expect(choose([1, 2, 3, 4.2, 4, -1, -1, -1], full)[3]).toBe(true);
    expect(choose([1, 2, 3, 9, 4, -1, -1, -1], full)[4]).toBe(true);
  });

  it("is never for more than four, nor for nobody", () => {
    const some = fc.array(fc.double({ min: -1, max: 30, noNaN: true }), {
      minLength: 8,
      maxLength: 8,
    });
    fc.assert(
      fc.property(some, fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), (d, full) => {
        const distances = d.map((m) => (m < 0 ? -1 : m));
        choose(distances, full);
        const there = distances.filter((m) => m >= 0).length;
        expect(full.filter(Boolean)).toHaveLength(Math.min(FULL_VOICES, there));
        expect(full.some((on, i) => on && distances[i]! < 0)).toBe(false);
      }),
    );
  });
});

describe("loudness", () => {
  const tone = (hz: number, gain: number, n = 2048, rate = 48_000) =>
    Float32Array.from({ length: n }, (_, i) => gain * Math.sin((2 * Math.PI * hz * i) / rate));

  it("is nothing in silence and full for a loud voice", () => {
    expect(rmsOf(new Float32Array(0))).toBe(0);
    expect(rmsOf(tone(440, 1))).toBeCloseTo(Math.SQRT1_2, 2);
    expect(levelOf(0)).toBe(0);
    expect(levelOf(0.0005)).toBe(0);
    expect(levelOf(rmsOf(tone(440, 0.1)))).toBeGreaterThan(0.5);
    expect(levelOf(0.5)).toBe(1);
  });

  it("rises faster than it falls", () => {
    expect(follow(0, 1, 20)).toBeGreaterThan(1 - follow(1, 0, 20));
    expect(follow(0.4, 0.4, 1_000)).toBe(0.4);
  });

  it("finds a tone between two bins", () => {
    const bins = new Float32Array(1024).fill(-120);
    const at = 441 / (48_000 / 2048);
    for (let i = 15; i < 23; i++) bins[i] = -20 - 6 * (i - at) ** 2;
    expect(peakHz(bins, 48_000)).toBeCloseTo(441, 0);
    expect(peakHz(new Float32Array(1024).fill(Number.NEGATIVE_INFINITY), 48_000)).toBeNull();
  });
});

describe("why nothing comes through", () => {
  const userAgent = "Mozilla/5.0 (X11; Linux x86_64; Quest 3) OculusBrowser/40.0 VR";
  it("is the cable only where the page came over one", () => {
    const place = { secure: true, userAgent };
    expect(whyUnreachable({ ...place, hostname: "localhost" })).toBe("cable");
    expect(whyUnreachable({ ...place, hostname: "127.0.0.1" })).toBe("cable");
    expect(whyUnreachable({ ...place, hostname: "192.168.1.4" })).toBe("network");
    expect(whyUnreachable({ ...place, hostname: "localhost", userAgent: "Firefox" })).toBe(
      "network",
    );
  });
});
