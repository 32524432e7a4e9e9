/**
 * Pings a line on which nothing else tells the time: a companion sends no poses and gets no snapshots.
 * Keeps the line alive, and the server's clock known. Time and timers are handed in.
 */
import type { ClockSync } from "./clock-sync";

/** Well within the time after which a silent line counts as dead. */
const EVERY_MS = 800;
const KEPT = 8;

export interface PingerSurroundings {
  nowMs(): number;
  setInterval(run: () => void, ms: number): unknown;
  clearInterval(timer: unknown): void;
  send(ping: { t: "ping"; id: number; client_ms: number }): boolean;
}

export class Pinger {
  private timer: unknown = null;
  private nextId = 1;
  private readonly sent = new Map<number, number>();

  constructor(
    private readonly around: PingerSurroundings,
    private readonly clock: ClockSync,
  ) {}

  /** Begin on a new line. */
  start(): void {
    this.stop();
    this.ping();
    this.timer = this.around.setInterval(() => this.ping(), EVERY_MS);
  }

  stop(): void {
    this.around.clearInterval(this.timer);
    this.timer = null;
    this.sent.clear();
  }

  /** An answer came. */
  pong(id: number, serverMs: number): void {
    const sentMs = this.sent.get(id);
    if (sentMs === undefined) return;
    this.sent.delete(id);
    this.clock.pinged(serverMs, sentMs, this.around.nowMs());
  }

  private ping(): void {
    const id = this.nextId++ >>> 0;
    const nowMs = this.around.nowMs();
    if (!this.around.send({ t: "ping", id, client_ms: Math.max(0, Math.round(nowMs)) })) return;
    this.sent.set(id, nowMs);
    for (const old of this.sent.keys()) {
      if (this.sent.size <= KEPT) break;
      this.sent.delete(old);
    }
  }
}
