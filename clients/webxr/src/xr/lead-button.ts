/** One button that leads a plan without aiming: a short press, and a long one. Pure; time is an argument. */

const LONG_S = 0.5;

export type Pressed = "short" | "long" | null;

export class LeadButton {
  private heldS = 0;
  private down = false;
  private told = false;

  /** Advance by one frame: a long press counts as soon as it is one, a short one when let go. */
  step(down: boolean, dtS: number): Pressed {
    const was = this.down;
    this.down = down;
    if (down && !was) {
      this.heldS = 0;
      this.told = false;
      return null;
    }
    if (down) {
      this.heldS += dtS;
      if (this.told || this.heldS < LONG_S) return null;
      this.told = true;
      return "long";
    }
    return was && !this.told ? "short" : null;
  }

  /** It means nothing now: whatever was begun is forgotten. */
  reset(): void {
    this.down = false;
    this.told = true;
  }
}
