import { describe, expect, it } from "vitest";
import type { Chat, Person, Roster } from "../../src/protocol/control";
import { qualityOf, RoomState } from "../../src/state/room-state";

const person = (id: number, name = `P${id}`): Person => ({
  id,
  name,
  primary: "#ff9a4d",
  secondary: "#8fb8de",
  pattern: 0,
  device: "desktop",
  away: false,
  mic: "none",
});

const roster = (change: Partial<Roster>): Roster => ({
  t: "roster",
  reset: false,
  last_page: true,
  joined: [],
  changed: [],
  left: [],
  ...change,
});

const chat = (from: number, text: string): Chat => ({
  t: "chat",
  id: 1,
  from,
  name: `P${from}`,
  text,
  at_ms: 5,
});

function room(): RoomState {
  const state = new RoomState();
  state.me = { ...person(1, "Me") };
  return state;
}

describe("roster", () => {
  it("lists others, not oneself", () => {
    const state = room();
    state.applyRoster(roster({ reset: true, joined: [person(1), person(2)] }));
    expect([...state.people.keys()]).toEqual([2]);
  });

  it("lets one look as one's account says, changed on whatever page", () => {
    const state = room();
    const listed = state.applyRoster(roster({ reset: true, joined: [person(1, "Me")] }));
    expect(listed.changed).toEqual([]);
    const told = state.applyRoster(roster({ changed: [{ id: 1, name: "Mara", pattern: 2 }] }));
    expect(told.changed).toEqual([1]);
    expect(state.me).toMatchObject({ name: "Mara", pattern: 2, primary: "#ff9a4d" });
    state.applyRoster(roster({ reset: true, joined: [person(1, "Maria")] }));
    expect(state.me.name).toBe("Maria");
    expect([...state.people.keys()]).toEqual([]);
  });

  it("keeps people in view while pages of a new listing arrive, then drops who is missing", () => {
    const state = room();
    state.applyRoster(roster({ reset: true, joined: [person(2), person(3), person(4)] }));
    const first = state.applyRoster(roster({ reset: true, last_page: false, joined: [person(2)] }));
    expect(first.listing).toBe(true);
    expect(first.left).toEqual([]);
    expect(state.people.size).toBe(3);
    const last = state.applyRoster(roster({ joined: [person(4)] }));
    expect(last.left.map(({ id }) => id)).toEqual([3]);
    expect(state.applyRoster(roster({ joined: [person(5)] })).listing).toBe(false);
    expect([...state.people.keys()]).toEqual([2, 4, 5]);
  });

  it("changes only what is told", () => {
    const state = room();
    state.applyRoster(roster({ reset: true, joined: [person(2)] }));
    const effect = state.applyRoster(roster({ changed: [{ id: 2, away: true }, { id: 99 }] }));
    expect(effect.changed).toEqual([2]);
    expect(state.people.get(2)).toMatchObject({ name: "P2", away: true });
  });

  it("takes the whole hidden list when there is one, and keeps it otherwise", () => {
    const state = room();
    state.applyRoster(roster({ hidden: [{ id: 9, name: "Nine" }] }));
    state.applyRoster(roster({ joined: [person(2)] }));
    expect([...state.hidden]).toEqual([[9, "Nine"]]);
    state.applyRoster(roster({ hidden: [] }));
    expect(state.hidden.size).toBe(0);
  });
});

describe("chat", () => {
  it("shows one's own line once, whichever of answer and echo comes first", () => {
    for (const order of ["ack first", "echo first"]) {
      const state = room();
      const entry = state.saying("hello", 0);
      if (order === "ack first") state.settleChat(entry.key, true);
      state.applyChat(chat(1, "hello"), 5);
      state.settleChat(entry.key, true);
      expect(state.chat).toHaveLength(1);
      expect(state.chat[0]!.status).toBe("sent");
    }
  });

  it("shows the same words twice when they were said twice", () => {
    const state = room();
    state.saying("again", 0);
    state.saying("again", 0);
    state.applyChat(chat(1, "again"), 5);
    state.applyChat(chat(1, "again"), 6);
    expect(state.chat).toHaveLength(2);
    expect(state.chat.every(({ status }) => status === "sent")).toBe(true);
  });

  it("counts unread lines of others while closed, and forgets them on opening", () => {
    const state = room();
    state.applyChat(chat(2, "hey"), 1);
    state.applyChat(chat(2, "there"), 2);
    expect(state.unread).toBe(2);
    state.setChatOpen(true);
    state.applyChat(chat(2, "!"), 3);
    expect(state.unread).toBe(0);
  });

  it("keeps a failed line to send again", () => {
    const state = room();
    const entry = state.saying("lost", 0);
    state.settleChat(entry.key, false);
    expect(state.chat[0]!.status).toBe("failed");
    expect(state.dropChat(entry.key)?.text).toBe("lost");
    expect(state.chat).toHaveLength(0);
  });

  it("keeps the last 200 lines", () => {
    const state = room();
    for (let i = 0; i < 250; i++) state.applyChat(chat(2, `line ${i}`), i);
    expect(state.chat).toHaveLength(200);
    expect(state.chat[0]!.text).toBe("line 50");
  });
});

describe("views", () => {
  it("hear of their topic until they stop", () => {
    const state = room();
    let told = 0;
    const stop = state.subscribe("people", () => told++);
    state.applyRoster(roster({ joined: [person(2)] }));
    state.applyChat(chat(2, "hey"), 1);
    stop();
    state.applyRoster(roster({ left: [{ id: 2 }] }));
    expect(told).toBe(1);
  });

  it("a hidden person leaves the list at once and may be shown again", () => {
    const state = room();
    state.applyRoster(roster({ joined: [person(2)] }));
    state.setHiddenLocally(2, "P2", true);
    expect(state.people.has(2)).toBe(false);
    expect(state.hidden.get(2)).toBe("P2");
    state.setHiddenLocally(2, "P2", false);
    expect(state.hidden.size).toBe(0);
  });
});

describe("quality of the line", () => {
  const line = {
    phase: "live" as const,
    note: "",
    rttMs: 30,
    delayMs: 110,
    quality: "good" as const,
  };
  it("is told by what a person would notice", () => {
    expect(qualityOf(line)).toBe("good");
    expect(qualityOf({ ...line, rttMs: 200 })).toBe("fair");
    expect(qualityOf({ ...line, rttMs: 500 })).toBe("poor");
    expect(qualityOf({ ...line, delayMs: 600 })).toBe("poor");
    expect(qualityOf({ ...line, phase: "reconnecting" })).toBe("lost");
  });
});
