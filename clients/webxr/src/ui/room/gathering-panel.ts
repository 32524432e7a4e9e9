/**
 * A gathering as one takes part in it: one's hand, a private word to the leaders, the pose, the
 * instructor's view, music, and what may be kept. Reads GatheringState, calls GatheringActions.
 */
import { clockText } from "../../state/cue-view";
import { serverMoment } from "../../state/gathering";
import type { SettingsStore } from "../../state/settings";
import { fill, h } from "../dom";
import type { GatheringActions } from "../gathering-actions";
import { icon } from "../icons";
import { GA } from "../strings-gathering";
import { doing, name, partOf, Toggle } from "./gathering-parts";
import { frame, type Panel } from "./panel";
import { SettingControls } from "./setting-controls";

export interface GatheringPanelOptions {
  gathering: GatheringActions;
  settings: SettingsStore;
  /** Whether there is a picture: then there is a view, a mat, a pose to take. */
  scene: boolean;
  close(): void;
}

const TICK_MS = 1_000;

export class GatheringPanel implements Panel {
  readonly element: HTMLElement;
  private readonly controls: SettingControls;
  private readonly stops: (() => void)[];
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly heading: HTMLElement;
  private readonly lead = h("p", { class: "quiet" });
  private readonly hand: HTMLButtonElement;
  private readonly handWords = h("p", {
    class: "quiet small",
    attrs: { "data-test": "hand-place" },
  });
  private readonly check: Toggle;
  private readonly checkWords = h("p", {
    class: "quiet small",
    attrs: { role: "status", "data-test": "check-seen", hidden: true },
  });
  private readonly attend: Toggle;
  private readonly hushed = h("div", { class: "note wrong", attrs: { hidden: true } });
  private readonly hushedWords = h("p", {});
  private readonly speakAgain: HTMLElement;
  private readonly take: HTMLButtonElement;
  private readonly others = h("ul", { class: "other-ways" });
  private readonly othersPart: HTMLElement;
  private readonly mat: HTMLButtonElement;
  private readonly toStage: HTMLButtonElement;
  private readonly stage = h("ul", { class: "staged" });
  private altKey = "";
  private stageKey = "";

  constructor(private readonly options: GatheringPanelOptions) {
    const { gathering, settings, scene } = options;
    const t = GA.panel;
    this.controls = new SettingControls(settings);
    this.hand = doing(t.raise, () => gathering.raiseHand(gathering.state.hands.mine === 0), {
      cls: "button big",
      test: "raise-hand",
    });
    this.check = new Toggle(t.check, t.checkHelp, (on) => gathering.check(on), "check-me");
    this.attend = new Toggle(t.attend, t.attendHelp, (on) => gathering.attend(on), "attend");
    this.speakAgain = doing(t.unhush, () => gathering.unhush(), { test: "unhush", icon: "mic" });
    this.hushed.append(
      icon("micOff"),
      h("div", { class: "stack" }, this.hushedWords, this.speakAgain),
    );
    this.take = h("button", {
      class: "button",
      attrs: { type: "button", "data-test": "take-pose" },
    });
    this.take.addEventListener("click", () => gathering.takePose());
    this.mat = h("button", { class: "button", attrs: { type: "button", "data-test": "to-mat" } });
    name(this.mat, t.toMat, "recenter");
    this.mat.addEventListener("click", () => gathering.toMat());
    this.toStage = h("button", {
      class: "button",
      attrs: { type: "button", "data-test": "to-stage" },
    });
    name(this.toStage, t.toStage, "lead");
    this.toStage.addEventListener("click", () => gathering.toStage());
    this.othersPart = partOf(t.alternatives, this.others);
    this.element = frame("gathering", t.titleOf.class, options.close, this.body(scene));
    this.heading = this.element.querySelector("h2")!;
    const draw = () => this.draw();
    this.stops = [
      gathering.state.subscribe("gathering", draw),
      gathering.state.subscribe("hands", draw),
      gathering.state.subscribe("formation", draw),
      gathering.clock.onCue(draw),
      gathering.onPoses(draw),
      settings.subscribe(() => {
        this.controls.refresh();
        this.draw();
      }),
    ];
    this.timer = setInterval(() => {
      if (!this.element.hidden) this.draw();
    }, TICK_MS);
    this.controls.refresh();
    this.draw();
  }

  opened(): void {
    this.draw();
    this.heading.focus();
  }

  closed(): void {}

  dispose(): void {
    clearInterval(this.timer);
    for (const stop of this.stops) stop();
  }

