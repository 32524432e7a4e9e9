import { describe, expect, it } from "vitest";
import { LiveStream, type Source } from "../../src/net/live";

/** A browser's stream as the page sees it. */
class Stream implements Source {
  closed = false;
  private readonly hearers = new Map<string, (event: { data?: unknown }) => void>();

  addEventListener(kind: string, run: (event: { data?: unknown }) => void): void {
    this.hearers.set(kind, run);
  }

  close(): void {
    this.closed = true;
  }

  say(kind: string, data: unknown = ""): void {
    this.hearers.get(kind)?.({ data: typeof data === "string" ? data : JSON.stringify(data) });
  }
}

function browser() {
  const streams: Stream[] = [];
  const waits: { ms: number; run: () => void }[] = [];
  const clock = { nowMs: 0 };
  const stream = new LiveStream({
    open: () => {
      const opened = new Stream();
      streams.push(opened);
      return opened;
    },
    wait: (ms, run) => {
      waits.push({ ms, run });
      return () => {};
    },
    nowMs: () => clock.nowMs,
    random: () => 0.5,
  });
  return { stream, streams, waits, clock };
}

describe("LiveStream", () => {
  it("opens one stream for all who listen, and closes it after the last", () => {
    const { stream, streams } = browser();
    const first = stream.hear("moderation", () => {});
    const second = stream.hear("counts", () => {});
    expect(streams).toHaveLength(1);
    first();
    expect(streams[0]?.closed).toBe(false);
    second();
    expect(streams[0]?.closed).toBe(true);
  });

  it("passes on news of events, and drops kinds it does not know", () => {
    const { stream, streams } = browser();
    const heard: unknown[] = [];
    stream.hear("event", (news) => heard.push(news));
    const told = { event: "e", original: "20261201T183000", title: "Yoga", starts_ms: 5 };
    streams[0]?.say("event", { ...told, what: "offer" });
    streams[0]?.say("event", { ...told, what: "surprise" });
    streams[0]?.say("event", { what: "doors" });
    streams[0]?.say("event", { ...told, what: "moved", room: "Hall" });
    expect(heard).toEqual([
      { ...told, what: "offer", room: "" },
      { ...told, what: "moved", room: "Hall" },
    ]);
  });

  it("passes on what reads well, and drops the rest", () => {
    const { stream, streams } = browser();
    const heard: unknown[] = [];
    stream.hear("counts", (news) => heard.push(news));
    streams[0]?.say("counts", { group: "g", unread: 2, mentions: 1 });
    streams[0]?.say("counts", { group: 7 });
    streams[0]?.say("counts", "{");
    expect(heard).toEqual([{ group: "g", unread: 2, mentions: 1 }]);
  });

  it("comes back with growing waits and says that news may be missing", () => {
    const { stream, streams, waits, clock } = browser();
    let gaps = 0;
    stream.onGap(() => gaps++);
    streams[0]?.say("open");
    expect(gaps, "what was asked before it stood may be old").toBe(1);
    clock.nowMs = 1_000;
    streams[0]?.say("error");
    expect(streams[0]?.closed).toBe(true);
    waits[0]?.run();
    streams[1]?.say("error");
    expect(waits.map(({ ms }) => ms)).toEqual([1_000, 2_000]);
    waits[1]?.run();
    streams[2]?.say("open");
    expect(gaps).toBe(2);
    clock.nowMs = 60_000;
    streams[2]?.say("error");
    expect(waits[2]?.ms, "it stood long enough").toBe(1_000);
  });
});
