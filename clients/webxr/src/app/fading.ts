/** Takes people out of the picture whom a personal boundary keeps from view, and brings them back. */
import type { AvatarLook } from "../state/avatar-state";
import type { Commons } from "../state/commons";
import type { Playout } from "../state/playout";
import type { RoomState } from "../state/room-state";

interface Picture {
  look(look: AvatarLook): void;
  gone(id: number): void;
}

export class Fading {
  readonly stop: () => void;
  private shown = new Set<number>();

  constructor(
    private readonly commons: Commons,
    private readonly state: RoomState,
    private readonly playout: Playout,
    private readonly picture: () => Picture | null,
  ) {
    this.stop = commons.subscribe("faded", () => this.follow());
  }

  private follow(): void {
    const { faded } = this.commons;
    for (const id of faded) {
      if (this.shown.has(id)) continue;
      this.playout.remove(id);
      this.picture()?.gone(id);
    }
    for (const id of this.shown) {
      const person = this.state.people.get(id);
      if (faded.has(id) || person === undefined) continue;
      this.playout.admit(id);
      this.picture()?.look(person);
    }
    this.shown = new Set(faded);
  }
}
