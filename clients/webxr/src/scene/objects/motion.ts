/**
 * How a carried thing moves between what is known of it: from where it was drawn towards where it
 * is said to be. Pure numbers; time is an argument.
 */

export type Point = readonly [number, number, number];

/** Farther than this nothing glides: it is simply there, metres. */
const LEAP_M = 4;

/** Owns one thing's drawn place. */
export class Gliding {
  readonly position: [number, number, number];
  yaw: number;
  private readonly from: [number, number, number];
  private fromYaw: number;
  private readonly to: [number, number, number];
  private toYaw: number;
  private passedMs = 0;
  private lastsMs = 0;

  constructor(position: Point, yaw: number) {
    this.position = [...position];
    this.from = [...position];
    this.to = [...position];
    this.yaw = yaw;
    this.fromYaw = yaw;
    this.toYaw = yaw;
  }

  /** Go there within `smoothMs`; a new call starts from where it is drawn now. */
  go(position: Point, yaw: number, smoothMs: number): void {
    const far = Math.hypot(
      position[0] - this.position[0],
      position[1] - this.position[1],
      position[2] - this.position[2],
    );
    // called each frame for what one carries: written into what is there
    for (let i = 0; i < 3; i++) {
      this.from[i] = this.position[i]!;
      this.to[i] = position[i]!;
    }
    this.fromYaw = this.yaw;
    // the short way round
    const turn = Math.atan2(Math.sin(yaw - this.yaw), Math.cos(yaw - this.yaw));
    this.toYaw = this.yaw + turn;
    this.passedMs = 0;
    this.lastsMs = far > LEAP_M ? 0 : Math.max(0, smoothMs);
    if (this.lastsMs === 0) this.settle();
  }

  /** Advance; true while it still moves. */
  step(dtS: number): boolean {
    if (this.passedMs >= this.lastsMs) return false;
    this.passedMs += dtS * 1000;
    if (this.passedMs >= this.lastsMs) {
      this.settle();
      return false;
    }
    // linear: what follows a hand gets a new goal long before it arrives
    const t = this.passedMs / this.lastsMs;
    for (let i = 0; i < 3; i++) {
      this.position[i] = this.from[i]! + (this.to[i]! - this.from[i]!) * t;
    }
    this.yaw = this.fromYaw + (this.toYaw - this.fromYaw) * t;
    return true;
  }

  private settle(): void {
    this.position[0] = this.to[0];
    this.position[1] = this.to[1];
    this.position[2] = this.to[2];
    this.yaw = this.toYaw;
    this.passedMs = this.lastsMs;
  }
}
