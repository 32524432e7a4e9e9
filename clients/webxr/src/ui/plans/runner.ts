/**
 * A plan as a student follows it, run in this page alone: what they read, the side, the figure, the
 * breath, what comes next. Time and breath are those of the room (`state/timeline.ts`).
 */
import { groupPoses, libraryPoses, planInfo } from "../../net/plans";
import type { Cue, Segment, Timeline } from "../../protocol/control.gen";
import { momentOf, type Pose } from "../../state/poses";
import { type Position, planLengthMs, position } from "../../state/timeline";
import { fill, h } from "../dom";
import { icon } from "../icons";
import { act } from "../shell";
import { PL } from "../strings-plans";
import { type Figure, poseFigure } from "./figure";
import { placeText } from "./times";

const W = PL.runner;
const STEP_MS = 30_000;
/** With reduced motion the picture stands, and words change often enough. */
const SLOW_MS = 500;

const nowMs = () => Math.floor(performance.now());
const still = () =>
  document.documentElement.dataset.motion === "reduced" ||
  window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Load a plan and its poses, and build the runner. */
export async function planRunner(
  plan: string,
  parts: { group: string; onEnd(run: () => void): void },
): Promise<HTMLElement> {
  const [info, poses] = await Promise.all([planInfo(plan), posesOf(parts.group)]);
  const runner = new Runner(poses);
  runner.take(info.compiled);
  parts.onEnd(() => runner.end());
  return runner.element;
}

/** Poses by id; without an answer cues are told without pictures. */
export async function posesOf(group: string): Promise<ReadonlyMap<string, Pose>> {
  // Who may not see the group still sees what is in every group.
  const found = await groupPoses(group)
    .catch(libraryPoses)
    .catch(() => []);
  return new Map(found.map((pose) => [pose.id, pose]));
}

export class Runner {
  readonly element = h("div", { class: "runner" });
  private readonly text = h("p", { class: "runner-text", attrs: { "data-test": "runner-text" } });
  private readonly marks = h("p", { class: "runner-marks" });
  private readonly picture = h("div", { class: "runner-picture" });
  private readonly breath = h("div", { class: "runner-breath", attrs: { hidden: true } });
  private readonly lung = h("i", { attrs: { "aria-hidden": true } });
  private readonly breathWords = h("span");
  private readonly next = h("p", { class: "small quiet runner-next" });
  private readonly place = h("span", { class: "small quiet" });
  private readonly seek = h("input", {
    class: "runner-seek",
    attrs: { type: "range", min: 0, max: 1, step: 1, "aria-label": W.seek },
  });
  private readonly play = act(W.play, () => this.toggle(), {
    cls: "button next",
    test: "runner-play",
  });
  private cues: readonly Cue[] = [];
  private segment: Segment = standing("waiting", 0);
  private figure: Figure | null = null;
  private moving: Pose | null = null;
  private shown = "";
  private frame = 0;

  constructor(public poses: ReadonlyMap<string, Pose>) {
    fill(this.breath, this.lung, this.breathWords);
    this.seek.addEventListener("input", () => this.to(Number(this.seek.value)));
    fill(
      this.element,
      h(
        "div",
        { class: "runner-stage evening" },
        h("div", { class: "runner-words" }, this.marks, this.text, this.breath),
        this.picture,
      ),
      this.next,
      this.seek,
      h(
        "div",
        { class: "row" },
        this.play,
        act("−30", () => this.by(-STEP_MS), { label: W.back }),
        act("+30", () => this.by(STEP_MS), { label: W.forward }),
        this.place,
      ),
    );
    this.draw();
  }

  /** Another plan, or the same after a change; the place in it stays. */
  take(cues: readonly Cue[] | null): void {
    const at = this.where();
    this.cues = cues ?? [];
    this.shown = "";
    this.seek.max = String(Math.max(1, planLengthMs(this.cues)));
    if (cues === null) this.say(W.broken);
    else if (cues.length === 0) this.say(W.empty);
    this.play.disabled = this.cues.length === 0;
    const { run } = at;
    const planMs = Math.min(at.planMs, planLengthMs(this.cues));
    this.set(run === "running" ? "running" : run === "waiting" ? "waiting" : "paused", planMs);
  }

  /** Show a place of the plan. */
  to(planMs: number): void {
    const { run } = this.where();
    this.set(run === "running" ? "running" : "paused", planMs);
  }

