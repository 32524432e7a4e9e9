/**
 * Turns snapshots into what is drawn: every subject's samples wait in a short buffer on server
 * time and are drawn a little late and smoothly. Only people whom the roster admitted are drawn;
 * they go when the roster says so, never by silence. Pure: time comes in as an argument.
 *
 * Last stop of a pose's journey before the scene (`scene/avatar-pool.ts`).
 */
import { Head, type SnapshotDecoder } from "../protocol/snapshot";
import type { AvatarSample } from "./avatar-state";
import { Subject } from "./subject";

const DEFAULT_DELAY_MS = 100;
const SILENT_MS = 1_500;

export class Playout {
  /** What to draw; the array and everything in it is reused every frame. */
  readonly samples: AvatarSample[] = [];
  private readonly subjects = new Map<number, Subject>();
  /** The subjects behind `samples`, in the same order. */
  private readonly drawn: Subject[] = [];
  private serverNowMs = 0;
  private framesIn = 0;

  constructor(private tickMs = 50) {}

  /** The server time being drawn: that of whoever is drawn most freshly. */
  get renderServerMs(): number {
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < this.drawn.length; i++) {
      const subject = this.drawn[i]!;
      if (subject.detailed && subject.delay.playMs > most) most = subject.delay.playMs;
    }
    return most === Number.NEGATIVE_INFINITY ? this.serverNowMs - DEFAULT_DELAY_MS : most;
  }

  /** How far behind the server's clock people are drawn on average, ms; the silent left out. */
  get delayMs(): number {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < this.drawn.length; i++) {
      const subject = this.drawn[i]!;
      if (!subject.detailed || this.serverNowMs - subject.newestMs > SILENT_MS) continue;
      sum += this.serverNowMs - subject.delay.playMs;
      count++;
    }
    return count === 0 ? DEFAULT_DELAY_MS : sum / count;
  }

  /** Snapshots taken in so far. */
  get frames(): number {
    return this.framesIn;
  }

  /** The server time at which `id` is being drawn, or null when they are not in a lane. */
  drawnServerMs(id: number): number | null {
    const subject = this.subjects.get(id);
    return subject?.detailed ? subject.delay.playMs : null;
  }

  /** Admit someone, as the roster says; idempotent. */
  admit(id: number): void {
    const subject = this.subjects.get(id);
    if (subject === undefined) this.subjects.set(id, new Subject(id));
    else subject.leaving = false;
  }

  /** Someone left, as the roster says: fade them out. */
  dismiss(id: number): void {
    const subject = this.subjects.get(id);
    if (subject !== undefined) subject.leaving = true;
    if (subject !== undefined && !subject.known) this.subjects.delete(id);
  }

  /** Take someone away at once (hidden). */
  remove(id: number): void {
    const subject = this.subjects.get(id);
    if (subject === undefined) return;
    this.subjects.delete(id);
    const at = this.drawn.indexOf(subject);
    if (at >= 0) this.dropAt(at);
  }

  /** Forget everybody. */
  clear(): void {
    this.subjects.clear();
    this.drawn.length = 0;
    this.samples.length = 0;
  }

  /** A new connection for the same place: lanes start empty, people stay where they are. */
  newConnection(tickMs: number): void {
    this.tickMs = tickMs;
    for (const subject of this.subjects.values()) subject.newConnection();
  }

  /**
   * Take in a decoded snapshot.
   *
   * `serverMs` is its server time unwrapped to a plain number; `arrivalMs` the server time at
   * which it arrived, as this client estimates it.
   */
  ingest(snapshot: SnapshotDecoder, serverMs: number, arrivalMs: number): void {
    this.framesIn++;
    for (let lane = 0; lane < snapshot.nLanes; lane++) {
      if (snapshot.head[lane] === Head.None) continue;
      const subject = this.subjects.get(snapshot.id[lane]!);
      if (subject === undefined || subject.leaving) continue;
      const timeMs = serverMs - snapshot.ageMs[lane]!;
      const state = snapshot.state[lane]!;
      const hands = snapshot.handsKnown[lane] === 1 ? state : state & ~(3 << 2);
      subject.tell(timeMs, arrivalMs, this.tickMs, snapshot.rows, lane, hands);
      this.show(subject);
    }
    for (let i = 0; i < snapshot.nCoarse; i++) {
      const subject = this.subjects.get(snapshot.coarseId[i]!);
      if (subject === undefined || subject.leaving) continue;
      const at = i * 4;
      const c = snapshot.coarse;
      const posture = snapshot.coarsePosture[i]!;
      const away = snapshot.coarseAway[i] === 1;
      subject.tellCoarse(serverMs, c[at]!, c[at + 1]!, c[at + 2]!, c[at + 3]!, posture, away);
      this.show(subject);
    }
  }

  /** Advance to `serverNowMs`, `dtS` after the frame before; returns `samples`. */
  update(serverNowMs: number, dtS: number): readonly AvatarSample[] {
    this.serverNowMs = serverNowMs;
    for (let i = this.drawn.length - 1; i >= 0; i--) {
      const subject = this.drawn[i]!;
      if (subject.update(serverNowMs, dtS)) continue;
      this.dropAt(i);
      // They may have come back while fading.
      if (this.subjects.get(subject.sample.id) === subject) this.subjects.delete(subject.sample.id);
    }
    return this.samples;
  }

  private show(subject: Subject): void {
    if (subject.sample.opacity > 0 || this.drawn.includes(subject)) return;
    this.drawn.push(subject);
    this.samples.push(subject.sample);
  }

  private dropAt(at: number): void {
    const last = this.drawn.length - 1;
    this.drawn[at] = this.drawn[last]!;
    this.samples[at] = this.samples[last]!;
    this.drawn.length = last;
    this.samples.length = last;
  }
}
