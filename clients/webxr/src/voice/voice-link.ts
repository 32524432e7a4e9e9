/**
 * Keeps one voice connection to the server: offers, restarts ICE when the path breaks, starts anew
 * when that does not help or the server says that older connections are dead, and waits longer each
 * time nothing works. Decides only; the peer connection, time, chance and signalling are handed in.
 */
import type { IceServer } from "../protocol/control";

/** What this needs of an `RTCPeerConnection`. */
export interface LinkPeer {
  readonly state: PeerState;
  /** Make an offer and take it on; with `restart` one for another path. */
  offer(restart: boolean): Promise<string>;
  answer(sdp: string): Promise<void>;
  close(): void;
}

export type PeerState = "new" | "connecting" | "connected" | "disconnected" | "failed" | "closed";

/**
 * off: no voice here. waiting: before a (new) try. connecting: under way. connected: sound may flow.
 * broken: it was connected and is being mended.
 */
export type LinkPhase = "off" | "waiting" | "connecting" | "connected" | "broken";

export interface LinkAround {
  openPeer(iceServers: readonly IceServer[], changed: (state: PeerState) => void): LinkPeer;
  /** Send an offer; resolves with the answer's SDP, rejects with words for the person. */
  ask(sdp: string): Promise<string>;
  nowMs(): number;
  /** 0 up to 1. */
  random(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

export interface LinkHandlers {
  phase(phase: LinkPhase): void;
  /** It does not connect; `text` is what the server said, "" when nothing came through at all. */
  trouble(text: string): void;
}

/** What the server says about voice here (the message `voice`). */
export interface VoiceOfferable {
  available: boolean;
  session: number;
  spread_ms: number;
  ice_servers: readonly IceServer[];
}

/** A brief gap mends itself; longer than this, another path is tried. */
export const GAP_MS = 2_000;
/** Without a connection after this long the person is told. */
export const PATIENCE_MS = 10_000;
/** A restart that has not helped by now did not help. */
export const RESTART_MS = 4_000;
export const RESTARTS_MAX = 3;
const FORGET_GRACE_MS = 3_000;
const WAITS_MS = [2_000, 4_000, 8_000, 15_000, 30_000];
/** Networks come and go in bursts: one restart for each burst. */
const NETWORK_PAUSE_MS = 1_000;

export class VoiceLink {
  phase: LinkPhase = "off";
  /** The voice session of the server that this belongs to; null before the first. */
  session: number | null = null;
  peer: LinkPeer | null = null;
  /** Tries in a row that came to nothing. */
  failures = 0;
  /** ICE restarts since it was last well. */
  restarts = 0;

  private told: VoiceOfferable | null = null;
  private lineUp = false;
  private restartWaits = false;
  private networkAtMs = Number.NEGATIVE_INFINITY;
  private openedAtMs = Number.NEGATIVE_INFINITY;
  private timer: unknown = null;
  /** Counts offers: only the newest one's answer fits. */
  private round = 0;

  constructor(
    private readonly around: LinkAround,
    private readonly handlers: LinkHandlers,
  ) {}

  /** The server said what there is. */
  tell(told: VoiceOfferable): void {
    const before = this.session;
    this.told = told;
    if (!told.available) {
      this.session = told.session;
      this.end("off");
      return;
    }
    const dead = before !== null && before !== told.session;
    this.session = told.session;
    if (this.peer !== null && !dead) return;
    this.failures = 0;
    this.begin(told.spread_ms * this.around.random());
  }

  /** The line for offers is up or down; without it nothing new can be agreed on. */
  line(up: boolean): void {
    this.lineUp = up;
    if (!up || !this.restartWaits) return;
    this.restartWaits = false;
    if (this.phase === "broken") this.mend();
  }

  /** The server no longer knows this connection, though it may look well from here. */
  forgotten(): void {
    if (this.peer === null || this.phase === "connecting") return;
    // Just after a new one, it is the one before that the server speaks of.
    if (this.around.nowMs() - this.openedAtMs < FORGET_GRACE_MS) return;
    this.begin(200 + 800 * this.around.random());
  }

  /** Another network, or the same one again: look for a path at once. */
  networkChanged(): void {
    const now = this.around.nowMs();
    if (now - this.networkAtMs < NETWORK_PAUSE_MS) return;
    this.networkAtMs = now;
    if (this.phase === "connected" || this.phase === "broken") this.restart();
    else if (this.phase === "waiting" && this.failures > 0) this.begin(0);
  }

  /** Look for another path now. */
  restart(): void {
    if (this.peer === null || this.phase === "connecting") return;
    this.restarts = 0;
    this.setPhase("broken");
    this.mend();
  }

  /** Another participant, or the end: forget everything. */
  stop(): void {
    this.session = null;
    this.told = null;
    this.restartWaits = false;
    this.failures = 0;
    this.end("off");
  }

  /** Try again without waiting out the pause. */
  retry(): void {
    if (this.phase === "waiting") this.begin(0);
  }

  private begin(waitMs: number): void {
    this.end("waiting");
    this.timer = this.around.setTimeout(() => this.open(), waitMs);
  }

  private open(): void {
    this.timer = null;
    if (this.told === null || !this.told.available) return;
    if (!this.lineUp) {
      // A welcome brings `voice`, and that begins anew.
      this.begin(WAITS_MS[0]!);
      return;
    }
    this.restarts = 0;
    this.setPhase("connecting");
    this.openedAtMs = this.around.nowMs();
    let peer: LinkPeer;
    try {
      peer = this.around.openPeer(this.told.ice_servers, (state) => {
        if (this.peer === peer) this.changed(state);
      });
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
      return;
    }
    this.peer = peer;
    this.timer = this.around.setTimeout(() => this.fail(""), PATIENCE_MS);
    void this.agree(peer, false);
  }

  /** Offer and take the answer; whatever comes after the peer was given up is ignored. */
  private async agree(peer: LinkPeer, restart: boolean): Promise<void> {
    const round = ++this.round;
    const stale = () => this.peer !== peer || this.round !== round;
    try {
      const offer = await peer.offer(restart);
      if (stale()) return;
      const answer = await this.around.ask(offer);
      if (stale()) return;
      await peer.answer(answer);
      // Restarting may never have left "connected"; then no change of state follows.
      if (restart && !stale() && peer.state === "connected") this.well();
    } catch (error) {
      if (stale()) return;
      if (!restart) this.fail(error instanceof Error ? error.message : String(error));
      else if (!this.lineUp) this.restartWaits = true;
    }
  }

  private changed(state: PeerState): void {
    if (state === "connected") this.well();
    else if (state === "failed" || state === "closed") {
      if (this.phase === "connecting") this.fail("");
      else {
        this.setPhase("broken");
        this.mend();
      }
    } else if (state === "disconnected" && this.phase === "connected") {
      this.setPhase("broken");
      this.again(GAP_MS, () => this.mend());
    }
  }

  private well(): void {
    this.clear();
    this.failures = 0;
    this.restarts = 0;
    this.restartWaits = false;
    this.setPhase("connected");
  }

  /** One more ICE restart, or a new connection when those are used up. */
  private mend(): void {
    const { peer } = this;
    if (peer === null) return;
    this.clear();
    if (!this.lineUp) {
      this.restartWaits = true;
      return;
    }
    if (this.restarts >= RESTARTS_MAX) {
      this.begin(0);
      return;
    }
    this.restarts++;
    this.again(RESTART_MS, () => this.mend());
    void this.agree(peer, true);
  }

  private fail(text: string): void {
    const wait = WAITS_MS[Math.min(this.failures, WAITS_MS.length - 1)]!;
    this.failures++;
    this.begin(wait * (0.8 + 0.4 * this.around.random()));
    // While the line itself is down, that is the trouble, and the page says so already.
    if (this.lineUp) this.handlers.trouble(text);
  }

  private again(ms: number, run: () => void): void {
    this.clear();
    this.timer = this.around.setTimeout(run, ms);
  }

  private end(phase: "off" | "waiting"): void {
    this.clear();
    const { peer } = this;
    this.peer = null;
    peer?.close();
    this.setPhase(phase);
  }

  private clear(): void {
    if (this.timer !== null) this.around.clearTimeout(this.timer);
    this.timer = null;
  }

  private setPhase(phase: LinkPhase): void {
    if (phase === this.phase) return;
    this.phase = phase;
    this.handlers.phase(phase);
  }
}
