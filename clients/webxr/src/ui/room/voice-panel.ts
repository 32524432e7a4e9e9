/**
 * Voice settings: when one's microphone sends, which devices, how one sounds, how one hears. Writes
 * to the SettingsStore and calls VoiceActions; shows what VoiceState says is wrong and what helps.
 */
import { EARMUFF_SETTING_MAX_M, type SettingsStore } from "../../state/settings";
import type { VoiceHint } from "../../state/voice-state";
import type { SelfTestStep, SoundDevice, VoiceActions } from "../actions";
import { fill, h } from "../dom";
import { icon } from "../icons";
import { V } from "../strings-voice";
import { frame, type Panel } from "./panel";
import { SettingControls } from "./setting-controls";
import { micFace } from "./voice-dock";

export interface VoicePanelOptions {
  voice: VoiceActions;
  settings: SettingsStore;
  /** Whether this browser can choose where sound goes. */
  outputs: boolean;
  /** The https address of this server, once known; null without one. */
  secureUrl(): string | null;
  close(): void;
}

const LEVEL_EVERY_MS = 66;
const EARMUFF_MIN_M = 2;
const MUST_KNOW: readonly string[] = ["refused", "missing", "busy", "insecure"];

export class VoicePanel implements Panel {
  readonly element: HTMLElement;
  private readonly controls: SettingControls;
  private readonly wrong = h("div", { class: "note wrong", attrs: { hidden: true } });
  private readonly micSwitch = h("button", {
    class: "button big",
    attrs: { type: "button", "data-test": "mic-switch" },
  });
  private readonly meter = h("div", { class: "meter", attrs: { "aria-hidden": true } }, h("i"));
  private readonly meterWords = h("p", { class: "quiet small" });
  private readonly input = h("select", { class: "input", attrs: { id: "voice-input" } });
  private readonly output = h("select", { class: "input", attrs: { id: "voice-output" } });
  private readonly named = h("p", { class: "quiet small" }, V.panel.allowFirst);
  private readonly testButton = h("button", {
    class: "button",
    attrs: { type: "button", "data-test": "self-test" },
  });
  private readonly testWords = h("p", { class: "quiet small", attrs: { role: "status" } });
  private readonly stops: (() => void)[];
  private readonly off = new AbortController();
  private timer: ReturnType<typeof setInterval> | null = null;
  private trouble = "";
  private known = "";

