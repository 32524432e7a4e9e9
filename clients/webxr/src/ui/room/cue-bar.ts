/**
 * What happens now, over the picture or at the head of a plain page: the cue's words, the breath,
 * what comes next and how long it all takes. The words are spoken when they change, the clock is not.
 */
import { onlyStage } from "../../state/audience-rule";
import { partsMs } from "../../state/breath";
import { clockText } from "../../state/cue-view";
import type { SettingsStore } from "../../state/settings";
import { fill, h } from "../dom";
import type { GatheringActions } from "../gathering-actions";
import { icon } from "../icons";
import { GA } from "../strings-gathering";
import { BreathRing } from "./breath-ring";

export interface CueBarOptions {
  gathering: GatheringActions;
  settings: SettingsStore;
}

export class CueBar {
  readonly element: HTMLElement;
  private readonly title = h("strong", { class: "now-title" });
  private readonly state = h("span", { class: "now-state" });
  private readonly left = h("span", { class: "now-left quiet" });
  private readonly text = h("p", { class: "now-text", attrs: { "data-test": "cue-text" } });
  private readonly marks = h("p", { class: "now-marks" });
  private readonly next = h("p", {
    class: "now-next quiet small",
    attrs: { "data-test": "cue-next" },
  });
  private readonly word = h("p", { class: "now-word small" });
  private readonly share = h("i", {});
  private readonly spoken = h("p", { class: "only-spoken", attrs: { role: "status" } });
  private readonly fold = h("button", {
    class: "button plain icon-only now-fold",
    attrs: { type: "button", "aria-expanded": true },
  });
  private readonly breath: BreathRing;
  private readonly stops: (() => void)[];
  private readonly sized: ResizeObserver;
  private said = "";
  private marked = "";

  constructor(private readonly options: CueBarOptions) {
    const { gathering, settings } = options;
    this.breath = new BreathRing({
      breath: () => gathering.clock.now()?.breath ?? null,
      secondsLeft: () => this.secondsLeft(),
      still: () => settings.values.reducedMotion,
    });
    this.fold.append(icon("more"));
    this.fold.addEventListener("click", () => this.toggle());
    this.label(true);
    this.element = h(
      "section",
      {
        class: "now-bar",
        attrs: { "aria-label": GA.cue.region, "data-test": "cue-bar", hidden: true },
      },
      h("div", { class: "now-head" }, this.state, this.title, this.left, this.fold),
      h(
        "div",
        { class: "now-body" },
        this.breath.element,
        h("div", { class: "now-words" }, this.text, this.marks, this.next, this.word),
      ),
      h("div", { class: "now-share", attrs: { "aria-hidden": true } }, this.share),
      this.spoken,
    );
    const draw = () => this.draw();
    this.stops = [
      gathering.state.subscribe("gathering", draw),
      gathering.clock.onBeat(draw),
      gathering.onPoses(draw),
      settings.subscribe(draw),
    ];
    this.sized = new ResizeObserver(() => this.makeRoom());
    this.sized.observe(this.element);
    this.draw();
  }

  /** Notes that come from above come below the bar. */
  private makeRoom(): void {
    const high = this.element.hidden ? 0 : this.element.offsetHeight;
    document.body.style.setProperty("--now-bar", `${high}px`);
  }

  dispose(): void {
    this.sized.disconnect();
    document.body.style.removeProperty("--now-bar");
    for (const stop of this.stops) stop();
    this.breath.dispose();
  }

  private toggle(): void {
    const open = this.fold.getAttribute("aria-expanded") !== "true";
    this.fold.setAttribute("aria-expanded", String(open));
    this.element.classList.toggle("is-folded", !open);
    this.label(open);
  }

  private label(open: boolean): void {
    this.fold.setAttribute("aria-label", open ? GA.cue.less : GA.cue.more);
    this.fold.title = open ? GA.cue.less : GA.cue.more;
  }

