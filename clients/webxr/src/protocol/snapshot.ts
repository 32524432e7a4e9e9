/**
 * Decodes snapshots (WIRE 4) into typed arrays that live as long as the connection: the lanes are
 * the baselines of the next frame's deltas. Allocates nothing per frame; knows no time and no
 * scene. A malformed frame is refused by name and leaves the lanes unusable: reconnect.
 */
import { BitReader } from "./bits";
import { HOT } from "./pose";
import {
  HAND_POSITION_WIDTHS,
  HEAD_POSITION_WIDTHS,
  ROTATION_ABSOLUTE,
  ROTATION_WIDTHS,
  ROW_INTS,
} from "./quantize";

export const KIND_SNAPSHOT = 2;
export const MAX_LANES = 64;
export const MAX_COARSE = 16;
const HEADER_BYTES = 16;
const CORRECTION_BYTES = 16;
const COARSE_BYTES = 10;
const FLAG_CORRECTION = 1;
const FLAG_COARSE = 2;
const HOLD_NONE = 65_535;

/** Head codes of a lane. */
export const Head = { None: 0, Unchanged: 1, Delta: 2, Full: 3 } as const;
/** Hands codes of a lane, with head Delta or Full. */
export const Hands = { None: 0, Unchanged: 1, Delta: 2, Full: 3 } as const;

/** Why a frame was refused; the names of WIRE's malformed vectors. */
export type SnapshotFault =
  | "too_short"
  | "too_long"
  | "not_hot"
  | "unknown_kind"
  | "bad_lane_count"
  | "bad_lane_code"
  | "empty_lane"
  | "out_of_range"
  | "bad_coarse_count"
  | "bad_correction"
  | "bad_id";

/** Reasons of a correction (WIRE 4.2). */
export const CORRECTION_REASONS = [
  "",
  "speed",
  "bounds",
  "reach",
  "teleport",
  "zone",
  "boundary",
] as const;

const XZ_MAX = 131_071;
const XZ_MIN = -131_072;
const Y_MAX = 16_383;
const Y_MIN = -16_384;
const ROTATION_MAX = 707;

export class SnapshotDecoder {
  // Header of the frame last decoded.
  tick = 0;
  serverMs = 0;
  lastSeq = 0;
  /** Milliseconds the server held our newest pose, or -1 when it has none yet. */
  holdMs = -1;
  nLanes = 0;

  // Correction of the frame last decoded.
  corrected = false;
  correctionSeq = 0;
  correctionReason = 0;
  readonly correctionHead = new Float32Array(3);

  // Lanes: codes of the frame last decoded, values as last told.
  readonly head = new Uint8Array(MAX_LANES);
  readonly hands = new Uint8Array(MAX_LANES);
  /** Subject in each lane; 0 = nobody yet. */
  readonly id = new Uint32Array(MAX_LANES);
  /** Milliseconds from capture to `serverMs`, as last told. */
  readonly ageMs = new Uint16Array(MAX_LANES);
  readonly state = new Uint16Array(MAX_LANES);
  /** 1 once this lane's subject has told hands. */
  readonly handsKnown = new Uint8Array(MAX_LANES);
  /** [MAX_LANES, 21] integers: head, left, right as x y z (mm) k a b c. */
  readonly rows = new Int32Array(MAX_LANES * ROW_INTS);

  // Coarse records of the frame last decoded.
  nCoarse = 0;
  readonly coarseId = new Uint32Array(MAX_COARSE);
  /** [MAX_COARSE, 4]: x, y, z in metres and yaw in radians about +y. */
  readonly coarse = new Float32Array(MAX_COARSE * 4);
  readonly coarsePosture = new Uint8Array(MAX_COARSE);
  readonly coarseAway = new Uint8Array(MAX_COARSE);

  /** Why the last `decode` returned false. */
  fault: SnapshotFault | null = null;

  private readonly bits = new BitReader();
  private readonly correctionBytes = new Uint8Array(12);
  private readonly correctionView = new DataView(this.correctionBytes.buffer);

  /** Forget every lane: a new connection starts with empty ones. */
  reset(): void {
    this.id.fill(0);
    this.handsKnown.fill(0);
    this.state.fill(0);
    this.ageMs.fill(0);
    this.rows.fill(0);
    this.head.fill(0);
    this.hands.fill(0);
    this.nLanes = 0;
    this.nCoarse = 0;
    this.corrected = false;
  }

