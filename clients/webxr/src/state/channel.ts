/**
 * What is known of a group's channel: its lines, those on their way, what was read and where the
 * unread begins. Pure: lines in, values out. The same line may come any number of times, by answer
 * and by stream in any order, and is kept once.
 */

export interface LineAuthor {
  id: string;
  name: string;
  primary: string;
  secondary: string;
  pattern: number;
}

export interface LineReaction {
  kind: string;
  count: number;
  mine: boolean;
}

/** A line of the channel as the server keeps it. */
export interface Line {
  id: number;
  /** What the author's client called it; the same key is the same line. */
  key: string;
  /** Null when the author's account is gone. */
  author: LineAuthor | null;
  /** The room it was said in; null for the group's page. */
  room: { id: string; name: string } | null;
  text: string;
  created_ms: number;
  edited_ms: number | null;
  deleted: boolean;
  mentions: readonly { id: string; name: string }[];
  mentions_me: boolean;
  reactions: readonly LineReaction[];
}

/** A line that one wrote and that the server has not acknowledged. */
export interface PendingLine {
  key: string;
  text: string;
  at_ms: number;
  state: "sending" | "failed";
  /** What to do, when it failed. */
  why: string;
}

export interface Page {
  items: readonly Line[];
  more_before: boolean;
  read: number;
}

export class Channel {
  /** Kept lines, the oldest first. */
  lines: readonly Line[] = [];
  pending: readonly PendingLine[] = [];
  moreBefore = false;
  /** The last line that is known to be read. */
  read = 0;
  /** Lines after this one are marked as new; it stays while one reads. Null: no mark. */
  newAfter: number | null = null;
  /** Whether anything was loaded yet. */
  loaded = false;

  private readonly views = new Set<() => void>();
  /** One's own changes on their way: the text shown, until the server answers. */
  private readonly drafts = new Map<number, string>();
  /** Lines one took away and may still take back. */
  private readonly leaving = new Set<number>();

  constructor(readonly me: string) {}

  subscribe(run: () => void): () => void {
    this.views.add(run);
    return () => this.views.delete(run);
  }

  /**
   * The newest page: at first, and again whenever the stream was interrupted. `knownTo` is the last
   * line that was known when it was asked for; `afresh` drops all that was known.
   */
  takeLatest(page: Page, knownTo: number = this.newest, afresh = false): void {
    const oldest = page.items[0]?.id;
    // Between what we had and this page lines may be missing: start over from the page.
    const gap = this.loaded && page.more_before && (oldest ?? 0) > knownTo;
    const over = gap || afresh || this.lacks(page, knownTo);
    if (over) this.lines = this.lines.filter(({ id }) => id > knownTo);
    if (over || !this.loaded || (this.lines[0]?.id ?? Infinity) >= (oldest ?? Infinity)) {
      this.moreBefore = page.more_before;
    }
    this.read = Math.max(this.read, page.read);
    if (!this.loaded) this.newAfter = this.read;
    this.loaded = true;
    this.put(page.items);
  }

  /** Whether lines are known here that the server does not show any more. */
  private lacks({ items }: Page, knownTo: number): boolean {
    const from = items[0]?.id ?? 0;
    const shown = new Set(items.map(({ id }) => id));
    return this.lines.some(
      ({ id, deleted }) => !deleted && id >= from && id <= knownTo && !shown.has(id),
    );
  }

  /** A page of what was said before. */
  takeEarlier(page: Page): void {
    this.moreBefore = page.more_before;
    this.put(page.items);
  }

  /** A line by answer or by stream: new, or one that changed. */
  take(line: Line): void {
    this.put([line]);
  }

  /** Show a line before the server has it. */
  send(key: string, text: string, atMs: number): void {
    const others = this.pending.filter((line) => line.key !== key);
    this.pending = [...others, { key, text, at_ms: atMs, state: "sending", why: "" }];
    this.tell();
  }

  failed(key: string, why: string): void {
    this.pending = this.pending.map((line) =>
      line.key === key ? { ...line, state: "failed", why } : line,
    );
    this.tell();
  }

