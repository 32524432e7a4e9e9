/** What comes from the room in a large gathering: reactions counted together, for some seconds. */
import { fill, h } from "../dom";
import type { GatheringActions } from "../gathering-actions";
import { REACTION_SYMBOLS } from "../icons";
import { S } from "../strings";
import { GA } from "../strings-gathering";

const STAY_MS = 3_500;

export class ApplauseLine {
  readonly element = h("div", {
    class: "applause",
    attrs: { hidden: true, "data-test": "applause" },
  });
  private readonly spoken = h("p", { class: "only-spoken", attrs: { role: "status" } });
  private readonly shown = h("span", { attrs: { "aria-hidden": true } });
  private readonly counts = new Map<string, number>();
  private readonly stop: () => void;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(gathering: GatheringActions) {
    this.element.append(this.shown, this.spoken);
    this.stop = gathering.state.subscribe("applause", () => {
      for (const { kind, count } of gathering.state.applause) this.add(kind, count);
      this.draw();
    });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.stop();
  }

  private add(kind: string, count: number): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + count);
  }

  private draw(): void {
    const all = [...this.counts].sort((a, b) => b[1] - a[1]);
    this.element.hidden = all.length === 0;
    fill(
      this.shown,
      ...all.map(([kind, n]) =>
        h("span", { class: "clap" }, REACTION_SYMBOLS[kind] ?? "", ` ${n}`),
      ),
    );
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      // Spoken once it has come to rest, not four times a second.
      const words = all.map(([kind, n]) => GA.count(reaction(kind), n)).join(", ");
      this.spoken.textContent = words === "" ? "" : GA.applause(words);
      this.counts.clear();
      this.element.hidden = true;
    }, STAY_MS);
  }
}

const reaction = (kind: string) => S.reactions[kind as keyof typeof S.reactions] ?? kind;
