// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SettingsStore } from "../../src/state/settings";
import { type VoiceHint, VoiceState } from "../../src/state/voice-state";
import { MicKeeper } from "../../src/voice/mic-keeper";
import type { RtcPeer } from "../../src/voice/rtc-peer";

let state: VoiceState;
let keeper: MicKeeper;
let told: boolean[];
let sent: boolean[];
let said: (VoiceHint | null)[];

/** What a browser has: a microphone that may be used, and something that measures it. */
function browser(): void {
  const track = { addEventListener: () => {}, stop: () => {} };
  const stream = { getAudioTracks: () => [track], getTracks: () => [track] };
  vi.stubGlobal("isSecureContext", true);
  Object.defineProperty(navigator, "mediaDevices", {
    configurable: true,
    value: { getUserMedia: async () => stream },
  });
}
const audio = {
  createAnalyser: () => ({ fftSize: 0, getFloatTimeDomainData: () => {} }),
  createMediaStreamSource: () => ({ connect: () => {}, disconnect: () => {} }),
};

beforeEach(() => {
  browser();
  state = new VoiceState();
  [told, sent, said] = [[], [], []];
  state.subscribe("hint", () => said.push(state.hint));
  keeper = new MicKeeper({
    settings: new SettingsStore(null, false),
    state,
    context: () => audio as unknown as AudioContext,
    tell: (on) => told.push(on),
  });
  keeper.attach({ send: (track: unknown) => sent.push(track !== null) } as unknown as RtcPeer);
});
afterEach(() => {
  keeper.dispose();
  vi.unstubAllGlobals();
});

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

async function speak(): Promise<void> {
  await keeper.choose(true);
  keeper.heardOf("on", null);
  expect([state.open, state.sending]).toEqual([true, true]);
}

describe("a quiet zone", () => {
  it("sends nothing, says what it is, and is left with the microphone as it was", async () => {
    await speak();
    keeper.heardOf("hard_muted", "zone");
    await settled();
    expect([state.chosen, state.open, state.sending]).toEqual([true, false, false]);
    expect(sent.at(-1)).toBe(false);
    expect(said).toEqual(["muted_zone"]);
    keeper.heardOf("off", null);
    await settled();
    expect([state.open, state.sending, sent.at(-1)]).toEqual([true, true, true]);
    // An open microphone is told of.
    expect(said).toEqual(["muted_zone", "quiet_over"]);
    expect(told).toEqual([true, false, true]);
  });

  it("opens nothing that one had closed, before or in it", async () => {
    keeper.heardOf("hard_muted", "zone");
    keeper.heardOf("off", null);
    await settled();
    expect([state.open, said]).toEqual([false, []]);
    await speak();
    keeper.heardOf("hard_muted", "zone");
    await keeper.choose(false);
    keeper.heardOf("off", null);
    await settled();
    expect([state.open, state.sending, state.chosen]).toEqual([false, false, false]);
  });
});

describe("any other mute", () => {
  it.each(["safe", "unsigned", "group", "rights", "gathering"] as const)(
    "by %s is said as what it is, and closes the microphone until one opens it",
    async (by) => {
      await speak();
      keeper.heardOf("hard_muted", by);
      await settled();
      expect([state.chosen, state.open, said.at(-1)]).toEqual([false, false, `muted_${by}`]);
      await keeper.choose(true);
      expect([state.chosen, said.at(-1)]).toEqual([false, `muted_${by}`]);
      keeper.heardOf("off", null);
      await settled();
      expect([state.open, said.at(-1)]).toEqual([false, "unmuted"]);
    },
  );

  it("that comes on in a quiet zone is another one, and is said", async () => {
    await speak();
    keeper.heardOf("hard_muted", "zone");
    keeper.heardOf("hard_muted", "gathering");
    await settled();
    expect([state.chosen, said.at(-1)]).toEqual([false, "muted_gathering"]);
    keeper.heardOf("hard_muted", "zone");
    keeper.heardOf("off", null);
    await settled();
    expect(state.open).toBe(false);
  });
});
