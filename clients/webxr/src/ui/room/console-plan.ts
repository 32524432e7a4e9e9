/**
 * The plan on the host's console: the steps as a strip in time with a mark for now, the two big
 * buttons, the small ones, and the list of steps to go to. Draws the clock, sends what is pressed.
 */
import type { Cue } from "../../protocol/control";
import { clockText } from "../../state/cue-view";
import { planLengthMs } from "../../state/timeline";
import { fill, h } from "../dom";
import type { GatheringActions, LeadActWord } from "../gathering-actions";
import { confirmDialog } from "../shell/dialog";
import { GA } from "../strings-gathering";
import { toast } from "../toasts";
import { shorten } from "./cue-bar";
import { doing, name } from "./gathering-parts";

const C = GA.console;

/** Do what a leader's button says, and say what it did. */
export async function leadOn(
  gathering: GatheringActions,
  act: LeadActWord,
  cue?: string,
): Promise<void> {
  await gathering.lead(act, cue);
  toast(C.spoken[act]);
}

/** What cannot be taken back is asked first. */
export function askFirst(gathering: GatheringActions, act: "wind_down" | "end"): Promise<unknown> {
  const ends = act === "end";
  return confirmDialog({
    title: ends ? C.endTitle : C.windTitle,
    words: ends ? C.endWords : C.windWords,
    yes: ends ? C.endYes : C.windYes,
    danger: ends,
    run: () => gathering.lead(act),
  });
}

/** The plan as long boxes side by side, as wide as they last. */
class Strip {
  private readonly boxes = h("div", { class: "strip-boxes" });
  private readonly mark = h("i", { class: "strip-now" });
  readonly element = h(
    "div",
    { class: "strip", attrs: { role: "img", "data-test": "plan-strip" } },
    this.boxes,
    this.mark,
  );
  private drawn: readonly Cue[] = [];

  draw(cues: readonly Cue[], planMs: number, cue: number): void {
    const length = planLengthMs(cues);
    if (cues !== this.drawn) {
      this.drawn = cues;
      fill(
        this.boxes,
        ...cues.map((each) => {
          const box = h("i", { class: each.breath === undefined ? "" : "breathes" });
          box.style.flexGrow = String(each.ms);
          return box;
        }),
      );
    }
    [...this.boxes.children].forEach((box, i) => {
      box.classList.toggle("is-now", i === cue);
      box.classList.toggle("is-over", i < cue);
    });
    this.mark.style.left = `${length === 0 ? 0 : (planMs / length) * 100}%`;
    this.element.setAttribute(
      "aria-label",
      `${C.timeline}: ${C.at(clockText(planMs), clockText(length))}`,
    );
  }
}

/** Always in view: where the plan is, hold and next, and the rest. */
export class PlanControls {
  readonly element: HTMLElement;
  private readonly strip = new Strip();
  private readonly where = h("p", {
    class: "console-where",
    attrs: { "data-test": "console-where" },
  });
  private readonly text = h("p", { class: "console-cue", attrs: { "data-test": "console-cue" } });
  private readonly next = h("p", { class: "quiet small" });
  private readonly hold: HTMLButtonElement;
  private readonly on: HTMLButtonElement;
  private readonly small: Record<"pause" | "skip" | "back" | "forward", HTMLButtonElement>;
  private readonly moves: readonly HTMLElement[];
  private readonly bar: HTMLElement;

  constructor(private readonly gathering: GatheringActions) {
    const act = (which: LeadActWord) => () => leadOn(gathering, which);
    this.hold = doing(C.acts.hold, () => this.pressHold(), {
      cls: "button huge",
      test: "lead-hold",
    });
    this.on = doing(C.acts.next, () => this.pressNext(), {
      cls: "button next huge",
      test: "lead-next",
    });
    const quiet = (which: "skip" | "back" | "forward") =>
      doing(C.acts[which], act(which), {
        test: `lead-${which}`,
        label: C.labels[which],
      });
    this.small = {
      pause: doing(C.acts.pause, () => this.pressPause(), { test: "lead-pause" }),
      back: quiet("back"),
      forward: quiet("forward"),
      skip: quiet("skip"),
    };
    const { pause, back, forward, skip } = this.small;
    this.moves = [pause, back, forward, skip];
    this.bar = h("div", { class: "console-big" }, this.hold, this.on);
    this.element = h(
      "div",
      { class: "console-plan" },
      this.where,
      this.text,
      this.next,
      this.strip.element,
      this.bar,
      h("div", { class: "console-small" }, ...this.moves),
    );
  }

