/**
 * What one hears: eight voice slots, each at its talker's mouth, moved every frame by the poses that
 * are drawn. Writes how loud each talker is into the samples, so that mouths move with what is heard.
 */
import type { Earshape } from "../protocol/control";
import type { HearingReason } from "../protocol/control-voice";
import type { AvatarSample } from "../state/avatar-state";
import type { VoiceState } from "../state/voice-state";
import { Ear } from "./ear";
import {
  chooseFull,
  DEFAULT_SHAPE,
  distanceGain,
  isFlat,
  Mouth,
  rotate,
  seenFrom,
} from "./earshape";
import { follow } from "./loudness";
import { type SlotTalkers, VOICE_SLOTS } from "./slot-talkers";
import type { Speaker } from "./speaker";

const CSRC_EVERY_MS = 50;
/** Below this it is breath and rustling. */
const SOUNDING = 0.12;

/** A slot as tests and the debug panel see it. */
export interface SlotView {
  slot: number;
  /** 0 when empty. */
  participant: number;
  reason: HearingReason | null;
  level: number;
  /** The mouth as seen from one's head, metres: right, up, behind; null when not drawn. */
  pan: [number, number, number] | null;
}

export class Ears {
  mono = false;
  private shape: Earshape = DEFAULT_SHAPE;
  private ears: Ear[] = [];
  private receivers: readonly RTCRtpReceiver[] = [];
  private readonly mouth = new Mouth();
  private readonly ahead = new Float32Array(3);
  private readonly above = new Float32Array(3);
  private readonly distances = new Float32Array(VOICE_SLOTS).fill(-1);
  private readonly full: boolean[] = Array(VOICE_SLOTS).fill(false);
  private readonly pans: (Float32Array | null)[] = Array(VOICE_SLOTS).fill(null);
  private readonly seen = Array.from({ length: VOICE_SLOTS }, () => new Float32Array(3));
  private readonly drawn: (AvatarSample | null)[] = Array(VOICE_SLOTS).fill(null);
  private csrcAtMs = 0;
  private lastMs = 0;

  constructor(
    private readonly speaker: Speaker,
    private readonly state: VoiceState,
    private readonly talkers: SlotTalkers,
  ) {}

  /** Listen to these receivers, slot by slot; none when the connection is gone. */
  attach(receivers: readonly RTCRtpReceiver[]): void {
    for (const ear of this.ears) ear.dispose();
    this.talkers.forgetPackets();
    this.receivers = receivers;
    const { context, master } = this.speaker;
    this.ears = receivers.map((receiver) => new Ear(context, master, receiver.track));
    this.setShape(this.shape);
  }

  setShape(shape: Earshape): void {
    this.shape = shape;
    for (const ear of this.ears) ear.shape(shape, ear.isFlat);
  }

  /** Put ears and mouths where they are drawn. `listener` is one's own pose, head first. */
  frame(listener: Float32Array, samples: readonly AvatarSample[], nowMs: number): void {
    const dtMs = Math.min(250, nowMs - this.lastMs);
    this.lastMs = nowMs;
    if (nowMs - this.csrcAtMs >= CSRC_EVERY_MS) {
      this.csrcAtMs = nowMs;
      this.readSources(nowMs);
    }
    this.hearFrom(listener);
    for (let i = 0; i < samples.length; i++) samples[i]!.speaking = 0;
    for (let slot = 0; slot < this.ears.length; slot++) {
      this.step(slot, listener, samples, nowMs, dtMs);
    }
    chooseFull(this.distances, this.full);
    for (let slot = 0; slot < this.ears.length; slot++) this.ears[slot]!.setFull(this.full[slot]!);
  }

  /** How loud somebody is heard, 0 to 1. */
  levelOf(participant: number): number {
    let most = 0;
    for (const ear of this.ears) {
      if (ear.talker === participant) most = Math.max(most, ear.level);
    }
    return most;
  }

  /** Whether any voice sounds just now. */
  get sounding(): boolean {
    return this.ears.some(({ level }) => level > SOUNDING);
  }

