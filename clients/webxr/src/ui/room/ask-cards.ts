/**
 * What one is asked in a gathering, as calm cards: they wait, say when they end by themselves, and
 * take the focus only where nobody is typing or answering something else. "No" is as easy as "yes".
 */
import type { Ask } from "../../protocol/control";
import { clockText } from "../../state/cue-view";
import { serverMoment } from "../../state/gathering";
import { h, takesText } from "../dom";
import type { GatheringActions } from "../gathering-actions";
import { keepFocus } from "../shell/focus";
import { GA } from "../strings-gathering";
import { toast } from "../toasts";

const TICK_MS = 500;

interface Card {
  readonly element: HTMLElement;
  readonly left: HTMLElement;
  readonly ask: Ask;
}

export class AskCards {
  readonly element = h("div", {
    class: "asks",
    attrs: { "data-test": "asks" },
  });
  private readonly spoken = h("p", { class: "only-spoken", attrs: { role: "alert" } });
  private readonly cards = new Map<number, Card>();
  /** Answered, and the server has not said so yet: an answer counts once. */
  private readonly answering = new Set<number>();
  private readonly stop: () => void;
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(private readonly gathering: GatheringActions) {
    this.element.append(this.spoken);
    this.stop = gathering.state.subscribe("asks", () => this.draw());
    this.timer = setInterval(() => this.count(), TICK_MS);
    this.draw();
  }

  dispose(): void {
    this.stop();
    clearInterval(this.timer);
  }

  private draw(): void {
    const { asks, settled } = this.gathering.state;
    if (settled !== null) this.tell(settled.ask !== null, settled.over.end, settled.over.text);
    for (const [id, card] of this.cards) if (!asks.has(id)) this.take(id, card);
    for (const [id, ask] of asks) if (!this.cards.has(id)) this.put(ask);
  }

  private put(ask: Ask): void {
    const id = `ask-${ask.ask}`;
    const left = h("p", { class: "quiet small" });
    const text = ask.text === "" ? GA.asks.fallback[ask.kind] : ask.text;
    const title = GA.asks.titles[ask.kind];
    const heading = h("h2", { attrs: { id, tabindex: -1 } }, title);
    const button = (cls: string, words: string, yes: boolean) =>
      h(
        "button",
        {
          class: cls,
          attrs: { type: "button", "data-test": yes ? "ask-yes" : "ask-no" },
          on: { click: (event) => this.answer(ask.ask, yes, event.currentTarget) },
        },
        words,
      );
    const element = h(
      "section",
      {
        class: "ask",
        attrs: { role: "dialog", "aria-labelledby": id, "data-test": "ask", "data-kind": ask.kind },
      },
      heading,
      ask.from !== undefined &&
        h("p", { class: "quiet small" }, GA.asks.from(this.gathering.nameOf(ask.from))),
      h("p", {}, text),
      left,
      h(
        "div",
        { class: "row" },
        button("button", GA.asks.no[ask.kind], false),
        button("button next", GA.asks.yes[ask.kind], true),
      ),
    );
    // Letters pressed on a button are not steps in the room.
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        this.answer(ask.ask, false, null);
      }
    });
    this.cards.set(ask.ask, { element, left, ask });
    this.element.append(element);
    this.count();
    this.spoken.textContent = GA.asks.told(title, text);
    const busy =
      takesText(document.activeElement) ||
      this.element.contains(document.activeElement) ||
      document.querySelector("dialog[open]") !== null;
    if (!busy) heading.focus({ preventScroll: true });
  }

  private take(id: number, card: Card): void {
    const back = keepFocus();
    const had = card.element.contains(document.activeElement);
    card.element.remove();
    this.cards.delete(id);
    if (!had) return;
    const next = this.element.querySelector<HTMLElement>("h2");
    if (next === null) back();
    else next.focus({ preventScroll: true });
  }

  private answer(id: number, yes: boolean, button: EventTarget | null): void {
    if (this.answering.has(id)) return;
    this.answering.add(id);
    if (button instanceof HTMLElement) button.setAttribute("aria-busy", "true");
    this.gathering
      .answer(id, yes)
      .catch((error: Error) => {
        if (button instanceof HTMLElement) button.removeAttribute("aria-busy");
        toast(error.message, { wrong: true });
      })
      .finally(() => this.answering.delete(id));
  }

  private count(): void {
    const nowMs = this.gathering.serverNowMs();
    for (const { ask, left } of this.cards.values()) {
      const words = GA.asks.left(clockText(serverMoment(ask.until_ms, nowMs) - nowMs));
      if (left.textContent !== words) left.textContent = words;
    }
  }

  /** How something that was asked ended: to who was asked and to who asked. */
  private tell(mine: boolean, end: keyof typeof GA.asks.ends, text: string): void {
    const words = text !== "" ? text : mine ? GA.asks.mine[end] : GA.asks.ends[end];
    if (words !== "") toast(words);
  }
}