  /** Give up a line that was not sent; returns its text. */
  discard(key: string): string {
    const text = this.pending.find((line) => line.key === key)?.text ?? "";
    this.pending = this.pending.filter((line) => line.key !== key);
    this.tell();
    return text;
  }

  /** Show a change before the server has it; null when it has answered or refused. */
  editing(id: number, text: string | null): void {
    if (text === null) this.drafts.delete(id);
    else this.drafts.set(id, text);
    this.tell();
  }

  /** Take a line away from sight; it can be taken back until it is really gone. */
  hide(id: number, on: boolean): void {
    if (on) this.leaving.add(id);
    else this.leaving.delete(id);
    this.tell();
  }

  isHidden(id: number): boolean {
    return this.leaving.has(id);
  }

  /** What a line says right now, one's own change on its way included. */
  textOf(line: Line): string {
    return this.drafts.get(line.id) ?? line.text;
  }

  /** Give or take a reaction before the server answers; returns the line as it was. */
  react(id: number, kind: string, on: boolean): Line | null {
    const line = this.lineOf(id);
    if (line === null) return null;
    this.lines = this.lines.map((each) => (each.id === id ? reacted(each, kind, on) : each));
    this.tell();
    return line;
  }

  lineOf(id: number): Line | null {
    return this.lines.find((line) => line.id === id) ?? null;
  }

  isMine(line: Line): boolean {
    return line.author !== null && line.author.id === this.me;
  }

  /** The last line one wrote oneself and may change. */
  get lastOwn(): Line | null {
    const own = this.lines.filter((line) => this.isMine(line) && this.isShown(line));
    return own.at(-1) ?? null;
  }

  get newest(): number {
    return this.lines.at(-1)?.id ?? 0;
  }

  get unread(): number {
    return this.lines.filter((line) => line.id > this.read && this.counts(line)).length;
  }

  /** Everything was seen; returns the id to tell the server, or null when it knows. */
  markRead(): number | null {
    if (this.newest <= this.read) return null;
    this.read = this.newest;
    this.tell();
    return this.read;
  }

  /** One looked away with everything read, or wrote: what comes next is what is new. */
  moveMark(): void {
    this.newAfter = this.read;
    this.tell();
  }

  private isShown(line: Line): boolean {
    return !line.deleted && !this.leaving.has(line.id);
  }

  private counts(line: Line): boolean {
    return this.isShown(line) && !this.isMine(line);
  }

  private put(items: readonly Line[]): void {
    const known = new Map(this.lines.map((line) => [line.id, line]));
    const arrived = new Set<string>();
    for (const line of items) {
      known.set(line.id, newer(known.get(line.id), line));
      if (this.isMine(line)) arrived.add(line.key);
    }
    this.lines = [...known.values()].sort((a, b) => a.id - b.id);
    if (this.pending.some((line) => arrived.has(line.key))) {
      this.pending = this.pending.filter((line) => !arrived.has(line.key));
    }
    this.tell();
  }

  /** Let everybody look anew. */
  tell(): void {
    for (const run of this.views) run();
  }
}

/** Of two states of the same line the later one, whichever came first. */
function newer(had: Line | undefined, came: Line): Line {
  if (had === undefined) return came;
  if (had.deleted !== came.deleted) return had.deleted ? had : came;
  return (had.edited_ms ?? 0) > (came.edited_ms ?? 0) ? { ...came, ...wordsOf(had) } : came;
}

const wordsOf = ({ text, edited_ms, mentions, mentions_me }: Line) => ({
  text,
  edited_ms,
  mentions,
  mentions_me,
});

/** A line with a reaction of one's own more or less. */
export function reacted(line: Line, kind: string, on: boolean): Line {
  const had = line.reactions.find((each) => each.kind === kind);
  if ((had?.mine ?? false) === on) return line;
  if (had === undefined) {
    return { ...line, reactions: [...line.reactions, { kind, count: 1, mine: true }] };
  }
  const reactions = line.reactions.map((each) =>
    each === had ? { kind, count: each.count + (on ? 1 : -1), mine: on } : each,
  );
  return { ...line, reactions: reactions.filter(({ count }) => count > 0) };
}
