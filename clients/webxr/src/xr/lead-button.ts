/**
 * One button that leads a plan without aiming. Short: hold the step, and when it is held on to the
 * next. Held down: the next step at once. The help lists it (`GA.vrKeys`).
 */
import type { GatheringActions } from "../ui/gathering-actions";
import { GA } from "../ui/strings-gathering";

const LONG_S = 0.5;

export type Pressed = "short" | "long" | null;

/** Tells short presses from long ones. Pure; time is an argument. */
export class Press {
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

  /** It means something else now: whatever was begun is forgotten. */
  reset(): void {
    this.down = false;
    this.told = true;
  }
}

/** Does what the button says while one leads. */
export class LeadButton {
  private readonly press = new Press();

  constructor(
    private readonly gathering: GatheringActions | null,
    private readonly say: (words: string) => void,
  ) {}

  /** Advance by one frame; whether the button belongs to leading now. */
  use(down: boolean, dtS: number): boolean {
    const { gathering } = this;
    if (gathering === null || !gathering.state.leads) {
      this.press.reset();
      return false;
    }
    const pressed = this.press.step(down, dtS);
    if (pressed !== null) void this.lead(gathering, pressed === "long");
    return true;
  }

  private async lead(gathering: GatheringActions, long: boolean): Promise<void> {
    try {
      if (long && gathering.clock.at?.run !== "waiting") {
        await gathering.lead("next");
        this.say(GA.console.spoken.next);
      } else this.say(GA.console.spoken[await gathering.holdOrNext()]);
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
    }
  }
}
