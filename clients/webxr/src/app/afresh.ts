/**
 * Some notices only name what changed: the room, or what one is in its group. This asks the server
 * for it and puts the answer where everything else reads it. Owns nothing but which answer is awaited.
 */
import type { RoomInfo, You } from "../protocol/control";
import type { Commons } from "../state/commons";
import type { RoomState } from "../state/room-state";

type Own = Pick<You, "role" | "rights" | "listener">;

export interface AfreshOptions {
  state: RoomState;
  commons: Commons;
  /** The room as it is now. */
  room(): Promise<RoomInfo>;
  /** What one is in this group now. */
  own(group: string): Promise<Own>;
  /** The server did not say, also when asked again. */
  trouble(text: string): void;
  wait(ms: number): Promise<void>;
}

const AGAIN_AFTER_MS = [1_000, 4_000] as const;
const ROOM_UNKNOWN =
  "This room was changed, but its new shape did not arrive. Leave and enter again to see it.";
const OWN_UNKNOWN =
  "What you may do here changed, but not what exactly. Leave and enter again to see it.";

export class Afresh {
  private rooms = 0;
  private owns = 0;
  private over = false;

  constructor(private readonly options: AfreshOptions) {}

  /** A notice came: ask for what it names. */
  async hear(code: string): Promise<void> {
    if (code === "room_changed") await this.room();
    else if (code === "role_changed" || code === "muted" || code === "unmuted") await this.own();
  }

  /** The visit is over: answers to come are about nothing. */
  end(): void {
    this.over = true;
  }

  private async room(): Promise<void> {
    const round = ++this.rooms;
    const { state, commons, room } = this.options;
    const stale = () => this.over || round !== this.rooms;
    const found = await this.ask(room, ROOM_UNKNOWN, stale);
    if (found === null) return;
    commons.refit(found.design);
    state.setRoom(found);
  }

  private async own(): Promise<void> {
    const round = ++this.owns;
    const { state, commons, own } = this.options;
    const group = state.room?.group?.id;
    if (group === undefined) return;
    const stale = () => this.over || round !== this.owns;
    const found = await this.ask(() => own(group), OWN_UNKNOWN, stale);
    if (found !== null) commons.become(found);
  }

  /** The answer; null when a later question, or the end, made it worthless. */
  private async ask<T>(look: () => Promise<T>, sorry: string, stale: () => boolean) {
    for (let tries = 0; ; tries++) {
      try {
        const found = await look();
        return stale() ? null : found;
      } catch {
        if (stale()) return null;
      }
      const wait = AGAIN_AFTER_MS[tries];
      if (wait === undefined) break;
      await this.options.wait(wait);
      if (stale()) return null;
    }
    this.options.trouble(sorry);
    return null;
  }
}
