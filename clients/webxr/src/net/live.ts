/**
 * The page's one stream of news (`GET /api/v1/live`, server-sent events): open while anybody
 * listens, opened again with growing waits when it ends, and then everybody is told to look anew,
 * because what was said meanwhile is not said again.
 */
import { integer, number, oneOf } from "../protocol/readers";
import type { Line } from "../state/channel";
import { anyText, many, orElse, shape } from "./shapes";
import { type RoomPresence, readLine, readPresence } from "./talk";

const PATH = "/api/v1/live";
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** A stream that stood this long was a good one: waiting begins from the start. */
const STOOD_MS = 20_000;

export const EVENT_NEWS = [
  "offer",
  "doors",
  "live",
  "moved",
  "cancelled",
  "restored",
  "admitted",
  "ended",
] as const;

/** Something about an event that concerns one. */
export interface EventNews {
  event: string;
  original: string;
  what: (typeof EVENT_NEWS)[number];
  title: string;
  starts_ms: number;
  /** The room it is in now, where that is news. */
  room: string;
}

interface LiveNews {
  line: { group: string; line: Line };
  presence: { group: string; rooms: RoomPresence[] };
  counts: { group: string; unread: number; mentions: number };
  moderation: { group: string };
  friends: Record<never, never>;
  event: EventNews;
}

type Kind = keyof LiveNews;
type Hear<K extends Kind> = (news: LiveNews[K]) => void;

const whole = integer(0, Number.MAX_SAFE_INTEGER);
const READERS: { [K in Kind]: (value: unknown) => LiveNews[K] | undefined } = {
  line: shape<LiveNews["line"]>({ group: anyText, line: readLine }),
  presence: shape<LiveNews["presence"]>({ group: anyText, rooms: many(readPresence) }),
  counts: shape<LiveNews["counts"]>({
    group: anyText,
    unread: orElse(whole, 0),
    mentions: orElse(whole, 0),
  }),
  moderation: shape<LiveNews["moderation"]>({ group: anyText }),
  friends: shape<LiveNews["friends"]>({}),
  event: shape<EventNews>({
    event: anyText,
    original: anyText,
    what: oneOf(EVENT_NEWS),
    title: orElse(anyText, ""),
    starts_ms: orElse(number, 0),
    room: orElse(anyText, ""),
  }),
};

/** What a stream needs of the browser; `EventSource` is one. */
export interface Source {
  addEventListener(kind: string, run: (event: { data?: unknown }) => void): void;
  close(): void;
}

interface LiveParts {
  open(path: string): Source;
  wait(ms: number, run: () => void): () => void;
  nowMs(): number;
  random(): number;
}

export class LiveStream {
  private readonly hearers = new Map<string, Set<(news: never) => void>>();
  private source: Source | null = null;
  private stopWaiting: () => void = () => {};
  private openedMs = 0;
  private failures = 0;

  constructor(private readonly parts: LiveParts) {}

  /** Hear news of a kind; returns the way to stop. The stream is open while anybody listens. */
  hear<K extends Kind>(kind: K, run: Hear<K>): () => void {
    return this.add(kind, run as (news: never) => void);
  }

  /**
   * Be told when news may have been missed: whenever the stream begins to be heard, also at first,
   * for what was asked before that may have changed before that.
   */
  onGap(run: () => void): () => void {
    return this.add("gap", run);
  }

  private add(kind: string, run: (news: never) => void): () => void {
    const set = this.hearers.get(kind) ?? new Set();
    this.hearers.set(kind, set);
    set.add(run);
    if (this.source === null) this.open();
    return () => {
      set.delete(run);
      if ([...this.hearers.values()].every(({ size }) => size === 0)) this.close();
    };
  }

  private open(): void {
    this.stopWaiting();
    const source = this.parts.open(PATH);
    this.source = source;
    source.addEventListener("open", () => {
      if (this.source !== source) return;
      this.openedMs = this.parts.nowMs();
      this.tell("gap", undefined);
    });
    source.addEventListener("error", () => {
      if (this.source === source) this.again();
    });
    for (const kind of Object.keys(READERS) as Kind[]) {
      source.addEventListener(kind, ({ data }) => {
        if (this.source === source) this.take(kind, data);
      });
    }
  }

  private take(kind: Kind, data: unknown): void {
    let value: unknown;
    try {
      value = JSON.parse(typeof data === "string" ? data : "");
    } catch {
      return;
    }
    const news = READERS[kind](value);
    if (news !== undefined) this.tell(kind, news);
  }

  private again(): void {
    // The browser would ask again by itself, but not after a refusal, and all at the same moment.
    this.source?.close();
    if (this.openedMs > 0 && this.parts.nowMs() - this.openedMs > STOOD_MS) this.failures = 0;
    this.openedMs = 0;
    const base = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.failures);
    this.failures++;
    this.stopWaiting = this.parts.wait(base * (0.5 + this.parts.random()), () => this.open());
  }

  private close(): void {
    this.stopWaiting();
    this.source?.close();
    this.source = null;
    this.openedMs = 0;
    this.failures = 0;
  }

  private tell(kind: string, news: unknown): void {
    for (const run of this.hearers.get(kind) ?? []) run(news as never);
  }
}

/** The stream of this page. */
export const live = new LiveStream({
  open: (path) => new EventSource(path) as unknown as Source,
  wait: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  nowMs: () => performance.now(),
  random: Math.random,
});
