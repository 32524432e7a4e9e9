/**
 * A session plan being written: cues in an order, each change one step that can be undone, with the
 * times that the server will work out. Pure but for telling its views.
 */
import type { Alternative, Breath, Cue } from "../protocol/control.gen";

export const SIDES = ["left", "right", "both"] as const;
export const BODY_POSTURES = ["standing", "seated", "kneeling", "lying"] as const;
export const TRACKS = ["none", "rain", "waves", "bowls", "drone", "pulse"] as const;
export const LIGHTS = ["dawn", "day", "dusk", "night"] as const;
export const CUES_MOST = 500;
export const TEXT_MOST = 300;
export const PLAN_MOST_MS = 12 * 3_600_000;
const STEPS_KEPT = 100;

export interface CueDraft {
  id: string;
  /** Seconds from the start of the plan; null right after the one before. */
  at_s: number | null;
  seconds: number;
  text: string;
  /** From the student's view. */
  side: (typeof SIDES)[number] | null;
  pose: string | null;
  breath: Breath | null;
  /** "none" is silence; null goes on as it was. */
  music: (typeof TRACKS)[number] | null;
  light: (typeof LIGHTS)[number] | null;
  silence: boolean;
  alternatives: Alternative[];
}

export interface PlanText {
  title: string;
  cues: readonly CueDraft[];
}

/** A cue that says nothing yet. */
export const emptyCue = (id: string): CueDraft => ({
  id,
  at_s: null,
  seconds: 30,
  text: "",
  side: null,
  pose: null,
  breath: null,
  music: null,
  light: null,
  silence: false,
  alternatives: [],
});

/** When a cue begins and ends, and what is odd about it. */
export interface CueTime {
  fromMs: number;
  ms: number;
  /** The next one begins before this one would end. */
  cut: boolean;
  /** It begins before the one before it: the plan cannot be saved. */
  backwards: boolean;
}

/** The times of all cues, as the server works them out. */
export function timesOf(cues: readonly CueDraft[]): CueTime[] {
  const times: CueTime[] = [];
  let endMs = 0;
  for (const [i, cue] of cues.entries()) {
    const before = times[i - 1];
    const fromMs = cue.at_s === null ? endMs : Math.round(cue.at_s * 1000);
    const backwards = before !== undefined && fromMs <= before.fromMs;
    if (before !== undefined && !backwards) {
      // A cue ends where the next begins, whether that is sooner or later than it meant to.
      before.cut = fromMs < before.fromMs + before.ms;
      before.ms = fromMs - before.fromMs;
    }
    const ms = Math.round(cue.seconds * 1000);
    times.push({ fromMs, ms, cut: false, backwards });
    endMs = fromMs + ms;
  }
  return times;
}

/** How long the whole plan lasts. */
export function totalMs(cues: readonly CueDraft[]): number {
  const last = timesOf(cues).at(-1);
  return last === undefined ? 0 : last.fromMs + last.ms;
}

/** The plan as it will be sent to students; null while it cannot stand. */
export function compiled(cues: readonly CueDraft[]): Cue[] | null {
  const times = timesOf(cues);
  if (times.some(({ backwards, ms }) => backwards || ms < 1)) return null;
  return cues.map((cue, i) => {
    const { fromMs, ms } = times[i]!;
    const { id, text, silence, alternatives } = cue;
    const out: Cue = { id, from_ms: fromMs, ms, text, silence, alternatives };
    if (cue.side !== null) out.side = cue.side;
    if (cue.pose !== null) out.pose = cue.pose;
    if (cue.breath !== null) out.breath = cue.breath;
    if (cue.music !== null) out.music = cue.music;
    if (cue.light !== null) out.light = cue.light;
    return out;
  });
}

export type Hint =
  | { kind: "backwards"; index: number }
  | { kind: "cut"; index: number }
  | { kind: "empty"; index: number }
  | { kind: "one_side"; index: number; side: "left" | "right" }
  | { kind: "no_side"; index: number }
  | { kind: "too_long" };

