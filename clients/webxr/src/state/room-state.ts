/**
 * What is known about the room one is in: people, chat, whom one hides, how good the line is.
 * Pure: messages in, values out; views subscribe to the topics they show.
 */
import type { Chat, Person, RoomInfo, Roster, Line as WireLine } from "../protocol/control";
import type { Mic } from "../protocol/control-voice";
import type { AvatarLook, Device } from "./avatar-state";
import { marksOf } from "./marks";

export interface PersonView extends AvatarLook {
  away: boolean;
  /** Metres from oneself; -1 when not known. */
  distanceM: number;
  mic: Mic;
  /** What they are to the room's group; absent in rooms without one. */
  role?: Person["role"];
  /** They joined the group a few days ago. */
  new?: boolean;
}

/** What is known of a line of the group's channel beyond its words. */
export interface LineFacts {
  id: number;
  /** Account that wrote it; null when it is gone. */
  author: string | null;
  /** Name of the room it was said in, when that is not this one; "" for the channel's page. */
  elsewhere: string | null;
  edited: boolean;
  deleted: boolean;
  mentionsMe: boolean;
  reactions: readonly { kind: string; count: number }[];
}

export interface ChatEntry {
  /** Unique within this visit, for views. */
  key: number;
  /** 0 for a line the page itself says. */
  from: number;
  name: string;
  colour: string;
  text: string;
  /** Server time, unwrapped as the clock tells; 0 when not yet known. */
  atMs: number;
  mine: boolean;
  status: "sent" | "sending" | "failed";
  /** Whether the server has said this line to everybody; its answer may come before that. */
  echoed: boolean;
  /** What this page calls a line it sends: the server keeps a line of the same name once. */
  sentKey: string;
  /** Null for what is not kept: rooms without a group, and words in a private zone. */
  line: LineFacts | null;
}

export type Quality = "good" | "fair" | "poor" | "lost";

export interface Line {
  phase: "idle" | "joining" | "live" | "reconnecting" | "left";
  /** What happened, in plain words; "" while all is well. */
  note: string;
  rttMs: number;
  delayMs: number;
  quality: Quality;
}

export interface Me {
  id: number;
  name: string;
  primary: string;
  secondary: string;
  pattern: number;
  device: Device;
}

type Look = Pick<Me, "name" | "primary" | "secondary" | "pattern">;

export type Topic = "people" | "chat" | "line" | "room";

const CHAT_KEPT = 200;
/** Far from good below these: round trip, then drawing delay, in ms. */
const FAIR = { rttMs: 160, delayMs: 320 };
const POOR = { rttMs: 350, delayMs: 520 };

export interface RosterEffect {
  joined: Person[];
  /** Ids whose look changed. */
  changed: number[];
  left: { id: number; name: string }[];
  /** Whether this ended a listing after `welcome`: arrivals in it are not news. */
  listing: boolean;
}

export class RoomState {
  me: Me = { id: 0, name: "", primary: "", secondary: "", pattern: 0, device: "desktop" };
  room: RoomInfo | null = null;
  /** Others in the room, by participant id. */
  readonly people = new Map<number, PersonView>();
  /** Those one hides, by participant id, with the name they had. */
  readonly hidden = new Map<number, string>();
  /** Those one has muted; the voice part keeps it. */
  unheard: ReadonlySet<number> = new Set();
  /** Those present who are friends; the group's part keeps it. */
  friends: ReadonlySet<number> = new Set();
  readonly chat: ChatEntry[] = [];
  unread = 0;
  line: Line = { phase: "idle", note: "", rttMs: -1, delayMs: -1, quality: "good" };

  /** What was said before one came is not news. */
  catchingUp = false;

  private chatOpen = false;
  private nextKey = 1;
  private listing: Set<number> | null = null;
  private readonly views = new Map<Topic, Set<() => void>>();

  /** Call `run` whenever the topic changes; returns the way to stop. */
  subscribe(topic: Topic, run: () => void): () => void {
    const set = this.views.get(topic) ?? new Set();
    this.views.set(topic, set);
    set.add(run);
    return () => set.delete(run);
  }

  tell(topic: Topic): void {
    for (const run of this.views.get(topic) ?? []) run();
  }

  setRoom(room: RoomInfo): void {
    this.room = room;
    this.tell("room");
  }

