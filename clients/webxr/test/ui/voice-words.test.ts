import { describe, expect, it } from "vitest";
import { menuData } from "../../src/app/menu-data";
import { RoomState } from "../../src/state/room-state";
import { SettingsStore } from "../../src/state/settings";
import { type VoiceFields, VoiceState } from "../../src/state/voice-state";
import type { Actions, VoiceActions } from "../../src/ui/actions";
import { earshotSummary } from "../../src/ui/room/earshot-panel";
import { personWords } from "../../src/ui/room/person-row";
import { micFace } from "../../src/ui/room/voice-dock";
import { V } from "../../src/ui/strings-voice";

function voice(change: Partial<VoiceFields>, hearers = -1): VoiceState {
  const state = new VoiceState();
  state.set({ offered: true, phase: "connected", server: "off", ...change });
  if (hearers >= 0) {
    const list = Array.from({ length: hearers }, (_, i) => ({
      id: i + 1,
      reason: "near" as const,
    }));
    state.setEarshot({ t: "earshot", hearers: list, more: 0, epoch: 1 });
  }
  return state;
}
const REASONS = ["zone", "safe", "unsigned", "group", "rights", "gathering"] as const;
const open = { chosen: true, open: true, sending: true, device: "ready", server: "on" } as const;

describe("the microphone's button", () => {
  it("says off until sound leaves", () => {
    expect(micFace(voice({}), "open").state).toBe("off");
    expect(micFace(voice({ chosen: true, device: "asking" }), "open").label).toBe("Asking…");
    expect(micFace(voice(open), "open").state).toBe("on");
  });

  it("says when the key is to be held", () => {
    const idle = { ...open, sending: false };
    expect(micFace(voice(idle), "push_to_talk")).toMatchObject({ label: "Hold to talk" });
    expect(micFace(voice(open), "push_to_talk")).toMatchObject({ label: "Talking" });
    expect(micFace(voice(idle), "push_to_mute")).toMatchObject({ label: "Paused" });
  });

  it("is barred where it can do nothing, and says why", () => {
    expect(micFace(voice({ server: "hard_muted" }), "open").state).toBe("barred");
    expect(micFace(voice({}), "listen").state).toBe("barred");
    const words = REASONS.map((mutedBy) => {
      const face = micFace(voice({ server: "hard_muted", mutedBy }), "open");
      expect(face.state).toBe("barred");
      return face.words;
    });
    expect(new Set(words).size).toBe(REASONS.length);
    // Only where somebody did close it, it is said that somebody did.
    expect(words.filter((each) => each.includes("closed"))).toEqual([V.mutedBy.gathering]);
  });
});

describe("in a quiet zone", () => {
  it("is said what it is, and whether the microphone is on again outside it", () => {
    const quiet = { server: "hard_muted", mutedBy: "zone" } as const;
    const off = micFace(voice(quiet), "open");
    const on = micFace(voice({ ...quiet, chosen: true }), "open");
    expect([off.label, on.label]).toEqual(["Quiet zone", "Quiet zone"]);
    expect(off.words).not.toContain("microphone");
    expect(on.words).toContain("Outside it your microphone is on again");
    expect(earshotSummary(voice(quiet)).text).toBe(V.mutedBy.zone);
  });
});

describe("who hears me", () => {
  it("does not send one nearer to anybody where that does not help", () => {
    const said = (["open", "stage", "alone", "silent", "staged"] as const).map(
      (rule) => earshotSummary(voice(open, 0), rule).text,
    );
    expect(said[0]).toContain("Walk up to someone");
    expect(said.slice(1).join(" ")).not.toContain("Walk up");
    expect(new Set(said).size).toBe(5);
    expect(earshotSummary(voice(open, 2), "stage").list).toBe(true);
  });

  it("is honest about every reason for nobody", () => {
    const texts = [
      voice({ ...open, phase: "broken" }, 3),
      voice({}),
      voice({ server: "hard_muted" }),
      voice(open),
      voice(open, 0),
    ].map((state) => earshotSummary(state));
    expect(texts.some(({ list }) => list)).toBe(false);
    expect(new Set(texts.map(({ text }) => text)).size).toBe(5);
    // only a closed microphone is helped by opening it
    expect(texts.map(({ offer }) => offer)).toEqual([false, true, false, false, false]);
  });

  it("counts people, and says when they hear only later", () => {
    expect(earshotSummary(voice(open, 1)).text).toBe("1 person can hear you");
    expect(earshotSummary(voice(open, 3)).text).toBe("3 people can hear you");
    expect(earshotSummary(voice({ ...open, sending: false }, 2)).text).toMatch(
      /hear you while you talk/,
    );
  });
});

describe("a person in the list", () => {
  const person = {
    id: 1,
    name: "Bo",
    primary: "#ffffff",
    secondary: "#000000",
    pattern: 0,
    device: "vr" as const,
    marks: [],
    away: false,
    distanceM: 4.2,
    mic: "off" as const,
  };
  it("is told with their microphone where there is voice, and with their device where not", () => {
    const words = (offered: boolean, muted = false, speaking = false) =>
      personWords(person, { offered, muted, speaking });
    expect(words(false)).toBe("4 m · in a headset");
    expect(words(true)).toBe("4 m · mic off");
    // Why somebody cannot speak is theirs to know.
    const barred = personWords(
      { ...person, mic: "hard_muted" as const },
      { offered: true, muted: false, speaking: false },
    );
    expect(barred).toBe("4 m · cannot speak now");
    expect(words(true, true, true)).toBe("4 m · you muted them");
    expect(words(true, false, true)).toBe("4 m · speaking");
  });
});

describe("the headset's menu", () => {
  const settings = new SettingsStore(null, false).values;
  const data = (state: VoiceState) =>
    menuData(
      new RoomState(),
      { voice: { state } as VoiceActions } as Partial<Actions> as Actions,
      settings,
    );

  it("shows how many hear one on the microphone itself", () => {
    expect(data(voice(open, 3)).voice.mic).toMatchObject({ label: "3 can hear you", open: true });
    expect(data(voice({})).voice.mic).toMatchObject({ label: "Mic off", open: false });
  });

  it("has no voice where there is none", () => {
    expect(data(voice({ offered: false })).voice.offered).toBe(false);
  });

  it("names a hearer it does not know somebody, never nobody", () => {
    expect(data(voice(open, 1)).voice.hearers).toEqual([{ name: "Somebody", reason: "near you" }]);
  });
});
