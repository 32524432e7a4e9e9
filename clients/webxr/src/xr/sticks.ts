/** What a thumbstick means: dead zone, snap turns that must be re-armed, steady smooth turns. */

export type TurnStyle = "snap30" | "snap45" | "smooth";

const DEAD = 0.18;
const FIRE_AT = 0.72;
const REARM_AT = 0.35;
const SMOOTH_RAD_S = 1.4;

/** Remove the dead zone and stretch the rest to the full range; sign is kept. */
export function pastDeadZone(value: number, dead = DEAD): number {
  const size = Math.abs(value);
  if (!(size > dead)) return 0;
  return Math.sign(value) * Math.min(1, (size - dead) / (1 - dead));
}

/** Owns whether the stick has come back since the last snap. */
export class TurnStick {
  private armed = true;

  /** Radians to turn this frame (positive turns left) for a stick pushed right by `x`. */
  step(x: number, style: TurnStyle, dtS: number): number {
    if (style === "smooth") return 0 - pastDeadZone(x) * SMOOTH_RAD_S * dtS;
    if (Math.abs(x) < REARM_AT) this.armed = true;
    if (!this.armed || Math.abs(x) < FIRE_AT) return 0;
    this.armed = false;
    const degrees = style === "snap45" ? 45 : 30;
    return (-Math.sign(x) * degrees * Math.PI) / 180;
  }
}
