/**
 * Voice at hand: the microphone's button in the bar, a row of chips over it (who hears one, hear
 * nobody, settings, what is wrong), the keys M, N and V, and what is said as text. Reads VoiceState.
 */
import type { TalkMode } from "../../state/settings";
import type { VoiceState } from "../../state/voice-state";
import type { VoiceActions } from "../actions";
import { fill, h, takesText } from "../dom";
import { type IconName, icon } from "../icons";
import { V } from "../strings-voice";

export interface VoiceDockOptions {
  voice: VoiceActions;
  mode(): TalkMode;
  captions(): boolean;
  nameOf(id: number): string;
  showEarshot(): void;
  showSettings(): void;
}

const LEVEL_EVERY_MS = 66;
const LIT = 0.12;

/** How the microphone's button looks and what it says. */
export interface MicFace {
  icon: IconName;
  label: string;
  /** What a screen reader hears, and the tooltip. */
  words: string;
  state: "off" | "on" | "idle" | "barred";
}

/** The button's face from what is known. Pure. */
export function micFace(state: VoiceState, mode: TalkMode): MicFace {
  const { mic } = V;
  if (state.server === "hard_muted") {
    const why = state.mutedBy ?? "rights";
    const quiet = why === "zone";
    const words = quiet && state.chosen ? mic.quietOpen : V.mutedBy[why];
    return { icon: "micOff", label: quiet ? mic.quiet : mic.muted, words, state: "barred" };
  }
  if (mode === "listen") {
    return { icon: "headphones", label: mic.listening, words: mic.listenLabel, state: "barred" };
  }
  if (state.device === "asking" && state.chosen) {
    return { icon: "mic", label: mic.asking, words: mic.asking, state: "idle" };
  }
  if (!state.open) return { icon: "micOff", label: mic.off, words: mic.turnOn, state: "off" };
  if (mode === "push_to_talk") {
    return state.sending
      ? { icon: "mic", label: mic.talking, words: mic.holdLabel, state: "on" }
      : { icon: "mic", label: mic.talk, words: mic.holdLabel, state: "idle" };
  }
  if (!state.sending)
    return { icon: "micOff", label: mic.paused, words: mic.turnOff, state: "idle" };
  return { icon: "mic", label: mic.on, words: mic.turnOff, state: "on" };
}

export class VoiceDock {
  readonly micButton = h("button", {
    class: "tool mic",
    attrs: { type: "button", "data-test": "mic" },
  });
  readonly chips = h("div", {
    class: "voice-chips",
    attrs: { role: "group", "aria-label": V.panel.title },
  });
  readonly said = h("div", {
    class: "said",
    attrs: { role: "log", "aria-live": "polite", "aria-relevant": "additions text" },
  });
  private readonly earshot = this.chip("ear", "earshot-chip", () => this.options.showEarshot());
  private readonly earshotWords = h("span", {});
  private readonly deafen = this.chip("headphones", "deafen", () => this.toggleDeafened());
  private readonly more = this.chip("sound", "voice-settings", () => this.options.showSettings());
  private readonly status = h("button", {
    class: "chip status",
    attrs: { type: "button", "data-test": "voice-status", hidden: true },
  });
  private readonly spoken = h("p", { class: "only-spoken", attrs: { role: "status" } });
  private readonly off = new AbortController();
  private readonly stops: (() => void)[];
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly lines = new Map<number, { line: HTMLElement; words: HTMLElement }>();
  private pressed = false;
  private lit = false;
  private face = "";

  constructor(private readonly options: VoiceDockOptions) {
    const { voice } = options;
    this.earshot.append(this.earshotWords);
    this.more.setAttribute("aria-label", V.dock.settings);
    this.more.title = V.dock.settings;
    this.chips.append(this.status, this.earshot, this.deafen, this.more, this.spoken);
    this.status.addEventListener("click", () => this.useStatus());
    this.listen();
    this.stops = [
      voice.state.subscribe("voice", () => this.draw()),
      voice.state.subscribe("earshot", () => this.draw()),
      voice.state.subscribe("captions", () => this.drawSaid()),
    ];
    this.timer = setInterval(() => this.drawLevel(), LEVEL_EVERY_MS);
    this.draw();
  }

  /** Draw anew after a setting changed. */
  draw(): void {
    const { voice } = this.options;
    const { state } = voice;
    this.micButton.hidden = !state.offered;
    this.chips.hidden = !state.offered;
    if (!state.offered) return;
    this.drawMic();
    const hearers = state.open && state.earshot !== null;
    const count = state.hearerCount;
    const words = hearers ? (count === 0 ? V.dock.nobody : V.dock.hear(count)) : "";
    if (this.earshotWords.textContent !== words) this.earshotWords.textContent = words;
    this.earshot.classList.toggle("lit", hearers && count > 0);
    this.earshot.setAttribute(
      "aria-label",
      words === "" ? V.dock.whoHears : `${V.dock.whoHears}: ${words}`,
    );
    this.earshot.title = V.dock.whoHears;
    const deaf = state.deafened;
    const label = deaf ? V.dock.undeafen : V.dock.deafen;
    if (this.deafen.title !== `${label} (N)`) {
      this.deafen.title = `${label} (N)`;
      this.deafen.setAttribute("aria-label", V.dock.deafen);
      this.deafen.setAttribute("aria-pressed", String(deaf));
      this.deafen.classList.toggle("warn", deaf);
      fill(this.deafen, icon(deaf ? "hearNobody" : "headphones"), deaf && V.panel.deafened);
    }
    this.drawStatus();
  }

