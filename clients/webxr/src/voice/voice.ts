/**
 * Voice during one visit: joins link, microphone, ears and what the server says, and keeps VoiceState
 * true. Talks to the server through the visit's line only; knows neither page nor scene.
 */
import type { ClientMessage, ServerMessage, Voice as VoiceMessage } from "../protocol/control";
import type { AvatarSample } from "../state/avatar-state";
import type { Settings, SettingsStore } from "../state/settings";
import { VoiceState } from "../state/voice-state";
import type { SelfTestStep, VoiceActions } from "../ui/actions";
import { Ears } from "./ears";
import { MicKeeper } from "./mic-keeper";
import { soundDevices } from "./microphone";
import { keepMuted, type Memory, recallMuted } from "./mute-memory";
import { type Place, whyUnreachable } from "./place-hint";
import { RtcPeer } from "./rtc-peer";
import { hearOneself } from "./self-test";
import { SlotTalkers } from "./slot-talkers";
import { Speaker } from "./speaker";
import { type LinkPhase, VoiceLink } from "./voice-link";

export interface VoiceOptions {
  settings: SettingsStore;
  place: Place;
  /** Lasts as long as this tab. */
  memory: Memory | null;
  send(message: ClientMessage): boolean;
  request(make: (rid: number) => ClientMessage): Promise<ServerMessage>;
  /** The server did not carry a wish out. */
  trouble(text: string): void;
}

const BEAT_MS = 250;
const BLOCKED_AFTER_MS = 1_200;

export class Voice {
  readonly state = new VoiceState();
  readonly link: VoiceLink;
  readonly mic: MicKeeper;
  /** null until there is voice. */
  speaker: Speaker | null = null;
  ears: Ears | null = null;

  private readonly talkers = new SlotTalkers();
  private readonly off = new AbortController();
  private readonly stop: () => void;
  private readonly beat: ReturnType<typeof setInterval>;
  private told: VoiceMessage | null = null;
  private participant = 0;
  private earshotWatchers = 0;
  private askedEarshot = false;
  private wantedSinceMs = 0;

  constructor(private readonly options: VoiceOptions) {
    const { settings } = options;
    this.link = new VoiceLink(
      {
        openPeer: (servers, changed) => {
          const peer = new RtcPeer(servers, changed);
          this.mic.attach(peer);
          this.hearing().attach(peer.receivers);
          return peer;
        },
        ask: async (sdp) => {
          const answer = await options.request((rid) => ({ t: "voice_offer", rid, sdp }));
          if (answer.t !== "voice_answer") throw new Error("The server did not answer the offer.");
          return answer.sdp;
        },
        nowMs: () => performance.now(),
        random: Math.random,
        setTimeout: (run, ms) => window.setTimeout(run, ms),
        clearTimeout: (timer) => window.clearTimeout(timer as number),
      },
      {
        phase: (phase) => this.onPhase(phase),
        trouble: (text) => this.onTrouble(text),
      },
    );
    this.mic = new MicKeeper({
      settings,
      state: this.state,
      context: () => this.playing().context,
      tell: (on) => this.tellMic(on),
    });
    this.stop = settings.subscribe((key) => this.settingChanged(key));
    this.beat = setInterval(() => this.onBeat(), BEAT_MS);
    this.listen();
  }

  /** A welcome came as `participant`; `resumed` when one is the same as before. */
  welcome(features: readonly string[], participant: number, resumed: boolean): void {
    this.participant = participant;
    if (!resumed) {
      this.link.stop();
      this.state.reset();
      this.talkers.clear();
      this.state.set({ server: "none", mutedBy: null, path: "none", note: "" });
      this.state.set({ trouble: "none", deafened: false });
      this.told = null;
    }
    for (const id of recallMuted(this.options.memory, participant)) this.state.muted.add(id);
    const offered = features.includes("voice") && "RTCPeerConnection" in window;
    this.state.set({ offered });
    if (!offered) this.link.stop();
  }

  /** The line to the server is up or down. */
  line(up: boolean): void {
    this.link.line(up);
    if (!up) this.state.setEarshot(null);
  }

