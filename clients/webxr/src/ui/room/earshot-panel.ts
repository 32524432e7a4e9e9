/** Who hears one and why, live, by the routes in force; never an estimate. Reads VoiceState. */
import type { Hearer } from "../../protocol/control";
import { type AudienceRule, audienceRule } from "../../state/audience-rule";
import type { VoiceState } from "../../state/voice-state";
import type { VoiceActions } from "../actions";
import { fill, h } from "../dom";
import { face } from "../face";
import type { GatheringActions } from "../gathering-actions";
import { V } from "../strings-voice";
import { frame, type Panel } from "./panel";

export interface EarshotPanelOptions {
  voice: VoiceActions;
  /** Name and colours of somebody; null for one not known yet. */
  person(id: number): { name: string; primary: string; secondary: string; pattern: number } | null;
  /** Says whom it lets be heard here, where there may be one. */
  gathering: GatheringActions | undefined;
  close(): void;
}

/** The one line over the list, and whether turning the microphone on would help. Pure. */
export function earshotSummary(
  state: VoiceState,
  rule: AudienceRule = "open",
): { text: string; offer: boolean; list: boolean } {
  const t = V.earshot;
  const no = (text: string, offer = false) => ({ text, offer, list: false });
  if (state.phase !== "connected") return no(t.noVoice);
  if (state.server === "hard_muted") return no(V.mutedBy[state.mutedBy ?? "rights"]);
  if (state.server === "soft_muted" && !state.open) return no(t.muted);
  if (!state.open) return no(t.off, true);
  if (state.earshot === null) return no(t.waiting);
  const count = state.hearerCount;
  if (count === 0) return no(rule === "open" ? t.nobody : t.rules[rule]);
  return { text: state.sending ? t.count(count) : t.paused(count), offer: false, list: true };
}

export class EarshotPanel implements Panel {
  readonly element: HTMLElement;
  private readonly summary = h("p", { attrs: { role: "status" } });
  private readonly list = h("ul", { class: "people", attrs: { "data-test": "hearers" } });
  private readonly more = h("p", { class: "quiet small" });
  private readonly turnOn = h(
    "button",
    { class: "button next", attrs: { type: "button" } },
    V.earshot.offer,
  );
  private readonly stops: (() => void)[];
  private stopWatching: (() => void) | null = null;
  private readonly rows = new Map<number, { element: HTMLElement; key: string }>();

  constructor(private readonly options: EarshotPanelOptions) {
    const { state } = options.voice;
    this.turnOn.addEventListener("click", () => options.voice.toggleMic());
    const body = h(
      "div",
      { class: "panel-body" },
      this.summary,
      this.turnOn,
      this.list,
      this.more,
      h("p", { class: "quiet small" }, V.earshot.note),
    );
    this.element = frame("earshot", V.earshot.title, options.close, body);
    this.stops = [
      state.subscribe("earshot", () => this.draw()),
      state.subscribe("voice", () => this.draw()),
      options.gathering?.state.subscribe("gathering", () => this.draw()) ?? (() => {}),
    ];
  }

  opened(): void {
    this.stopWatching ??= this.options.voice.watchEarshot();
    this.draw();
    this.element.querySelector<HTMLElement>("h2")?.focus();
  }

  closed(): void {
    this.stopWatching?.();
    this.stopWatching = null;
  }

  dispose(): void {
    this.closed();
    for (const stop of this.stops) stop();
  }

  private draw(): void {
    if (this.element.hidden) return;
    const { state } = this.options.voice;
    const { text, offer, list } = earshotSummary(state, audienceRule(this.options.gathering));
    if (this.summary.textContent !== text) this.summary.textContent = text;
    this.turnOn.hidden = !offer;
    const hearers = list ? (state.earshot?.hearers ?? []) : [];
    this.list.hidden = hearers.length === 0;
    const more = list ? (state.earshot?.more ?? 0) : 0;
    this.more.hidden = more === 0;
    this.more.textContent = V.earshot.more(more);
    const present = new Set(hearers.map(({ id }) => id));
    for (const id of [...this.rows.keys()]) if (!present.has(id)) this.rows.delete(id);
    this.list.replaceChildren(...hearers.map((hearer) => this.row(hearer)));
  }

  /** The row of somebody; the same element while nothing about it changed. */
  private row(hearer: Hearer): HTMLElement {
    const person = this.options.person(hearer.id);
    const name = person?.name ?? V.earshot.somebody;
    const reason = V.reasons[hearer.reason];
    const key = `${name}${reason}${person?.primary}`;
    const known = this.rows.get(hearer.id);
    if (known?.key === key) return known.element;
    const element = h("li", { class: "person", attrs: { "data-participant": hearer.id } });
    fill(
      element,
      person !== null && face(person),
      h(
        "span",
        { class: "person-words" },
        h("strong", {}, name),
        h("span", { class: "quiet small", attrs: { "data-reason": hearer.reason } }, reason),
      ),
    );
    this.rows.set(hearer.id, { element, key });
    return element;
  }
}
