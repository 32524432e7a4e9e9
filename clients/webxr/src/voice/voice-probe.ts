/**
 * `window.__hearth.voice`: what voice is doing, for tests and for whoever hunts a problem. Everything
 * is there at all times; without a visit, or without voice, it is empty.
 */
import type { Earshot } from "../protocol/control";
import type { Mic } from "../protocol/control-voice";
import type { MicDevice, VoicePhase } from "../state/voice-state";
import type { SlotView } from "./ears";
import { packetsPerSlot, RtcPeer } from "./rtc-peer";
import { VOICE_SLOTS } from "./slot-talkers";
import type { Voice } from "./voice";

/** A slot and the packets that came for it on this connection. */
export interface SlotProbe extends SlotView {
  rtpPackets: number;
}

const COUNT_EVERY_MS = 200;

export class VoiceProbe {
  private packets: number[] = Array(VOICE_SLOTS).fill(0);
  private counting: ReturnType<typeof setInterval> | null = null;
  private countedPeer: RtcPeer | null = null;

  constructor(private readonly voice: () => Voice | null) {}

  get phase(): VoicePhase {
    return this.voice()?.state.phase ?? "off";
  }

  /** How sound travels, in the server's words. */
  get path(): "none" | "udp" | "tcp" {
    return this.voice()?.state.path ?? "none";
  }

  /** The server's voice session; -1 before there is one. */
  get session(): number {
    return this.voice()?.link.session ?? -1;
  }

  get mic(): {
    chosen: boolean;
    open: boolean;
    sending: boolean;
    device: MicDevice;
    server: Mic;
    level: number;
  } {
    const voice = this.voice();
    const state = voice?.state;
    return {
      chosen: state?.chosen ?? false,
      open: state?.open ?? false,
      sending: state?.sending ?? false,
      device: state?.device ?? "unknown",
      server: state?.server ?? "none",
      level: voice?.mic.measure(performance.now()) ?? 0,
    };
  }

  /**
   * All eight slots. `pan` is the mouth as seen from one's head in metres (right, up, behind), null
   * while the talker is not drawn. `rtpPackets` counts from the connection's beginning and is up to
   * 0.2 s old; the first reading ever says 0, since only reading starts the counting.
   */
  get slots(): SlotProbe[] {
    this.counting ??= setInterval(() => void this.count(), COUNT_EVERY_MS);
    void this.count();
    const slots = this.voice()?.ears?.slots() ?? emptySlots();
    return slots.map((slot) => ({ ...slot, rtpPackets: this.packets[slot.slot] ?? 0 }));
  }

  /** Loudness of what arrives in a slot, before one's own loudness settings and direction. */
  rms(slot: number): number {
    return this.voice()?.ears?.rms(slot) ?? 0;
  }

  /** The strongest tone that arrives in a slot, Hz; null in silence. */
  spectrumPeakHz(slot: number): number | null {
    return this.voice()?.ears?.peakHz(slot) ?? null;
  }

  /** Loudness of everything one hears, as it goes to the left and right ear. */
  get output(): { left: number; right: number } {
    return this.voice()?.speaker?.output() ?? { left: 0, right: 0 };
  }

  /** Who hears one, by the routes in force; null while nobody asked. */
  get earshot(): Earshot | null {
    return this.voice()?.state.earshot ?? null;
  }

  /** Whether sound may play, and what stands in the way of voice. */
  get trouble(): { blocked: boolean; trouble: string; note: string; hint: string | null } {
    const state = this.voice()?.state;
    return {
      blocked: state?.blocked ?? false,
      trouble: state?.trouble ?? "none",
      note: state?.note ?? "",
      hint: state?.hint ?? null,
    };
  }

  /** Look for another network path now. */
  restartIce(): void {
    this.voice()?.link.restart();
  }

  /** Say something in text to whoever hears one. */
  caption(text: string, final = true): void {
    this.voice()?.caption(text, final);
  }

  get pc(): RTCPeerConnection | null {
    return this.peer?.pc ?? null;
  }

  private get peer(): RtcPeer | null {
    const peer = this.voice()?.link.peer;
    return peer instanceof RtcPeer ? peer : null;
  }

  private async count(): Promise<void> {
    const { peer } = this;
    if (peer !== this.countedPeer) {
      this.countedPeer = peer;
      this.packets.fill(0);
    }
    if (peer === null) return;
    const packets = await packetsPerSlot(peer);
    if (peer === this.countedPeer) this.packets = packets;
  }
}

function emptySlots(): SlotView[] {
  return Array.from({ length: VOICE_SLOTS }, (_, slot) => ({
    slot,
    participant: 0,
    reason: null,
    level: 0,
    pan: null,
  }));
}