  constructor(private readonly options: VoicePanelOptions) {
    const { voice, settings } = options;
    this.controls = new SettingControls(settings);
    this.micSwitch.addEventListener("click", () => voice.toggleMic());
    this.testButton.addEventListener("click", () => void this.test());
    this.input.addEventListener("change", () => settings.set("micDevice", this.input.value));
    this.output.addEventListener("change", () => settings.set("speakerDevice", this.output.value));
    this.showTest(null);
    const body = h("div", { class: "panel-body settings" }, this.wrong, ...this.speaking());
    body.append(...this.hearing());
    this.element = frame("voice", V.panel.title, options.close, body);
    this.stops = [
      settings.subscribe(() => this.draw()),
      voice.state.subscribe("voice", () => this.draw()),
    ];
    const { signal } = this.off;
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.list(), { signal });
    this.draw();
  }

  opened(): void {
    this.draw();
    void this.list();
    this.timer ??= setInterval(() => this.drawLevel(), LEVEL_EVERY_MS);
    this.element.querySelector<HTMLElement>("h2")?.focus();
  }

  closed(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  dispose(): void {
    this.closed();
    this.off.abort();
    for (const stop of this.stops) stop();
  }

  private speaking(): HTMLElement[] {
    const t = V.panel;
    const { controls } = this;
    return [
      h("h3", {}, t.speaking),
      this.micSwitch,
      h("div", { class: "setting" }, this.meter, this.meterWords),
      h("div", { class: "setting test-row" }, this.testButton, this.testWords),
      controls.choice("talkMode", t.mode, t.modes, t.modeNotes),
      this.device(t.input, this.input),
      controls.toggle("echoCancellation", t.echo),
      controls.toggle("noiseSuppression", t.noise, t.noiseHelp),
      controls.toggle("autoGain", t.gain),
      controls.toggle("hintWhileMuted", t.hint, t.hintHelp),
    ];
  }

  private hearing(): HTMLElement[] {
    const t = V.panel;
    const { controls } = this;
    const rows = [
      h("h3", {}, t.hearing),
      controls.range({
        key: "voiceVolume",
        title: t.volume,
        min: 0,
        max: 1.5,
        step: 0.05,
        say: (volume) => `${Math.round(volume * 100)} %`,
      }),
      controls.range({
        key: "earmuffM",
        title: t.earmuffs,
        help: t.earmuffsHelp,
        min: EARMUFF_MIN_M,
        max: EARMUFF_SETTING_MAX_M,
        step: 1,
        // The far end of the slider is no limit at all.
        toSlider: (metres) => (metres === 0 ? EARMUFF_SETTING_MAX_M : metres),
        fromSlider: (at) => (at >= EARMUFF_SETTING_MAX_M ? 0 : at),
        say: (metres) => (metres === 0 ? t.earmuffsOff : t.metres(metres)),
      }),
      controls.toggle("monoVoice", t.mono, t.monoHelp),
      controls.toggle("captions", t.captions, t.captionsHelp),
    ];
    if (this.options.outputs) rows.push(this.device(t.output, this.output), this.named);
    return rows;
  }

  private device(title: string, select: HTMLSelectElement): HTMLElement {
    return h(
      "div",
      { class: "setting" },
      h("label", { class: "legend", attrs: { for: select.id } }, title),
      select,
    );
  }

  private draw(): void {
    if (this.element.hidden) return;
    const { voice, settings } = this.options;
    const { state } = voice;
    this.controls.refresh();
    const face = micFace(state, settings.values.talkMode);
    fill(this.micSwitch, icon(face.icon), state.open ? V.mic.turnOff : V.mic.turnOn);
    this.micSwitch.classList.toggle("next", !state.open);
    this.micSwitch.disabled = face.state === "barred" || state.device === "asking";
    this.meterWords.hidden = state.device === "ready";
    this.meterWords.textContent = V.panel.levelOff;
    this.drawTrouble();
    if (state.device !== this.known) {
      // With the microphone allowed, the browser tells the devices' names.
      this.known = state.device;
      void this.list();
    }
  }

  /** What stands in the way, and what helps. */
  private drawTrouble(): void {
    const { voice } = this.options;
    const { state } = voice;
    const device = MUST_KNOW.includes(state.device) ? (state.device as VoiceHint) : null;
    const link: VoiceHint | null = state.trouble === "none" ? null : state.trouble;
    const why = device ?? link;
    const offline = state.phase === "off" ? state.note : "";
    const text = offline !== "" ? offline : why === null ? "" : V.hints[why];
    const detail = why !== null && why === link ? state.note : "";
    const url = why === "insecure" ? this.options.secureUrl() : null;
    const key = `${text}|${detail}|${url}`;
    if (key === this.trouble) return;
    this.trouble = key;
    this.wrong.hidden = text === "";
    const again = h("button", { class: "button", attrs: { type: "button" } }, V.retry);
    again.addEventListener("click", () => {
      if (device !== null) voice.toggleMic();
      else voice.retry();
    });
    const words = h("div", { class: "stack" }, h("p", {}, text));
    if (detail !== "") words.append(h("p", { class: "quiet small" }, detail));
    if (url !== null) words.append(h("a", { attrs: { href: url } }, V.secureLink));
    else if (why !== null && why !== "insecure") words.append(again);
    fill(this.wrong, icon("wrong"), words);
  }

  private drawLevel(): void {
    const { voice } = this.options;
    const level = voice.state.device === "ready" ? voice.level() : 0;
    this.meter.style.setProperty("--level", level.toFixed(2));
  }

  private async list(): Promise<void> {
    if (this.element.hidden) return;
    const { inputs, outputs } = await this.options.voice.devices();
    const { values } = this.options.settings;
    choose(this.input, inputs, values.micDevice);
    choose(this.output, outputs, values.speakerDevice);
    this.named.hidden = [...inputs, ...outputs].some((device) => device.label !== "");
  }

  private async test(): Promise<void> {
    if (this.testButton.getAttribute("aria-busy") === "true") return;
    this.testButton.setAttribute("aria-busy", "true");
    await this.options.voice.selfTest((step) => this.showTest(step));
    this.testButton.removeAttribute("aria-busy");
  }

  private showTest(step: SelfTestStep | null): void {
    const t = V.panel;
    const busy = step === "recording" || step === "playing";
    fill(this.testButton, icon(step === "playing" ? "sound" : "mic"), t.test);
    this.testWords.textContent =
      step === null
        ? t.testNote
        : busy
          ? t.testing[step]
          : step === "done"
            ? t.testDone
            : t.testFailed;
  }
}

/** Fill a list of devices and keep the choice, even of one that is unplugged now. */
function choose(select: HTMLSelectElement, devices: readonly SoundDevice[], chosen: string): void {
  const options = devices.map(({ id, label }, i) =>
    h("option", { attrs: { value: id } }, label === "" ? V.panel.unnamed(i + 1) : label),
  );
  fill(select, h("option", { attrs: { value: "" } }, V.panel.byDefault), ...options);
  select.value = chosen;
  if (select.selectedIndex < 0) select.value = "";
}
