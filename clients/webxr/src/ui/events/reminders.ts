/**
 * Calm banners about one's own events on every page, also in a room: an hour before, ten minutes
 * before, at open doors, and when a place is offered. One at a time; put away, each stays away.
 */
import type { Session } from "../../app/session";
import { myEvents, type Occurrence } from "../../net/events";
import { inTurn } from "../../net/in-turn";
import { type EventNews, live } from "../../net/live";
import { type Reminder, reminderOf } from "../../state/reminding";
import { fill, h } from "../dom";
import { icon } from "../icons";
import { until } from "../shell";
import { storageOf } from "../storage";
import { EV } from "../strings-events";
import { toast } from "../toasts";
import { dayAddress } from "./row";
import { shortWhen } from "./when";

const W = EV.reminder;
const LOOK_EVERY_MS = 15_000;
/** News tell of every change; this is for what they missed. */
const ASK_EVERY_MS = 10 * 60_000;
const AWAY_KEY = "hearth.reminders-away";
const AWAY_MOST = 40;

export class Reminders {
  private readonly element = h("aside", {
    class: "reminder",
    attrs: { "aria-label": W.label, hidden: true, "data-test": "reminder" },
  });
  private coming: Occurrence[] = [];
  private away = new Set<string>(kept());
  private account: string | null = null;
  private askedMs = 0;
  private drawn = "";
  private stops: (() => void)[] = [];

  constructor(private readonly session: Session) {}

  begin(): void {
    // Shown above the page and in its flow, so that it hides nothing; read after it, so that the
    // way past the header stays the first thing on every page.
    document.getElementById("app")?.after(this.element);
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
    if (news.what === "moved") toast(W.moved(news.title, shortWhen(news.starts_ms)));
    if (news.what === "cancelled") toast(W.cancelled(news.title));
    void this.ask();
  }

  /** Another page is shown: whoever is where it happens is not reminded. */
  look(): void {
    this.draw();
  }

  private draw(): void {
    const offer = this.coming.find((each) => this.stillOffered(each));
    const due = reminderOf(this.coming, Date.now(), this.away);
    const here = location.pathname;
    const about = offer ?? due?.of;
    // Whoever is there, or looks at its page, knows.
    const there =
      about !== undefined && (here === `/r/${about.room.id}` || here.startsWith(dayAddress(about)));
    if (about === undefined || there) {
      this.element.hidden = true;
      this.drawn = "";
      return;
    }
    const said = offer === undefined ? words(due!) : W.offer(offer.title);
    const open = offer === undefined && due!.stage === "doors";
    const now = JSON.stringify([said, about.event, about.original]);
    if (now === this.drawn) return;
    this.drawn = now;
    const key = offer === undefined ? due!.key : offerKey(offer);
    const title = about.title;
    const had = this.element.contains(document.activeElement);
    fill(
      this.element,
      icon(open ? "enter" : "light"),
      h("p", { class: "reminder-words", attrs: { role: "status" } }, said),
      h(
        "a",
        {
          class: "button next",
          attrs: { href: open ? `/r/${about.room.id}` : dayAddress(about) },
        },
        open ? W.enter : W.look,
      ),
      h(
        "button",
        {
          class: "button plain",
          attrs: { type: "button", "aria-label": W.awayLabel(title), "data-test": "reminder-away" },
          on: { click: () => this.putAway(key) },
        },
        W.away,
      ),
    );
    this.element.hidden = false;
    if (had) this.element.querySelector("a")?.focus();
  }

  private stillOffered(each: Occurrence): boolean {
    if (each.mine?.state !== "offered" || this.away.has(offerKey(each))) return false;
    return each.mine.offer_until_ms === null || each.mine.offer_until_ms > Date.now();
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

const offerKey = (each: Occurrence) =>
  `${each.event} ${each.original} offer ${each.mine?.offer_until_ms ?? 0}`;

function words({ of, stage }: Reminder<Occurrence>): string {
  if (stage === "doors") return of.state === "live" ? W.live(of.title) : W.doors(of.title);
  if (of.starts_ms <= Date.now() + 45_000) return W.now(of.title);
  return W[stage](of.title, until(of.starts_ms));
}

function kept(): string[] {
  try {
    const found: unknown = JSON.parse(storageOf("sessionStorage")?.getItem(AWAY_KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}
