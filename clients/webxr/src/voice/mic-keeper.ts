/**
 * One's own microphone during a visit: opens and closes the device as the person, the key, the
 * headset and the server have it, sends its track or nothing, notices speech that nobody hears.
 */
import type { Mic, MutedBy } from "../protocol/control-voice";
import type { Settings, SettingsStore } from "../state/settings";
import type { MicDevice, VoiceState } from "../state/voice-state";
import { follow } from "./loudness";
import { gate, SpeakingUnheard } from "./mic-gate";
import { Microphone } from "./microphone";
import type { RtcPeer } from "./rtc-peer";

export interface MicKeeperOptions {
  settings: SettingsStore;
  state: VoiceState;
  context(): AudioContext;
  /** Tell the server that the microphone opened or closed. */
  tell(on: boolean): void;
}

export class MicKeeper {
  /** Level of the open device, 0 to 1, whether or not it is sent. */
  level = 0;
  private readonly device: Microphone;
  private readonly unheard = new SpeakingUnheard();
  private peer: RtcPeer | null = null;
  private present = true;
  private testing = false;
  /** The person had it on in this visit: the device may be kept for the hint. */
  private used = false;
  private wasOpenWhenLeft = false;
  private saidBack = false;
  private lastMs = 0;
  private levelAtMs = 0;

  constructor(private readonly options: MicKeeperOptions) {
    this.device = new Microphone(options.context, (state) => this.lost(state));
  }

  /** Send through this connection from now on. */
  attach(peer: RtcPeer | null): void {
    this.peer = peer;
    this.apply();
  }

  /** Turn the microphone on or off, as a person does. */
  async choose(on: boolean): Promise<void> {
    const { state, settings } = this.options;
    if (on && state.server === "hard_muted") {
      state.say(`muted_${state.mutedBy ?? "rights"}`);
      return;
    }
    if (on && settings.values.talkMode === "listen") {
      state.say("listen_only");
      return;
    }
    state.set({ chosen: on });
    if (on) this.used = true;
    // One's own wish lifts a mute that allows it; the server says when it has.
    if (on && state.server === "soft_muted") state.set({ server: "off" });
    await this.keep();
  }

  /** The talk key or button went down or up. */
  hold(down: boolean): void {
    this.options.state.set({ held: down });
    this.apply();
  }

  setPresent(on: boolean): void {
    if (on === this.present) return;
    const { state } = this.options;
    if (!on) this.wasOpenWhenLeft = state.open;
    this.present = on;
    state.set({ held: false });
    void this.keep().then(() => {
      if (!on || !this.wasOpenWhenLeft || !state.open || this.saidBack) return;
      this.saidBack = true;
      state.say("closed_while_away");
    });
  }

  /**
   * The server's word on one's microphone, and why it is muted hard. A quiet zone leaves what one
   * chose as it is: one walks out of it, and is told that the microphone is on again.
   */
  heardOf(mic: Mic, by: MutedBy | null): void {
    const { state } = this.options;
    const { server: before, mutedBy: wasBy } = state;
    if (mic === before && by === wasBy) return;
    state.set({ server: mic, mutedBy: by });
    if (mic === "soft_muted" || (mic === "hard_muted" && by !== "zone")) {
      if (state.chosen) state.set({ chosen: false });
      state.say(mic === "soft_muted" ? mic : `muted_${by ?? "rights"}`);
      void this.keep();
    } else if (mic === "hard_muted") {
      if (state.chosen) state.say("muted_zone");
      void this.keep();
    } else if (before === "hard_muted" && wasBy === "zone") {
      void this.keep().then(() => {
        if (state.open) state.say("quiet_over");
      });
    } else if (before === "hard_muted" && mic !== "none") state.say("unmuted");
  }

  settingChanged(key: keyof Settings): void {
    const { state, settings } = this.options;
    // Whoever chose to listen is not put on the air by choosing otherwise later.
    if (key === "talkMode" && settings.values.talkMode === "listen") state.set({ chosen: false });
    if (MIC_SETTINGS.has(key)) void this.keep();
  }

  /** The open stream for a self-test, opened if need be; null when there is none to be had. */
  async startTest(): Promise<MediaStream | null> {
    this.testing = true;
    await this.keep();
    return this.device.stream;
  }

  endTest(): void {
    this.testing = false;
    void this.keep();
  }

  /** A few times a second: speech that nobody hears. */
  beat(nowMs: number): void {
    const { state, settings } = this.options;
    const level = this.measure(nowMs);
    const careless =
      settings.values.hintWhileMuted && this.present && !this.testing && !state.sending;
    // Between two presses of the talk key one knows what one does; with it off one may not.
    const unheard = careless && this.used && !state.chosen && settings.values.talkMode !== "listen";
    if (this.unheard.step(level, unheard, nowMs)) state.say("speaking_unheard");
  }

  /** Measure now; views call this as often as they draw. */
  measure(nowMs: number): number {
    if (nowMs - this.levelAtMs > 12) {
      this.level = follow(this.level, this.device.level(), nowMs - this.lastMs);
      this.levelAtMs = nowMs;
      this.lastMs = nowMs;
    }
    return this.level;
  }

  dispose(): void {
    this.peer = null;
    this.device.close();
  }

  /** Open or close the device as is wanted now, then open or close the gate. */
  private async keep(): Promise<void> {
    const { state, settings } = this.options;
    const { values } = settings;
    const wanted =
      this.present &&
      (this.testing || state.chosen || (this.used && values.hintWhileMuted)) &&
      (this.testing || values.talkMode !== "listen");
    if (!wanted) {
      this.device.close();
      if (state.device === "ready") state.set({ device: "unknown" });
      this.apply();
      return;
    }
    // Nothing may be sent from a device that is about to be exchanged.
    this.apply();
    if (this.device.stream === null) state.set({ device: "asking" });
    const device = await this.device.open({
      device: values.micDevice,
      echoCancellation: values.echoCancellation,
      noiseSuppression: values.noiseSuppression,
      autoGain: values.autoGain,
    });
    if (device === "ready" || device === "unknown") state.set({ device });
    else this.lost(device);
    this.apply();
  }

  /** No microphone to be had, or not any more: one listens. */
  private lost(device: MicDevice): void {
    const { state } = this.options;
    state.set({ device, chosen: false });
    this.used = false;
    if (device === "refused" || device === "missing" || device === "busy") state.say(device);
    if (device === "insecure") state.say(device);
    this.apply();
  }

  private apply(): void {
    const { state, settings } = this.options;
    const { track } = this.device;
    const { open, sending } = gate({
      mode: settings.values.talkMode,
      chosen: state.chosen && track !== null,
      held: state.held,
      present: this.present,
      testing: this.testing,
      server: state.server,
    });
    this.peer?.send(sending ? track : null);
    const told = state.open;
    state.set({ open, sending });
    if (open !== told) this.options.tell(open);
  }
}

const MIC_SETTINGS: ReadonlySet<keyof Settings> = new Set([
  "talkMode",
  "micDevice",
  "echoCancellation",
  "noiseSuppression",
  "autoGain",
  "hintWhileMuted",
]);
