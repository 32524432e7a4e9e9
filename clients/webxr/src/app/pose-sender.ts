/**
 * Sends one's own pose at the tick rate: keeps sequence numbers, capture stamps and the newest tick
 * to acknowledge. Owns the pace; knows neither socket nor scene. Allocates nothing per pose.
 */
import type { ClockSync } from "../net/clock-sync";
import { type BodyState, PoseEncoder, type PoseHeader, stateOf } from "../protocol/pose";

export interface Body extends BodyState {
  /** A hand is closed around something; never true without tracked hands. */
  leftHolds?: boolean;
  rightHolds?: boolean;
  /** 21 numbers, room-local metres. */
  readonly pose: Float32Array;
}

const RING = 64;

export class PoseSender {
  participant = 0;
  ackTick = 0;
  away = false;
  /** Server time (ms) at which the pose last sent was captured. */
  capturedServerMs = 0;

  private intervalMs = 50;
  private seq = 0;
  private nextMs = 0;
  private readonly encoder = new PoseEncoder();
  private readonly header: PoseHeader = {
    seq: 0,
    participant: 0,
    capturedMs: 0,
    ackTick: 0,
    state: 0,
  };
  /** Head x and z of the poses last sent, by sequence number. */
  private readonly sentSeq = new Int32Array(RING).fill(-1);
  private readonly sentX = new Float32Array(RING);
  private readonly sentZ = new Float32Array(RING);
  /** Corrections of poses before this many sends were answered already. */
  private sends = 0;
  private readonly sendNumber = new Float64Array(RING);
  private correctedAtSend = 0;

  constructor(
    private readonly clock: ClockSync,
    private readonly send: (bytes: Uint8Array<ArrayBuffer>) => boolean,
  ) {}

  /** A connection begins; sequence numbers go on, so that nothing old is taken for new. */
  begin(participant: number, tickHz: number, tick: number): void {
    this.participant = participant;
    this.intervalMs = 1000 / tickHz;
    this.ackTick = tick;
    this.nextMs = 0;
    this.sentSeq.fill(-1);
  }

  /** Whether a pose should go out at local time `nowMs`. */
  due(nowMs: number): boolean {
    // Half a display frame early is nearer to the pace than a whole one late.
    return nowMs >= this.nextMs - 4;
  }

  /** Send the body as it is at local time `nowMs`, if it is time. */
  offer(body: Body, nowMs: number): void {
    if (!this.due(nowMs)) return;
    const late = nowMs - this.nextMs;
    this.nextMs = late > this.intervalMs ? nowMs + this.intervalMs : this.nextMs + this.intervalMs;
    this.sendNow(body, nowMs);
  }

  /** Send the body at once. */
  sendNow(body: Body, nowMs: number): void {
    const seq = (this.seq + 1) & 0xffff;
    const { header } = this;
    header.seq = seq;
    header.participant = this.participant;
    header.capturedMs = this.clock.captureStamp(nowMs);
    header.ackTick = this.ackTick;
    header.state = stateOf(body, this.away);
    if (!this.send(this.encoder.encode(header, body.pose))) return;
    this.seq = seq;
    this.clock.sent(seq, nowMs);
    this.capturedServerMs = this.clock.serverNow(nowMs);
    const slot = seq % RING;
    this.sentSeq[slot] = seq;
    this.sentX[slot] = body.pose[0]!;
    this.sentZ[slot] = body.pose[2]!;
    this.sendNumber[slot] = ++this.sends;
  }

  /**
   * The server holds our head at `x`, `z` for the pose `seq`: how far to move from there, or null
   * when that pose left before an earlier correction was followed.
   */
  correction(seq: number, x: number, z: number, out: { dx: number; dz: number }): boolean {
    const slot = seq % RING;
    if (this.sentSeq[slot] !== seq || this.sendNumber[slot]! <= this.correctedAtSend) return false;
    this.correctedAtSend = this.sends;
    out.dx = x - this.sentX[slot]!;
    out.dz = z - this.sentZ[slot]!;
    return true;
  }
}
