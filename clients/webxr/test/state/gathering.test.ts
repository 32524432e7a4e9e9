import { describe, expect, it } from "vitest";
import type { Cue, Gathering, ServerMessage } from "../../src/protocol/control";
import { clockText, cueView } from "../../src/state/cue-view";
import { GatheringState, serverMoment } from "../../src/state/gathering";
import { position } from "../../src/state/timeline";
import { LIVE } from "../sample-gathering";

const NOW: Gathering = {
  ...LIVE,
  people: [{ id: 7, role: "host", megaphone: false }],
};

const cue = (i: number, more: Partial<Cue> = {}): Cue => ({
  id: `c${i}`,
  from_ms: i * 10_000,
  ms: 10_000,
  text: `step ${i}`,
  silence: false,
  alternatives: [],
  ...more,
});

const page = (plan: number, total: number, first: number, n: number): ServerMessage => ({
  t: "cues",
  plan,
  title: "Morning",
  total,
  first,
  cues: Array.from({ length: n }, (_, i) => cue(first + i)),
});

function live(): GatheringState {
  const state = new GatheringState();
  state.take(NOW);
  state.take(page(3, 2, 0, 2));
  state.take({
    t: "timeline",
    version: 1,
    plan: 3,
    segments: [{ from_ms: 1_000, run: "running", plan_ms: 0, breath_ms: 0, music_ms: 0 }],
  });
  return state;
}

describe("what is known of a gathering", () => {
  it("has a plan once every page of it came, and not of another version", () => {
    const state = live();
    expect(state.hasPlan).toBe(true);
    state.take(page(4, 40, 0, 32));
    expect(state.cues.length).toBe(2);
    state.take(page(5, 40, 32, 8));
    expect(state.plan).toBe(3);
    state.take(page(4, 40, 32, 8));
    expect(state.cues.length).toBe(40);
    // the timeline is of the version before still
    expect(state.hasPlan).toBe(false);
  });

  it("is over with its last word, and forgets everything of it", () => {
    const state = live();
    state.take({ t: "ask", ask: 1, kind: "mat", text: "", until_ms: 9, mat: "m1" });
    let told = 0;
    state.subscribe("asks", () => told++);
    state.take({ ...NOW, state: "ended" });
    expect(state.now).toBeNull();
    expect(state.ended?.title).toBe("Slow yoga");
    expect([state.cues.length, state.asks.size, state.timeline]).toEqual([0, 0, null]);
    expect(told).toBe(1);
  });

  it("is kept over a line that broke, unless the new line does not name it", () => {
    const state = live();
    state.begin(true);
    expect(state.now).not.toBeNull();
    state.take(NOW);
    state.caughtUp();
    expect(state.now).not.toBeNull();
    state.begin(true);
    state.caughtUp();
    expect(state.now).toBeNull();
  });

  it("shows the leaders' lists to leaders only", () => {
    const state = live();
    state.take({ ...NOW, me: { ...NOW.me, role: "co_host" } });
    expect(state.leads).toBe(true);
    const people = [{ id: 9, check: true, hush: "none" as const, late: false }];
    state.take({ t: "attendees", reset: true, people, gone: [] });
    expect(state.attendees.get(9)?.check).toBe(true);
    state.take({ t: "attendees", reset: false, people: [], gone: [9] });
    expect(state.attendees.size).toBe(0);
    state.take({ t: "attendees", reset: true, people, gone: [] });
    state.take(NOW);
    expect([state.leads, state.attendees.size]).toEqual([false, 0]);
  });

  it("leaves the lists to whoever leads the group and is no host here", () => {
    const state = live();
    const people = [{ id: 9, check: true, hush: "none" as const, late: false }];
    state.take({ ...NOW, waiting: 1, late: 0 });
    state.take({ t: "attendees", reset: true, people, gone: [] });
    state.take({ ...NOW, waiting: 0, late: 1 });
    expect([state.leads, state.attendees.get(9)?.check]).toEqual([false, true]);
    state.take(NOW);
    expect(state.attendees.size).toBe(0);
  });

  it("tells once how something asked was settled", () => {
    const state = live();
    state.take({ t: "ask", ask: 5, kind: "speaker", text: "", from: 7, until_ms: 9 });
    const seen: string[] = [];
    state.subscribe("asks", () => {
      if (state.settled !== null) seen.push(`${state.settled.ask?.kind} ${state.settled.over.end}`);
    });
    state.take({ t: "ask_over", ask: 5, end: "taken", text: "" });
    state.take({ t: "ask_over", ask: 6, end: "no", text: "" });
    expect(seen).toEqual(["speaker taken", "undefined no"]);
    expect(state.settled).toBeNull();
  });

  it("knows its own question although it was answered before the server said how it ended", () => {
    const state = live();
    state.take({ t: "ask", ask: 5, kind: "megaphone", text: "", from: 7, until_ms: 9 });
    const seen: (string | undefined)[] = [];
    state.subscribe("asks", () => {
      if (state.settled !== null) seen.push(state.settled.ask?.kind);
    });
    state.answered(5);
    expect(state.asks.size).toBe(0);
    state.take({ t: "ask_over", ask: 5, end: "no", text: "" });
    state.take({ t: "ask_over", ask: 5, end: "no", text: "" });
    expect(seen).toEqual(["megaphone", undefined]);
  });

  it("leaves what is not about it to others", () => {
    expect(new GatheringState().take({ t: "pong", id: 1, client_ms: 1, server_ms: 1 })).toBe(false);
  });
});

describe("moments of the wire", () => {
  it("are those nearest to now, also over the wrap", () => {
    const wrap = 2 ** 32;
    expect(serverMoment(1_500, 1_000.4)).toBe(1_500);
    expect(serverMoment(500, wrap - 100)).toBe(wrap + 500);
    expect(serverMoment(wrap - 100, wrap + 500)).toBe(wrap - 100);
    expect(serverMoment(5, 3 * wrap + 10.5)).toBe(3 * wrap + 5);
  });
});

describe("what somebody is shown", () => {
  const cues = [
    cue(0, {
      pose: "tree",
      alternatives: [{ posture: "seated", pose: "seated-tree", text: "Sit tall." }],
    }),
    cue(1),
  ];
  const timeline = live().timeline!;
  const at = position(timeline, cues, 4_000);

  it("is the cue, what comes, and how long", () => {
    const view = cueView(at, cues, "shown")!;
    expect(view).toMatchObject({ text: "step 0", pose: "tree", posture: null, cueLeftMs: 7_000 });
    expect([view.next?.id, view.planLeftMs, view.share]).toEqual(["c1", 17_000, 0.3]);
  });

  it("is the alternative for how one takes part, where there is one", () => {
    const seated = cueView(at, cues, "seated")!;
    expect(seated).toMatchObject({ text: "Sit tall.", pose: "seated-tree", posture: "seated" });
    expect(cueView(at, cues, "lying")!).toMatchObject({ text: "step 0", posture: null });
  });

  it("counts like a clock", () => {
    expect([0, 999, 61_000, 3_725_000].map(clockText)).toEqual(["0:00", "0:01", "1:01", "1:02:05"]);
  });
});
