/**
 * The recent samples of one subject on server time, and its body at any instant between or shortly
 * after them. Owns no delay and no fading (see `subject.ts`); allocates nothing after construction.
 */
import { dequantizeRow, ROW_INTS, teleportsOf } from "../protocol/quantize";
import { POSE_NUMBERS } from "./avatar-state";
import { distance, hermite, slerpInto } from "./interpolate";

const RING = 16;
const PART = 7;
const LEFT_TRACKED = 1 << 2;
const RIGHT_TRACKED = 1 << 3;
/** A step longer than this is a jump: walking there would look like flying. */
export const JUMP_M = 1.5;
/** Two samples further apart than this tell no velocity. */
const VELOCITY_SPAN_MAX_MS = 400;
const VELOCITY_MAX_M_S = 6;
/** Over longer spans the speed before says nothing about the way: go straight. */
const CURVE_SPAN_MAX_MS = 260;

export class MotionTrack {
  /** Samples held, at most RING. */
  count = 0;
  /** Server time of the newest sample, ms. */
  newestMs = 0;
  /** State word at the instant last evaluated. */
  state = 0;
  /** Whether the instant last evaluated lies beyond the newest sample. */
  extrapolated = false;

  private newest = RING - 1;
  private readonly times = new Float64Array(RING);
  private readonly poses = new Float32Array(RING * POSE_NUMBERS);
  private readonly states = new Uint16Array(RING);
  /** 1 where a sample must not be blended with the one before it. */
  private readonly jumps = new Uint8Array(RING);

  clear(): void {
    this.count = 0;
    this.newest = RING - 1;
  }

  /** Whether a sample of this time would be accepted. */
  isNews(timeMs: number): boolean {
    return this.count === 0 || timeMs > this.newestMs;
  }

  /** Add a sample from lane `row`; older or equal times are ignored (returns false). */
  push(timeMs: number, rows: Int32Array, row: number, state: number): boolean {
    if (!this.isNews(timeMs)) return false;
    const before = this.newest;
    const slot = (before + 1) % RING;
    const at = slot * POSE_NUMBERS;
    dequantizeRow(rows, row * ROW_INTS, this.poses, at);
    this.times[slot] = timeMs;
    this.states[slot] = state;
    this.jumps[slot] =
      this.count > 0 &&
      (teleportsOf(state) !== teleportsOf(this.states[before]!) ||
        distance(this.poses, at, this.poses, before * POSE_NUMBERS) > JUMP_M)
        ? 1
        : 0;
    this.newest = slot;
    this.newestMs = timeMs;
    if (this.count < RING) this.count++;
    return true;
  }

  /** Whether the newest sample is a jump from the one before. */
  newestJumped(): boolean {
    return this.jumps[this.newest] === 1;
  }

  /** Mean spacing of the last few samples, ms; 0 when unknown. */
  spacingMs(): number {
    const spans = Math.min(this.count - 1, 4);
    if (spans < 1) return 0;
    return (this.newestMs - this.times[this.back(spans)]!) / spans;
  }

  /** Write the body at server time `atMs` into `out` (21 numbers) and set `state`. */
  evaluate(atMs: number, out: Float32Array): void {
    if (atMs >= this.newestMs) {
      this.extrapolate(atMs, out);
      return;
    }
    this.extrapolated = false;
    let back = 1;
    while (back < this.count && this.times[this.back(back)]! > atMs) back++;
    if (back >= this.count) {
      this.copy(this.back(this.count - 1), out);
      return;
    }
    this.interpolate(back, atMs, out);
  }

  private back(steps: number): number {
    return (this.newest - steps + RING) % RING;
  }

  private copy(slot: number, out: Float32Array): void {
    const at = slot * POSE_NUMBERS;
    for (let i = 0; i < POSE_NUMBERS; i++) out[i] = this.poses[at + i]!;
    this.state = this.states[slot]!;
  }

