import { encode as pack } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { decodeControl } from "../../src/protocol/control";

const SHAPE = {
  ref_m: 1.5,
  rolloff: 1,
  enter_m: 20,
  leave_m: 24,
  cone_inner_deg: 200,
  cone_outer_deg: 360,
  cone_outer_gain: 0.6,
};
const VOICE = {
  t: "voice",
  available: true,
  session: 3,
  text: "",
  spread_ms: 0,
  ice_servers: [{ urls: ["turn:turn.example.org:3478"], username: "a", credential: "b" }],
  shape: SHAPE,
  mic: "off",
};
const read = (message: object) => decodeControl(pack(message));

describe("voice messages", () => {
  it("are read whole, with a server that needs no password too", () => {
    expect(read(VOICE)).toEqual(VOICE);
    const open = { ...VOICE, ice_servers: [{ urls: ["stun:stun.example.org"] }] };
    expect(read(open)).toEqual(open);
  });

  it("are refused when their shape would make distances meaningless", () => {
    for (const wrong of [
      { ref_m: 0 },
      { ref_m: Number.NaN },
      { rolloff: -1 },
      { enter_m: -20 },
      { cone_outer_gain: 1.5 },
      { cone_inner_deg: 400 },
    ]) {
      expect(read({ ...VOICE, shape: { ...SHAPE, ...wrong } })).toBeNull();
    }
  });

  it("are refused with a mute, a reason or a slot that is not known", () => {
    expect(read({ ...VOICE, mic: "loud" })).toBeNull();
    const slots = (entry: object) =>
      read({ t: "voice_slots", slots: [{ slot: 0, participant: 4, reason: "near", ...entry }] });
    expect(slots({})).not.toBeNull();
    expect(slots({ slot: 8 })).toBeNull();
    expect(slots({ participant: 0 })).toBeNull();
    expect(slots({ reason: "curious" })).toBeNull();
  });

  it("may carry an answer as long as the wire allows, and not longer", () => {
    const answer = (length: number) => read({ t: "voice_answer", rid: 1, sdp: "v".repeat(length) });
    expect(answer(15_000)).not.toBeNull();
    expect(answer(15_001)).toBeNull();
    expect(answer(0)).toBeNull();
  });

  it("list at most as many hearers and slots as there can be", () => {
    const hearers = (n: number) =>
      read({
        t: "earshot",
        hearers: Array.from({ length: n }, (_, i) => ({ id: i + 1, reason: "stage" })),
        more: 0,
        epoch: 1,
      });
    expect(hearers(64)).not.toBeNull();
    expect(hearers(65)).toBeNull();
  });
});
