/**
 * When the microphone is held, open and sending: from what the person chose, the key they hold, what
 * the server allows and whether anybody is there. Pure.
 */
import type { Mic } from "../protocol/control-voice";
import type { TalkMode } from "../state/settings";

export interface MicWish {
  mode: TalkMode;
  /** The person turned the microphone on. */
  chosen: boolean;
  /** The talk key (or button) is down. */
  held: boolean;
  /** Somebody wears the headset or looks at the page. */
  present: boolean;
  /** The device plays back to oneself just now. */
  testing: boolean;
  /** The server's view of it. */
  server: Mic;
}

export interface MicGate {
  /** The microphone counts as open: the server may route it. */
  open: boolean;
  /** Sound leaves this device now. */
  sending: boolean;
}

/** Decide. A hard mute is the server's; what one sends then would be dropped, so nothing is sent. */
export function gate(wish: MicWish): MicGate {
  const may = wish.chosen && wish.present && wish.server !== "hard_muted";
  if (!may || wish.mode === "listen") return { open: false, sending: false };
  const talking = wish.mode === "open" || (wish.mode === "push_to_talk" ? wish.held : !wish.held);
  return { open: true, sending: talking && !wish.testing };
}

/** Loud enough, for long enough, to be speech; breath and keys are shorter. */
const SPEECH_LEVEL = 0.16;
const SPEECH_MS = 700;
const FORGET_MS = 500;
const REMIND_EVERY_MS = 60_000;

/** Notices that somebody speaks though nobody can hear them, and says so seldom. */
export class SpeakingUnheard {
  private spokenMs = 0;
  private lastMs = 0;
  private quietMs = 0;
  private saidAtMs = Number.NEGATIVE_INFINITY;

  /** Take the level (0 to 1) at `nowMs`; true when it is time for a hint. */
  step(level: number, unheard: boolean, nowMs: number): boolean {
    const passed = Math.min(200, Math.max(0, nowMs - this.lastMs));
    this.lastMs = nowMs;
    if (!unheard) {
      this.spokenMs = 0;
      return false;
    }
    if (level >= SPEECH_LEVEL) {
      this.spokenMs += passed;
      this.quietMs = 0;
    } else {
      this.quietMs += passed;
      if (this.quietMs > FORGET_MS) this.spokenMs = 0;
    }
    if (this.spokenMs < SPEECH_MS || nowMs - this.saidAtMs < REMIND_EVERY_MS) return false;
    this.saidAtMs = nowMs;
    this.spokenMs = 0;
    return true;
  }
}
