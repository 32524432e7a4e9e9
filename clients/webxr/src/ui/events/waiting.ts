/**
 * The waiting room: what one waits for, what will be done, a quiet light to breathe with. Goes in by
 * itself when the door opens. The server forgets whoever does not call for half a minute.
 */
import type { Page, PageContext } from "../../app/router";
import { Problem } from "../../net/api";
import { type Door, stopWaiting, waitAt } from "../../net/attending";
import { type Occurrence, occurrence } from "../../net/events";
import { live } from "../../net/live";
import { gatedPage } from "../account/gate";
import { fill, h } from "../dom";
import { icon } from "../icons";
import { type Frame, linkButton, problemNote, section, skeleton, until } from "../shell";
import { EV } from "../strings-events";
import { fillPlan } from "./plan-short";
import { dayAddress } from "./row";
import { clock, hostTime, span } from "./when";

const W = EV.wait;
const CALL_EVERY_MS = 5_000;
const STEPS_SHOWN = 8;

export const waitingPage: Page = (root, context) =>
  gatedPage(root, context, { title: W.title, who: "anybody" }, (frame, _me, onEnd) => {
    const { event = "", occurrence: original = "" } = context.params;
    const room = new WaitingRoom(frame, context, event, original);
    onEnd(() => room.end());
  });

class WaitingRoom {
  private readonly state = h("div", { class: "wait-state", attrs: { role: "status" } });
  private readonly acts = h("div", { class: "row" });
  private readonly about = h("div", { class: "wait-about" }, skeleton(3));
  private readonly trouble = h("p", { class: "small wrong-text", attrs: { hidden: true } });
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asks = false;
  private byItself = true;
  private drawn = "";
  private ended = false;
  private round = 0;
  private inside = false;
  private readonly stops: (() => void)[];

