/**
 * What is known about voice during a visit: the connection, one's microphone, who hears one, whom one
 * mutes, what is said as text. Pure; the voice engine writes it, pages and panels subscribe.
 */
import type { Earshot } from "../protocol/control";
import type { Mic, MutedBy } from "../protocol/control-voice";

/** What came of asking the browser for a microphone. */
export type MicDevice =
  | "unknown"
  | "asking"
  | "ready"
  | "refused"
  | "missing"
  | "busy"
  | "insecure";

/** off: no voice here. The rest as the link has it; weak: the server hears nothing of us. */
export type VoicePhase = "off" | "waiting" | "connecting" | "connected" | "weak" | "broken";

/** A thing worth saying once; words are the page's. */
export type VoiceHint =
  | "speaking_unheard"
  | "closed_while_away"
  | "refused"
  | "missing"
  | "busy"
  | "insecure"
  | "cable"
  | "network"
  | "soft_muted"
  | `muted_${MutedBy}`
  | "quiet_over"
  | "unmuted"
  | "listen_only";

export interface Said {
  readonly key: number;
  readonly from: number;
  text: string;
  final: boolean;
  /** Local ms of the last change. */
  atMs: number;
}

export type VoiceTopic = "voice" | "earshot" | "captions" | "hint";

const SAID_MAX = 4;
const SAID_STAY_MS = 7_000;

export class VoiceState {
  /** The server has voice at all; without it no control of voice is shown. */
  offered = false;
  phase: VoicePhase = "off";
  path: "none" | "udp" | "tcp" = "none";
  /** Why voice does not work, in the server's words; "" when it does. */
  note = "";
  /** A try has failed: cable and network as far as the page can tell. */
  trouble: "none" | "cable" | "network" = "none";
  /** Sound may not play before the person taps or presses a key. */
  blocked = false;

  chosen = false;
  held = false;
  open = false;
  sending = false;
  device: MicDevice = "unknown";
  /** One's microphone as the server has it. */
  server: Mic = "none";
  /** Why it is muted hard; null while it is not. */
  mutedBy: MutedBy | null = null;
  deafened = false;

  /** Who hears one, by the routes in force; null while nobody asked. */
  earshot: Earshot | null = null;
  /** Whose voice one does not hear by one's own wish. */
  readonly muted = new Set<number>();
  /** Loudness of single people, 1 when not listed. */
  readonly volumes = new Map<number, number>();
  readonly said: Said[] = [];
  hint: VoiceHint | null = null;

  private nextKey = 1;
  private readonly views = new Map<VoiceTopic, Set<() => void>>();

  /** Call `run` whenever the topic changes; returns the way to stop. */
  subscribe(topic: VoiceTopic, run: () => void): () => void {
    const set = this.views.get(topic) ?? new Set();
    this.views.set(topic, set);
    set.add(run);
    return () => set.delete(run);
  }

  tell(topic: VoiceTopic): void {
    for (const run of this.views.get(topic) ?? []) run();
  }

  /** Change fields of the topic "voice" and tell, if anything changed. */
  set(change: Partial<VoiceFields>): void {
    const before = this as unknown as Record<string, unknown>;
    const news = Object.entries(change).filter(([key, value]) => before[key] !== value);
    if (news.length === 0) return;
    Object.assign(this, Object.fromEntries(news));
    this.tell("voice");
  }

  /** Say a thing now. */
  say(hint: VoiceHint): void {
    this.hint = hint;
    this.tell("hint");
  }

  setEarshot(earshot: Earshot | null): void {
    this.earshot = earshot;
    this.tell("earshot");
  }

  /** How many hear one; 0 while that is not known. */
  get hearerCount(): number {
    return this.earshot === null ? 0 : this.earshot.hearers.length + this.earshot.more;
  }

  volumeOf(id: number): number {
    return this.volumes.get(id) ?? 1;
  }

  setVolume(id: number, volume: number): void {
    const limited = Math.min(2, Math.max(0, Number.isFinite(volume) ? volume : 1));
    if (limited === 1) this.volumes.delete(id);
    else this.volumes.set(id, limited);
    this.tell("voice");
  }

  setMuted(id: number, on: boolean): void {
    if (on) this.muted.add(id);
    else this.muted.delete(id);
    this.tell("voice");
  }

  /** Take a line of text from somebody; an unfinished one of theirs is replaced. */
  hearCaption(from: number, text: string, final: boolean, nowMs: number): void {
    const open = this.said.find((line) => line.from === from && !line.final);
    if (open !== undefined) Object.assign(open, { text, final, atMs: nowMs });
    else this.said.push({ key: this.nextKey++, from, text, final, atMs: nowMs });
    while (this.said.length > SAID_MAX) this.said.shift();
    this.tell("captions");
  }

  /** Take away what has been shown for long enough. */
  forgetCaptions(nowMs: number): void {
    const stay = this.said.filter((line) => nowMs - line.atMs < SAID_STAY_MS);
    if (stay.length === this.said.length) return;
    this.said.splice(0, this.said.length, ...stay);
    this.tell("captions");
  }

  /** Another participant than before: nothing of the last visit holds. */
  reset(): void {
    this.muted.clear();
    this.volumes.clear();
    this.said.length = 0;
    this.earshot = null;
    this.tell("earshot");
    this.tell("captions");
    this.tell("voice");
  }
}

/** What `set` may change. */
export type VoiceFields = Pick<
  VoiceState,
  | "offered"
  | "phase"
  | "path"
  | "note"
  | "trouble"
  | "blocked"
  | "chosen"
  | "held"
  | "open"
  | "sending"
  | "device"
  | "server"
  | "mutedBy"
  | "deafened"
>;
