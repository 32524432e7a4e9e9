import { describe, expect, it } from "vitest";
import type { Gathering, Staged } from "../../src/protocol/control";
import { GatheringState } from "../../src/state/gathering";
import { actsFor, decides } from "../../src/state/gathering-may";
import { LIVE } from "../sample-gathering";

const ME = 7;
const HOST = 9;

function being(
  role: Gathering["me"]["role"],
  host: number,
  lead: Gathering["lead"] = "host",
): GatheringState {
  const state = new GatheringState();
  const people: Staged[] = host === 0 ? [] : [{ id: host, role: "host", megaphone: false }];
  state.take({ ...LIVE, lead, people, me: { ...LIVE.me, role } });
  return state;
}

describe("who decides what the host decides", () => {
  it("is the host, whoever may change the group, and a co-host once it is told that the host is gone", () => {
    expect(decides(being("host", ME), ME, false)).toBe(true);
    expect(decides(being("co_host", HOST), ME, false)).toBe(false);
    for (const gone of ["successor_asked", "autopilot"] as const) {
      expect(decides(being("co_host", HOST, gone), ME, false)).toBe(true);
      expect(decides(being("audience", 0, gone), ME, false)).toBe(false);
    }
    // A host whom one does not see may be here: nothing is offered that would tell.
    for (const lead of ["host", "host_away", "nobody"] as const) {
      expect(decides(being("co_host", 0, lead), ME, false)).toBe(false);
    }
    expect(decides(being("audience", HOST), ME, true)).toBe(true);
    expect(decides(being("audience", 0), ME, false)).toBe(false);
    expect(decides(being("speaker", 0), ME, false)).toBe(false);
    expect(decides(new GatheringState(), ME, true)).toBe(false);
  });
});

describe("what may be done about somebody", () => {
  const one = { role: "audience", hush: "none", megaphone: false, handUp: false } as const;

  it("is everything about the audience, but making leaders for who decides alone", () => {
    const base = ["soft", "hard", "give", "mega", "speaker"];
    expect(actsFor(one, false)).toEqual(base);
    expect(actsFor(one, true)).toEqual([...base, "co_host", "host"]);
    expect(actsFor({ ...one, handUp: true }, false)).toContain("lower");
  });

  it("goes back and forth: a mute is undone, a megaphone is taken back, a speaker put down", () => {
    expect(actsFor({ ...one, hush: "soft" }, false).slice(0, 1)).toEqual(["free"]);
    expect(actsFor({ ...one, hush: "hard" }, false)).not.toContain("hard");
    expect(actsFor({ ...one, megaphone: true }, false)).toContain("mega_off");
    const speaker = actsFor({ ...one, role: "speaker" }, false);
    expect(speaker).toEqual(["soft", "hard", "mega", "audience"]);
  });

  it("leaves those who lead to who decides", () => {
    const helper = { ...one, role: "co_host" } as const;
    expect(actsFor(helper, false)).toEqual(["mega"]);
    expect(actsFor(helper, true)).toEqual(["soft", "hard", "mega", "speaker", "host", "audience"]);
    const host = { ...one, role: "host" } as const;
    expect(actsFor(host, false)).toEqual([]);
    expect(actsFor(host, true)).toEqual(["soft", "hard"]);
  });
});
