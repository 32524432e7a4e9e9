/** One's own safety in a group's room: the safe place, the personal boundary, who was near. */
import { WIRE_LIMITS } from "../../protocol/control";
import type { GroupActions } from "../actions";
import { fill, h } from "../dom";
import { icon } from "../icons";
import { G } from "../strings-group-room";
import { toast } from "../toasts";
import { frame, type Panel } from "./panel";
import { reportIn } from "./person-group";

const { boundaryMinM: MIN_M, boundaryMaxM: MAX_M } = WIRE_LIMITS;
const MODES = ["off", "non_friends", "all"] as const;

export class SafetyPanel implements Panel {
  readonly element: HTMLElement;
  private readonly go = h("button", {
    class: "button leaf big",
    attrs: { type: "button", "data-test": "safe-place" },
  });
  private readonly words = h("p", { class: "quiet", attrs: { role: "status" } });
  private readonly radios = new Map<string, HTMLInputElement>();
  private readonly radius = h("input", {
    attrs: { type: "range", min: MIN_M, max: MAX_M, step: 0.1, id: "boundary-radius" },
  });
  private readonly radiusWords = h("output", { attrs: { for: "boundary-radius" } });
  private readonly forced = h("p", { class: "small quiet" }, G.safe.forced);
  private readonly met = h("ul", { class: "people" });
  private readonly stop: () => void;

  constructor(
    private readonly group: GroupActions,
    close: () => void,
  ) {
    this.go.addEventListener("click", () => this.toggle());
    this.radius.addEventListener("input", () => {
      this.radiusWords.textContent = G.safe.radius(this.radius.valueAsNumber);
    });
    this.radius.addEventListener("change", () => this.wish());
    const choices = MODES.map((mode) => {
      const radio = h("input", { attrs: { type: "radio", name: "boundary-mode", value: mode } });
      radio.addEventListener("change", () => this.wish());
      this.radios.set(mode, radio);
      return h("label", { class: "check-row" }, radio, G.safe.modes[mode]);
    });
    this.element = frame(
      "safety",
      G.safe.title,
      close,
      h(
        "div",
        { class: "panel-body stack" },
        this.words,
        this.go,
        h(
          "fieldset",
          { class: "stack" },
          h("legend", {}, G.safe.boundary),
          h("p", { class: "quiet small" }, G.safe.boundaryHelp),
          ...choices,
          h(
            "div",
            { class: "range-row" },
            h("label", { attrs: { for: "boundary-radius" } }, G.safe.radiusLabel),
            this.radius,
            this.radiusWords,
          ),
          this.forced,
        ),
        h("h3", {}, G.safe.met),
        h("p", { class: "quiet small" }, G.safe.metHelp),
        this.met,
      ),
    );
    this.stop = group.commons.subscribe("safety", () => this.draw());
    this.draw();
  }

  opened(): void {
    this.drawMet();
    this.element.querySelector<HTMLElement>("h2")?.focus();
  }

  closed(): void {}

  dispose(): void {
    this.stop();
  }

  private draw(): void {
    const { safe, boundary, forced } = this.group.commons;
    this.words.textContent = safe ? G.safe.inIt : G.safe.lead;
    fill(this.go, icon(safe ? "back" : "safe"), safe ? G.safe.back : G.safe.go);
    this.go.setAttribute("aria-pressed", String(safe));
    for (const [mode, radio] of this.radios) {
      radio.checked = mode === boundary.mode;
      radio.disabled = safe;
    }
    this.radius.valueAsNumber = boundary.radius_m;
    this.radius.disabled = safe || boundary.mode === "off";
    this.radiusWords.textContent = G.safe.radius(boundary.radius_m);
    this.forced.hidden = !forced;
  }

  /** Those who were near, so that somebody can be found again in a crowd, or after it. */
  private drawMet(): void {
    const people = this.group.met();
    if (people.length === 0) {
      fill(this.met, h("li", { class: "quiet small" }, G.safe.metNobody));
      return;
    }
    fill(
      this.met,
      ...people.map(({ id, name }) =>
        h(
          "li",
          { class: "person" },
          h("span", { class: "person-words" }, h("strong", {}, name)),
          this.small(
            G.person.block,
            () => this.block(id),
            this.group.onDuty(id) ? G.person.blockDutyLabel(name) : G.person.blockLabel(name),
          ),
          this.small(G.person.report, () => void reportIn(this.group, id, name)),
        ),
      ),
    );
  }

  private block(id: number): void {
    const words = this.group.afterBlock(id);
    this.run(this.group.block(id).then(() => toast(words)));
  }

  private small(label: string, run: () => void, spoken?: string): HTMLElement {
    const attrs = { type: "button", "aria-label": spoken };
    return h("button", { class: "button", attrs, on: { click: run } }, label);
  }

  private toggle(): void {
    const on = !this.group.commons.safe;
    this.run(this.group.setSafe(on));
  }

  private wish(): void {
    const mode = MODES.find((each) => this.radios.get(each)?.checked) ?? "non_friends";
    this.run(this.group.setBoundary({ mode, radius_m: this.radius.valueAsNumber }));
  }

  private run(work: Promise<void>): void {
    work.catch((error: Error) => {
      toast(error.message, { wrong: true });
      this.draw();
    });
  }
}
