import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Channel, type Line, type Page, reacted } from "../../src/state/channel";
import { rowsOf } from "../../src/state/channel-rows";

const ME = "me".padEnd(16, "2");
const author = (id: string) => ({
  id,
  name: id.slice(0, 3),
  primary: "#ff9a4d",
  secondary: "#f6ecdd",
  pattern: 0,
});
const line = (id: number, change: Partial<Line> = {}): Line => ({
  id,
  key: `key-${id}`,
  author: author("ann"),
  room: null,
  text: `line ${id}`,
  created_ms: id * 1_000,
  edited_ms: null,
  deleted: false,
  mentions: [],
  mentions_me: false,
  reactions: [],
  ...change,
});
const page = (items: Line[], more_before = false, read = 0): Page => ({ items, more_before, read });
const dayOf = (ms: number) => `${Math.floor(ms / 86_400_000)}`;
const idsOf = (channel: Channel) => channel.lines.map(({ id }) => id);

describe("Channel", () => {
  it("ends up the same in whatever order and however often lines arrive", () => {
    const states = fc.array(
      fc.record({
        id: fc.integer({ min: 1, max: 6 }),
        edited_ms: fc.option(fc.integer({ min: 1, max: 4 })),
        deleted: fc.boolean(),
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(states, fc.infiniteStream(fc.nat()), (given, order) => {
        // A line says the same whenever it was last edited at the same time.
        const came = given.map((each) =>
          line(each.id, { ...each, text: `as of ${each.edited_ms}` }),
        );
        const shuffled = [...came, ...came]
          .map((each) => [order.next().value as number, each] as const)
          .sort((a, b) => a[0] - b[0])
          .map(([, each]) => each);
        const once = new Channel(ME);
        const twice = new Channel(ME);
        for (const each of came) once.take(each);
        for (const each of shuffled) twice.take(each);
        const seen = (channel: Channel) =>
          channel.lines.map(({ id, text, deleted }) => [id, deleted ? "gone" : text]);
        expect(seen(twice)).toEqual(seen(once));
        expect(idsOf(once)).toEqual([...new Set(given.map(({ id }) => id))].sort((a, b) => a - b));
      }),
    );
  });

  it("takes its own line once, whether answer or stream comes first", () => {
    const channel = new Channel(ME);
    channel.send("k1", "hello", 5);
    expect(channel.pending).toHaveLength(1);
    channel.take(line(4, { key: "k1", author: author("ann") }));
    expect(channel.pending, "somebody else's key is not ours").toHaveLength(1);
    channel.take(line(5, { key: "k1", author: author(ME) }));
    channel.take(line(5, { key: "k1", author: author(ME) }));
    expect(channel.pending).toHaveLength(0);
    expect(idsOf(channel)).toEqual([4, 5]);
  });

  it("keeps a line that failed, with what to do, and gives its text back", () => {
    const channel = new Channel(ME);
    channel.send("k1", "hello", 5);
    channel.failed("k1", "Try again.");
    expect(channel.pending[0]).toMatchObject({ state: "failed", why: "Try again." });
    channel.send("k1", "hello", 6);
    expect(channel.pending).toHaveLength(1);
    expect(channel.pending[0]?.state).toBe("sending");
    expect(channel.discard("k1")).toBe("hello");
    expect(channel.pending).toHaveLength(0);
  });

  it("starts over when lines are missing between what it had and the newest page", () => {
    const channel = new Channel(ME);
    channel.takeLatest(page([line(1), line(2)], false));
    channel.takeLatest(page([line(2), line(3)], true));
    expect(idsOf(channel)).toEqual([1, 2, 3]);
    expect(channel.moreBefore, "line 1 was the first").toBe(false);
    channel.takeLatest(page([line(9), line(10)], true));
    expect(idsOf(channel)).toEqual([9, 10]);
    expect(channel.moreBefore).toBe(true);
    channel.takeEarlier(page([line(7), line(8)], false));
    expect(idsOf(channel)).toEqual([7, 8, 9, 10]);
    expect(channel.moreBefore).toBe(false);
  });

  it("starts over when the server shows less than it did", () => {
    const channel = new Channel(ME);
    channel.takeLatest(page([line(3), line(4), line(5)], true));
    channel.takeEarlier(page([line(1), line(2)], false));
    // Whoever wrote 5 was blocked while nothing was heard; 6 came while the page was asked for.
    channel.take(line(6));
    channel.takeLatest(page([line(3), line(4)], true), 5);
    expect(idsOf(channel)).toEqual([3, 4, 6]);
    expect(channel.moreBefore, "what was known before may be less, too").toBe(true);
    channel.takeLatest(page([], false), 6);
    expect(idsOf(channel)).toEqual([]);
  });

  it("forgets what it knew when it is told to look afresh", () => {
    const channel = new Channel(ME);
    channel.takeLatest(page([line(3), line(4)], true));
    channel.takeEarlier(page([line(1), line(2)], false));
    channel.take(line(5));
    channel.takeLatest(page([line(3), line(4)], true), 4, true);
    expect(idsOf(channel)).toEqual([3, 4, 5]);
    expect(channel.moreBefore).toBe(true);
  });

  it("counts what others wrote after the last line read", () => {
    const channel = new Channel(ME);
    channel.takeLatest(
      page(
        [line(1), line(2), line(3, { author: author(ME) }), line(4, { deleted: true })],
        false,
        1,
      ),
    );
    expect(channel.unread).toBe(1);
    expect(channel.markRead()).toBe(4);
    expect(channel.markRead(), "the server knows").toBeNull();
    expect(channel.unread).toBe(0);
  });

  it("shows a change and a reaction before the server has them, and takes them back", () => {
    const channel = new Channel(ME);
    channel.take(line(1, { author: author(ME) }));
    channel.editing(1, "better");
    expect(channel.textOf(channel.lines[0]!)).toBe("better");
    channel.editing(1, null);
    expect(channel.textOf(channel.lines[0]!)).toBe("line 1");
    const before = channel.react(1, "heart", true);
    expect(channel.lines[0]?.reactions).toEqual([{ kind: "heart", count: 1, mine: true }]);
    channel.take(before!);
    expect(channel.lines[0]?.reactions).toEqual([]);
  });

  it("offers the last line of one's own to change", () => {
    const channel = new Channel(ME);
    expect(channel.lastOwn).toBeNull();
    channel.takeLatest(
      page([line(1, { author: author(ME) }), line(2, { author: author(ME) }), line(3)]),
    );
    expect(channel.lastOwn?.id).toBe(2);
    channel.hide(2, true);
    expect(channel.lastOwn?.id).toBe(1);
  });
});

describe("reacted", () => {
  it("never counts a person twice and leaves no empty reaction", () => {
    const given = line(1, { reactions: [{ kind: "wave", count: 2, mine: false }] });
    const more = reacted(reacted(given, "wave", true), "wave", true);
    expect(more.reactions).toEqual([{ kind: "wave", count: 3, mine: true }]);
    expect(reacted(more, "wave", false).reactions).toEqual(given.reactions);
    expect(reacted(reacted(given, "yes", true), "yes", false).reactions).toEqual(given.reactions);
  });
});

describe("rowsOf", () => {
  const kinds = (channel: Channel) =>
    rowsOf(channel, dayOf).map((row) => (row.kind === "line" ? `${row.line.id}` : row.kind));

  it("separates days and marks where the new begins", () => {
    const channel = new Channel(ME);
    channel.takeLatest(page([line(1), line(2), line(3, { created_ms: 86_400_000 })], false, 1));
    expect(kinds(channel)).toEqual(["day", "1", "new", "2", "day", "3"]);
    channel.markRead();
    expect(kinds(channel), "the mark stays while one reads").toContain("new");
    channel.moveMark();
    expect(kinds(channel)).not.toContain("new");
  });

  it("draws no mark for somebody who never read here", () => {
    const channel = new Channel(ME);
    channel.takeLatest(page([line(1), line(2)], false, 0));
    expect(kinds(channel)).toEqual(["day", "1", "2"]);
  });

  it("lets lines of one person follow each other, unless a room or time lies between", () => {
    const room = { id: "studio", name: "Studio" };
    const channel = new Channel(ME);
    channel.takeLatest(
      page([
        line(1),
        line(2),
        line(3, { room }),
        line(4, { room, created_ms: 900_000 }),
        line(5, { author: null }),
      ]),
    );
    const follows = rowsOf(channel, dayOf).flatMap((row) =>
      row.kind === "line" ? [row.follows] : [],
    );
    expect(follows).toEqual([false, true, false, false, false]);
  });
});