  /** Take a message of the server; others than voice's are ignored. */
  take(message: ServerMessage): void {
    const { state } = this;
    switch (message.t) {
      case "voice":
        this.onVoice(message);
        break;
      case "voice_state":
        this.mic.heardOf(message.mic, message.muted_by ?? null);
        state.set({ path: message.path, note: message.text });
        if (message.connection === "closed" || message.connection === "none") this.link.forgotten();
        this.showPhase(this.link.phase, message.connection === "weak");
        break;
      case "voice_slots":
        this.talkers.tell(message.slots);
        break;
      case "earshot":
        state.setEarshot(this.watchesEarshot ? message : null);
        break;
      case "caption":
        if (!state.muted.has(message.from)) {
          state.hearCaption(message.from, message.text, message.final, performance.now());
        }
        break;
    }
  }

  /** Move ears and mouths; call each frame, or a few times a second where none are drawn. */
  frame(listener: Float32Array, samples: readonly AvatarSample[]): void {
    this.ears?.frame(listener, samples, performance.now());
  }

  /** Whether somebody wears the headset or looks at the page. */
  setPresent(on: boolean): void {
    if (on) this.wake();
    this.mic.setPresent(on);
  }

  /** Do not hear a person, or hear them again. */
  mute(id: number, on: boolean): void {
    this.setMuted(id, on);
    this.request((rid) => ({ t: "mute", rid, participant: id, on })).catch((error: Error) => {
      this.setMuted(id, !on);
      this.options.trouble(error.message);
    });
  }

  private setMuted(id: number, on: boolean): void {
    this.state.setMuted(id, on);
    keepMuted(this.options.memory, this.participant, this.state.muted);
  }

  setDeafened(on: boolean): void {
    this.state.set({ deafened: on });
    this.applyVolume();
    this.request((rid) => ({ t: "hearing", rid, deafened: on })).catch((error: Error) => {
      // Silence here does not need the server; only say that it goes on sending.
      this.options.trouble(error.message);
    });
  }

  /** Ask to be told who hears one; call the result to stop. */
  watchEarshot(): () => void {
    this.earshotWatchers++;
    this.askEarshot();
    let done = false;
    return () => {
      if (done) return;
      done = true;
      this.earshotWatchers--;
      this.askEarshot();
    };
  }

  /** Say in text what one says; it goes to whoever hears one. */
  caption(text: string, final: boolean): void {
    this.options.send({ t: "caption", text, final });
  }

  /** Record oneself and play it back, to oneself alone. */
  async selfTest(step: (step: SelfTestStep) => void): Promise<void> {
    this.wake();
    const stream = await this.mic.startTest();
    if (stream === null) step("failed");
    else {
      const { context, beside } = this.playing();
      await hearOneself(stream, context, beside, step);
    }
    this.mic.endTest();
  }

  /** What page and menu may do. */
  actions(): VoiceActions {
    const { state, mic } = this;
    return {
      state,
      level: () => mic.measure(performance.now()),
      levelOf: (id) => this.ears?.levelOf(id) ?? 0,
      toggleMic: () => void mic.choose(!state.chosen),
      pressMic: () => {
        const { talkMode } = this.options.settings.values;
        const held = talkMode === "push_to_talk" || talkMode === "push_to_mute";
        if (held && state.chosen) mic.hold(!state.held);
        else void mic.choose(!state.chosen);
      },
      setMode: (mode) => this.options.settings.set("talkMode", mode),
      hold: (down) => mic.hold(down),
      mute: (id, on) => this.mute(id, on),
      setVolume: (id, volume) => state.setVolume(id, volume),
      setDeafened: (on) => this.setDeafened(on),
      setEarmuffs: (metres) => this.options.settings.set("earmuffM", metres),
      watchEarshot: () => this.watchEarshot(),
      selfTest: (step) => this.selfTest(step),
      devices: soundDevices,
      wake: () => this.wake(),
      retry: () => this.link.retry(),
    };
  }

  /** Let sound play; call from taps and keys. */
  wake(): void {
    this.speaker?.wake();
  }

  /** Where sound other than voices may leave, on the device one chose. */
  output(): Speaker {
    return this.playing();
  }

  /** Whether somebody is heard just now. */
  get hears(): boolean {
    return this.ears?.sounding ?? false;
  }

  /** Level of one's own voice, 0 to 1, as others may see it. */
  get ownLevel(): number {
    return this.state.sending ? this.mic.level : 0;
  }

  dispose(): void {
    this.off.abort();
    this.stop();
    clearInterval(this.beat);
    this.mic.dispose();
    this.link.stop();
    this.ears?.dispose();
    this.speaker?.dispose();
  }

