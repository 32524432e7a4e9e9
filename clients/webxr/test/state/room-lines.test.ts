import { describe, expect, it } from "vitest";
import type { Line } from "../../src/protocol/control";
import { RoomState } from "../../src/state/room-state";

const ME = "a".repeat(16);
const OTHER = "b".repeat(16);

function line(change: Partial<Line> = {}): Line {
  return { t: "line", id: 10, author: OTHER, name: "Bo", text: "hello", at_ms: 1000, ...change };
}

function room(): RoomState {
  const state = new RoomState();
  state.me = { ...state.me, id: 1, name: "Ash" };
  return state;
}

describe("lines of a group's channel in a room", () => {
  it("appear once, also when one's own comes back with another name for it", () => {
    const state = room();
    const entry = state.saying("hello", 0, "key-1");
    state.applyLine(line({ author: ME, key: "key-1" }), ME);
    state.applyLine(line({ author: ME, key: "key-1" }), ME);
    state.settleChat(entry.key, true);
    expect(state.chat.map(({ text, status }) => [text, status])).toEqual([["hello", "sent"]]);
    expect(state.chat[0]?.line?.id).toBe(10);
  });

  it("are not mistaken for another's with the same key", () => {
    const state = room();
    state.saying("mine", 0, "same");
    state.applyLine(line({ id: 11, key: "other" }), ME);
    expect(state.chat).toHaveLength(2);
  });

  it("change in place", () => {
    const state = room();
    state.applyLine(line(), ME);
    state.applyLine(line({ text: "hello there", edited: true }), ME);
    state.applyLine(line({ text: "", deleted: true }), ME);
    expect(state.chat).toHaveLength(1);
    expect(state.chat[0]?.line?.deleted).toBe(true);
  });

  it("stand in the order in which they were kept, what is on its way last", () => {
    const state = room();
    state.saying("on its way", 0, "k");
    state.applyLine(line({ id: 12, text: "second" }), ME);
    state.applyLine(line({ id: 11, text: "first" }), ME);
    expect(state.chat.map(({ text }) => text)).toEqual(["first", "second", "on its way"]);
  });

  it("are news only when somebody else says them after one came", () => {
    const state = room();
    state.catchingUp = true;
    state.applyLine(line({ id: 1 }), ME);
    state.catchingUp = false;
    state.applyLine(line({ id: 2, author: ME }), ME);
    expect(state.unread).toBe(0);
    state.applyLine(line({ id: 3 }), ME);
    expect(state.unread).toBe(1);
  });
});
