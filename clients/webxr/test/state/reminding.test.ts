import { describe, expect, it } from "vitest";
import { type Coming, reminderOf, stageOf } from "../../src/state/reminding";

const MINUTE = 60_000;
const coming = (change: Partial<Coming> = {}): Coming => ({
  event: "e",
  original: "20261201T183000",
  starts_ms: 100 * MINUTE,
  ends_ms: 160 * MINUTE,
  doors_ms: 85 * MINUTE,
  state: "scheduled",
  ...change,
});

describe("reminders", () => {
  it("come an hour before, ten minutes before and when the doors are open", () => {
    expect(stageOf(coming(), 39 * MINUTE)).toBeNull();
    expect(stageOf(coming(), 40 * MINUTE)).toBe("hour");
    expect(stageOf(coming(), 90 * MINUTE)).toBe("soon");
    expect(stageOf(coming({ state: "doors" }), 86 * MINUTE)).toBe("doors");
    expect(stageOf(coming({ state: "live" }), 120 * MINUTE)).toBe("doors");
  });

  it("are not about what is cancelled, over or nearly over", () => {
    for (const state of ["draft", "cancelled", "ended", "winding_down"]) {
      expect(stageOf(coming({ state }), 95 * MINUTE), state).toBeNull();
    }
    expect(stageOf(coming({ state: "live" }), 160 * MINUTE)).toBeNull();
  });

  it("show the soonest that was not put away; each stage is put away by itself", () => {
    const later = coming({ event: "f", starts_ms: 102 * MINUTE });
    const all = [later, coming()];
    const first = reminderOf(all, 45 * MINUTE, new Set());
    expect(first?.of.event).toBe("e");
    const away = new Set([first!.key]);
    expect(reminderOf(all, 45 * MINUTE, away)?.of.event).toBe("f");
    expect(reminderOf(all, 91 * MINUTE, away)?.key).toBe("e 20261201T183000 soon");
    expect(reminderOf([], 0, away)).toBeNull();
  });
});
