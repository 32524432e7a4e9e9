/**
 * Decides how far behind the server's clock one subject is drawn: late enough that the next sample
 * has nearly always arrived, no later. Owns a short window of lateness; owns no clock.
 */

const WINDOW = 32;
const MARGIN_MS = 10;
const INTERVALS = 1.25;
/**
 * What jitter may add to the buffer at the tick rate is bounded. A subject told less often (a far
 * tier, a slow device) waits for their own rate on top: smooth and late beats stuttering.
 */
export const BUFFER_MAX_MS = 250;
/** How much slower playback runs while the delay grows. */
const SLOW_DOWN = 0.5;
/** How much faster it runs to shrink the delay: barely, unless a stall left it far behind. */
const SPEED_UP_LEAST = 0.06;
const SPEED_UP_MOST = 1.5;
const CATCH_UP_MS = 600;
/** Further off than this, playback jumps there at once. */
const SNAP_MS = 1_200;
/**
 * Playback may run this far past the newest sample, ever slower: guessing ahead is bounded, because
 * a wrong guess looks worse than a short pause.
 */
export const GUESS_MAX_MS = 70;

export class AdaptiveDelay {
  /** Server time being drawn, ms. */
  playMs = 0;
  /** Delay aimed for, ms behind the server's clock. */
  targetMs = 0;

  private readonly lateness = new Float32Array(WINDOW);
  private filled = 0;
  private next = 0;
  private started = false;

  /** Forget the network's habits but not the instant being drawn (a new connection). */
  forget(): void {
    this.filled = 0;
    this.next = 0;
  }

  /** Start over: the next `advance` goes straight to its target. */
  restart(): void {
    this.forget();
    this.started = false;
  }

  /**
   * A sample captured at some time arrived `latenessMs` later; samples come `intervalMs` apart,
   * the fastest there are `tickMs` apart.
   * Lateness is travel up, the wait for the tick and travel down together.
   */
  arrived(latenessMs: number, intervalMs: number, tickMs: number): void {
    this.lateness[this.next] = latenessMs;
    this.next = (this.next + 1) % WINDOW;
    if (this.filled < WINDOW) this.filled++;
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    let second = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < this.filled; i++) {
      const value = this.lateness[i]!;
      if (value < least) least = value;
      if (value > most) {
        second = most;
        most = value;
      } else if (value > second) second = value;
    }
    // The second largest of 32 is about the 95th percentile; early on, trust the worst.
    const late = this.filled >= 16 ? second : most;
    const buffer = late - least + INTERVALS * tickMs + MARGIN_MS;
    const slower = INTERVALS * Math.max(0, intervalMs - tickMs);
    this.targetMs = least + Math.min(buffer, BUFFER_MAX_MS) + slower;
  }

  /**
   * Move `playMs` on by `dtMs` towards `serverNowMs − targetMs`; never backwards, and past the
   * newest sample only as far as may be guessed. The clock itself is held there, so that `playMs`
   * always is the instant that is shown.
   */
  advance(serverNowMs: number, dtMs: number, newestMs: number): void {
    const goal = serverNowMs - this.targetMs;
    const error = goal - (this.playMs + dtMs);
    if (!this.started || Math.abs(error) > SNAP_MS) {
      const to = this.started ? Math.max(this.playMs, goal) : goal;
      this.playMs = Math.min(to, newestMs + GUESS_MAX_MS);
      this.started = true;
      return;
    }
    const hurry = Math.min(SPEED_UP_MOST, Math.max(SPEED_UP_LEAST, error / CATCH_UP_MS));
    const pace = error < 0 ? Math.max(error, -SLOW_DOWN * dtMs) : Math.min(error, hurry * dtMs);
    const next = this.playMs + dtMs + pace;
    if (next <= newestMs) {
      this.playMs = next;
      return;
    }
    const from = Math.max(this.playMs, newestMs);
    const room = Math.max(0, newestMs + GUESS_MAX_MS - from);
    this.playMs = from + room * (1 - Math.exp((from - next) / GUESS_MAX_MS));
  }
}