  /** Decode one frame; false (and `fault`) when it is malformed. */
  decode(bytes: Uint8Array): boolean {
    this.fault = null;
    this.nCoarse = 0;
    this.corrected = false;
    this.head.fill(0);
    this.hands.fill(0);
    if (bytes.length > 0 && bytes[0] !== HOT) return this.refuse("not_hot");
    if (bytes.length > 1 && bytes[1] !== KIND_SNAPSHOT) return this.refuse("unknown_kind");
    if (bytes.length < HEADER_BYTES) return this.refuse("too_short");
    const flags = bytes[2]!;
    const nLanes = bytes[3]!;
    if (nLanes > MAX_LANES) return this.refuse("bad_lane_count");
    this.nLanes = nLanes;
    this.tick = u32(bytes, 4);
    this.serverMs = u32(bytes, 8);
    this.lastSeq = u16(bytes, 12);
    const hold = u16(bytes, 14);
    this.holdMs = hold === HOLD_NONE ? -1 : hold;

    let at = HEADER_BYTES;
    if (flags & FLAG_CORRECTION) {
      if (bytes.length < at + CORRECTION_BYTES) return this.refuse("too_short");
      if (!this.readCorrection(bytes, at)) return this.refuse("bad_correction");
      at += CORRECTION_BYTES;
    }
    at = this.readLanes(bytes, at);
    if (at < 0) return false;
    if (flags & FLAG_COARSE) {
      at = this.readCoarse(bytes, at);
      if (at < 0) return false;
    }
    return at === bytes.length || this.refuse("too_long");
  }

  private refuse(fault: SnapshotFault): false {
    this.fault = fault;
    return false;
  }

  private readCorrection(bytes: Uint8Array, at: number): boolean {
    const reason = bytes[at + 2]!;
    if (reason === 0 || reason >= CORRECTION_REASONS.length) return false;
    this.correctionSeq = u16(bytes, at);
    this.correctionReason = reason;
    for (let i = 0; i < 12; i++) this.correctionBytes[i] = bytes[at + 4 + i]!;
    for (let i = 0; i < 3; i++) {
      const value = this.correctionView.getFloat32(i * 4, true);
      this.correctionHead[i] = value;
      if (!Number.isFinite(value)) return false;
    }
    this.corrected = true;
    return true;
  }

  /** Read lane codes and pieces; returns the byte after them, or -1. */
  private readLanes(bytes: Uint8Array, at: number): number {
    const nLanes = this.nLanes;
    const codesAt = at;
    at += (nLanes + 1) >> 1;
    if (bytes.length < at) return this.fail("too_short");
    const bits = this.bits;
    bits.open(bytes, at);
    for (let lane = 0; lane < nLanes; lane++) {
      const pair = bytes[codesAt + (lane >> 1)]!;
      const code = lane & 1 ? pair >> 4 : pair & 15;
      const head = code & 3;
      const hands = code >> 2;
      if (head < Head.Delta && hands !== 0) return this.fail("bad_lane_code");
      if (head === Head.None) continue;
      const before = this.id[lane]!;
      if (!this.readHead(lane, head)) return -1;
      const anew = head === Head.Full && this.id[lane] !== before;
      if (anew && (hands === Hands.Unchanged || hands === Hands.Delta)) {
        return this.fail("bad_lane_code");
      }
      if (!this.readHands(lane, hands)) return -1;
      if (bits.overrun) return this.fail("too_short");
      if (anew) this.emptyOthers(lane);
      if (!this.inRange(lane, head, hands)) return this.fail("out_of_range");
      this.head[lane] = head;
      this.hands[lane] = hands;
    }
    return bits.byteAfter();
  }

  /** Forget whoever left, as the roster says: the lane is empty then. */
  dismiss(id: number): void {
    for (let lane = 0; lane < MAX_LANES; lane++) if (this.id[lane] === id) this.empty(lane);
  }

  private empty(lane: number): void {
    this.id[lane] = 0;
    this.handsKnown[lane] = 0;
    this.head[lane] = Head.None;
  }

  /** A subject named anew in one lane is in no other any more. */
  private emptyOthers(lane: number): void {
    const id = this.id[lane]!;
    for (let other = 0; other < MAX_LANES; other++) {
      if (other !== lane && this.id[other] === id) this.empty(other);
    }
  }

  private inRange(lane: number, head: number, hands: number): boolean {
    const at = lane * ROW_INTS;
    if (head >= Head.Delta && !this.partInRange(at)) return false;
    if (hands < Hands.Delta) return true;
    return this.partInRange(at + 7) && this.partInRange(at + 14);
  }

  private partInRange(at: number): boolean {
    const rows = this.rows;
    const x = rows[at]!;
    const y = rows[at + 1]!;
    const z = rows[at + 2]!;
    if (x < XZ_MIN || x > XZ_MAX || y < Y_MIN || y > Y_MAX || z < XZ_MIN || z > XZ_MAX) {
      return false;
    }
    for (let i = at + 4; i < at + 7; i++) {
      if (rows[i]! < -ROTATION_MAX || rows[i]! > ROTATION_MAX) return false;
    }
    return true;
  }

