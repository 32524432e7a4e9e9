/** What the pages know of who is signed in: one answer of the server, shared and kept fresh. */
import { type Me, NOBODY, whoAmI } from "../net/me";

export class Session {
  me: Me = NOBODY;
  /** Whether the server has answered once. */
  known = false;
  private asking: Promise<Me> | null = null;
  private readonly views = new Set<() => void>();

  constructor(private readonly look: () => Promise<Me> = whoAmI) {}

  /** Call `run` whenever it changes; returns the way to stop. */
  subscribe(run: () => void): () => void {
    this.views.add(run);
    return () => this.views.delete(run);
  }

  /** Ask the server again; those who ask at once share the answer. Rejects with a Problem. */
  refresh(): Promise<Me> {
    this.asking ??= this.look().then(
      (me) => {
        this.asking = null;
        this.set(me);
        return me;
      },
      (error: Error) => {
        this.asking = null;
        throw error;
      },
    );
    return this.asking;
  }

  /** The server said who one is in another answer (a sign-in, for example). */
  set(me: Me): void {
    this.me = me;
    this.known = true;
    for (const run of this.views) run();
  }
}
