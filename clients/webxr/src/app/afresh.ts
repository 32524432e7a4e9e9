/**
 * The notice `room_changed` only names what changed: this asks the server for the room and puts it
 * where everything else reads it. Owns nothing but which answer is awaited.
 */
import type { RoomInfo } from "../protocol/control";
import type { Commons } from "../state/commons";
import type { RoomState } from "../state/room-state";

export interface AfreshOptions {
  state: RoomState;
  commons: Commons;
  /** The room as it is now. */
  room(): Promise<RoomInfo>;
  /** The server did not say, also when asked again. */
  trouble(text: string): void;
  wait(ms: number): Promise<void>;
}

const AGAIN_AFTER_MS = [1_000, 4_000] as const;
const UNKNOWN =
  "This room was changed, but its new shape did not arrive. Leave and enter again to see it.";

export class Afresh {
  private round = 0;

  constructor(private readonly options: AfreshOptions) {}

  /** A notice came: ask for what it names. */
  async hear(code: string): Promise<void> {
    if (code !== "room_changed") return;
    const round = ++this.round;
    const { state, commons } = this.options;
    const found = await this.ask(() => round !== this.round);
    if (found === null) return;
    commons.refit(found.design);
    state.setRoom(found);
  }

  /** The visit is over: answers to come are about nothing. */
  end(): void {
    this.round++;
  }

  /** The answer; null when a later question, or the end, made it worthless. */
  private async ask(stale: () => boolean): Promise<RoomInfo | null> {
    const { room, wait, trouble } = this.options;
    for (const again of [...AGAIN_AFTER_MS, null]) {
      try {
        const found = await room();
        return stale() ? null : found;
      } catch {
        if (again !== null && !stale()) await wait(again);
      }
      if (stale()) return null;
    }
    trouble(UNKNOWN);
    return null;
  }
}