  /**
   * Apply a roster message; returns what it changed.
   *
   * A listing after `welcome` comes in pages, the first with `reset`. Nobody is taken away until
   * its last page, so that people stay drawn while it arrives (a resumed line must not flicker).
   */
  applyRoster(roster: Roster): RosterEffect {
    const effect: RosterEffect = { joined: [], changed: [], left: [], listing: false };
    if (roster.reset) this.listing = new Set();
    effect.listing = this.listing !== null;
    for (const person of roster.joined) this.addPerson(person, effect);
    for (const change of roster.changed) {
      if (change.id === this.me.id) this.lookLike({ ...this.me, ...change }, effect);
      const person = this.people.get(change.id);
      if (person === undefined) continue;
      const { id, ...news } = change;
      Object.assign(person, news);
      person.marks = this.marks(person);
      effect.changed.push(id);
    }
    for (const { id } of roster.left) this.removePerson(id, effect);
    if (this.listing !== null && roster.last_page) {
      for (const id of [...this.people.keys()]) {
        if (!this.listing.has(id)) this.removePerson(id, effect);
      }
      this.listing = null;
    }
    if (roster.hidden !== undefined) this.setHidden(roster.hidden);
    this.tell("people");
    return effect;
  }

  private addPerson(person: Person, effect: RosterEffect): void {
    this.listing?.add(person.id);
    if (person.id === this.me.id) {
      this.lookLike(person, effect);
      return;
    }
    const known = this.people.get(person.id);
    const marks = this.marks(person);
    if (known === undefined) {
      this.people.set(person.id, { ...person, marks, distanceM: -1 });
      effect.joined.push(person);
    } else {
      Object.assign(known, person, { marks });
      effect.changed.push(person.id);
    }
  }

  /** One looks as the server says: one's account may have been changed on another page. */
  private lookLike({ name, primary, secondary, pattern }: Look, effect: RosterEffect): void {
    const { me } = this;
    const same = me.name === name && me.primary === primary && me.secondary === secondary;
    if (same && me.pattern === pattern) return;
    this.me = { ...me, name, primary, secondary, pattern };
    effect.changed.push(me.id);
  }

  private removePerson(id: number, effect: RosterEffect): void {
    const person = this.people.get(id);
    if (person === undefined) return;
    this.people.delete(id);
    effect.left.push({ id, name: person.name });
  }

  private marks(person: Person | PersonView): string[] {
    return marksOf(person, {
      unheard: this.unheard.has(person.id),
      friend: this.friends.has(person.id),
    });
  }

  private setHidden(list: { id: number; name: string }[]): void {
    this.hidden.clear();
    for (const { id, name } of list) this.hidden.set(id, name);
  }

  /** `unheard` or `friends` changed: mark everybody anew; returns those who look different now. */
  remark(): PersonView[] {
    const changed: PersonView[] = [];
    for (const person of this.people.values()) {
      const marks = this.marks(person);
      if (marks.join() === person.marks.join()) continue;
      person.marks = marks;
      changed.push(person);
    }
    if (changed.length > 0) this.tell("people");
    return changed;
  }

  /** Note a wish at once; the server's roster confirms it. */
  setHiddenLocally(id: number, name: string, on: boolean): void {
    if (on) {
      this.hidden.set(id, name);
      this.people.delete(id);
    } else this.hidden.delete(id);
    this.tell("people");
  }

  /** A line somebody said. One's own comes back from the server and confirms the copy shown. */
  applyChat(chat: Chat, atMs: number): ChatEntry | null {
    const mine = chat.from === this.me.id;
    if (mine) {
      const copy = this.chat.find((entry) => !entry.echoed && entry.text === chat.text);
      if (copy !== undefined) {
        copy.echoed = true;
        copy.status = "sent";
        copy.atMs = atMs;
        this.tell("chat");
        return null;
      }
    }
    const colour = mine ? this.me.primary : (this.people.get(chat.from)?.primary ?? "");
    const entry: ChatEntry = {
      key: this.nextKey++,
      from: chat.from,
      name: chat.name,
      colour,
      text: chat.text,
      atMs,
      mine,
      status: "sent",
      echoed: true,
      sentKey: "",
      line: null,
    };
    this.append(entry);
    if (!mine && !this.chatOpen) this.unread++;
    this.tell("chat");
    return entry;
  }

