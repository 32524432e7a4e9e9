/**
 * Keeps one place in one room over a line that may break: says hello, comes back with the resume
 * token, notices silence before the browser does. Owns the line and its deadlines; knows nothing
 * of avatars and pages. Time, timers and the line itself are handed in.
 */
import {
  type ClientMessage,
  decodeControl,
  encodeControl,
  PROTOCOL_VERSION,
  type ServerMessage,
  type Welcome,
} from "../protocol/control";
import { HOT } from "../protocol/pose";
import type { Device } from "../state/avatar-state";
import { waitMs } from "./backoff";
import { meaningOf } from "./closing";
import type { OpenTransport, Transport } from "./transport";

export type Phase = "idle" | "joining" | "live" | "reconnecting" | "left";

/** How to say hello: a ticket from the API, or a token from an earlier connection. */
export type Credential = { ticket: string } | { resume: string };

export interface Admission {
  url: string;
  credential: Credential;
}

export interface ConnectionHandlers {
  phase(phase: Phase, text: string): void;
  /** `resumed` when the server gave the same participant back. */
  welcome(welcome: Welcome, resumed: boolean): void;
  message(message: ServerMessage): void;
  /** A hot frame; `bytes` belong to the receiver. */
  hot(bytes: Uint8Array, nowMs: number): void;
  /** A fresh token to keep for a reload; null when it is void. */
  token(token: string | null): void;
}

export interface Surroundings {
  open: OpenTransport;
  /** Monotonic milliseconds. */
  nowMs(): number;
  random(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  /** Get a fresh ticket when the place was lost; rejects with text for the person. */
  admit(): Promise<Admission>;
}

const VERSION = "0.1.0";
const SILENCE_MS = 2_000;
const SERVER_PAUSE_MS = 400;
const ATTEMPT_MS = 1_000;
const ATTEMPTS_MAX = 4;
const GREETING_MS = 4_000;
const WATCH_MS = 250;
/** A busy or sleeping page hears nothing either: a late watch counts as no longer than this. */
const WATCH_MAX_MS = 400;
/** After waking, silence this long is reason enough for a fresh line. */
const WAKE_SILENCE_MS = 900;

export class Connection {
  phase: Phase = "idle";
  participant = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** What the server said last before it closed the newest line; "" if nothing. */
  lastWords = "";

  private transport: Transport | null = null;
  /** Lines that have not opened yet. */
  private readonly attempts = new Set<Transport>();
  private greeted = false;
  private resuming = false;
  private url = "";
  private resumeToken: string | null = null;
  private lostAtMs = 0;
  private attempt = 0;
  private retryAfterMs = 0;
  /** How long the page was awake and heard nothing. */
  private silentMs = 0;
  private watchedMs = 0;
  private timer: unknown = null;
  private watch: unknown = null;
  private nextRid = 1;
  private readonly waiting = new Map<
    number,
    { resolve: (answer: ServerMessage) => void; reject: (error: Error) => void }
  >();

  constructor(
    private readonly around: Surroundings,
    private readonly handlers: ConnectionHandlers,
    private readonly device: Device,
    /** What this client can do beyond the basics (WIRE 8). */
    private readonly features: readonly string[] = [],
  ) {}

  /** Join with a ticket, or take a place back with a token; `participant` if it is known. */
  start(admission: Admission, participant = 0): void {
    this.participant = participant;
    this.url = admission.url;
    this.lostAtMs = this.around.nowMs();
    this.setPhase("joining", "");
    this.connect(admission.credential);
  }

  /** Leave for good: the seat is freed and no token remains. */
  leave(): void {
    this.sendControl({ t: "leave" });
    this.transport?.abandon(true);
    this.transport = null;
    this.finish("left", "");
  }

  /** The network or the page woke up: look at once instead of waiting for a deadline. */
  nudge(): void {
    if (this.phase === "reconnecting" && this.transport === null) {
      this.attempt = 1;
      this.again(0);
    } else if (this.phase === "live") {
      // Frames that arrived while the page slept are still queued; give them a moment, no more.
      this.silentMs = Math.max(this.silentMs, SILENCE_MS - WAKE_SILENCE_MS);
    }
  }

