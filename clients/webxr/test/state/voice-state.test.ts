import { describe, expect, it } from "vitest";
import type { Person, Roster } from "../../src/protocol/control";
import { marksOf } from "../../src/state/marks";
import { RoomState } from "../../src/state/room-state";
import { VoiceState } from "../../src/state/voice-state";

const NOTHING_OF_MINE = { unheard: false, friend: false };

describe("voice state", () => {
  it("tells of changes only", () => {
    const state = new VoiceState();
    let told = 0;
    state.subscribe("voice", () => told++);
    state.set({ open: false, phase: "off" });
    expect(told).toBe(0);
    state.set({ open: true, phase: "off" });
    expect(told).toBe(1);
  });

  it("keeps a person's loudness within reason, and forgets the usual one", () => {
    const state = new VoiceState();
    state.setVolume(4, 7);
    expect(state.volumeOf(4)).toBe(2);
    state.setVolume(4, Number.NaN);
    expect(state.volumes.size).toBe(0);
    state.setVolume(4, -1);
    expect(state.volumeOf(4)).toBe(0);
  });

  it("replaces an unfinished line by the next of the same person, and of no other", () => {
    const state = new VoiceState();
    state.hearCaption(1, "we were", false, 0);
    state.hearCaption(2, "hello", true, 10);
    state.hearCaption(1, "we were talking", true, 20);
    state.hearCaption(1, "and then", false, 30);
    expect(state.said.map(({ from, text }) => [from, text])).toEqual([
      [1, "we were talking"],
      [2, "hello"],
      [1, "and then"],
    ]);
  });

  it("shows few lines, and none for long", () => {
    const state = new VoiceState();
    for (let i = 0; i < 9; i++) state.hearCaption(i + 1, `line ${i}`, true, i);
    expect(state.said).toHaveLength(4);
    state.forgetCaptions(5_000);
    expect(state.said).toHaveLength(4);
    state.forgetCaptions(20_000);
    expect(state.said).toHaveLength(0);
  });

  it("forgets mutes and hearers with the visit", () => {
    const state = new VoiceState();
    state.setMuted(3, true);
    state.setEarshot({ t: "earshot", hearers: [{ id: 3, reason: "near" }], more: 2, epoch: 1 });
    expect(state.hearerCount).toBe(3);
    state.reset();
    expect(state.muted.size).toBe(0);
    expect(state.hearerCount).toBe(0);
  });
});

describe("marks on a tag", () => {
  it("say who cannot be heard, and why not", () => {
    expect(marksOf({ mic: "on", away: false }, NOTHING_OF_MINE)).toEqual([]);
    expect(marksOf({ mic: "off", away: true }, NOTHING_OF_MINE)).toEqual(["muted", "away"]);
    expect(marksOf({ mic: "hard_muted", away: false }, NOTHING_OF_MINE)).toEqual(["muted"]);
    // one's own mute is what one wants to see
    expect(marksOf({ mic: "off", away: false }, { ...NOTHING_OF_MINE, unheard: true })).toEqual([
      "unheard",
    ]);
    // somebody without voice is not muted
    expect(marksOf({ mic: "none", away: false }, NOTHING_OF_MINE)).toEqual([]);
  });

  it("follow the roster and one's own mutes", () => {
    const person: Person = {
      id: 2,
      name: "Bo",
      primary: "#ff9a4d",
      secondary: "#8fb8de",
      pattern: 0,
      device: "vr",
      away: false,
      mic: "off",
    };
    const roster = (change: Partial<Roster>): Roster => ({
      t: "roster",
      reset: false,
      last_page: true,
      joined: [],
      changed: [],
      left: [],
      ...change,
    });
    const state = new RoomState();
    const unheard = new Set<number>();
    state.unheard = unheard;
    state.applyRoster(roster({ joined: [person] }));
    expect(state.people.get(2)?.marks).toEqual(["muted"]);
    state.applyRoster(roster({ changed: [{ id: 2, mic: "on" }] }));
    expect(state.people.get(2)?.marks).toEqual([]);
    unheard.add(2);
    expect(state.remark().map(({ id }) => id)).toEqual([2]);
    expect(state.people.get(2)?.marks).toEqual(["unheard"]);
    expect(state.remark()).toEqual([]);
  });
});