  end(): void {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.frame);
    this.frame = 0;
    this.segment = { ...this.segment, run: "paused" };
  }

  private by(ms: number): void {
    const most = planLengthMs(this.cues) - 1;
    this.to(Math.max(0, Math.min(most, this.where().planMs + ms)));
  }

  private toggle(): void {
    const { run, planMs } = this.where();
    if (run === "running") this.set("paused", planMs);
    else this.set("running", run === "over" ? 0 : planMs);
  }

  private where(): Position {
    return position(this.timeline(), this.cues, nowMs());
  }

  private timeline(): Timeline {
    return { t: "timeline", version: 1, plan: 1, segments: [this.segment] };
  }

  private set(run: Segment["run"], planMs: number): void {
    const from = standing(run, Math.floor(planMs));
    // As for a late joiner: breath and music are where the plan has them there.
    const at = position({ ...this.timeline(), segments: [from] }, this.cues, from.from_ms);
    this.segment = { ...from, breath_ms: Math.max(0, at.cueMs) };
    this.draw();
  }

  private again(): void {
    cancelAnimationFrame(this.frame);
    if (still()) this.frame = window.setTimeout(() => this.draw(), SLOW_MS);
    else this.frame = requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    const at = this.where();
    const running = at.run === "running";
    this.play.textContent = running ? W.pause : W.play;
    this.place.textContent = `${placeText(at.planMs)} / ${placeText(planLengthMs(this.cues))}`;
    if (document.activeElement !== this.seek || running) this.seek.value = String(at.planMs);
    this.seek.setAttribute("aria-valuetext", placeText(at.planMs));
    if (this.cues.length > 0) this.drawCue(at);
    this.drawBreath(at);
    this.drawFigure(at);
    if (running && this.element.isConnected) this.again();
    else if (running) this.frame = window.setTimeout(() => this.draw(), SLOW_MS);
  }

  private say(words: string): void {
    this.text.textContent = words;
    fill(this.marks);
    fill(this.picture);
    this.next.textContent = "";
    this.figure = null;
  }

  private drawCue(at: Position): void {
    const cue = this.cues[Math.max(0, at.cue)];
    const next = this.cues[at.cue + 1];
    if (at.run === "over") this.next.textContent = "";
    else if (next !== undefined) {
      this.next.textContent = W.next(words(next, this.poses), placeText(next.from_ms - at.planMs));
    } else this.next.textContent = "";
    const state = `${at.run === "waiting" || at.run === "over" ? at.run : "on"} ${cue?.id}`;
    if (state === this.shown) return;
    this.shown = state;
    if (at.run === "over") {
      this.say(W.over);
      return;
    }
    if (cue === undefined) return;
    this.text.textContent = at.run === "waiting" ? W.waiting : words(cue, this.poses);
    const pose = cue.pose === undefined ? null : (this.poses.get(cue.pose) ?? null);
    fill(
      this.marks,
      cue.side !== undefined && h("strong", { class: "runner-side" }, W.side[cue.side]),
      pose !== null && cue.text !== "" && h("span", {}, pose.name),
      at.track !== "none" &&
        h("span", {}, icon("sound"), ` ${W.music(PL.editor.tracks[at.track])}`),
      cue.silence && h("span", {}, icon("soundOff"), ` ${W.silence}`),
      at.light != null && h("span", {}, icon("light"), ` ${W.light(PL.editor.lights[at.light])}`),
    );
    this.moving = pose;
    this.figure = pose === null ? null : poseFigure(pose, cue.side === "left");
    fill(this.picture, this.figure?.element);
  }

  private drawBreath({ breath }: Position): void {
    this.breath.hidden = breath === null;
    if (breath === null) return;
    if (!still())
      this.lung.style.transform = `scale(${(0.35 + 0.65 * breath.fullness).toFixed(3)})`;
    const said = W.breath[breath.part];
    if (this.breathWords.textContent !== said) this.breathWords.textContent = said;
  }

  private drawFigure({ breath, planMs, run }: Position): void {
    const { figure, moving } = this;
    if (figure === null || moving === null || moving.keys.length < 2 || still()) return;
    if (run !== "running") return;
    figure.move(momentOf(moving, breath?.fullness ?? null, planMs / 1000));
  }
}

const standing = (run: Segment["run"], planMs: number): Segment => ({
  from_ms: nowMs(),
  run,
  plan_ms: planMs,
  breath_ms: 0,
  music_ms: 0,
});

/** What a cue comes to in words: its text, or the name of its pose. */
export function words(cue: Pick<Cue, "text" | "pose">, poses: ReadonlyMap<string, Pose>): string {
  if (cue.text !== "") return cue.text;
  if (cue.pose !== undefined) return poses.get(cue.pose)?.name ?? cue.pose.replaceAll("-", " ");
  return PL.editor.untitled;
}