  private fail(fault: SnapshotFault): number {
    this.fault = fault;
    return -1;
  }

  private readHead(lane: number, code: number): boolean {
    const bits = this.bits;
    if (code === Head.Full) {
      const id = bits.u32();
      if (id === 0) return this.refuse(bits.overrun ? "too_short" : "bad_id");
      if (id !== this.id[lane]) {
        this.id[lane] = id;
        this.handsKnown[lane] = 0;
      }
      this.ageMs[lane] = bits.u(8) * 2;
      this.state[lane] = bits.u(16);
      this.readPart(lane * ROW_INTS);
      bits.align();
      return true;
    }
    if (this.id[lane] === 0) return this.refuse("empty_lane");
    if (code === Head.Unchanged) return true;
    this.ageMs[lane] = bits.u(8) * 2;
    const position = bits.u(3);
    const rotation = bits.u(3);
    if (bits.u(1)) this.state[lane] = bits.u(16);
    this.addPosition(lane * ROW_INTS, HEAD_POSITION_WIDTHS[position]!);
    this.addRotation(lane * ROW_INTS, rotation);
    bits.align();
    return true;
  }

  private readHands(lane: number, code: number): boolean {
    if (code === Hands.None) return true;
    const bits = this.bits;
    const left = lane * ROW_INTS + 7;
    const right = left + 7;
    if (code === Hands.Full) {
      this.readPart(left);
      this.readPart(right);
      this.handsKnown[lane] = 1;
      bits.align();
      return true;
    }
    if (this.handsKnown[lane] === 0) return this.refuse("empty_lane");
    if (code === Hands.Unchanged) return true;
    const leftPosition = bits.u(3);
    const leftRotation = bits.u(3);
    const rightPosition = bits.u(3);
    const rightRotation = bits.u(3);
    this.addPosition(left, HAND_POSITION_WIDTHS[leftPosition]!);
    this.addRotation(left, leftRotation);
    this.addPosition(right, HAND_POSITION_WIDTHS[rightPosition]!);
    this.addRotation(right, rightRotation);
    bits.align();
    return true;
  }

  private readPart(at: number): void {
    const bits = this.bits;
    const rows = this.rows;
    rows[at] = bits.i(18);
    rows[at + 1] = bits.i(15);
    rows[at + 2] = bits.i(18);
    this.readRotation(at);
  }

  private readRotation(at: number): void {
    const bits = this.bits;
    const rows = this.rows;
    rows[at + 3] = bits.u(2);
    rows[at + 4] = bits.i(11);
    rows[at + 5] = bits.i(11);
    rows[at + 6] = bits.i(11);
  }

  private addPosition(at: number, width: number): void {
    if (width === 0) return;
    const bits = this.bits;
    const rows = this.rows;
    rows[at] = rows[at]! + bits.i(width);
    rows[at + 1] = rows[at + 1]! + bits.i(width);
    rows[at + 2] = rows[at + 2]! + bits.i(width);
  }

  private addRotation(at: number, rotationClass: number): void {
    if (rotationClass === ROTATION_ABSOLUTE) {
      this.readRotation(at);
      return;
    }
    const width = ROTATION_WIDTHS[rotationClass]!;
    if (width === 0) return;
    const bits = this.bits;
    const rows = this.rows;
    rows[at + 4] = rows[at + 4]! + bits.i(width);
    rows[at + 5] = rows[at + 5]! + bits.i(width);
    rows[at + 6] = rows[at + 6]! + bits.i(width);
  }

  /** Read the coarse section; returns the byte after it, or -1. */
  private readCoarse(bytes: Uint8Array, at: number): number {
    if (bytes.length < at + 1) return this.fail("too_short");
    const count = bytes[at]!;
    at += 1;
    if (count > MAX_COARSE) return this.fail("bad_coarse_count");
    if (bytes.length < at + count * COARSE_BYTES) return this.fail("too_short");
    const bits = this.bits;
    for (let i = 0; i < count; i++) {
      bits.open(bytes, at + i * COARSE_BYTES);
      const out = i * 4;
      const id = bits.u32();
      if (id === 0) return this.fail("bad_id");
      this.coarseId[i] = id;
      this.dismiss(id);
      this.coarse[out] = bits.i(14) * 0.016;
      this.coarse[out + 2] = bits.i(14) * 0.016;
      this.coarse[out + 1] = bits.i(9) * 0.064;
      this.coarse[out + 3] = (bits.u(6) * Math.PI) / 32;
      this.coarsePosture[i] = bits.u(2);
      this.coarseAway[i] = bits.u(1);
    }
    this.nCoarse = count;
    return at + count * COARSE_BYTES;
  }
}

function u16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

function u32(bytes: Uint8Array, at: number): number {
  return (u16(bytes, at) | (u16(bytes, at + 2) << 16)) >>> 0;
}
