/** The note while the line is lost: what happens, and whether one's place is still kept. */
import { WIRE_LIMITS } from "../../protocol/control.gen";
import { h } from "../dom";
import { S } from "../strings";

export class LineBanner {
  readonly element = h("p", { class: "banner", attrs: { role: "status", hidden: true } });
  private note = "";
  private kept = true;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Say that the line is lost; null: it stands. */
  show(note: string | null): void {
    this.element.hidden = note === null;
    if (note === null) {
      this.dispose();
      return;
    }
    this.note = note;
    // The server keeps one's place for so long, and then others may have it.
    this.timer ??= setTimeout(() => {
      this.kept = false;
      this.draw();
    }, WIRE_LIMITS.resumeTtlS * 1000);
    this.draw();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.kept = true;
  }

  private draw(): void {
    const place = this.kept ? S.line.kept : S.line.keptOver;
    this.element.textContent = `${this.note || S.line.lost} ${place}`;
  }
}
