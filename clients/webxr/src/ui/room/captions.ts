/** The newest lines of chat over the picture for a while, spoken to screen readers. */
import type { ChatEntry, RoomState } from "../../state/room-state";
import { h } from "../dom";

const STAY_MS = 9_000;
const MAX = 4;

export class Captions {
  readonly element = h("div", {
    class: "captions",
    attrs: { role: "log", "aria-live": "polite", "aria-relevant": "additions" },
  });
  private readonly stop: () => void;
  private lastKey = 0;

  constructor(
    private readonly state: RoomState,
    private readonly open: () => void,
  ) {
    this.lastKey = state.chat.at(-1)?.key ?? 0;
    this.stop = state.subscribe("chat", () => this.take());
  }

  dispose(): void {
    this.stop();
  }

  private take(): void {
    for (const entry of this.state.chat) {
      if (entry.key <= this.lastKey) continue;
      this.lastKey = entry.key;
      this.show(entry);
    }
  }

  private show(entry: ChatEntry): void {
    const line = h("p", { class: "caption" }, h("strong", {}, entry.name), " ", entry.text);
    line.addEventListener("click", this.open);
    this.element.append(line);
    while (this.element.children.length > MAX) this.element.firstElementChild?.remove();
    setTimeout(() => line.remove(), STAY_MS);
  }
}