  /** The network is back: a half-open attempt from before is not worth waiting for. */
  online(): void {
    if (this.phase === "reconnecting") {
      this.drop();
      this.attempt = 1;
      this.again(0);
    } else this.nudge();
  }

  /** The socket's address. */
  get address(): string {
    return this.url;
  }

  /** Give up this line and come back on a new one (what it carried can no longer be trusted). */
  restart(): void {
    if (this.phase !== "live") return;
    this.drop();
    this.lost(1006);
  }

  /** Send a hot frame; false when the line is not up. */
  sendHot(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (this.phase !== "live" || this.transport === null) return false;
    // What waits in the browser's own buffer is late already: newest wins.
    if (this.transport.buffered > 4096) return false;
    if (!this.transport.send(bytes)) return false;
    this.bytesOut += bytes.length;
    return true;
  }

  /** Send a control message; false when the line is not up. */
  sendControl(message: ClientMessage): boolean {
    if (this.transport === null) return false;
    const bytes = encodeControl(message);
    if (!this.transport.send(bytes)) return false;
    this.bytesOut += bytes.length;
    return true;
  }

  /** Send a request; settles with its answer, rejects with the server's own words. */
  request(make: (rid: number) => ClientMessage): Promise<ServerMessage> {
    const rid = this.nextRid++ >>> 0;
    return new Promise((resolve, reject) => {
      if (this.phase !== "live" || !this.sendControl(make(rid))) {
        reject(new Error("You are not connected at the moment. Try again when you are."));
        return;
      }
      this.waiting.set(rid, { resolve, reject });
    });
  }

  /**
   * Open one more line. Attempts before it are left to go on for a while: on a slow network the old
   * one may be about to open, on a network that just came back only a new one will. The first to
   * open says hello, because a token works once.
   */
  private connect(credential: Credential): void {
    this.clearTimer();
    const transport = this.around.open(this.url, {
      opened: () => {
        this.choose(transport);
        this.lastWords = "";
        this.resuming = "resume" in credential;
        this.sendControl({
          t: "hello",
          v: PROTOCOL_VERSION,
          ...credential,
          client: { name: "hearth-webxr", version: VERSION },
          features: [...this.features],
          device: this.device,
        });
      },
      message: (bytes) => this.hear(bytes),
      closed: (code) => {
        if (transport === this.transport) this.transport = null;
        else if (!this.attempts.delete(transport) || this.attempts.size > 0) return;
        this.lost(code);
      },
    });
    this.attempts.add(transport);
    for (const oldest of this.attempts) {
      if (this.attempts.size <= ATTEMPTS_MAX) break;
      oldest.abandon();
      this.attempts.delete(oldest);
    }
    this.timer = this.around.setTimeout(() => this.lost(1006), ATTEMPT_MS);
  }

  /** This line opened first: the others are of no use any more. */
  private choose(transport: Transport): void {
    this.attempts.delete(transport);
    this.drop();
    this.transport = transport;
    this.greeted = false;
    this.timer = this.around.setTimeout(() => {
      this.drop();
      this.lost(1006);
    }, GREETING_MS);
  }

  private hear(bytes: Uint8Array): void {
    const at = this.around.nowMs();
    this.silentMs = 0;
    this.bytesIn += bytes.length;
    if (bytes[0] === HOT) {
      if (this.greeted) this.handlers.hot(bytes, at);
      return;
    }
    const message = decodeControl(bytes);
    if (message === null || message === "unknown") return;
    if (message.t === "welcome") {
      this.greeted = true;
      this.welcomed(message);
    } else if (this.greeted || message.t === "closing") this.take(message);
  }

  private welcomed(message: Welcome): void {
    this.clearTimer();
    // A node that was started anew counts from the beginning: the same number is somebody else.
    const resumed = this.resuming && message.participant === this.participant;
    this.participant = message.participant;
    this.keepToken(message.resume);
    this.attempt = 0;
    this.silentMs = 0;
    this.handlers.welcome(message, resumed);
    this.setPhase("live", "");
    this.watchSilence();
  }

