/**
 * Who is in which voice slot: by the packets (CSRC, ahead) and by the server's list (complete). A
 * talker whose packets are fresh is who one hears; otherwise the list holds. Pure.
 */
import type { SlotTalker } from "../protocol/control";
import type { HearingReason } from "../protocol/control-voice";

export const VOICE_SLOTS = 8;
/** Packets come every 20 ms while someone talks and every 400 ms while they are silent. */
const FRESH_MS = 600;

interface Heard {
  participant: number;
  /** The browser's own clock; only compared with itself. */
  stamp: number;
  atMs: number;
}

export class SlotTalkers {
  private readonly listed: (SlotTalker | null)[] = Array(VOICE_SLOTS).fill(null);
  private readonly heard: Heard[] = Array.from({ length: VOICE_SLOTS }, () => ({
    participant: 0,
    stamp: Number.NEGATIVE_INFINITY,
    atMs: Number.NEGATIVE_INFINITY,
  }));

  /** The server's whole list. */
  tell(slots: readonly SlotTalker[]): void {
    this.listed.fill(null);
    for (const entry of slots) this.listed[entry.slot] = entry;
  }

  /** The newest packet played in `slot` came from `participant`, by the browser's `stamp`. */
  hear(slot: number, participant: number, stamp: number, nowMs: number): void {
    const heard = this.heard[slot];
    // The browser keeps ten seconds of history: only a newer stamp is news.
    if (heard === undefined || stamp <= heard.stamp) return;
    heard.participant = participant;
    heard.stamp = stamp;
    heard.atMs = nowMs;
  }

  /** Who is heard in `slot` now; 0 for nobody. */
  at(slot: number, nowMs: number): number {
    const heard = this.heard[slot];
    if (heard !== undefined && nowMs - heard.atMs <= FRESH_MS) return heard.participant;
    return this.listed[slot]?.participant ?? 0;
  }

  /** Why `participant` is heard; near when the list has not told yet. */
  reason(participant: number): HearingReason {
    for (const entry of this.listed) if (entry?.participant === participant) return entry.reason;
    return "near";
  }

  /** Another visit: nothing holds. */
  clear(): void {
    this.listed.fill(null);
    this.forgetPackets();
  }

  /** A new connection: nothing played so far counts; the server's list stays. */
  forgetPackets(): void {
    for (const heard of this.heard) {
      heard.participant = 0;
      heard.stamp = Number.NEGATIVE_INFINITY;
      heard.atMs = Number.NEGATIVE_INFINITY;
    }
  }
}
