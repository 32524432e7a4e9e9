/** Controls bound to the SettingsStore, for every panel that has choices: radio rows, switches, sliders. */
import type { Settings, SettingsStore } from "../../state/settings";
import { h } from "../dom";

type KeysOf<T> = { [K in keyof Settings]: Settings[K] extends T ? K : never }[keyof Settings];
export type ChoiceKey =
  | "turning"
  | "quality"
  | "textSize"
  | "talkMode"
  | "matView"
  | "matMove"
  | "takePart";
export type SwitchKey = KeysOf<boolean>;
export type NumberKey = KeysOf<number>;

export interface RangeOptions {
  key: NumberKey;
  title: string;
  help?: string;
  min: number;
  max: number;
  step: number;
  /** What the value means, in words. */
  say(value: number): string;
  /** Where the slider stands for a value, and back, if not the same. */
  toSlider?(value: number): number;
  fromSlider?(at: number): number;
  /** Something beside the slider. */
  beside?: HTMLElement;
}

/** Makes controls and keeps them true to the store; call `refresh` when it changed. */
export class SettingControls {
  private readonly refreshers: (() => void)[] = [];

  constructor(readonly settings: SettingsStore) {}

  refresh(): void {
    for (const run of this.refreshers) run();
  }

  /** Have something else refreshed too. */
  also(run: () => void): void {
    this.refreshers.push(run);
  }

  /** A row of which one is chosen; `note` may depend on which. */
  choice<K extends ChoiceKey>(
    key: K,
    title: string,
    choices: Record<Settings[K], string>,
    note: string | Record<Settings[K], string> = "",
  ): HTMLElement {
    const { settings } = this;
    const entries = Object.entries(choices) as [Settings[K], string][];
    const inputs = entries.map(([value]) => {
      const input = h("input", { attrs: { type: "radio", name: `set-${key}`, value } });
      input.addEventListener("change", () => settings.set(key, value));
      return input;
    });
    const words = h("p", { class: "quiet small" });
    this.refreshers.push(() => {
      for (const input of inputs) input.checked = input.value === settings.values[key];
      words.textContent = typeof note === "string" ? note : note[settings.values[key]];
    });
    return h(
      "fieldset",
      { class: "setting" },
      h("legend", { class: "legend" }, title),
      h(
        "div",
        { class: "segments" },
        ...entries.map(([, label], i) =>
          h("label", { class: "segment" }, inputs[i], h("span", {}, label)),
        ),
      ),
      note !== "" && words,
    );
  }

  /** On or off. */
  toggle(key: SwitchKey, title: string, help = ""): HTMLElement {
    const { settings } = this;
    const input = h("input", { attrs: { type: "checkbox", role: "switch" } });
    input.addEventListener("change", () => settings.set(key, input.checked));
    this.refreshers.push(() => {
      input.checked = settings.values[key];
    });
    return h(
      "label",
      { class: "setting switch" },
      h(
        "span",
        { class: "switch-words" },
        h("span", { class: "legend" }, title),
        help !== "" && h("span", { class: "quiet small" }, help),
      ),
      input,
      h("span", { class: "track" }),
    );
  }

  /** A number on a slider. */
  range(options: RangeOptions): HTMLElement {
    const { settings } = this;
    const { key, title, help = "", min, max, step, say } = options;
    const id = `set-${key}`;
    const input = h("input", { attrs: { type: "range", min, max, step, id } });
    const shown = h("output", { attrs: { for: id } });
    input.addEventListener("input", () => {
      const at = input.valueAsNumber;
      settings.set(key, options.fromSlider?.(at) ?? at);
    });
    this.refreshers.push(() => {
      const value = settings.values[key];
      input.value = String(options.toSlider?.(value) ?? value);
      shown.textContent = say(value);
      input.setAttribute("aria-valuetext", say(value));
    });
    return h(
      "div",
      { class: "setting" },
      h("label", { class: "legend", attrs: { for: id } }, title, " ", shown),
      help !== "" && h("p", { class: "quiet small" }, help),
      h("div", { class: "range-row" }, input, options.beside),
    );
  }
}
