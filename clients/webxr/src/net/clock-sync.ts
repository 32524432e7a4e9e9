/**
 * Estimates the server's clock from hot frames alone (WIRE 4.1): each snapshot names the newest
 * pose it has and how long it was held, which makes every frame a round trip measured. Owns no
 * clock; local times come in as arguments.
 */

const SENT_RING = 128;
/** Long enough that both ways were quick once; clocks drift a millisecond or two in that time. */
const WINDOW_MS = 20_000;
const MAX_SAMPLES = 512;
/** The estimate moves at most this far a frame, unless it is plainly wrong. */
const STEP_MS = 2;
const SNAP_MS = 60;
const RTT_MAX_MS = 10_000;
/** Frames without a round trip after which the least late of them has to do: two seconds. */
const FRAMES_ENOUGH = 40;

export class ClockSync {
  /** Smoothed round trip, ms; -1 before the first measurement. */
  rttMs = -1;
  /** Unwrapped server time of the newest snapshot. */
  newestServerMs = 0;

  private offsetMs = 0;
  private known = false;
  private sure = false;
  private unmeasured = 0;
  private lastU32 = 0;
  private readonly sentSeq = new Int32Array(SENT_RING).fill(-1);
  private readonly sentAt = new Float64Array(SENT_RING);
  private readonly at = new Float64Array(MAX_SAMPLES);
  private readonly rtts = new Float64Array(MAX_SAMPLES);
  private readonly offsets = new Float64Array(MAX_SAMPLES);
  private filled = 0;
  private next = 0;
  private settled = 0;
  private lastSeq = -1;

  /** Start over for a new connection; `keepEpoch` when it is the same node still. */
  reset(keepEpoch: boolean): void {
    this.filled = 0;
    this.next = 0;
    this.settled = 0;
    this.lastSeq = -1;
    this.rttMs = -1;
    this.sentSeq.fill(-1);
    if (!keepEpoch) {
      this.known = false;
      this.sure = false;
      this.unmeasured = 0;
      this.newestServerMs = 0;
      this.lastU32 = 0;
      this.offsetMs = 0;
    }
  }

  /** Whether any snapshot has told the server's time yet. */
  get synced(): boolean {
    return this.known;
  }

  /**
   * Whether the server's time is known within half a round trip's unevenness: one was measured.
   * Before that it may be off by all of one way, too much to breathe together by.
   */
  get measuredOnce(): boolean {
    return this.sure;
  }

  /** A pose with this sequence number leaves now. */
  sent(seq: number, nowMs: number): void {
    const slot = seq % SENT_RING;
    this.sentSeq[slot] = seq;
    this.sentAt[slot] = nowMs;
  }

  /** Server time (unwrapped, ms) at local time `nowMs`. */
  serverNow(nowMs: number): number {
    return nowMs + this.offsetMs;
  }

  /** Server time at `nowMs` as the wire writes it: u32, 0 meaning not known. */
  captureStamp(nowMs: number): number {
    if (!this.known) return 0;
    const stamp = Math.round(this.serverNow(nowMs)) >>> 0;
    return stamp === 0 ? 1 : stamp;
  }

  /**
   * A snapshot arrived at local time `nowMs`; returns its server time unwrapped.
   * `holdMs` is -1 while the server has no pose of ours.
   */
  frame(serverU32: number, lastSeq: number, holdMs: number, nowMs: number): number {
    const serverMs = this.unwrap(serverU32);
    const fresh = holdMs >= 0 && lastSeq !== this.lastSeq;
    if (fresh) {
      // Only the first frame that names a pose: later ones add the wait, exactly known or not.
      this.lastSeq = lastSeq;
      const slot = lastSeq % SENT_RING;
      if (this.sentSeq[slot] === lastSeq) {
        const rtt = nowMs - this.sentAt[slot]! - holdMs;
        if (rtt >= -2 && rtt < RTT_MAX_MS) this.measured(serverMs, Math.max(0, rtt), nowMs);
      }
    }
    if (!this.sure) this.sure = ++this.unmeasured >= FRAMES_ENOUGH;
    if (!this.known) {
      this.known = true;
      this.offsetMs = serverMs - nowMs;
    } else if (this.filled === 0 && serverMs - nowMs > this.offsetMs) {
      // Without a round trip the least late frame is the best guess.
      this.offsetMs = serverMs - nowMs;
    }
    return serverMs;
  }

  /**
   * The answer to a ping that left at `sentMs` came at `nowMs`: for lines without snapshots. A ping may
   * wait for a tick before it is answered, so the quickest answer of some seconds counts.
   */
  pinged(serverU32: number, sentMs: number, nowMs: number): void {
    const rtt = nowMs - sentMs;
    if (rtt < 0 || rtt >= RTT_MAX_MS) return;
    const serverMs = this.unwrap(serverU32);
    if (!this.known) {
      this.known = true;
      this.offsetMs = serverMs + rtt / 2 - nowMs;
    }
    this.measured(serverMs, rtt, nowMs);
  }

  private unwrap(serverU32: number): number {
    if (!this.known) {
      this.lastU32 = serverU32;
      this.newestServerMs = serverU32;
      return serverU32;
    }
    const step = (serverU32 - this.lastU32) | 0;
    const serverMs = this.newestServerMs + step;
    if (step > 0) {
      this.newestServerMs = serverMs;
      this.lastU32 = serverU32;
    }
    return serverMs;
  }

  private measured(serverMs: number, rtt: number, nowMs: number): void {
    this.rttMs = this.rttMs < 0 ? rtt : this.rttMs + (rtt - this.rttMs) * 0.1;
    this.at[this.next] = nowMs;
    this.rtts[this.next] = rtt;
    this.offsets[this.next] = serverMs + rtt / 2 - nowMs;
    this.next = (this.next + 1) % MAX_SAMPLES;
    if (this.filled < MAX_SAMPLES) this.filled++;

    let best = -1;
    for (let i = 0; i < this.filled; i++) {
      if (nowMs - this.at[i]! > WINDOW_MS) continue;
      if (best < 0 || this.rtts[i]! < this.rtts[best]!) best = i;
    }
    if (best < 0) return;
    this.known = true;
    this.sure = true;
    const error = this.offsets[best]! - this.offsetMs;
    this.settled++;
    if (this.settled <= 10 || Math.abs(error) > SNAP_MS) this.offsetMs += error;
    else this.offsetMs += Math.max(-STEP_MS, Math.min(STEP_MS, error));
  }
}
