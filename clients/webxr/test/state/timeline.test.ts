import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Breath, Cue, Timeline } from "../../src/protocol/control.gen";
import { type BreathPhase, cycleMs, phaseAt } from "../../src/state/breath";
import { cueAt, planLengthMs, position } from "../../src/state/timeline";
import { vectors } from "../protocol/vectors";

interface PlaceAt {
  server_ms: number;
  segment: number;
  run: string;
  plan_ms: number;
  cue: number;
  cue_ms: number;
  ms_to_next: number | null;
  breath: BreathPhase | null;
  breath_ms: number;
  music_ms: number;
  track: string;
  light: string | null;
}

interface TimelineVectors {
  cues: Cue[];
  places: { name: string; timeline: Omit<Timeline, "t">; at: PlaceAt[] }[];
  breaths: { breath: Breath; at: { ms: number; phase: BreathPhase | null }[] }[];
}

const golden = vectors<TimelineVectors>("timeline");
const six = (value: number) => Math.round(value * 1e6) / 1e6;
const rounded = (phase: BreathPhase | null): BreathPhase | null =>
  phase && { ...phase, fraction: six(phase.fraction), fullness: six(phase.fullness) };

describe("places in a plan", () => {
  for (const { name, timeline, at } of golden.places) {
    it(name, () => {
      for (const { server_ms, ...told } of at) {
        const found = position({ ...timeline, t: "timeline" }, golden.cues, server_ms);
        expect({
          segment: found.segment,
          run: found.run,
          plan_ms: found.planMs,
          cue: found.cue,
          cue_ms: found.cueMs,
          ms_to_next: found.msToNext,
          breath: rounded(found.breath),
          breath_ms: found.breathMs,
          music_ms: found.musicMs,
          track: found.track,
          light: found.light,
        }).toEqual(told);
      }
    });
  }

  it("are nowhere with a plan that has no cues", () => {
    const timeline: Timeline = {
      t: "timeline",
      version: 1,
      plan: 0,
      segments: [{ from_ms: 0, run: "waiting", plan_ms: 0, breath_ms: 0, music_ms: 0 }],
    };
    expect(position(timeline, [], 5000)).toMatchObject({ cue: -1, run: "waiting", track: "none" });
  });

  it("are those of the last cue that has begun, whatever the plan", () => {
    const lengths = fc.array(fc.integer({ min: 1000, max: 90_000 }), { minLength: 1 });
    fc.assert(
      fc.property(lengths, fc.nat(), (all, seed) => {
        let from = 0;
        const cues = all.map((ms, i) => {
          const cue = { id: `c${i}`, from_ms: from, ms } as Cue;
          from += ms;
          return cue;
        });
        const at = seed % planLengthMs(cues);
        const slow = cues.filter(({ from_ms }) => from_ms <= at).length - 1;
        expect(cueAt(cues, at)).toBe(slow);
      }),
    );
  });
});

describe("breaths", () => {
  for (const { breath, at } of golden.breaths) {
    it(`of ${cycleMs(breath)} ms`, () => {
      for (const { ms, phase } of at) expect(rounded(phaseAt(breath, ms))).toEqual(phase);
    });
  }
});
