import { describe, expect, it } from "vitest";
import { keepMuted, type Memory, recallMuted } from "../../src/voice/mute-memory";

function memory(kept: string | null = null): Memory & { kept: string | null } {
  return {
    kept,
    getItem() {
      return this.kept;
    },
    setItem(_key, value) {
      this.kept = value;
    },
  };
}

describe("whom one has muted", () => {
  it("is known again after a reload, to oneself alone", () => {
    const store = memory();
    keepMuted(store, 7, new Set([3, 4]));
    expect(recallMuted(store, 7)).toEqual([3, 4]);
    expect(recallMuted(store, 8)).toEqual([]);
  });

  it("is nobody where storage holds rubbish or is forbidden", () => {
    for (const rubbish of ["{{", "null", "[]", '{"me":7,"muted":"all"}']) {
      expect(recallMuted(memory(rubbish), 7)).toEqual([]);
    }
    expect(recallMuted(memory('{"me":7,"muted":[1,-2,"3",null,4.5,9]}'), 7)).toEqual([1, 9]);
    expect(recallMuted(null, 7)).toEqual([]);
    const broken: Memory = {
      getItem: () => {
        throw new Error("forbidden");
      },
      setItem: () => {
        throw new Error("forbidden");
      },
    };
    keepMuted(broken, 7, [1]);
    expect(recallMuted(broken, 7)).toEqual([]);
  });
});