  private take(message: ServerMessage): void {
    if (message.t === "closing") {
      this.retryAfterMs = (message.retry_after_s ?? 0) * 1000;
      this.lastWords = message.text;
    }
    if (message.t === "resume") this.keepToken(message.token);
    else if (message.t === "ack" || message.t === "voice_answer") {
      this.settle(message.rid, message);
    } else if (message.t === "error" && message.rid !== undefined) {
      this.settle(message.rid, new Error(message.text));
    }
    this.handlers.message(message);
  }

  private settle(rid: number, answer: ServerMessage | Error): void {
    const waiting = this.waiting.get(rid);
    this.waiting.delete(rid);
    if (answer instanceof Error) waiting?.reject(answer);
    else waiting?.resolve(answer);
  }

  private keepToken(token: string | null): void {
    this.resumeToken = token;
    this.handlers.token(token);
  }

  private setPhase(phase: Phase, text: string): void {
    this.phase = phase;
    this.handlers.phase(phase, text);
  }

  /** The line ended with `code`. */
  private lost(code: number): void {
    this.clearTimer();
    this.failRequests();
    if (this.phase === "left" || this.phase === "idle") return;
    const meaning = meaningOf(code, this.lastWords);
    if (this.phase !== "reconnecting") {
      this.lostAtMs = this.around.nowMs();
      this.attempt = 0;
    }
    if (meaning.after === "left" || meaning.after === "ask") {
      this.finish("left", meaning.text);
      return;
    }
    this.setPhase("reconnecting", meaning.text);
    if (meaning.after === "join") this.keepToken(null);
    // A code means that the server is there and busy: nobody gains by knocking at once.
    const least = Math.max(this.retryAfterMs, code >= 4000 ? SERVER_PAUSE_MS : 0);
    this.retryAfterMs = 0;
    this.again(Math.max(this.nextWait(), least * (1 + 0.4 * this.around.random())));
  }

  private nextWait(): number {
    const lostForMs = this.around.nowMs() - this.lostAtMs;
    return waitMs(this.attempt++, lostForMs, this.around.random());
  }

  private again(ms: number): void {
    this.clearTimer();
    this.timer = this.around.setTimeout(() => {
      if (this.resumeToken !== null) {
        this.connect({ resume: this.resumeToken });
        return;
      }
      this.around.admit().then(
        (admission) => {
          if (this.phase !== "reconnecting") return;
          this.url = admission.url;
          this.connect(admission.credential);
        },
        (error: unknown) => this.admissionFailed(error),
      );
    }, ms);
  }

  private admissionFailed(error: unknown): void {
    if (this.phase !== "reconnecting") return;
    const refused = error instanceof AdmissionRefused;
    if (refused) this.finish("left", error.message);
    else this.again(this.nextWait());
  }

  private finish(phase: Phase, text: string): void {
    this.clearTimer();
    this.stopWatch();
    this.failRequests();
    this.keepToken(null);
    this.drop();
    this.setPhase(phase, text);
  }

  private drop(): void {
    this.clearTimer();
    this.stopWatch();
    this.transport?.abandon();
    this.transport = null;
    for (const attempt of this.attempts) attempt.abandon();
    this.attempts.clear();
  }

  private failRequests(): void {
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of waiting)
      reject(new Error("The connection was lost before this went."));
  }

  private clearTimer(): void {
    if (this.timer !== null) this.around.clearTimeout(this.timer);
    this.timer = null;
  }

  private watchSilence(): void {
    this.stopWatch();
    this.watchedMs = this.around.nowMs();
    this.watch = this.around.setTimeout(() => {
      const now = this.around.nowMs();
      this.silentMs += Math.min(now - this.watchedMs, WATCH_MAX_MS);
      if (this.phase === "live" && this.silentMs > SILENCE_MS) {
        this.drop();
        this.lost(1006);
      } else if (this.phase === "live") this.watchSilence();
    }, WATCH_MS);
  }

  private stopWatch(): void {
    if (this.watch !== null) this.around.clearTimeout(this.watch);
    this.watch = null;
  }
}

/** The API said no for good: another try would only be refused again. */
export class AdmissionRefused extends Error {
  /** `why` is what the API said. */
  constructor(readonly why: Error) {
    super(why.message);
  }
}
