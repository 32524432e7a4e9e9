/**
 * Reads values packed least significant bit first (WIRE 2.2). Owns a position in a byte buffer and
 * nothing else; reading past the end yields zeros and sets `overrun`, so hot loops test once.
 */
export class BitReader {
  overrun = false;
  private bytes: Uint8Array = new Uint8Array(0);
  private bit = 0;
  private endBit = 0;

  /** Start reading `bytes` at byte `at`. */
  open(bytes: Uint8Array, at: number): void {
    this.bytes = bytes;
    this.bit = at * 8;
    this.endBit = bytes.length * 8;
    this.overrun = false;
  }

  /** Unsigned value of `width` bits, 0 to 24. */
  u(width: number): number {
    if (width === 0) return 0;
    const bit = this.bit;
    this.bit = bit + width;
    if (this.bit > this.endBit) {
      this.overrun = true;
      return 0;
    }
    const at = bit >>> 3;
    const b = this.bytes;
    // Out-of-range bytes read as undefined; `| 0` turns them into 0 and the mask drops them anyway.
    const word =
      b[at]! | 0 | ((b[at + 1]! | 0) << 8) | ((b[at + 2]! | 0) << 16) | ((b[at + 3]! | 0) << 24);
    return (word >>> (bit & 7)) & ((1 << width) - 1);
  }

  /** Two's complement value of `width` bits, 0 to 24. */
  i(width: number): number {
    if (width === 0) return 0;
    const shift = 32 - width;
    return (this.u(width) << shift) >> shift;
  }

  /** Unsigned 32-bit value. */
  u32(): number {
    const low = this.u(16);
    return (low | (this.u(16) << 16)) >>> 0;
  }

  /** Byte position after skipping the padding of the piece just read. */
  byteAfter(): number {
    return (this.bit + 7) >>> 3;
  }

  /** Skip padding up to the next byte. */
  align(): void {
    this.bit = (this.bit + 7) & ~7;
  }
}