  /** Show captions, or none, after the setting changed. */
  drawSaid(): void {
    const { voice, nameOf } = this.options;
    const lines = this.options.captions() ? voice.state.said : [];
    const shown = new Set(lines.map(({ key }) => key));
    for (const [key, { line }] of this.lines) {
      if (shown.has(key)) continue;
      line.remove();
      this.lines.delete(key);
    }
    // What stays keeps its element: a screen reader reads additions, and each once.
    for (const { key, from, text, final } of lines) {
      let entry = this.lines.get(key);
      if (entry === undefined) {
        const words = h("span");
        const line = h("p", {}, h("strong", {}, V.saidBy(nameOf(from))), " ", words);
        entry = { line, words };
        this.lines.set(key, entry);
        this.said.append(line);
      }
      entry.line.className = final ? "said-line" : "said-line open";
      if (entry.words.textContent !== text) entry.words.textContent = text;
    }
  }

  dispose(): void {
    this.off.abort();
    for (const stop of this.stops) stop();
    clearInterval(this.timer);
  }

  private drawMic(): void {
    const face = micFace(this.options.voice.state, this.options.mode());
    const key = `${face.icon}${face.label}${face.words}`;
    if (key === this.face) return;
    if (this.face !== "") this.spoken.textContent = face.label;
    this.face = key;
    const button = this.micButton;
    button.dataset.state = face.state;
    button.setAttribute("aria-label", `${face.label}. ${face.words}`);
    button.setAttribute("aria-pressed", String(face.state === "on" || face.state === "idle"));
    button.title = `${face.words} (M)`;
    fill(
      button,
      h("span", { class: "mic-icon" }, h("i", { class: "mic-level" }), icon(face.icon)),
      h("span", { class: "tool-label" }, face.label),
    );
  }

  private drawStatus(): void {
    const { state } = this.options.voice;
    const { dock } = V;
    const away = state.phase === "waiting" || state.phase === "connecting";
    let words = "";
    if (state.blocked) words = dock.tap;
    else if (state.trouble !== "none" || (state.phase === "off" && state.note !== "")) {
      words = dock.trouble;
    } else if (away) words = dock.connecting;
    else if (state.phase === "broken" || state.phase === "weak") words = dock.broken;
    const tone = state.blocked ? "ask" : words === dock.trouble ? "warn" : "slow";
    this.status.className = `chip status ${tone}`;
    this.status.hidden = words === "";
    this.earshot.hidden = words !== "" && !state.blocked;
    if (this.status.textContent !== words) {
      fill(
        this.status,
        icon(state.blocked ? "sound" : words === dock.trouble ? "wrong" : "info"),
        words,
      );
    }
  }

  private useStatus(): void {
    const { voice } = this.options;
    voice.wake();
    if (!voice.state.blocked) this.options.showSettings();
  }

  private drawLevel(): void {
    const { voice } = this.options;
    const level = voice.state.sending ? voice.level() : 0;
    const lit = level > LIT;
    if (lit !== this.lit) {
      this.lit = lit;
      this.micButton.classList.toggle("speaking", lit);
    }
    if (voice.state.sending) this.micButton.style.setProperty("--level", level.toFixed(2));
  }

  private toggleDeafened(): void {
    const { voice } = this.options;
    voice.setDeafened(!voice.state.deafened);
  }

  /** Whether the button and the key are to be held, not tapped. */
  private get holds(): boolean {
    const mode = this.options.mode();
    return mode === "push_to_talk" || mode === "push_to_mute";
  }

  private listen(): void {
    const { signal } = this.off;
    const { voice } = this.options;
    const button = this.micButton;
    const release = () => {
      if (!this.pressed) return;
      this.pressed = false;
      voice.hold(false);
    };
    button.addEventListener("pointerdown", (event) => {
      if (!this.holds || !voice.state.chosen) return;
      button.setPointerCapture(event.pointerId);
      this.pressed = true;
      voice.hold(true);
    });
    button.addEventListener("pointerup", release);
    button.addEventListener("pointercancel", release);
    button.addEventListener("contextmenu", (event) => {
      if (this.holds) event.preventDefault();
    });
    button.addEventListener("click", (event) => {
      const byPointer = event.detail > 0;
      if (byPointer) button.blur();
      // What a pointer holds is not toggled by letting go of it.
      if (byPointer && this.holds && voice.state.chosen) return;
      voice.toggleMic();
    });
    addEventListener("keydown", (event) => this.keyDown(event), { signal });
    addEventListener(
      "keyup",
      (event) => {
        if (event.code === "KeyV") voice.hold(false);
      },
      { signal },
    );
    addEventListener(
      "blur",
      () => {
        if (voice.state.held) voice.hold(false);
      },
      { signal },
    );
  }

  private keyDown(event: KeyboardEvent): void {
    const { voice } = this.options;
    if (!voice.state.offered || event.repeat || takesText(event.target)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.code === "KeyM") voice.toggleMic();
    else if (event.code === "KeyN") this.toggleDeafened();
    else if (event.code === "KeyV" && this.holds) {
      // Whoever holds the talk key wants to talk: the microphone need not be turned on first.
      if (!voice.state.chosen && this.options.mode() === "push_to_talk") voice.toggleMic();
      voice.hold(true);
    }
  }

  private chip(name: IconName, test: string, run: () => void): HTMLButtonElement {
    const button = h(
      "button",
      { class: "chip", attrs: { type: "button", "data-test": test } },
      icon(name),
    );
    button.addEventListener("click", (event) => {
      if (event.detail > 0) button.blur();
      run();
    });
    return button;
  }
}
