/** Comfort and picture settings. Writes to the SettingsStore only; who cares listens there. */

import { Posture } from "../../state/avatar-state";
import {
  HEIGHT_OFFSET_MAX_M,
  HEIGHT_OFFSET_MIN_M,
  type Settings,
  type SettingsStore,
} from "../../state/settings";
import { h } from "../dom";
import { icon } from "../icons";
import { S } from "../strings";
import { frame, type Panel } from "./panel";

export interface SettingsPanelOptions {
  settings: SettingsStore;
  recenter(): void;
  setPosture(posture: Posture): void;
  close(): void;
  /** Whether this is the 3D room, whether it can be in VR, whether one is at a screen. */
  scene: boolean;
  vr: boolean;
}

type ChoiceKey = "turning" | "quality" | "textSize";
type SwitchKey = "smoothMove" | "vignette" | "leftHanded" | "highContrast" | "reducedMotion";

export class SettingsPanel implements Panel {
  readonly element: HTMLElement;
  private readonly stop: () => void;
  private readonly refreshers: (() => void)[] = [];

  constructor(private readonly options: SettingsPanelOptions) {
    const t = S.settings;
    const body = h("div", { class: "panel-body settings" });
    if (options.scene) {
      body.append(h("h3", {}, t.body), this.postures(), this.height(), this.recenterButton());
    }
    if (options.vr) {
      body.append(
        h("h3", {}, t.comfort),
        this.choice("turning", t.turning, t.turningChoices),
        this.toggle("smoothMove", t.smoothMove, t.smoothMoveHelp),
        this.toggle("vignette", t.vignette, t.vignetteHelp),
        this.toggle("leftHanded", t.leftHanded, t.leftHandedHelp),
      );
    }
    body.append(
      h("h3", {}, t.picture),
      this.choice("textSize", t.textSize, t.textSizes),
      this.toggle("highContrast", t.highContrast),
      this.toggle("reducedMotion", t.reducedMotion, t.reducedMotionHelp),
    );
    if (options.scene) {
      body.append(this.choice("quality", t.quality, t.qualityChoices, t.qualityNote));
    }
    this.element = frame("settings", t.title, options.close, body);
    this.stop = options.settings.subscribe(() => this.refresh());
    this.refresh();
  }

  opened(): void {
    this.element.querySelector<HTMLElement>("h2")?.focus();
  }

  closed(): void {}

  dispose(): void {
    this.stop();
  }

  private refresh(): void {
    for (const run of this.refreshers) run();
  }

  private choice<K extends ChoiceKey>(
    key: K,
    title: string,
    choices: Record<Settings[K], string>,
    note = "",
  ): HTMLElement {
    const { settings } = this.options;
    const entries = Object.entries(choices) as [Settings[K], string][];
    const inputs = entries.map(([value]) => {
      const input = h("input", { attrs: { type: "radio", name: `set-${key}`, value } });
      input.addEventListener("change", () => settings.set(key, value));
      return input;
    });
    this.refreshers.push(() => {
      for (const input of inputs) input.checked = input.value === settings.values[key];
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
      note !== "" && h("p", { class: "quiet small" }, note),
    );
  }

  private toggle(key: SwitchKey, title: string, help = ""): HTMLElement {
    const { settings } = this.options;
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

  private height(): HTMLElement {
    const { settings } = this.options;
    const input = h("input", {
      attrs: {
        type: "range",
        min: HEIGHT_OFFSET_MIN_M,
        max: HEIGHT_OFFSET_MAX_M,
        step: 0.05,
        id: "set-height",
      },
    });
    const shown = h("output", { attrs: { for: "set-height" } });
    const reset = h(
      "button",
      { class: "button", attrs: { type: "button" } },
      S.settings.heightReset,
    );
    reset.addEventListener("click", () => settings.set("heightOffsetM", 0));
    input.addEventListener("input", () => settings.set("heightOffsetM", input.valueAsNumber));
    this.refreshers.push(() => {
      const metres = settings.values.heightOffsetM;
      input.value = String(metres);
      const cm = Math.round(metres * 100);
      shown.textContent = `${cm > 0 ? "+" : cm < 0 ? "−" : ""}${Math.abs(cm)} cm`;
      reset.disabled = cm === 0;
    });
    return h(
      "div",
      { class: "setting" },
      h("label", { class: "legend", attrs: { for: "set-height" } }, S.settings.height, " ", shown),
      h("div", { class: "range-row" }, input, reset),
    );
  }

  /** Buttons and not a choice that is kept: nobody wants to arrive lying down. */
  private postures(): HTMLElement {
    const all: [Posture, string][] = [
      [Posture.Standing, S.settings.postures.standing],
      [Posture.Seated, S.settings.postures.seated],
      [Posture.Kneeling, S.settings.postures.kneeling],
      [Posture.Lying, S.settings.postures.lying],
    ];
    return h(
      "div",
      { class: "setting", attrs: { role: "group", "aria-label": S.settings.posture } },
      h("span", { class: "legend" }, S.settings.posture),
      h(
        "div",
        { class: "segments" },
        ...all.map(([posture, label]) =>
          h(
            "button",
            {
              class: "button",
              attrs: { type: "button" },
              on: { click: () => this.options.setPosture(posture) },
            },
            label,
          ),
        ),
      ),
    );
  }

  private recenterButton(): HTMLElement {
    const button = h("button", { class: "button", attrs: { type: "button" } }, icon("recenter"));
    button.append(S.settings.recenter);
    button.addEventListener("click", this.options.recenter);
    return button;
  }
}