  draw(): void {
    const { gathering } = this;
    const { now, cues, hasPlan } = gathering.state;
    if (now === null) return;
    const { at } = gathering.clock;
    const cue = at === null ? undefined : cues[at.cue];
    const length = planLengthMs(cues);
    const run = at?.run ?? "waiting";
    const state = (hasPlan && GA.runs[run]) || GA.states[now.state];
    put(
      this.where,
      hasPlan ? `${state} · ${C.at(clockText(at?.planMs ?? 0), clockText(length))}` : state,
    );
    put(this.text, hasPlan ? (cue?.text ?? "") : C.noPlan);
    const next = at === null ? undefined : cues[at.cue + 1];
    const leftMs = cue === undefined || at === null ? 0 : cue.ms - at.cueMs;
    const words =
      next === undefined ? GA.cue.last : shorten(next.text === "" ? GA.cue.still : next.text);
    const coming =
      next === undefined
        ? words
        : run === "running"
          ? GA.cue.next(clockText(leftMs), words)
          : GA.cue.nextHeld(words);
    put(this.next, hasPlan && at !== null && run !== "over" ? coming : "");
    this.strip.element.hidden = !hasPlan;
    if (hasPlan) this.strip.draw(cues, at?.planMs ?? 0, at?.cue ?? -1);
    const doors = now.state === "doors";
    const live = now.state === "live" && hasPlan && run !== "over";
    this.bar.hidden = !doors && !live;
    this.hold.hidden = doors;
    name(
      this.hold,
      run === "running" ? C.acts.hold : C.acts.resume,
      run === "running" ? "hold" : "play",
    );
    name(this.on, doors ? C.acts.start : C.acts.next, doors ? "play" : "next");
    for (const move of this.moves) move.hidden = !live;
    name(this.small.pause, run === "paused" ? C.acts.resume : C.acts.pause);
  }

  private async pressHold(): Promise<void> {
    toast(C.spoken[await this.gathering.holdOrResume()]);
  }

  private pressNext(): Promise<void> {
    const doors = this.gathering.state.now?.state === "doors";
    return leadOn(this.gathering, doors ? "start" : "next");
  }

  private pressPause(): Promise<void> {
    const paused = this.gathering.clock.now()?.run === "paused";
    return leadOn(this.gathering, paused ? "resume" : "pause");
  }
}

/** Pose and side of a step, in words; "" for neither. */
export function stepMore(gathering: GatheringActions, cue: Cue): string {
  const pose = gathering.pose(cue.pose)?.name ?? "";
  const side = cue.side === undefined ? "" : GA.cue.side[cue.side];
  return [pose, side].filter((each) => each !== "").join(" · ");
}

/** Every step with its time, from each one may go on; and how it ends. */
export class PlanSteps {
  readonly element: HTMLElement;
  private readonly list = h("ol", { class: "plan-steps", attrs: { "data-test": "plan-steps" } });
  private readonly wind: HTMLButtonElement;
  private rows: HTMLElement[] = [];
  /** Pose and side of each step; the poses may come later than the plan. */
  private mores: HTMLElement[] = [];
  private drawn: readonly Cue[] = [];
  private at = -2;

  constructor(private readonly gathering: GatheringActions) {
    this.wind = doing(C.acts.wind_down, () => askFirst(gathering, "wind_down"), {
      test: "lead-wind-down",
    });
    const end = doing(C.acts.end, () => askFirst(gathering, "end"), {
      cls: "button danger",
      test: "lead-end",
    });
    this.element = h("div", {}, this.list, h("div", { class: "console-ends" }, this.wind, end));
  }

  draw(): void {
    const { cues, now } = this.gathering.state;
    this.wind.hidden = now?.state !== "live";
    // Before the start and after the end there is nowhere to go to.
    const run = this.gathering.clock.at?.run ?? "waiting";
    this.list.classList.toggle("is-still", now?.state !== "live" || run === "over");
    if (cues !== this.drawn) {
      this.drawn = cues;
      this.mores = cues.map(() => h("span", { class: "quiet small" }));
      this.rows = cues.map((cue, i) => this.row(cue, this.mores[i]!));
      fill(this.list, ...this.rows);
      this.at = -2;
    }
    cues.forEach((cue, i) => {
      put(this.mores[i]!, stepMore(this.gathering, cue));
    });
    const index = this.gathering.clock.at?.cue ?? -1;
    if (index === this.at) return;
    this.rows[this.at]?.removeAttribute("aria-current");
    this.rows[index]?.setAttribute("aria-current", "step");
    this.at = index;
  }

  private row(cue: Cue, more: HTMLElement): HTMLElement {
    const words = cue.text === "" ? GA.cue.still : cue.text;
    return h(
      "li",
      { class: "plan-step" },
      h("span", { class: "plan-step-time quiet" }, clockText(cue.from_ms)),
      h("span", { class: "plan-step-words" }, words, more),
      doing(C.acts.jump, () => leadOn(this.gathering, "jump", cue.id), {
        cls: "button small-button",
        label: `${C.acts.jump}: ${shorten(words, 40)}`,
      }),
    );
  }
}

function put(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = text === "";
}
