/**
 * The host's console, in the room and as a companion in a browser: the plan always in view, and below
 * it people, voice, mats and the door as tabs. Works by keyboard alone and on a phone.
 */
import { fill, h } from "../dom";
import type { GatheringActions } from "../gathering-actions";
import { icon } from "../icons";
import { GA } from "../strings-gathering";
import { TakeLead } from "./console-acts";
import { HandsPart, RosterPart, rosterRows } from "./console-people";
import { PlanControls, PlanSteps } from "./console-plan";
import { DoorPart, MatsPart, VoicePart } from "./console-rest";
import { frame, type Panel } from "./panel";

type Tab = keyof typeof GA.console.tabs;
const TABS = ["plan", "people", "voice", "mats", "door"] as const satisfies readonly Tab[];
const TICK_MS = 500;

interface Part {
  readonly element: HTMLElement;
  draw(): void;
}

export class HostConsole implements Panel {
  readonly element: HTMLElement;
  private readonly plan: PlanControls;
  private readonly parts: Record<Tab, readonly Part[]>;
  private readonly tabs = new Map<
    Tab,
    { button: HTMLButtonElement; page: HTMLElement; badge: HTMLElement }
  >();
  private readonly checks = h("p", {
    class: "note checks",
    attrs: { role: "status", hidden: true },
  });
  private readonly stops: (() => void)[];
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly toStage = h("button", { class: "button", attrs: { type: "button" } });
  private readonly take: TakeLead;
  private open: Tab = "plan";

  constructor(
    private readonly gathering: GatheringActions,
    close: () => void,
  ) {
    this.plan = new PlanControls(gathering);
    this.take = new TakeLead(gathering);
    this.toStage.append(icon("lead"), GA.panel.toStage);
    this.toStage.addEventListener("click", () => gathering.toStage());
    this.parts = {
      plan: [new PlanSteps(gathering)],
      people: [new HandsPart(gathering), new RosterPart(gathering)],
      voice: [new VoicePart(gathering)],
      mats: [new MatsPart(gathering)],
      door: [new DoorPart(gathering)],
    };
    const list = h("div", {
      class: "console-tabs",
      attrs: { role: "tablist", "aria-label": GA.console.tabsLabel },
    });
    const pages = TABS.map((tab) => {
      const { button, page } = this.makeTab(tab);
      list.append(button);
      return page;
    });
    list.addEventListener("keydown", (event) => this.turn(event));
    this.element = frame(
      "console",
      GA.console.title,
      close,
      h(
        "div",
        { class: "panel-body" },
        this.plan.element,
        this.take.element,
        this.toStage,
        this.checks,
        list,
        ...pages,
      ),
    );
    const draw = () => this.draw();
    this.stops = (
      ["gathering", "plan", "timeline", "hands", "attendees", "waiting", "formation"] as const
    ).map((topic) => gathering.state.subscribe(topic, draw));
    this.stops.push(gathering.onPoses(draw), gathering.clock.onCue(draw));
    this.timer = setInterval(() => {
      if (!this.element.hidden) this.draw();
    }, TICK_MS);
    this.show("plan");
  }

  opened(): void {
    this.draw();
    this.element.querySelector<HTMLElement>("h2")?.focus();
  }

  closed(): void {}

  dispose(): void {
    clearInterval(this.timer);
    for (const stop of this.stops) stop();
  }

  private makeTab(tab: Tab) {
    const id = `console-${tab}`;
    const badge = h("span", { class: "tab-badge", attrs: { hidden: true } });
    const button = h(
      "button",
      {
        class: "console-tab",
        attrs: {
          type: "button",
          role: "tab",
          id: `${id}-tab`,
          "aria-controls": id,
          "data-test": `${id}-tab`,
        },
        on: { click: () => this.show(tab) },
      },
      GA.console.tabs[tab],
      badge,
    );
    const page = h(
      "div",
      {
        class: "console-page",
        attrs: { role: "tabpanel", id, "aria-labelledby": `${id}-tab`, tabindex: 0 },
      },
      ...this.parts[tab].map(({ element }) => element),
    );
    const made = { button, page, badge };
    this.tabs.set(tab, made);
    return made;
  }

  private show(tab: Tab): void {
    this.open = tab;
    for (const [name, { button, page }] of this.tabs) {
      const on = name === tab;
      button.setAttribute("aria-selected", String(on));
      button.tabIndex = on ? 0 : -1;
      page.hidden = !on;
    }
    this.draw();
  }

  /** Arrow keys go from tab to tab, as everywhere. */
  private turn(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = TABS[(TABS.indexOf(this.open) + step + TABS.length) % TABS.length]!;
    this.show(next);
    this.tabs.get(next)?.button.focus();
  }

  private draw(): void {
    const { gathering } = this;
    if (gathering.state.now === null) return;
    this.plan.draw();
    this.take.draw();
    this.toStage.hidden = !gathering.awayFromStage;
    for (const part of this.parts[this.open]) part.draw();
    this.badge("people", gathering.state.hands.total);
    this.badge("door", gathering.state.now.waiting ?? gathering.state.waiting.total);
    const names = rosterRows(gathering)
      .filter(({ attendee }) => attendee?.check)
      .map(({ name }) => name);
    this.checks.hidden = names.length === 0;
    const words = names.length === 0 ? "" : `${GA.console.checks}: ${names.join(", ")}`;
    if (this.checks.textContent !== words) fill(this.checks, words);
  }

  private badge(tab: Tab, count: number): void {
    const badge = this.tabs.get(tab)?.badge;
    if (badge === undefined) return;
    badge.hidden = count === 0;
    const words = count === 0 ? "" : ` ${count}`;
    if (badge.textContent !== words) badge.textContent = words;
  }
}