/** What a careful colleague would mention; those that forbid saving come first. */
export function hintsOf(
  cues: readonly CueDraft[],
  sided: (pose: string) => boolean = () => false,
): Hint[] {
  const times = timesOf(cues);
  const hints: Hint[] = [];
  for (const [index, time] of times.entries()) {
    if (time.backwards) hints.push({ kind: "backwards", index });
  }
  if (totalMs(cues) > PLAN_MOST_MS) hints.push({ kind: "too_long" });
  for (const [index, cue] of cues.entries()) {
    if (times[index]!.cut) hints.push({ kind: "cut", index });
    const silent = cue.silence || cue.breath !== null || cue.music !== null || cue.light !== null;
    if (cue.text === "" && cue.pose === null && !silent) hints.push({ kind: "empty", index });
    if (cue.pose === null || !sided(cue.pose)) continue;
    if (cue.side === null) hints.push({ kind: "no_side", index });
    else if (cue.side !== "both") {
      const side = cue.side === "left" ? "right" : "left";
      const turned = cues.some((other) => other.pose === cue.pose && other.side !== cue.side);
      if (!turned) hints.push({ kind: "one_side", index, side });
    }
  }
  return hints;
}

/** Whether the server would take the plan. */
export const stands = (cues: readonly CueDraft[]) =>
  !hintsOf(cues).some(({ kind }) => kind === "backwards" || kind === "too_long") &&
  cues.length <= CUES_MOST;

export class PlanDraft {
  private readonly views = new Set<() => void>();
  private past: PlanText[] = [];
  private future: PlanText[] = [];
  private kept: PlanText;
  /** Typing in one field is one step; another field begins another. */
  private typing = "";

  constructor(public now: PlanText) {
    this.kept = now;
  }

  subscribe(run: () => void): () => void {
    this.views.add(run);
    return () => this.views.delete(run);
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** Nothing differs from what is saved. */
  get clean(): boolean {
    return this.now === this.kept || JSON.stringify(this.now) === JSON.stringify(this.kept);
  }

  /** What is here now is saved, perhaps as another text than the one that was written. */
  saved(text: PlanText): void {
    this.now = text;
    this.kept = text;
    this.past = [];
    this.future = [];
    this.typing = "";
    this.tell();
  }

  undo(): void {
    this.step(this.past, this.future);
  }

  redo(): void {
    this.step(this.future, this.past);
  }

  private step(from: PlanText[], to: PlanText[]): void {
    const text = from.pop();
    if (text === undefined) return;
    to.push(this.now);
    this.now = text;
    this.typing = "";
    this.tell();
  }

  private put(text: PlanText, typing = ""): void {
    if (typing === "" || typing !== this.typing) {
      this.past = [...this.past.slice(1 - STEPS_KEPT), this.now];
      this.future = [];
    }
    this.typing = typing;
    this.now = text;
    this.tell();
  }

  /** Another text in place of this one. */
  replace(text: PlanText): void {
    this.put(text);
  }

  rename(title: string): void {
    this.put({ ...this.now, title }, "title");
  }

  /** Change a cue; changes of the same `field` in a row are one step. */
  change(id: string, change: Partial<CueDraft>, field = ""): void {
    const cues = this.now.cues.map((cue) => (cue.id === id ? { ...cue, ...change } : cue));
    this.put({ ...this.now, cues }, field === "" ? "" : `${id} ${field}`);
  }

  /** A new cue after the one at `index` (-1 begins the plan); its id, null when there are enough. */
  add(index: number): string | null {
    return this.insert(index + 1, emptyCue(this.freshId()));
  }

  duplicate(index: number): string | null {
    const cue = this.now.cues[index];
    if (cue === undefined) return null;
    // The copy follows: the same moment twice could not stand.
    return this.insert(index + 1, { ...cue, id: this.freshId(), at_s: null });
  }

  private insert(at: number, cue: CueDraft): string | null {
    const { cues } = this.now;
    if (cues.length >= CUES_MOST) return null;
    this.put({ ...this.now, cues: [...cues.slice(0, at), cue, ...cues.slice(at)] });
    return cue.id;
  }

  remove(index: number): void {
    this.put({ ...this.now, cues: this.now.cues.filter((_, i) => i !== index) });
  }

  /** Move a cue to another place; false when it is there. */
  move(from: number, to: number): boolean {
    const cues = [...this.now.cues];
    const at = Math.max(0, Math.min(cues.length - 1, to));
    const [cue] = cues.splice(from, 1);
    if (cue === undefined || at === from) return false;
    cues.splice(at, 0, cue);
    this.put({ ...this.now, cues });
    return true;
  }

  private freshId(): string {
    const taken = new Set(this.now.cues.map(({ id }) => id));
    let n = this.now.cues.length + 1;
    while (taken.has(`c${n}`)) n++;
    return `c${n}`;
  }

  private tell(): void {
    for (const run of this.views) run();
  }
}
