/**
 * The room's page with voice, and a server played by this page: it answers offers with tones in the
 * slots, so that ears, panels and recovery can be looked at without one.
 * `?tones=440,880&plain&touch&caption&panel=voice`. Whoever defines `outerOffer(sdp)` on the window
 * before the page runs answers offers instead.
 */
import "../src/styles/tokens.css";
import "../src/styles/base.css";
import "../src/styles/pages.css";
import "../src/styles/room.css";
import "../src/styles/panels.css";
import "../src/styles/voice.css";
import type { ClientMessage, Person, ServerMessage } from "../src/protocol/control";
import { marksOf } from "../src/state/marks";
import { RoomState } from "../src/state/room-state";
import { SettingsStore } from "../src/state/settings";
import { RoomPage } from "../src/ui/room/room-page";
import { toast } from "../src/ui/toasts";
import { canChooseOutput } from "../src/voice/speaker";
import { Voice } from "../src/voice/voice";
import { VoiceProbe } from "../src/voice/voice-probe";

const query = new URLSearchParams(location.search);
const tones = (query.get("tones") ?? "440,880").split(",").map(Number);
const SHAPE = {
  ref_m: 1.5,
  rolloff: 1,
  enter_m: 20,
  leave_m: 24,
  cone_inner_deg: 200,
  cone_outer_deg: 360,
  cone_outer_gain: 0.6,
};
const NAMES = ["Amara", "Jonas", "Mei", "Tomasz Wiśniewski", "Noor"];
const COLOURS = ["#e07a4f", "#7fbf8e", "#8fb8de", "#c58fd6", "#e8c36a"];
const MICS: Person["mic"][] = ["on", "on", "off", "hard_muted", "none"];

/** The other end: one peer connection in this page that sends a tone in each slot. */
class PlayedServer {
  pc: RTCPeerConnection | null = null;
  offers: string[] = [];
  heard: MediaStreamTrack | null = null;
  private readonly context = new AudioContext();

  async answer(sdp: string): Promise<string> {
    this.offers.push(sdp);
    const fresh = this.pc === null || !samePeer(this.pc.remoteDescription?.sdp ?? "", sdp);
    if (fresh) {
      this.pc?.close();
      this.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    }
    const pc = this.pc!;
    await pc.setRemoteDescription({ type: "offer", sdp });
    if (fresh) {
      const all = pc.getTransceivers();
      this.heard = all[0]!.receiver.track;
      for (const [i, hz] of tones.entries()) {
        const transceiver = all[i + 1]!;
        transceiver.direction = "sendonly";
        await transceiver.sender.replaceTrack(this.tone(hz));
      }
    }
    await pc.setLocalDescription(await pc.createAnswer());
    // The real server's answer has its candidates in it.
    await new Promise<void>((resolve) => {
      if (pc.iceGatheringState === "complete") resolve();
      pc.addEventListener("icegatheringstatechange", () => {
        if (pc.iceGatheringState === "complete") resolve();
      });
    });
    return pc.localDescription!.sdp;
  }

  private tone(hz: number): MediaStreamTrack {
    const oscillator = this.context.createOscillator();
    oscillator.frequency.value = hz;
    const gain = this.context.createGain();
    gain.gain.value = 0.25;
    const out = this.context.createMediaStreamDestination();
    oscillator.connect(gain).connect(out);
    oscillator.start();
    return out.stream.getAudioTracks()[0]!;
  }
}

function samePeer(a: string, b: string): boolean {
  const print = (sdp: string) => /a=fingerprint:(.*)/.exec(sdp)?.[1];
  return print(a) === print(b);
}

const server = new PlayedServer();
const sent: ClientMessage[] = [];
const settings = new SettingsStore(localStorage, false);
const state = new RoomState();
const store: { answers: boolean } = { answers: true };
const voice = new Voice({
  settings,
  place: { hostname: location.hostname, secure: isSecureContext, userAgent: navigator.userAgent },
  memory: null,
  send: (message) => {
    sent.push(message);
    if (message.t === "mic") {
      say({ t: "voice_state", connection: "connected", path: "udp", mic: message.on ? "on" : "off", text: "" });
    }
    if (message.t === "earshot" && message.on) hearers();
    return true;
  },
  request: async (make) => {
    const message = make(1);
    sent.push(message);
    if (message.t !== "voice_offer") return { t: "ack", rid: 1 };
    if (!store.answers) throw new Error("No room for another voice. Try again in a minute.");
    const outer = (window as { outerOffer?: (sdp: string) => Promise<string> }).outerOffer;
    const sdp = await (outer?.(message.sdp) ?? server.answer(message.sdp));
    return { t: "voice_answer", rid: 1, sdp };
  },
  trouble: (text) => toast(text, { wrong: true }),
});
state.unheard = voice.state.muted;

