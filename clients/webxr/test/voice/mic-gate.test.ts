import { describe, expect, it } from "vitest";
import { gate, type MicWish, SpeakingUnheard } from "../../src/voice/mic-gate";

const wish = (change: Partial<MicWish> = {}): MicWish => ({
  mode: "open",
  chosen: true,
  held: false,
  present: true,
  testing: false,
  server: "on",
  ...change,
});

describe("the microphone", () => {
  it("is off until it is chosen, in every mode", () => {
    for (const mode of ["open", "push_to_talk", "push_to_mute", "listen"] as const) {
      for (const held of [false, true]) {
        expect(gate(wish({ mode, held, chosen: false }))).toEqual({ open: false, sending: false });
      }
    }
  });

  it("sends by the mode and the key", () => {
    const sending = (mode: MicWish["mode"], held: boolean) => gate(wish({ mode, held })).sending;
    expect(sending("open", false)).toBe(true);
    expect(sending("push_to_talk", false)).toBe(false);
    expect(sending("push_to_talk", true)).toBe(true);
    expect(sending("push_to_mute", false)).toBe(true);
    expect(sending("push_to_mute", true)).toBe(false);
    expect(sending("listen", true)).toBe(false);
  });

  it("is open for the server between two presses, so that no first syllable is lost", () => {
    expect(gate(wish({ mode: "push_to_talk" }))).toEqual({ open: true, sending: false });
    expect(gate(wish({ mode: "listen" })).open).toBe(false);
  });

  it("closes when nobody is there or a host closed it for good, and pauses for the self-test", () => {
    expect(gate(wish({ present: false }))).toEqual({ open: false, sending: false });
    expect(gate(wish({ server: "hard_muted" }))).toEqual({ open: false, sending: false });
    expect(gate(wish({ testing: true })).sending).toBe(false);
  });
});

describe("speaking unheard", () => {
  /** Feed a level for some time; how many hints came. */
  const feed = (
    watch: SpeakingUnheard,
    level: number,
    fromMs: number,
    ms: number,
    unheard = true,
  ) => {
    let hints = 0;
    for (let t = 0; t <= ms; t += 50) if (watch.step(level, unheard, fromMs + t)) hints++;
    return hints;
  };

  it("is noticed after most of a second of speech, and said once a minute", () => {
    const watch = new SpeakingUnheard();
    expect(feed(watch, 0.5, 0, 600)).toBe(0);
    expect(feed(watch, 0.5, 650, 10_000)).toBe(1);
    expect(feed(watch, 0.5, 70_000, 2_000)).toBe(1);
  });

  it("is not a cough, a key or a voice that is heard", () => {
    const watch = new SpeakingUnheard();
    let hints = 0;
    for (let t = 0; t < 20_000; t += 1_000) {
      hints += feed(watch, 0.9, t, 200) + feed(watch, 0, t + 250, 700);
    }
    expect(hints).toBe(0);
    expect(feed(watch, 0.9, 30_000, 5_000, false)).toBe(0);
  });
});
