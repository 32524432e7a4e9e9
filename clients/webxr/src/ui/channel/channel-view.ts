/**
 * The channel as it is read and written, on the group's page and in its rooms. Owns its element and
 * where the reader is in it; what was said is the desk's.
 */

import type { Line, LineAuthor } from "../../state/channel";
import type { ChannelRow } from "../../state/channel-rows";
import { rowsOf } from "../../state/channel-rows";
import { fill, h } from "../dom";
import { copyText } from "../shell/copy";
import { storageOf } from "../storage";
import { C } from "../strings-channel";
import { toast } from "../toasts";
import { Composer } from "./composer";
import { type ChannelDesk, sentence } from "./desk";
import { Drafts } from "./drafts";
import { LineList } from "./line-list";
import { type MenuEntry, openLineMenu } from "./line-menu";
import { type LineLook, lineRow, lookKey, pendingRow } from "./line-row";
import type { Nameable } from "./mention-box";
import { dayOf, dayTitle } from "./when";

export interface ChannelParts {
  desk: ChannelDesk;
  /** One's own account and handle ("" for guests). */
  me: { id: string; handle: string };
  may(right: "write" | "react" | "delete_any_line"): boolean;
  /** Why one cannot write, and what to do; null when one can. */
  closed: HTMLElement | string | null;
  /** People whose handle or name begins with this. */
  people(typed: string): Promise<Nameable[]>;
  person(author: LineAuthor): void;
  report(line: Line): void;
  /** Ask whether to really delete; true when yes. */
  sure(title: string, text: string, yes: string): Promise<boolean>;
}

export class ChannelView {
  readonly element: HTMLElement;
  private readonly list = new LineList();
  private readonly composer: Composer | null;
  private readonly unfolded = new Set<number>();
  private readonly stops: (() => void)[] = [];
  private readonly notice = h("div", { class: "channel-notice" });
  private readonly earlier: HTMLButtonElement;
  private begun = false;

  constructor(private readonly parts: ChannelParts) {
    this.composer = parts.closed === null ? this.makeComposer() : null;
    this.earlier = h(
      "button",
      { class: "button earlier", attrs: { type: "button", hidden: true } },
      C.earlier,
    );
    this.earlier.addEventListener("click", () => void this.showEarlier());
    this.list.scroller.prepend(this.earlier, this.notice);
    this.element = h(
      "div",
      { class: "channel" },
      this.list.element,
      this.composer === null
        ? h("div", { class: "composer closed" }, parts.closed)
        : this.composer.element,
    );
    this.stops.push(parts.desk.channel.subscribe(() => this.draw()));
    const looked = () => this.looked();
    document.addEventListener("visibilitychange", looked);
    this.stops.push(() => document.removeEventListener("visibilitychange", looked));
    this.list.onAtEnd = () => this.seen();
    this.draw();
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.list.dispose();
  }

  private makeComposer(): Composer {
    const { desk, me, people } = this.parts;
    return new Composer({
      longest: desk.longest,
      drafts: new Drafts(storageOf("localStorage"), me.id, desk.group),
      people,
      send: (text) => {
        desk.channel.moveMark();
        void desk.say(text);
        this.list.toEnd();
      },
      save: (id, text) => desk.edit(id, text),
      editLast: () => {
        const line = desk.channel.lastOwn;
        if (line !== null) this.edit(line);
        return line !== null;
      },
    });
  }

  private edit(line: Line): void {
    this.composer?.edit(line.id, this.parts.desk.channel.textOf(line));
  }

  private async showEarlier(): Promise<void> {
    this.earlier.setAttribute("aria-busy", "true");
    try {
      await this.list.keepingPlace(() => this.parts.desk.earlier());
    } catch (error) {
      toast(sentence(error), { wrong: true });
    }
    this.earlier.removeAttribute("aria-busy");
  }

  private draw(): void {
    const { desk } = this.parts;
    const { channel } = desk;
    this.earlier.hidden = !channel.moreBefore;
    this.drawNotice();
    const rows = rowsOf(channel, dayOf);
    this.list.draw(rows.map((row) => ({ ...this.row(row), key: row.key })));
    const below = channel.unread;
    this.list.label(C.toNewest(below));
    if (channel.loaded && !this.begun) {
      this.begun = true;
      this.list.begin();
    }
    this.seen();
  }