function say(message: ServerMessage): void {
  voice.take(message);
}

function hearers(): void {
  if (!voice.state.open) return;
  say({
    t: "earshot",
    hearers: [
      { id: 1, reason: "near" },
      { id: 2, reason: "stage" },
      { id: 4, reason: "moderator" },
    ],
    more: Number(query.get("more") ?? 0),
    epoch: 1,
  });
}

const samples = NAMES.map((_, i) => ({
  id: i + 1,
  pose: Float32Array.from([[-2, 2, 0, 3, -4][i]!, 1.6, [0, 0, -3, 5, -8][i]!, 0, 1, 0, 0, ...Array(14).fill(0)]),
  posture: 0 as const,
  leftVisible: false,
  rightVisible: false,
  leftOpacity: 0,
  rightOpacity: 0,
  leftGesture: 0,
  rightGesture: 0,
  away: false,
  coarse: false,
  opacity: 1,
  speaking: 0,
}));
const head = Float32Array.from([0, 1.6, 0, 0, 0, 0, 1, ...Array(14).fill(0)]);

state.me = { id: 9, name: "You", primary: "#ff9a4d", secondary: "#5b4a63", pattern: 1, device: "desktop" };
const scene = !query.has("plain");
const none = () => {};
const page = new RoomPage({
  root: document.querySelector<HTMLElement>("#app")!,
  state,
  settings,
  actions: {
    leave: none,
    hide: none,
    react: none,
    chat: (text) => state.saying(text, 0),
    recenter: none,
    setHeightOffset: none,
    setPosture: none,
    enterVr: () => Promise.resolve(false),
    voice: voice.actions(),
  },
  again: none,
  scene,
  touch: query.has("touch"),
  secureUrl: () => "https://hearth.example:8460/",
  outputs: canChooseOutput(),
});
voice.state.subscribe("hint", () => {
  if (voice.state.hint !== null) page.voiceHint(voice.state.hint);
});
state.setRoom({
  id: "campfire",
  name: "Campfire",
  description: "",
  space: "campfire",
  bounds: { min: [-16, 0, -16], max: [16, 6, 16] },
  capacity: 50,
  present: 6,
});
state.setLine({ phase: "live", note: "", rttMs: 20, delayMs: 100 });
state.applyRoster({
  t: "roster",
  reset: true,
  last_page: true,
  joined: NAMES.map((name, i) => ({
    id: i + 1,
    name,
    primary: COLOURS[i]!,
    secondary: COLOURS[(i + 2) % 5]!,
    pattern: i,
    device: "vr",
    away: i === 2,
    mic: MICS[i]!,
  })),
  changed: [],
  left: [],
});
for (const person of state.people.values()) {
  const { pose } = samples[person.id - 1]!;
  person.distanceM = Math.hypot(pose[0]!, pose[2]!);
  person.marks = marksOf(person, false);
}
state.tell("people");
voice.welcome(["voice"], 9, false);
voice.line(true);
say({
  t: "voice",
  available: true,
  session: 1,
  text: "",
  spread_ms: 0,
  ice_servers: [],
  shape: SHAPE,
  mic: "off",
});
say({
  t: "voice_slots",
  slots: tones.map((_, slot) => ({ slot, participant: slot + 1, reason: "near" })),
});

setInterval(() => {
  voice.frame(head, samples);
  state.tell("people");
}, 33);
if (query.has("caption")) {
  say({ t: "caption", from: 1, text: "Come and sit with us, there is room by the fire.", final: true, at_ms: 0 });
  say({ t: "caption", from: 2, text: "We were just talking about", final: false, at_ms: 0 });
}
const panel = query.get("panel");
if (panel === "voice" || panel === "earshot" || panel === "people") page.show(panel);
Object.assign(window, {
  voice,
  probe: new VoiceProbe(() => voice),
  server,
  sent,
  say,
  head,
  samples,
  page,
  store,
});
