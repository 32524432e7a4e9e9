/** What comes from the room in a large gathering: reactions counted together, for some seconds. */
import { ApplauseSum, type Counted } from "../../state/applause";
import { fill, h } from "../dom";
import type { GatheringActions } from "../gathering-actions";
import { REACTION_SYMBOLS } from "../icons";
import { S } from "../strings";
import { GA } from "../strings-gathering";

export class ApplauseLine {
  readonly element = h("div", {
    class: "applause",
    attrs: { hidden: true, "data-test": "applause" },
  });
  private readonly spoken = h("p", { class: "only-spoken", attrs: { role: "status" } });
  private readonly shown = h("span", { attrs: { "aria-hidden": true } });
  private readonly sum: ApplauseSum;

  constructor(gathering: GatheringActions) {
    this.element.append(this.shown, this.spoken);
    this.sum = new ApplauseSum(
      gathering.state,
      (all) => this.draw(all),
      (all) => {
        // Spoken once it has come to rest, not four times a second.
        this.spoken.textContent = applauseWords(all);
        this.element.hidden = true;
      },
    );
  }

  dispose(): void {
    this.sum.dispose();
  }

  private draw(all: readonly Counted[]): void {
    this.element.hidden = all.length === 0;
    fill(
      this.shown,
      ...all.map(({ kind, count }) =>
        h("span", { class: "clap" }, REACTION_SYMBOLS[kind] ?? "", ` ${count}`),
      ),
    );
  }
}

function applauseWords(all: readonly Counted[]): string {
  const words = all.map(({ kind, count }) => GA.count(reaction(kind), count)).join(", ");
  return words === "" ? "" : GA.applause(words);
}

const reaction = (kind: string) => S.reactions[kind as keyof typeof S.reactions] ?? kind;
