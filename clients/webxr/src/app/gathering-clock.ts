/**
 * Where a gathering's plan is, moment by moment: asks the timeline at server time, wakes exactly when
 * something changes, and says once when a cue begins. Owns its timer; works where no frames are drawn.
 */
import type { Cue } from "../protocol/control";
import { type GatheringState, serverMoment } from "../state/gathering";
import { type Position, position } from "../state/timeline";

/** What began, and at which server time it was noticed: for tests and for whoever hunts a problem. */
export interface Fired {
  cue: string;
  serverMs: number;
  /** False for the cue that was already going on when one came. */
  live: boolean;
}

export interface ClockSurroundings {
  /** Server time now, ms, unwrapped. */
  serverNowMs(): number;
  /** Whether the server's time is known yet. */
  synced(): boolean;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** Sound and flat pages are brought up to date this often at least. */
const BEAT_MS = 250;
const LEAST_MS = 4;
const FIRED_KEPT = 32;

export class GatheringClock {
  /** Where the plan was at the last beat; null without a plan. */
  at: Position | null = null;
  readonly fired: Fired[] = [];
  private readonly beats = new Set<() => void>();
  private readonly begins = new Set<(cue: Cue, live: boolean) => void>();
  private readonly stops: (() => void)[];
  private timer: unknown = null;
  private cueKey = "";

  constructor(
    private readonly state: GatheringState,
    private readonly around: ClockSurroundings,
  ) {
    const beat = () => this.beat();
    this.stops = [
      state.subscribe("timeline", beat),
      state.subscribe("plan", beat),
      state.subscribe("gathering", beat),
    ];
    this.beat();
  }

  /** Where the plan is now, exactly; null while there is none or the server's time is not known. */
  now(): Position | null {
    const { state, around } = this;
    if (state.now === null || !state.hasPlan || state.timeline === null) return null;
    if (!around.synced()) return null;
    return position(state.timeline, state.cues, around.serverNowMs());
  }

  /** The cue in force at the last beat. */
  get cue(): Cue | null {
    return this.at === null ? null : (this.state.cues[this.at.cue] ?? null);
  }

  /** Call `run` several times a second and at every change; returns the way to stop. */
  onBeat(run: () => void): () => void {
    this.beats.add(run);
    return () => this.beats.delete(run);
  }

  /** Call `run` when a cue begins; `live` unless it was going on when one came. */
  onCue(run: (cue: Cue, live: boolean) => void): () => void {
    this.begins.add(run);
    return () => this.begins.delete(run);
  }

  /** Look now; called by the clock's own timer, and by each drawn frame. */
  beat(): void {
    const before = this.at;
    this.at = this.now();
    this.noteCue(before);
    this.schedule();
    for (const run of this.beats) run();
  }

  /** Cheap, for every frame: only looks whether a cue has begun. */
  frame(): Position | null {
    const at = this.now();
    if (at?.cue !== this.at?.cue || at?.run !== this.at?.run) this.beat();
    else this.at = at;
    return this.at;
  }

  stop(): void {
    for (const stop of this.stops) stop();
    this.around.clearTimeout(this.timer);
    this.beats.clear();
    this.begins.clear();
  }

  private noteCue(before: Position | null): void {
    const { at, state } = this;
    const cue = this.cue;
    const begun = at !== null && at.run !== "waiting" && at.run !== "over" && cue !== null;
    const key = begun ? `${state.plan} ${cue.id}` : "";
    if (key === this.cueKey) return;
    const known = this.cueKey !== "" || before?.run === "waiting";
    this.cueKey = key;
    if (cue === null || !begun) return;
    const live = known && before !== null;
    this.fired.push({ cue: cue.id, serverMs: this.around.serverNowMs(), live });
    if (this.fired.length > FIRED_KEPT) this.fired.shift();
    for (const run of this.begins) run(cue, live);
  }

  private schedule(): void {
    this.around.clearTimeout(this.timer);
    this.timer = null;
    if (this.state.now === null) return;
    const next = Math.min(this.at?.msToNext ?? BEAT_MS, this.msToSegment());
    const ms = Math.max(LEAST_MS, Math.min(BEAT_MS, Math.ceil(next)));
    this.timer = this.around.setTimeout(() => this.beat(), ms);
  }

  /** How long until the leaders' last change acts; for ever if it has. */
  private msToSegment(): number {
    const coming = this.state.timeline?.segments[1];
    if (coming === undefined) return Number.POSITIVE_INFINITY;
    const nowMs = this.around.serverNowMs();
    const ms = serverMoment(coming.from_ms, nowMs) - nowMs;
    return ms > 0 ? ms : Number.POSITIVE_INFINITY;
  }
}