  private body(scene: boolean): HTMLElement {
    const t = GA.panel;
    const { controls } = this;
    return h(
      "div",
      { class: "panel-body settings" },
      this.lead,
      this.toStage,
      this.hushed,
      partOf(t.hand, this.hand, this.handWords),
      partOf(t.care, this.check.element, this.checkWords),
      partOf(
        "",
        controls.choice("takePart", t.part, t.parts, t.partHelp),
        scene && this.take,
        scene && this.mat,
      ),
      this.othersPart,
      scene && controls.choice("matView", t.view, t.views, t.viewNotes),
      scene && controls.choice("matMove", t.move, t.moves),
      partOf(
        t.sound,
        controls.range({
          key: "musicVolume",
          title: t.volume,
          min: 0,
          max: 1,
          step: 0.05,
          say: t.percent,
        }),
        controls.toggle("reducedSound", t.less, t.lessHelp),
      ),
      partOf(t.people, this.stage),
      this.attend.element,
    );
  }

  private draw(): void {
    const { gathering } = this.options;
    const { now } = gathering.state;
    if (now === null) return;
    const t = GA.panel;
    put(this.heading, t.titleOf[now.template]);
    const { host } = gathering.state;
    const leading =
      now.lead !== "host" || host === 0
        ? GA.leading[now.lead === "host" ? "nobody" : now.lead]
        : host === gathering.me
          ? GA.leading.me
          : GA.leading.host(gathering.nameOf(host));
    put(this.lead, leading);
    this.drawHand();
    this.check.show(now.me.check);
    this.checkWords.hidden = !now.me.check;
    put(this.checkWords, now.me.check_seen ? t.checked : t.unseen);
    this.attend.show(now.me.attends);
    this.hushed.hidden = now.me.hush === "none";
    if (now.me.hush !== "none") put(this.hushedWords, t.hush[now.me.hush]);
    this.speakAgain.hidden = now.me.hush !== "soft";
    this.drawPose();
    this.drawStage();
  }

  private drawHand(): void {
    const { gathering } = this.options;
    const { mine, total, hands, floor } = gathering.state.hands;
    const t = GA.panel;
    name(this.hand, mine === 0 ? t.raise : t.lower, "hand");
    this.hand.setAttribute("aria-pressed", String(mine !== 0));
    put(this.handWords, handWords(gathering, { mine, total, hands, floor }));
  }

  private drawPose(): void {
    const { gathering } = this.options;
    const view = gathering.view(gathering.clock.at);
    const pose = gathering.pose(view?.pose);
    this.take.hidden = pose === null && (view?.posture ?? null) === null;
    name(this.take, pose === null ? GA.panel.take : GA.panel.takeNamed(pose.name), "lotus");
    this.mat.hidden = !gathering.awayFromMat;
    this.toStage.hidden = !gathering.awayFromStage;
    const all = view?.cue.alternatives ?? [];
    const key = all.map(({ posture, pose: id, text }) => `${posture}${id}${text}`).join("|");
    this.othersPart.hidden = all.length === 0;
    if (key === this.altKey) return;
    this.altKey = key;
    fill(
      this.others,
      ...all.map(({ posture, pose: id, text }) => {
        const words = text !== "" ? text : (gathering.pose(id)?.name ?? "");
        return h("li", {}, h("strong", {}, GA.postures[posture]), words !== "" && `: ${words}`);
      }),
    );
  }

  private drawStage(): void {
    const { gathering } = this.options;
    const staged = (gathering.state.now?.people ?? []).map(({ id, role, megaphone }) => {
      const part = role === undefined ? "" : GA.roles[role];
      return [gathering.nameOf(id), part, megaphone ? "megaphone" : ""].filter(Boolean).join(" · ");
    });
    const key = staged.join("|");
    if (key === this.stageKey && this.stage.childElementCount > 0) return;
    this.stageKey = key;
    const lines = staged.length === 0 ? [GA.panel.nobody] : staged;
    fill(this.stage, ...lines.map((line) => h("li", {}, line)));
  }
}

/** What keeps one from being heard although one has the floor; null for nothing. */
export function floorBar({
  state,
  standsIn,
}: GatheringActions): keyof typeof GA.panel.floorBars | null {
  if (state.now?.me.hush === "soft") return "soft";
  if (state.now?.silence === true && !state.leads) return "silence";
  return standsIn;
}

type HandsNow = Pick<GatheringActions["state"]["hands"], "mine" | "total" | "hands" | "floor">;

/** One's place in the queue and how long one has been in it, or that one has the floor. */
export function handWords(gathering: GatheringActions, hands: HandsNow): string {
  const t = GA.panel;
  const nowMs = gathering.serverNowMs();
  const mine = hands.floor.find(({ id }) => id === gathering.me);
  if (mine !== undefined) {
    const bar = floorBar(gathering);
    if (bar !== null) return t.floorBars[bar];
    if (mine.until_ms === undefined) return t.floor;
    return t.floorFor(clockText(serverMoment(mine.until_ms, nowMs) - nowMs));
  }
  if (hands.mine === 0) return t.none;
  const up = hands.hands.find(({ id }) => id === gathering.me);
  const waits =
    up === undefined ? "" : ` ${t.waits(clockText(nowMs - serverMoment(up.at_ms, nowMs)))}`;
  return t.place(hands.mine, hands.total) + waits;
}

function put(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
