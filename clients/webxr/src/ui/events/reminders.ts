/**
 * Calm banners about one's own events on every page, also in a room: an hour before, ten minutes
 * before, at open doors, and when a place is offered. One at a time; put away, each stays away. In a
 * headset, where no page is seen, each is said once.
 */
import type { Session } from "../../app/session";
import { myEvents, type Occurrence } from "../../net/events";
import { inTurn } from "../../net/in-turn";
import { type EventNews, live } from "../../net/live";
import { serverNow } from "../../net/server-clock";
import { fill, h } from "../dom";
import { icon } from "../icons";
import { storageOf } from "../storage";
import { EV } from "../strings-events";
import { toast } from "../toasts";
import { reminderAt, type Shown } from "./reminder-words";
import { dayAddress } from "./row";
import { shortWhen } from "./when";

const W = EV.reminder;
const LOOK_EVERY_MS = 15_000;
/** News tell of every change; this is for what they missed. */
const ASK_EVERY_MS = 10 * 60_000;
const AWAY_KEY = "hearth.reminders-away";
const AWAY_MOST = 40;
const GAP_PX = 8;

/** What is in view of whoever wears a headset now. */
interface Headset {
  note(words: string): void;
}

export class Reminders {
  private readonly element = h("aside", {
    class: "reminder",
    attrs: { "aria-label": W.label, hidden: true, "data-test": "reminder" },
  });
  private readonly words = h("p", { class: "reminder-words" });
  /** Outside, so that it is there before it says something; each reminder is spoken once. */
  private readonly spoken = h("p", { class: "only-spoken", attrs: { role: "status" } });
  private coming: Occurrence[] = [];
  private away = new Set<string>(kept());
  private account: string | null = null;
  private askedMs = 0;
  /** The reminder that stands there, by its key and where it leads. */
  private drawn = "";
  private readonly told = new Set<string>();
  private stops: (() => void)[] = [];

  constructor(
    private readonly session: Session,
    private readonly headset: () => Headset | null,
  ) {}

  begin(): void {
    // Shown above the page and in its flow, so that it hides nothing; read after it, so that the
    // way past the header stays the first thing on every page.
    document.getElementById("app")?.after(this.element, this.spoken);
    new ResizeObserver(() => this.makeRoom()).observe(this.element);
    this.session.subscribe(() => this.whoever());
    setInterval(() => {
      if (this.account === null) return;
      if (Date.now() - this.askedMs > ASK_EVERY_MS) void this.ask();
      else this.draw();
    }, LOOK_EVERY_MS);
  }

  /** Somebody else is signed in, or nobody. */
  private whoever(): void {
    const { me, known } = this.session;
    const account = known && me.groups.length > 0 ? (me.account?.id ?? null) : null;
    if (account === this.account) return;
    this.account = account;
    this.coming = [];
    for (const stop of this.stops) stop();
    this.stops = [];
    if (account !== null) {
      this.stops = [
        live.hear("event", (news) => this.hear(news)),
        live.onGap(() => void this.ask()),
      ];
      void this.ask();
    }
    this.draw();
  }

  private readonly ask = inTurn(async () => {
    const { account } = this;
    this.askedMs = Date.now();
    try {
      const found = await myEvents();
      if (account !== this.account) return;
      this.coming = found;
      this.draw();
    } catch {
      // Without an answer what is known stands; the next try comes by itself.
    }
  });

  private hear(news: EventNews): void {
    const when = shortWhen(news.starts_ms);
    if (news.what === "moved") this.say(W.moved(news.title, when, news.room));
    if (news.what === "restored") this.say(W.restored(news.title, when, news.room));
    if (news.what === "cancelled") this.say(W.cancelled(news.title));
    void this.ask();
  }

  private say(words: string): void {
    toast(words);
    this.headset()?.note(words);
  }

  /** Another page is shown: whoever is where it happens is not reminded. */
  look(): void {
    this.draw();
  }

  private draw(): void {
    const shown = reminderAt(location.pathname, this.coming, serverNow(), this.away);
    this.element.hidden = shown === null;
    if (shown === null) {
      this.drawn = "";
      this.spoken.textContent = "";
      return;
    }
    if (this.words.textContent !== shown.words) this.words.textContent = shown.words;
    const headset = this.told.has(shown.key) ? null : this.headset();
    if (headset !== null) {
      this.told.add(shown.key);
      headset.note(shown.headset);
    }
    this.put(shown);
  }

  /** A reminder that stands there already keeps its buttons, and with them the focus. */
  private put({ key, of, words, open }: Shown): void {
    const now = `${key} ${open}`;
    if (now === this.drawn) return;
    this.drawn = now;
    this.spoken.textContent = words;
    const had = this.element.contains(document.activeElement);
    fill(
      this.element,
      icon(open ? "enter" : "light"),
      this.words,
      h(
        "a",
        { class: "button next", attrs: { href: open ? `/r/${of.room.id}` : dayAddress(of) } },
        open ? W.enter : W.look,
      ),
      h(
        "button",
        {
          class: "button plain",
          attrs: {
            type: "button",
            "aria-label": W.awayLabel(of.title),
            "data-test": "reminder-away",
          },
          on: { click: () => this.putAway(key) },
        },
        W.away,
      ),
    );
    if (had) this.element.querySelector("a")?.focus();
  }

  /** Notes that come from above in a room come below it. */
  private makeRoom(): void {
    const high = this.element.offsetHeight;
    document.body.style.setProperty("--reminder", `${high === 0 ? 0 : high + GAP_PX}px`);
  }

  private putAway(key: string): void {
    this.away.add(key);
    try {
      const some = [...this.away].slice(-AWAY_MOST);
      storageOf("sessionStorage")?.setItem(AWAY_KEY, JSON.stringify(some));
    } catch {
      // Where nothing may be kept it comes back with the next page.
    }
    this.draw();
    document.querySelector<HTMLElement>("h1")?.focus();
  }
}

function kept(): string[] {
  try {
    const found: unknown = JSON.parse(storageOf("sessionStorage")?.getItem(AWAY_KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}