  /** A line of the group's channel: new, one's own that was on its way, or one that changed. */
  applyLine(line: WireLine, account: string): void {
    const facts = factsOf(line, this.room?.id ?? "");
    const known = this.chat.find(
      (entry) =>
        entry.line?.id === line.id || (!entry.echoed && line.key === entry.sentKey && entry.mine),
    );
    const mine = line.author === account && account !== "";
    if (known !== undefined) {
      Object.assign(known, { text: line.text, line: facts, atMs: line.at_ms });
      Object.assign(known, { status: "sent", echoed: true });
      this.sortLines();
    } else {
      const from = line.from ?? 0;
      this.append({
        key: this.nextKey++,
        from,
        name: line.name,
        colour: mine ? this.me.primary : (this.people.get(from)?.primary ?? ""),
        text: line.text,
        atMs: line.at_ms,
        mine,
        status: "sent",
        echoed: true,
        sentKey: line.key ?? "",
        line: facts,
      });
      this.sortLines();
      if (!mine && !this.chatOpen && !this.catchingUp && !facts.deleted) this.unread++;
    }
    this.tell("chat");
  }

  /** Kept lines stand in the order in which they were kept; what is on its way stands last. */
  private sortLines(): void {
    const rank = (entry: ChatEntry) =>
      entry.echoed ? (entry.line?.id ?? null) : Number.MAX_SAFE_INTEGER;
    for (let at = this.chat.length - 1; at > 0; at--) {
      const later = rank(this.chat[at]!);
      const earlier = rank(this.chat[at - 1]!);
      if (later === null || earlier === null || later >= earlier) break;
      [this.chat[at - 1], this.chat[at]] = [this.chat[at]!, this.chat[at - 1]!];
    }
  }

  /** Show one's own line before the server has it. */
  saying(text: string, atMs: number, sentKey = ""): ChatEntry {
    const entry: ChatEntry = {
      key: this.nextKey++,
      from: this.me.id,
      name: this.me.name,
      colour: this.me.primary,
      text,
      atMs,
      mine: true,
      status: "sending",
      echoed: false,
      sentKey,
      line: null,
    };
    this.append(entry);
    this.tell("chat");
    return entry;
  }

  settleChat(key: number, sent: boolean): void {
    const entry = this.chat.find((line) => line.key === key);
    if (entry === undefined || entry.status === "sent") return;
    entry.status = sent ? "sent" : "failed";
    this.tell("chat");
  }

  /** Take a line away, to send it again. */
  dropChat(key: number): ChatEntry | null {
    const at = this.chat.findIndex((line) => line.key === key);
    const [entry] = at >= 0 ? this.chat.splice(at, 1) : [];
    this.tell("chat");
    return entry ?? null;
  }

  setChatOpen(open: boolean): void {
    this.chatOpen = open;
    if (open) this.unread = 0;
    this.tell("chat");
  }

  setLine(change: Partial<Line>): void {
    Object.assign(this.line, change);
    this.line.quality = qualityOf(this.line);
    this.tell("line");
  }

  /** Another visit: forget everybody and everything said. */
  reset(): void {
    this.people.clear();
    this.hidden.clear();
    this.chat.length = 0;
    this.unread = 0;
    this.listing = null;
    this.tell("people");
    this.tell("chat");
  }

  private append(entry: ChatEntry): void {
    this.chat.push(entry);
    if (this.chat.length > CHAT_KEPT) this.chat.shift();
  }
}

function factsOf(line: WireLine, here: string): LineFacts {
  const { room } = line;
  return {
    id: line.id,
    author: line.author ?? null,
    elsewhere: room === undefined ? "" : room.id === here ? null : room.name,
    edited: line.edited ?? false,
    deleted: line.deleted ?? false,
    mentionsMe: line.mentions_me ?? false,
    reactions: line.reactions ?? [],
  };
}

/** How good the line is, by what a person would notice. */
export function qualityOf(line: Line): Quality {
  if (line.phase === "reconnecting" || line.phase === "left") return "lost";
  if (line.rttMs > POOR.rttMs || line.delayMs > POOR.delayMs) return "poor";
  if (line.rttMs > FAIR.rttMs || line.delayMs > FAIR.delayMs) return "fair";
  return "good";
}
