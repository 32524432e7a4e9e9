/** Reactions of a large gathering, added up until none came for a while. Owns its timer. */
import type { GatheringState } from "./gathering";

const STAY_MS = 3_500;

export interface Counted {
  readonly kind: string;
  readonly count: number;
}

export class ApplauseSum {
  private readonly counts = new Map<string, number>();
  private readonly stop: () => void;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `more` is called with all of it at every change, `over` with all of it once it came to rest. */
  constructor(
    state: GatheringState,
    more: (all: readonly Counted[]) => void,
    over: (all: readonly Counted[]) => void,
  ) {
    this.stop = state.subscribe("applause", () => {
      for (const { kind, count } of state.applause) {
        this.counts.set(kind, (this.counts.get(kind) ?? 0) + count);
      }
      more(this.all());
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        const all = this.all();
        this.counts.clear();
        over(all);
      }, STAY_MS);
    });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.stop();
  }

  /** The most frequent first. */
  private all(): Counted[] {
    return [...this.counts]
      .map(([kind, count]) => ({ kind, count }))
      .sort((a, b) => b.count - a.count);
  }
}