  slots(): SlotView[] {
    return Array.from({ length: VOICE_SLOTS }, (_, slot) => {
      const ear = this.ears[slot];
      const participant = ear?.talker ?? 0;
      const pan = this.pans[slot] ?? null;
      return {
        slot,
        participant,
        reason: participant === 0 ? null : this.talkers.reason(participant),
        level: ear?.level ?? 0,
        pan: pan === null ? null : [pan[0]!, pan[1]!, pan[2]!],
      };
    });
  }

  rms(slot: number): number {
    return this.ears[slot]?.rms() ?? 0;
  }

  peakHz(slot: number): number | null {
    return this.ears[slot]?.peakHz() ?? null;
  }

  dispose(): void {
    this.attach([]);
  }

  private step(
    slot: number,
    listener: Float32Array,
    samples: readonly AvatarSample[],
    nowMs: number,
    dtMs: number,
  ): void {
    const ear = this.ears[slot]!;
    const id = this.talkers.at(slot, nowMs);
    ear.take(id);
    this.distances[slot] = -1;
    this.pans[slot] = null;
    if (id === 0) {
      this.drawn[slot] = null;
      ear.setGain(0);
      return;
    }
    const { state } = this;
    const flat = isFlat(this.talkers.reason(id));
    if (flat !== ear.isFlat) ear.shape(this.shape, flat);
    const sample = this.sampleOf(slot, id, samples);
    const wish = state.muted.has(id) ? 0 : state.volumeOf(id);
    ear.setDirected(sample !== null && !this.mono);
    if (sample === null) {
      // Heard but not drawn: no direction, and as if half-way out.
      ear.setGain(wish * (flat ? 1 : distanceGain(this.shape.enter_m / 2, this.shape)));
    } else {
      const { mouth } = this;
      mouth.place(sample.pose);
      const { at } = mouth;
      ear.place(at, mouth.facing);
      ear.setGain(this.mono && !flat ? wish * mouth.gainAt(listener, this.shape) : wish);
      const seen = this.seen[slot]!;
      seenFrom(listener, at[0]!, at[1]!, at[2]!, seen);
      this.pans[slot] = seen;
      this.distances[slot] = Math.hypot(seen[0]!, seen[1]!, seen[2]!);
    }
    ear.level = follow(ear.level, wish === 0 ? 0 : ear.heard(), dtMs);
    if (sample !== null) sample.speaking = Math.max(sample.speaking, ear.level);
  }

  private sampleOf(
    slot: number,
    id: number,
    samples: readonly AvatarSample[],
  ): AvatarSample | null {
    const before = this.drawn[slot];
    if (before?.id === id && samples.includes(before)) return before;
    let found: AvatarSample | null = null;
    for (let i = 0; i < samples.length; i++) if (samples[i]!.id === id) found = samples[i]!;
    this.drawn[slot] = found;
    return found;
  }

  private readSources(nowMs: number): void {
    for (let slot = 0; slot < this.receivers.length; slot++) {
      for (const source of this.receivers[slot]!.getContributingSources()) {
        this.talkers.hear(slot, source.source, source.timestamp, nowMs);
      }
    }
  }

  private hearFrom(pose: Float32Array): void {
    const { listener } = this.speaker.context;
    rotate(pose, 3, 0, 0, -1, this.ahead);
    rotate(pose, 3, 0, 1, 0, this.above);
    const { ahead: f, above: u } = this;
    if (listener.positionX === undefined) {
      // Firefox has only the older calls.
      listener.setPosition(pose[0]!, pose[1]!, pose[2]!);
      listener.setOrientation(f[0]!, f[1]!, f[2]!, u[0]!, u[1]!, u[2]!);
      return;
    }
    listener.positionX.value = pose[0]!;
    listener.positionY.value = pose[1]!;
    listener.positionZ.value = pose[2]!;
    listener.forwardX.value = f[0]!;
    listener.forwardY.value = f[1]!;
    listener.forwardZ.value = f[2]!;
    listener.upX.value = u[0]!;
    listener.upY.value = u[1]!;
    listener.upZ.value = u[2]!;
  }
}
