import { describe, expect, it } from "vitest";
import {
  type CueDraft,
  compiled,
  emptyCue,
  hintsOf,
  PlanDraft,
  stands,
  timesOf,
  totalMs,
} from "../../src/state/plan-draft";

const cue = (id: string, change: Partial<CueDraft> = {}): CueDraft => ({
  ...emptyCue(id),
  text: id,
  ...change,
});
const ids = (draft: PlanDraft) => draft.now.cues.map(({ id }) => id).join(" ");

describe("times of a plan", () => {
  it("puts cues after each other, or at their second", () => {
    const cues = [cue("a", { seconds: 10 }), cue("b", { seconds: 20 }), cue("c", { at_s: 60 })];
    expect(timesOf(cues).map(({ fromMs, ms }) => [fromMs, ms])).toEqual([
      [0, 10_000],
      [10_000, 50_000],
      [60_000, 30_000],
    ]);
    expect(totalMs(cues)).toBe(90_000);
    expect(totalMs([])).toBe(0);
  });

  it("cuts a cue short where the next one begins sooner", () => {
    const cues = [cue("a", { seconds: 60 }), cue("b", { at_s: 30 })];
    expect(timesOf(cues)[0]).toEqual({ fromMs: 0, ms: 30_000, cut: true, backwards: false });
    expect(stands(cues)).toBe(true);
    expect(hintsOf(cues)).toEqual([{ kind: "cut", index: 0 }]);
  });

  it("names a cue that begins before the one before it", () => {
    const cues = [cue("a"), cue("b", { at_s: 60 }), cue("c", { at_s: 60 })];
    expect(stands(cues)).toBe(false);
    expect(hintsOf(cues)).toEqual([{ kind: "backwards", index: 2 }]);
    expect(compiled(cues)).toBeNull();
  });

  it("leaves out of a compiled cue what it does not set", () => {
    const [first] = compiled([cue("a", { side: "left", seconds: 5 })]) ?? [];
    expect(first).toEqual({
      ...{ id: "a", from_ms: 0, ms: 5_000, text: "a", side: "left" },
      ...{ silence: false, alternatives: [] },
    });
  });

  it("mentions a side without the other, a missing side and an empty cue", () => {
    const sided = (pose: string) => pose === "tree";
    const cues = [
      cue("a", { pose: "tree", side: "left" }),
      cue("b", { pose: "tree" }),
      cue("c", { text: "" }),
      cue("d", { pose: "sphinx" }),
    ];
    expect(hintsOf(cues, sided)).toEqual([
      { kind: "no_side", index: 1 },
      { kind: "empty", index: 2 },
    ]);
    expect(hintsOf([cues[0]!], sided)).toEqual([{ kind: "one_side", index: 0, side: "right" }]);
    const both = [cues[0]!, cue("e", { pose: "tree", side: "right" })];
    expect(hintsOf(both, sided)).toEqual([]);
  });
});

describe("a plan being written", () => {
  const start = () => new PlanDraft({ title: "Plan", cues: [cue("c1"), cue("c2"), cue("c3")] });

  it("adds, copies, moves and takes away, each one step", () => {
    const draft = start();
    expect(draft.add(0)).toBe("c4");
    expect(ids(draft)).toBe("c1 c4 c2 c3");
    expect(draft.duplicate(2)).toBe("c5");
    expect(ids(draft)).toBe("c1 c4 c2 c5 c3");
    expect(draft.move(0, 9)).toBe(true);
    expect(ids(draft)).toBe("c4 c2 c5 c3 c1");
    draft.remove(1);
    expect(ids(draft)).toBe("c4 c5 c3 c1");
    for (let i = 0; i < 4; i++) draft.undo();
    expect(ids(draft)).toBe("c1 c2 c3");
    expect(draft.canUndo).toBe(false);
    draft.redo();
    expect(ids(draft)).toBe("c1 c4 c2 c3");
  });

  it("does not move past the ends", () => {
    const draft = start();
    expect(draft.move(0, -1)).toBe(false);
    expect(draft.move(2, 3)).toBe(false);
    expect(draft.canUndo).toBe(false);
  });

  it("takes typing in one field as one step", () => {
    const draft = start();
    draft.change("c1", { text: "b" }, "text");
    draft.change("c1", { text: "br" }, "text");
    draft.change("c1", { seconds: 5 }, "seconds");
    draft.undo();
    expect(draft.now.cues[0]?.text).toBe("br");
    draft.undo();
    expect(draft.now.cues[0]?.text).toBe("c1");
  });

  it("knows whether something is unsaved", () => {
    const draft = start();
    expect(draft.clean).toBe(true);
    draft.rename("Other");
    expect(draft.clean).toBe(false);
    draft.rename("Plan");
    expect(draft.clean).toBe(true);
    draft.rename("New");
    draft.saved(draft.now);
    expect(draft.clean).toBe(true);
    expect(draft.canUndo).toBe(false);
  });

  it("holds no more cues than a plan may have", () => {
    const cues = Array.from({ length: 500 }, (_, i) => cue(`c${i}`));
    const draft = new PlanDraft({ title: "", cues });
    expect(draft.add(0)).toBeNull();
    expect(draft.duplicate(3)).toBeNull();
    expect(draft.now.cues).toHaveLength(500);
  });
});