  private draw(): void {
    const { gathering } = this.options;
    const { now } = gathering.state;
    this.element.hidden = now === null;
    if (now === null) return;
    const { at } = gathering.clock;
    const view = at === null || at.run === "over" ? null : gathering.view(at);
    const waits = at === null || at.run === "waiting" || now.state === "doors";
    put(this.title, now.title);
    put(this.state, (at !== null && !waits && GA.runs[at.run]) || GA.states[now.state]);
    this.state.dataset.run = at?.run ?? now.state;
    put(this.left, view === null || waits ? "" : GA.cue.left(clockText(view.planLeftMs)));
    const text = this.words(waits, view?.text ?? null);
    put(this.text, text);
    this.drawMarks(waits ? null : view);
    put(this.next, waits || view === null ? "" : nextWords(view, at?.run === "running"));
    put(this.word, this.tidings());
    const share = waits ? 0 : (view?.share ?? 0);
    this.share.style.transform = `scaleX(${share.toFixed(4)})`;
    this.speak(`${text} ${this.marks.textContent ?? ""} ${this.word.textContent ?? ""}`.trim());
  }

  private words(waits: boolean, cue: string | null): string {
    const { now } = this.options.gathering.state;
    if (now?.state === "winding_down") return GA.windingDown;
    if (waits) return GA.startsSoon;
    if (cue === null)
      return this.options.gathering.state.cues.length === 0 ? GA.cue.none : GA.windingDown;
    return cue === "" ? GA.cue.still : cue;
  }

  /** Side, pose and alternative, each as a word with its mark. */
  private drawMarks(view: ReturnType<GatheringActions["view"]>): void {
    const pose = this.options.gathering.pose(view?.pose);
    const side = view?.cue.side;
    const instead = view?.posture ?? null;
    const key = `${pose?.name} ${side} ${instead}`;
    if (key === this.marked) return;
    this.marked = key;
    fill(
      this.marks,
      side !== undefined && h("span", { class: `now-mark side-${side}` }, GA.cue.side[side]),
      pose !== null && h("span", { class: "now-mark" }, pose.name),
      instead !== null && h("span", { class: "now-mark" }, GA.cue.instead(GA.postures[instead])),
    );
    this.marks.hidden = this.marks.childElementCount === 0;
  }

  /** What holds beside the plan: who leads where nobody does, whom nobody hears, and rest. */
  private tidings(): string {
    const { now } = this.options.gathering.state;
    if (now === null) return "";
    const lead = now.lead === "host" || now.state === "doors" ? "" : GA.leading[now.lead];
    const hush = now.silence ? GA.silence : onlyStage(now) ? GA.stageOnly : "";
    return [lead, hush].filter((word) => word !== "").join(" ");
  }

  private secondsLeft(): number {
    const { clock } = this.options.gathering;
    const at = clock.now();
    const pattern = clock.cue?.breath;
    if (at?.breath == null || pattern === undefined) return 0;
    const part = ["in", "hold", "out", "rest"].indexOf(at.breath.part);
    return Math.max(
      1,
      Math.ceil(((1 - at.breath.fraction) * (partsMs(pattern)[part] ?? 0)) / 1000),
    );
  }

  private speak(words: string): void {
    if (words === this.said) return;
    this.said = words;
    this.spoken.textContent = words;
  }
}

function nextWords(
  view: NonNullable<ReturnType<GatheringActions["view"]>>,
  running: boolean,
): string {
  if (view.next === null) return GA.cue.last;
  const side =
    view.next.side === undefined ? "" : ` (${GA.cue.side[view.next.side].toLowerCase()})`;
  const words = `${shorten(view.next.text === "" ? GA.cue.still : view.next.text)}${side}`;
  return running ? GA.cue.next(clockText(view.cueLeftMs), words) : GA.cue.nextHeld(words);
}

/** The first words of a cue, to know what comes. */
export function shorten(text: string, most = 70): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most);
  const space = cut.lastIndexOf(" ");
  return `${cut.slice(0, space > most / 2 ? space : most)}…`;
}

function put(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = text === "";
}