  /** Between the sample `back` steps ago and the one after it. */
  private interpolate(back: number, atMs: number, out: Float32Array): void {
    const from = this.back(back);
    const to = this.back(back - 1);
    if (this.jumps[to] === 1) {
      this.copy(from, out);
      return;
    }
    const spanMs = this.times[to]! - this.times[from]!;
    const u = (atMs - this.times[from]!) / spanMs;
    let before = from;
    let spanBefore = 0;
    if (back + 1 < this.count && this.jumps[from] === 0 && spanMs <= CURVE_SPAN_MAX_MS) {
      before = this.back(back + 1);
      spanBefore = (this.times[from]! - this.times[before]!) / 1000;
    }
    const fromState = this.states[from]!;
    const toState = this.states[to]!;
    this.blend(0, before, from, to, spanBefore, spanMs / 1000, u, out);
    for (let part = 1; part < 3; part++) {
      const tracked = part === 1 ? LEFT_TRACKED : RIGHT_TRACKED;
      const was = (fromState & tracked) !== 0;
      const is = (toState & tracked) !== 0;
      if (was && is) {
        const known = (this.states[before]! & tracked) !== 0;
        this.blend(part, before, from, to, known ? spanBefore : 0, spanMs / 1000, u, out);
      } else this.copyPart(part, is ? to : from, out);
    }
    this.state = u < 0.5 ? fromState : toState;
  }

  private blend(
    part: number,
    before: number,
    from: number,
    to: number,
    spanBefore: number,
    span: number,
    u: number,
    out: Float32Array,
  ): void {
    const offset = part * PART;
    const a = before * POSE_NUMBERS + offset;
    const b = from * POSE_NUMBERS + offset;
    const c = to * POSE_NUMBERS + offset;
    const p = this.poses;
    for (let i = 0; i < 3; i++) {
      out[offset + i] = hermite(p[a + i]!, p[b + i]!, p[c + i]!, spanBefore, span, u);
    }
    slerpInto(p, b + 3, p, c + 3, u, out, offset + 3);
  }

  private copyPart(part: number, slot: number, out: Float32Array): void {
    const offset = part * PART;
    const at = slot * POSE_NUMBERS + offset;
    for (let i = 0; i < PART; i++) out[offset + i] = this.poses[at + i]!;
  }

  /** After the newest sample: carry on as before. How far is up to who asks (`delay.ts`). */
  private extrapolate(atMs: number, out: Float32Array): void {
    this.copy(this.newest, out);
    this.extrapolated = true;
    if (this.count < 2 || this.jumps[this.newest] === 1) return;
    const before = this.back(1);
    const spanMs = this.newestMs - this.times[before]!;
    if (spanMs > VELOCITY_SPAN_MAX_MS) return;
    const ratio = (atMs - this.newestMs) / spanMs;
    const both = this.states[before]! & this.states[this.newest]!;
    for (let part = 0; part < 3; part++) {
      const tracked = part === 0 || (both & (part === 1 ? LEFT_TRACKED : RIGHT_TRACKED)) !== 0;
      if (tracked) this.carry(part, before, spanMs, ratio, out);
    }
  }

  private carry(
    part: number,
    before: number,
    spanMs: number,
    ratio: number,
    out: Float32Array,
  ): void {
    const offset = part * PART;
    const a = before * POSE_NUMBERS + offset;
    const b = this.newest * POSE_NUMBERS + offset;
    const p = this.poses;
    const step = distance(p, b, p, a);
    const speed = (step / spanMs) * 1000;
    const scale = speed > VELOCITY_MAX_M_S ? (ratio * VELOCITY_MAX_M_S) / speed : ratio;
    for (let i = 0; i < 3; i++) out[offset + i] = p[b + i]! + (p[b + i]! - p[a + i]!) * scale;
    slerpInto(p, a + 3, p, b + 3, 1 + Math.min(ratio, 1), out, offset + 3);
  }
}
