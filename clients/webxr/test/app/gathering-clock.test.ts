import { describe, expect, it } from "vitest";
import { GatheringClock } from "../../src/app/gathering-clock";
import type { Cue, Gathering, Segment } from "../../src/protocol/control";
import { GatheringState } from "../../src/state/gathering";
import { LIVE } from "../sample-gathering";

const NOW: Gathering = { ...LIVE, plan: 1 };
const CUES: Cue[] = [0, 1, 2, 3].map((i) => ({
  id: `c${i}`,
  from_ms: i * 7_000,
  ms: 7_000,
  text: "",
  silence: false,
  alternatives: [],
}));
const segment = (from_ms: number, run: Segment["run"], plan_ms: number): Segment => ({
  ...{ from_ms: from_ms >>> 0, run, plan_ms },
  ...{ breath_ms: 0, music_ms: 0 },
});

/** A page's timers, whose own clock is `errorMs` off what it believes the server's to be. */
class Page {
  readonly state = new GatheringState();
  readonly clock: GatheringClock;
  nowMs: number;
  private readonly timers = new Map<number, { at: number; run: () => void }>();
  private next = 1;

  constructor(
    startMs: number,
    private readonly errorMs = 0,
  ) {
    this.nowMs = startMs;
    this.clock = new GatheringClock(this.state, {
      serverNowMs: () => this.nowMs + this.errorMs,
      synced: () => true,
      setTimeout: (run, ms) => {
        this.timers.set(this.next, { at: this.nowMs + ms, run });
        return this.next++;
      },
      clearTimeout: (timer) => void this.timers.delete(timer as number),
    });
    this.state.take(NOW);
    this.state.take({ t: "cues", plan: 1, title: "", total: 4, first: 0, cues: CUES });
  }

  tell(version: number, ...segments: Segment[]): void {
    this.state.take({ t: "timeline", version, plan: 1, segments });
  }

  /** Let time pass; every timer runs at its moment. */
  pass(ms: number): void {
    const end = this.nowMs + ms;
    for (;;) {
      const due = [...this.timers].sort((a, b) => a[1].at - b[1].at)[0];
      if (due === undefined || due[1].at > end) break;
      this.timers.delete(due[0]);
      this.nowMs = Math.max(this.nowMs, due[1].at);
      due[1].run();
    }
    this.nowMs = end;
  }

  /** Cue and the server's true time at which it was noticed. */
  get fired(): [string, number][] {
    return this.clock.fired.map(({ cue, serverMs }) => [cue, serverMs - this.errorMs]);
  }
}

describe("the plan's clock", () => {
  it("fires each cue once, within a few ms of its moment, by timers alone", () => {
    const page = new Page(1_000);
    page.tell(1, segment(1_000, "waiting", 0), segment(3_000, "running", 0));
    page.pass(40_000);
    expect(page.fired.map(([cue]) => cue)).toEqual(["c0", "c1", "c2", "c3"]);
    page.fired.forEach(([, at], i) => {
      expect(Math.abs(at - (3_000 + i * 7_000))).toBeLessThan(10);
    });
    expect(page.clock.now()?.run).toBe("over");
  });

  it("is as far apart from another page as both are wrong about the server's time", () => {
    const pages = [new Page(1_000, 12), new Page(1_000, -9)];
    for (const page of pages) {
      page.tell(1, segment(1_000, "waiting", 0), segment(3_000, "running", 0));
      page.pass(20_000);
    }
    const [a, b] = pages.map((page) => page.fired.map(([, at]) => at));
    a!.forEach((at, i) => {
      expect(Math.abs(at - b![i]!)).toBeLessThan(30);
    });
  });

  it("does not count as live what was going on when one came", () => {
    const page = new Page(20_000);
    const lives: boolean[] = [];
    page.clock.onCue((_, live) => lives.push(live));
    page.tell(4, segment(3_000, "running", 0));
    expect(page.clock.cue?.id).toBe("c2");
    page.pass(10_000);
    expect(page.fired.map(([cue]) => cue)).toEqual(["c2", "c3"]);
    expect(lives).toEqual([false, true]);
  });

  it("acts on a leader's change at its moment, also over the wrap of the wire's time", () => {
    const wrap = 2 ** 32;
    const page = new Page(wrap - 4_000);
    page.tell(1, segment(wrap - 4_000, "running", 1_000));
    page.pass(1_500);
    // "next", told two seconds ahead
    page.tell(
      2,
      segment(wrap - 4_000, "running", 1_000),
      segment(wrap - 500, "running", CUES[1]!.from_ms),
    );
    page.pass(3_000);
    expect(page.fired.at(-1)?.[0]).toBe("c1");
    expect(Math.abs(page.fired.at(-1)![1] - (wrap - 500))).toBeLessThan(10);
    expect(page.clock.at?.cue).toBe(1);
  });

  it("is silent without a plan and after the end", () => {
    const page = new Page(1_000);
    let beats = 0;
    page.clock.onBeat(() => beats++);
    expect(page.clock.now()).toBeNull();
    page.state.take({ ...NOW, state: "ended" });
    beats = 0;
    page.pass(10_000);
    expect(beats).toBe(0);
  });
});
