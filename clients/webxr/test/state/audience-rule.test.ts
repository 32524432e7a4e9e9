import { describe, expect, it } from "vitest";
import type { Gathering } from "../../src/protocol/control";
import { audienceRule } from "../../src/state/audience-rule";
import { GatheringState } from "../../src/state/gathering";
import { LIVE } from "../sample-gathering";

const ME = 7;

function rule(change: Partial<Gathering>, role: Gathering["me"]["role"] = "audience") {
  const state = new GatheringState();
  state.take({ ...LIVE, ...change, me: { ...LIVE.me, role } });
  return audienceRule({ state, me: ME });
}

describe("whom a gathering lets be heard", () => {
  it("is everybody or one's neighbours where it says nothing", () => {
    expect(audienceRule(undefined)).toBe("open");
    expect(audienceRule({ state: new GatheringState(), me: ME })).toBe("open");
    expect(rule({})).toBe("open");
  });

  it("is the stage alone while it is live, or for as long as all but the stage are muted", () => {
    expect(rule({ audience: "nobody" })).toBe("stage");
    expect(rule({ audience: "nobody", state: "doors" })).toBe("open");
    expect(rule({ audience: "nobody", state: "winding_down" })).toBe("open");
    expect(rule({ stage_only: true, state: "doors" })).toBe("stage");
    expect(rule({ audience: "nobody", lead: "autopilot" })).toBe("alone");
  });

  it("knows who is heard all over the room, and that silence leaves only who leads", () => {
    const people = [{ id: ME, megaphone: true }];
    expect(rule({ audience: "nobody", people })).toBe("staged");
    expect(rule({ audience: "nobody" }, "speaker")).toBe("staged");
    expect(rule({ silence: true }, "speaker")).toBe("silent");
    expect(rule({ silence: true }, "co_host")).toBe("staged");
  });
});