  constructor(
    frame: Frame,
    private readonly context: PageContext,
    private readonly event: string,
    private readonly original: string,
  ) {
    frame.main.classList.add("waiting-page");
    fill(
      frame.main,
      h(
        "div",
        { class: "wait-card evening" },
        h("div", { class: "wait-light", attrs: { "aria-hidden": true } }, h("i"), h("i"), h("i")),
        this.state,
        h("p", { class: "small quiet" }, W.breathe),
      ),
      this.trouble,
      this.acts,
      this.about,
    );
    this.stops = [
      live.hear("event", (news) => {
        if (news.event === event && news.original === original) void this.call();
      }),
      live.onGap(() => void this.call()),
    ];
    void this.tell(frame);
    void this.call();
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.timer);
    for (const stop of this.stops) stop();
    // Whoever goes in does not wait any more; the server knows that by itself.
    if (!this.inside) void stopWaiting(this.event, this.original).catch(() => {});
  }

  /** What one waits for: title, times, plan. */
  private async tell(frame: Frame): Promise<void> {
    try {
      const day = await occurrence(this.event, this.original);
      if (this.ended) return;
      frame.title(day.title);
      this.describe(day);
    } catch (error) {
      if (!this.ended)
        fill(
          this.about,
          problemNote(error, () => this.tell(frame)),
        );
    }
  }

  private describe(day: Occurrence): void {
    const steps = h("div", { class: "stack wide" });
    const host = hostTime(day);
    fill(
      this.about,
      h(
        "p",
        {},
        h("strong", {}, span(day)),
        host !== "" && h("span", { class: "quiet" }, ` · ${host}`),
        day.host !== null && h("span", { class: "quiet" }, ` · ${EV.row.with(day.host.name)}`),
      ),
      day.plan !== null && section(W.plan, "", h("strong", {}, day.plan.title), steps),
      linkButton(dayAddress(day), EV.page.about, "button plain"),
    );
    if (day.plan !== null) void fillPlan(steps, day.plan.id, STEPS_SHOWN);
  }

  /** Say that one still waits, and hear how the door is. */
  private async call(): Promise<void> {
    if (this.ended) return;
    clearTimeout(this.timer);
    const mine = ++this.round;
    try {
      const door = await waitAt(this.event, this.original, this.asks);
      if (door.reason === "late") this.asks = false;
      if (this.ended || mine !== this.round) return;
      this.trouble.hidden = true;
      this.show(door);
    } catch (error) {
      if (this.ended || mine !== this.round) return;
      if (
        error instanceof Problem &&
        error.status >= 400 &&
        error.status < 500 &&
        error.status !== 429
      ) {
        this.refused(error);
        return;
      }
      const why = error instanceof Problem ? error.message : String(error);
      this.trouble.textContent = `${why} ${W.lost}`;
      this.trouble.hidden = false;
    }
    // Timers of a hidden tab are slow, but never as slow as the server is patient.
    this.timer = setTimeout(() => void this.call(), CALL_EVERY_MS);
  }

  private refused(error: Problem): void {
    fill(this.state, h("p", { class: "wait-word" }, error.message));
    fill(this.acts, linkButton(`/e/${this.event}/${this.original}`, W.leave));
  }

  private show(door: Door): void {
    if (door.state === "open" && this.byItself) {
      this.goIn(door);
      return;
    }
    const now = JSON.stringify([door, this.asks, this.byItself, Math.floor(Date.now() / 60_000)]);
    if (now === this.drawn) return;
    this.drawn = now;
    const { state, position } = door;
    fill(
      this.state,
      h(
        "p",
        { class: "wait-word", attrs: { "data-test": `wait-${door.reason || state}` } },
        this.words(door),
      ),
      h(
        "p",
        { class: "quiet" },
        `${W.doors} ${clock(door.doors_ms)} · ${W.starts} ${clock(door.starts_ms)}`,
      ),
      state === "waiting" && position > 0 && h("p", { class: "quiet" }, W.position(position)),
    );
    this.drawActs(door);
  }

  private words({ state, reason, text, doors_ms }: Door): string {
    if (state === "open") return W.open;
    if (reason === "early") {
      return doors_ms > Date.now() + 45_000 ? W.early(until(doors_ms)) : W.anyMoment;
    }
    // The server knows who is there to let one in, and whether a place is free.
    if (reason === "late" || reason === "full") return text || W[reason];
    if (state === "closed" && reason === "admit") return W.notNow;
    if (reason !== "") return W[reason];
    return text || (state === "closed" ? W.closed : W.other);
  }

  private drawActs(door: Door): void {
    const focused = this.acts.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset.test
      : undefined;
    const button = (test: string, words: string, run: () => void, cls = "button") =>
      h(
        "button",
        { class: cls, attrs: { type: "button", "data-test": test }, on: { click: run } },
        words,
      );
    const waiting = door.state === "waiting";
    // Whoever is late is seen waiting as it is: there is nothing more to ask for.
    const mayAsk = waiting && door.reason !== "late";
    fill(
      this.acts,
      door.state === "open" &&
        button("wait-enter", W.enter, () => this.goIn(door), "button next big"),
      door.reason === "norms" && linkButton(`/r/${door.room.id}`, W.signNorms, "button next"),
      mayAsk &&
        button("wait-ask", this.asks ? W.askBack : W.ask, () => {
          this.asks = !this.asks;
          this.drawn = "";
          void this.call();
        }),
      linkButton(`/e/${this.event}/${this.original}`, W.leave, "button plain"),
      mayAsk && h("p", { class: "small quiet" }, this.asks ? W.asked : W.askHelp),
      door.reason === "late" && h("p", { class: "small quiet" }, W.lateHelp),
      waiting && h("label", { class: "check-row" }, this.selfBox(), h("span", {}, W.byItself)),
    );
    if (focused !== undefined) {
      this.acts.querySelector<HTMLElement>(`[data-test=${focused}]`)?.focus();
    }
  }

  private selfBox(): HTMLInputElement {
    const box = h("input", { attrs: { type: "checkbox", "data-test": "wait-self" } });
    box.checked = this.byItself;
    box.addEventListener("change", () => {
      this.byItself = box.checked;
    });
    return box;
  }

  private goIn(door: Door): void {
    if (this.ended) return;
    this.inside = true;
    fill(this.state, h("p", { class: "wait-word" }, icon("enter"), ` ${W.going}`));
    this.context.go(`/r/${encodeURIComponent(door.room.id)}#enter`);
  }
}
