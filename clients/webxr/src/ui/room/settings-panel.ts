/** Comfort and picture settings. Writes to the SettingsStore only; who cares listens there. */

import { Posture } from "../../state/avatar-state";
import { HEIGHT_OFFSET_MAX_M, HEIGHT_OFFSET_MIN_M, type SettingsStore } from "../../state/settings";
import { h } from "../dom";
import { icon } from "../icons";
import { S } from "../strings";
import { frame, type Panel } from "./panel";
import { SettingControls } from "./setting-controls";

export interface SettingsPanelOptions {
  settings: SettingsStore;
  recenter(): void;
  setPosture(posture: Posture): void;
  close(): void;
  /** Whether this is the 3D room, whether it can be in VR, whether one is at a screen. */
  scene: boolean;
  vr: boolean;
}

export class SettingsPanel implements Panel {
  readonly element: HTMLElement;
  private readonly stop: () => void;
  private readonly controls: SettingControls;

  constructor(private readonly options: SettingsPanelOptions) {
    const t = S.settings;
    this.controls = new SettingControls(options.settings);
    const { controls } = this;
    const body = h("div", { class: "panel-body settings" });
    if (options.scene) {
      body.append(h("h3", {}, t.body), this.postures(), this.height(), this.recenterButton());
    }
    if (options.vr) {
      body.append(
        h("h3", {}, t.comfort),
        controls.choice("turning", t.turning, t.turningChoices),
        controls.toggle("smoothMove", t.smoothMove, t.smoothMoveHelp),
        controls.toggle("vignette", t.vignette, t.vignetteHelp),
        controls.toggle("leftHanded", t.leftHanded, t.leftHandedHelp),
      );
    }
    body.append(
      h("h3", {}, t.picture),
      controls.choice("textSize", t.textSize, t.textSizes),
      controls.toggle("highContrast", t.highContrast),
      controls.toggle("reducedMotion", t.reducedMotion, t.reducedMotionHelp),
    );
    if (options.scene) {
      body.append(controls.choice("quality", t.quality, t.qualityChoices, t.qualityNote));
    }
    this.element = frame("settings", t.title, options.close, body);
    this.stop = options.settings.subscribe(() => controls.refresh());
    controls.refresh();
  }

  opened(): void {
    this.element.querySelector<HTMLElement>("h2")?.focus();
  }

  closed(): void {}

  dispose(): void {
    this.stop();
  }

  private height(): HTMLElement {
    const { settings } = this.options;
    const reset = h(
      "button",
      { class: "button", attrs: { type: "button" } },
      S.settings.heightReset,
    );
    reset.addEventListener("click", () => settings.set("heightOffsetM", 0));
    this.controls.also(() => {
      reset.disabled = Math.round(settings.values.heightOffsetM * 100) === 0;
    });
    return this.controls.range({
      key: "heightOffsetM",
      title: S.settings.height,
      min: HEIGHT_OFFSET_MIN_M,
      max: HEIGHT_OFFSET_MAX_M,
      step: 0.05,
      say: (metres) => {
        const cm = Math.round(metres * 100);
        return `${cm > 0 ? "+" : cm < 0 ? "−" : ""}${Math.abs(cm)} cm`;
      },
      beside: reset,
    });
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