  private onVoice(message: VoiceMessage): void {
    this.told = message;
    const note = message.available ? "" : message.text;
    this.state.set({ note });
    this.mic.heardOf(message.mic, message.muted_by ?? null);
    this.ears?.setShape(message.shape);
    this.link.tell(message);
    // What one wishes is told again: the server may have forgotten it, or this page reloaded.
    if (this.state.open || message.mic === "on") this.tellMic(this.state.open);
    this.tellHearing();
    this.askedEarshot = false;
    this.askEarshot();
  }

  private onPhase(phase: LinkPhase): void {
    if (phase === "waiting" || phase === "connecting") this.wantedSinceMs = performance.now();
    if (phase === "connected") this.state.set({ trouble: "none", note: "" });
    if (this.link.peer === null) {
      this.mic.attach(null);
      this.ears?.attach([]);
    }
    this.showPhase(phase, false);
  }

  private showPhase(phase: LinkPhase, weak: boolean): void {
    this.state.set({ phase: weak && phase === "connected" ? "weak" : phase });
  }

  private onTrouble(text: string): void {
    const { state } = this;
    const first = state.trouble === "none";
    const trouble = whyUnreachable(this.options.place);
    state.set(text === "" ? { trouble } : { trouble, note: text });
    if (first) state.say(trouble);
  }

  private tellMic(on: boolean): void {
    if (this.state.offered) this.options.send({ t: "mic", on });
    this.askEarshot();
  }

  private tellHearing(): void {
    const { deafened } = this.state;
    const earmuff_m = this.options.settings.values.earmuffM;
    this.request((rid) => ({ t: "hearing", rid, deafened, earmuff_m })).catch(() => {});
  }

  private request(make: (rid: number) => ClientMessage): Promise<ServerMessage> {
    return this.options.request(make);
  }

  private get watchesEarshot(): boolean {
    return this.earshotWatchers > 0 || this.state.open;
  }

  /** The server is told what is wanted; it takes the same wish twice without harm. */
  private askEarshot(): void {
    if (!this.state.offered || this.told === null) return;
    const on = this.watchesEarshot;
    if (!on) this.state.setEarshot(null);
    if (on !== this.askedEarshot) this.options.send({ t: "earshot", on });
    this.askedEarshot = on;
  }

  private settingChanged(key: keyof Settings): void {
    const { values } = this.options.settings;
    if (key === "voiceVolume") this.applyVolume();
    else if (key === "monoVoice" && this.ears !== null) this.ears.mono = values.monoVoice;
    else if (key === "speakerDevice") void this.speaker?.setDevice(values.speakerDevice);
    else if (key === "earmuffM" && this.told !== null) this.tellHearing();
    this.mic.settingChanged(key);
  }

  private playing(): Speaker {
    if (this.speaker === null) {
      const { values } = this.options.settings;
      this.speaker = new Speaker(() => this.showBlocked());
      if (values.speakerDevice !== "") void this.speaker.setDevice(values.speakerDevice);
      this.applyVolume();
    }
    return this.speaker;
  }

  private hearing(): Ears {
    if (this.ears === null) {
      this.ears = new Ears(this.playing(), this.state, this.talkers);
      this.ears.mono = this.options.settings.values.monoVoice;
      if (this.told !== null) this.ears.setShape(this.told.shape);
    }
    return this.ears;
  }

  private applyVolume(): void {
    const { voiceVolume } = this.options.settings.values;
    this.speaker?.setVolume(this.state.deafened ? 0 : voiceVolume);
  }

  private onBeat(): void {
    this.mic.beat(performance.now());
    this.state.forgetCaptions(performance.now());
    this.showBlocked();
  }

  /** Browsers want a tap before sound, and headsets wake up silent. */
  private showBlocked(): void {
    const { speaker } = this;
    if (speaker === null) return;
    // Before the first tap a browser would only complain.
    const tapped = navigator.userActivation?.hasBeenActive ?? true;
    if (!speaker.running && !document.hidden && tapped) speaker.wake();
    const waited = performance.now() - this.wantedSinceMs > BLOCKED_AFTER_MS;
    this.state.set({ blocked: !speaker.running && waited && this.state.phase !== "off" });
  }

  private listen(): void {
    const { signal } = this.off;
    const wake = () => this.wake();
    addEventListener("pointerdown", wake, { signal, passive: true });
    addEventListener("keydown", wake, { signal });
    addEventListener("online", () => this.link.networkChanged(), { signal });
    const network = (navigator as { connection?: EventTarget }).connection;
    network?.addEventListener("change", () => this.link.networkChanged(), { signal });
  }
}
