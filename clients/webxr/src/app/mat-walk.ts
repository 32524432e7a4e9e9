/** A walk to one's mat in three seconds, eased, given up as soon as one moves oneself. Pure. */
import type { Place } from "../xr/controls";

const WALK_MS = 3_000;
/** Moved farther than this since the last step, it was somebody else's doing: their own. */
const STRAY_M = 0.06;

export class MatWalk {
  private from: Place | null = null;
  private to: Place = { x: 0, z: 0, yaw: 0 };
  private beganMs = 0;
  private at: Place = { x: 0, z: 0, yaw: 0 };

  get walking(): boolean {
    return this.from !== null;
  }

  begin(from: Place, to: Place, nowMs: number): void {
    this.from = from;
    this.at = from;
    this.to = { ...to, yaw: from.yaw + turnTo(from.yaw, to.yaw) };
    this.beganMs = nowMs;
  }

  stop(): void {
    this.from = null;
  }

  /** The server held one up on the way: where to be at once instead; null when one is not walking. */
  heldUp(): Place | null {
    if (this.from === null) return null;
    this.stop();
    return this.to;
  }

  /** Where to be now; null when there is nowhere to go. `stands`: where one is. */
  step(stands: Place, nowMs: number): Place | null {
    const { from, to } = this;
    if (from === null) return null;
    if (Math.hypot(stands.x - this.at.x, stands.z - this.at.z) > STRAY_M) {
      this.stop();
      return null;
    }
    const share = Math.min(1, Math.max(0, (nowMs - this.beganMs) / WALK_MS));
    const eased = share * share * (3 - 2 * share);
    this.at = {
      x: from.x + (to.x - from.x) * eased,
      z: from.z + (to.z - from.z) * eased,
      yaw: from.yaw + (to.yaw - from.yaw) * eased,
    };
    if (share === 1) this.stop();
    return this.at;
  }
}

/** The shorter way round from one heading to another, radians. */
function turnTo(from: number, to: number): number {
  return Math.atan2(Math.sin(to - from), Math.cos(to - from));
}