  private drawNotice(): void {
    const { desk } = this.parts;
    const { channel, trouble } = desk;
    const again = h(
      "button",
      { class: "button", attrs: { type: "button" }, on: { click: () => void desk.latest() } },
      C.retry,
    );
    if (!channel.loaded && trouble !== null) {
      fill(this.notice, h("p", { class: "wrong-text", attrs: { role: "alert" } }, trouble), again);
    } else if (!channel.loaded) fill(this.notice, h("p", { class: "quiet" }, C.loading));
    else if (channel.lines.length + channel.pending.length === 0) {
      fill(this.notice, h("p", { class: "quiet" }, this.composer ? C.empty : C.emptyClosed));
    } else fill(this.notice, !channel.moreBefore && h("p", { class: "quiet small" }, C.earliest));
  }

  private row(row: ChannelRow): { look: string; make: () => HTMLElement } {
    const { desk, me } = this.parts;
    switch (row.kind) {
      case "day": {
        const title = dayTitle(row.ms, Date.now());
        return { look: title, make: () => h("li", { class: "day" }, h("span", {}, title)) };
      }
      case "new":
        return { look: "", make: () => h("li", { class: "fresh" }, h("span", {}, C.fresh)) };
      case "pending":
        return {
          look: row.line.state + row.line.why,
          make: () =>
            pendingRow(row.line, me.handle, {
              again: (key) => void desk.again(key),
              takeBack: (key) => this.composer?.put(desk.channel.discard(key)),
            }),
        };
      case "line":
        return this.lineOf(row.line, row.follows);
    }
  }

  private lineOf(line: Line, follows: boolean): { look: string; make: () => HTMLElement } {
    const { channel } = this.parts.desk;
    const look: LineLook = {
      line,
      text: channel.textOf(line),
      mine: channel.isMine(line),
      follows,
      unfolded: this.unfolded.has(line.id),
      me: this.parts.me.handle,
      mayReact: this.parts.may("react"),
    };
    const make = () =>
      lineRow(look, {
        person: this.parts.person,
        menu: (each, from) => this.menu(each, from),
        react: (each, kind, on) => this.react(each, kind, on),
        unfold: (each) => {
          if (!this.unfolded.delete(each.id)) this.unfolded.add(each.id);
          this.draw();
        },
      });
    return { look: lookKey(look), make };
  }

  private react(line: Line, kind: string, on: boolean): void {
    this.parts.desk.react(line.id, kind, on).catch(complain);
  }

  private menu(line: Line, from: HTMLElement): void {
    const { desk, may, report } = this.parts;
    const mine = desk.channel.isMine(line);
    const entries: MenuEntry[] = [];
    if (mine && this.composer !== null) {
      entries.push({ words: C.edit, icon: "text", run: () => this.edit(line) });
    }
    entries.push({
      words: C.copy,
      icon: "link",
      run: () => void copyText(desk.channel.textOf(line), { failed: C.copyFailed }),
    });
    if (!mine) entries.push({ words: C.report, icon: "flag", run: () => report(line) });
    if (mine || may("delete_any_line")) {
      entries.push({
        words: C.remove,
        icon: "close",
        danger: true,
        run: () => void this.remove(line, mine),
      });
    }
    const react = may("react") ? (kind: string, on: boolean) => this.react(line, kind, on) : null;
    openLineMenu({ line, from, host: this.element, entries, react });
  }

  private async remove(line: Line, mine: boolean): Promise<void> {
    const text = mine ? C.removeText : C.removeOther(line.author?.name ?? C.gone);
    if (!(await this.parts.sure(C.removeTitle, text, C.removeYes))) return;
    try {
      await this.parts.desk.remove(line.id);
      toast(C.removed);
    } catch (error) {
      complain(error);
    }
  }

  /** Whoever is here, looks, and is at the end has seen it. */
  private seen(): void {
    if (!this.begun || document.hidden || !this.list.atEnd || !this.element.isConnected) return;
    this.parts.desk.seen();
  }

  private looked(): void {
    const { channel } = this.parts.desk;
    // What comes while one is away is what is new.
    if (document.hidden && channel.unread === 0) channel.moveMark();
    else this.seen();
  }
}

function complain(error: unknown): void {
  toast(sentence(error), { wrong: true });
}
