/**
 * A group's channel at work: loads it, hears the live news, carries out what one writes, and tells
 * the server what was read. Shows at once and mends when the server says otherwise.
 */
import { Problem } from "../../net/api";
import { freshKey } from "../../net/fresh-key";
import { live } from "../../net/live";
import { deleteLine, editLine, lines, reactTo, sayLine, tellRead } from "../../net/talk";
import { onBlocks } from "../../net/ties";
import { WIRE_LIMITS } from "../../protocol/control";
import { Channel } from "../../state/channel";

const READ_AFTER_MS = 600;

export class ChannelDesk {
  readonly channel: Channel;
  readonly longest = WIRE_LIMITS.lineLength;
  /** Why the channel could not be loaded; null when it was. */
  trouble: string | null = null;

  private readonly stops: (() => void)[] = [];
  /** Lines that failed because nobody was reached: they go out by themselves when that is over. */
  private readonly unreached = new Set<string>();
  private readTimer = 0;
  private ended = false;
  /** Counts what was asked for: an answer to an earlier question says less than a later one. */
  private asked = 0;
  private afresh = false;

  /**
   * `unsigned` takes what could not be sent because the norms have to be signed first: they changed
   * while the page was open.
   */
  constructor(
    readonly group: string,
    me: string,
    private readonly unsigned: (text: string) => void = () => {},
  ) {
    this.channel = new Channel(me);
  }

  start(): void {
    this.stops.push(
      live.hear("line", ({ group, line }) => {
        if (group === this.group) this.channel.take(line);
      }),
      live.onGap(() => void this.latest()),
      // Lines of somebody blocked are not shown any more, and those of somebody unblocked are.
      onBlocks(() => void this.latest(true)),
    );
    void this.latest();
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.readTimer);
    for (const stop of this.stops) stop();
  }

  /** Load the newest page, at first or after a gap; `afresh` forgets what was known before. */
  async latest(afresh = false): Promise<void> {
    const mine = ++this.asked;
    const knownTo = this.channel.newest;
    this.afresh ||= afresh;
    try {
      const page = await lines(this.group);
      if (this.ended || mine !== this.asked) return;
      this.trouble = null;
      this.channel.takeLatest(page, knownTo, this.afresh);
      this.afresh = false;
      for (const key of this.unreached) void this.again(key);
    } catch (error) {
      if (this.ended || mine !== this.asked) return;
      this.trouble = sentence(error);
      this.channel.tell();
    }
  }

  async earlier(): Promise<void> {
    const before = this.channel.lines[0]?.id;
    if (before !== undefined) this.channel.takeEarlier(await lines(this.group, { before }));
  }

  async say(text: string): Promise<void> {
    await this.post(freshKey(), text);
  }

  async again(key: string): Promise<void> {
    const line = this.channel.pending.find((each) => each.key === key);
    if (line !== undefined) await this.post(key, line.text);
    else this.unreached.delete(key);
  }

  private async post(key: string, text: string): Promise<void> {
    this.unreached.delete(key);
    this.channel.send(key, text, Date.now());
    try {
      this.channel.take(await sayLine(this.group, key, text));
      // An answer may be the same line that a stream brought; what was on its way is done.
      this.channel.discard(key);
    } catch (error) {
      if (error instanceof Problem && error.status === 0) this.unreached.add(key);
      if (error instanceof Problem && error.code === "norms_unsigned") this.unsigned(text);
      this.channel.failed(key, sentence(error));
    }
  }

  /** Change a line; throws what the server says against it. */
  async edit(id: number, text: string): Promise<void> {
    this.channel.editing(id, text);
    try {
      this.channel.take(await editLine(this.group, id, text));
    } finally {
      this.channel.editing(id, null);
    }
  }

  async remove(id: number): Promise<void> {
    this.channel.hide(id, true);
    try {
      await deleteLine(this.group, id);
    } catch (error) {
      this.channel.hide(id, false);
      throw error;
    }
  }

  async react(id: number, kind: string, on: boolean): Promise<void> {
    const before = this.channel.react(id, kind, on);
    try {
      await reactTo(this.group, id, kind, on);
    } catch (error) {
      if (before !== null) this.channel.take(before);
      throw error;
    }
  }

  /** Everything shown was seen; the server is told once it is quiet. */
  seen(): void {
    if (this.channel.markRead() === null) return;
    clearTimeout(this.readTimer);
    this.readTimer = window.setTimeout(() => {
      // If this is lost, some lines are new once more; nothing to bother anybody with.
      tellRead(this.group, this.channel.read).catch(() => {});
    }, READ_AFTER_MS);
  }
}

export const sentence = (error: unknown) =>
  error instanceof Error ? error.message : String(error);
