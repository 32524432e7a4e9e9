/**
 * The breath as one sees it on a page: a soft ring that grows and falls, with the word beside it.
 * With less motion it stands still and counts. Drawn only while it is on the page and visible.
 */
import type { BreathPhase } from "../../state/breath";
import { h } from "../dom";
import { GA } from "../strings-gathering";

export interface BreathRingOptions {
  breath(): BreathPhase | null;
  /** Whole seconds left of this part, rounded up. */
  secondsLeft(): number;
  still(): boolean;
}

export class BreathRing {
  private readonly disc = h("i", { attrs: { "aria-hidden": true } });
  private readonly words = h("span", { class: "now-breath-words" });
  readonly element = h(
    "div",
    { class: "now-breath", attrs: { hidden: true, "data-test": "breath" } },
    h("span", { class: "now-breath-ring", attrs: { "aria-hidden": true } }, this.disc),
    this.words,
  );
  private handle = 0;

  constructor(private readonly options: BreathRingOptions) {
    this.step();
  }

  dispose(): void {
    cancelAnimationFrame(this.handle);
  }

  private readonly step = (): void => {
    this.handle = requestAnimationFrame(this.step);
    const breath = this.options.breath();
    this.element.hidden = breath === null;
    if (breath === null) return;
    const still = this.options.still();
    const size = still ? 0.7 : 0.34 + 0.66 * breath.fullness;
    this.disc.style.transform = `scale(${size.toFixed(3)})`;
    const word = GA.breath[breath.part];
    const words = still ? GA.breath.seconds(word, this.options.secondsLeft()) : word;
    if (this.words.textContent !== words) this.words.textContent = words;
    this.element.dataset.part = breath.part;
  };
}
