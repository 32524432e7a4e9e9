import { describe, expect, it } from "vitest";
import type { CueDraft } from "../../src/state/plan-draft";
import { difference } from "../../src/state/plan-versions";

const cue = (id: string, more: Partial<CueDraft> = {}): CueDraft => ({
  ...{ id, at_s: null, seconds: 30, text: id, side: null, pose: null, breath: null },
  ...{ music: null, light: null, silence: false, alternatives: [] },
  ...more,
});
const [sit, stand, rest] = [cue("sit"), cue("stand"), cue("rest")] as const;

describe("how an earlier version differs from now", () => {
  it("tells cues that are the same, changed and gone, and counts what came since", () => {
    const found = difference([sit, stand], [cue("sit", { seconds: 40 }), rest]);
    expect(found).toEqual({
      ...{ cues: ["changed", "gone"], changed: 1, gone: 1, added: 1, moved: false },
    });
  });

  it("is nothing between equals, whatever order their fields are in", () => {
    const turned = Object.fromEntries(Object.entries(stand).reverse()) as unknown as CueDraft;
    const found = difference([sit, stand], [sit, turned]);
    expect(found).toEqual({ cues: ["same", "same"], changed: 0, gone: 0, added: 0, moved: false });
  });

  it("sees another order, but not one that follows from what came or went", () => {
    expect(difference([sit, stand], [stand, sit]).moved).toBe(true);
    expect(difference([sit, stand, rest], [sit, cue("new"), rest]).moved).toBe(false);
  });

  it("has everything gone of what was emptied, and everything added to what was empty", () => {
    expect(difference([sit, stand], [])).toMatchObject({ gone: 2, added: 0 });
    expect(difference([], [sit, stand])).toMatchObject({ cues: [], gone: 0, added: 2 });
  });
});
