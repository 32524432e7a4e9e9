/**
 * A gathering on the room's page: the bar with what happens now, its two panels and their buttons,
 * questions, applause, keys. Comes and goes with the gathering; owns nothing but its parts.
 */
import type { SettingsStore } from "../../state/settings";
import { takesText } from "../dom";
import type { GatheringActions } from "../gathering-actions";
import { GA } from "../strings-gathering";
import { toast } from "../toasts";
import { ApplauseLine } from "./applause-line";
import { AskCards } from "./ask-cards";
import { CueBar } from "./cue-bar";
import { GatheringPanel } from "./gathering-panel";
import { carryOut } from "./gathering-parts";
import { HostConsole } from "./host-console";
import type { Panel, PanelName } from "./panel";
import { setBadge, toolButton } from "./tool-button";

export interface GatheringUiOptions {
  gathering: GatheringActions;
  settings: SettingsStore;
  scene: boolean;
  /** Which panel is open now. */
  open(): PanelName | null;
  show(name: PanelName | null): void;
}

export class GatheringUi {
  readonly bar: CueBar;
  readonly asks: AskCards;
  readonly applause: ApplauseLine;
  readonly panels: { gathering: Panel; console: Panel };
  readonly tools: readonly HTMLButtonElement[];
  private readonly classButton: HTMLButtonElement;
  private readonly leadButton: HTMLButtonElement;
  private readonly stops: (() => void)[];
  private was: string = "";
  private led = false;

  constructor(private readonly options: GatheringUiOptions) {
    const { gathering, settings, scene } = options;
    const close = () => options.show(null);
    this.bar = new CueBar({ gathering, settings });
    this.asks = new AskCards(gathering);
    this.applause = new ApplauseLine(gathering);
    this.panels = {
      gathering: new GatheringPanel({ gathering, settings, scene, close }),
      console: new HostConsole(gathering, close),
    };
    this.classButton = toolButton(
      "lotus",
      GA.button.class,
      "J",
      () => this.toggle("gathering"),
      "gathering",
    );
    this.leadButton = toolButton("lead", GA.lead, "U", () => this.toggle("console"), "console");
    this.tools = [this.classButton, this.leadButton];
    const onKey = (event: KeyboardEvent) => this.key(event);
    // First of all listeners: while there is a gathering, some letters mean it.
    addEventListener("keydown", onKey, { capture: true });
    this.stops = [
      () => removeEventListener("keydown", onKey, { capture: true }),
      gathering.state.subscribe("gathering", () => this.follow()),
      gathering.state.subscribe("hands", () => this.drawTools()),
    ];
    this.follow();
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.bar.dispose();
    this.asks.dispose();
    this.applause.dispose();
  }

  private toggle(name: "gathering" | "console"): void {
    const { open, show } = this.options;
    show(open() === name ? null : name);
  }

  /** What became of it, said once; that it is over is said by the server, with its reason. */
  private follow(): void {
    const { gathering, open, show, scene } = this.options;
    const { now, leads } = gathering.state;
    const state = now?.state ?? "";
    if (state !== this.was) {
      if (state === "live" && this.was === "doors") toast(GA.began(now?.title ?? ""));
      else if (state === "winding_down" && this.was === "live") toast(GA.windingDown);
      this.was = state;
    }
    const name = open();
    if (name === "gathering" && now === null) show(null);
    if (name === "console" && !gathering.mayLead()) show(null);
    this.drawTools();
    // On a companion page the console is what one came for.
    if (leads && !this.led && !scene) queueMicrotask(() => show("console"));
    this.led = leads;
  }

  private drawTools(): void {
    const { gathering } = this.options;
    const { now, hands } = gathering.state;
    this.classButton.hidden = now === null;
    this.leadButton.hidden = !gathering.mayLead();
    if (now === null) return;
    const label = this.classButton.querySelector(".tool-label");
    if (label !== null) label.textContent = GA.button[now.template];
    const place = hands.mine === 0 ? "" : String(hands.mine);
    const mine = place === "" ? "" : `, ${GA.panel.place(hands.mine, hands.total)}`;
    setBadge(this.classButton, place, `${GA.button[now.template]} ${place}${mine}`.trim());
    const up = hands.total === 0 ? "" : String(hands.total);
    setBadge(this.leadButton, up, up === "" ? GA.lead : `${GA.lead} ${up}: ${GA.console.hands}`);
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (takesText(event.target) || document.querySelector("dialog[open]") !== null) return;
    const { gathering } = this.options;
    if (gathering.state.now === null) return;
    const run = this.keyed(event.code);
    if (run === null) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    run();
  }

  private keyed(code: string): (() => void) | null {
    const { gathering } = this.options;
    const { state } = gathering;
    const carry = (work: () => Promise<unknown>) => () => void carryOut(work());
    const said = (work: () => Promise<keyof typeof GA.console.spoken>) => () =>
      void carryOut(work().then((act) => toast(GA.console.spoken[act])));
    switch (code) {
      case "KeyH":
        return carry(() => gathering.raiseHand(state.hands.mine === 0));
      case "KeyQ":
        return () => gathering.togglePose();
      case "KeyI":
        return () => {
          const on = state.now?.me.check !== true;
          const work = gathering.check(on);
          void carryOut(
            work.then((seen) => on && toast(seen ? GA.panel.checked : GA.panel.unseen)),
          );
        };
      case "KeyJ":
        return () => this.toggle("gathering");
      case "KeyU":
        return gathering.mayLead() ? () => this.toggle("console") : null;
      case "KeyK":
        return state.leads ? said(() => gathering.holdOrResume()) : null;
      case "KeyN":
        return state.leads ? said(() => gathering.lead("next").then(() => "next")) : null;
      default:
        return null;
    }
  }
}
