import { encode as pack } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { meaningOf } from "../../src/net/closing";
import { AdmissionRefused } from "../../src/net/connection";
import { CLOSE_CODES } from "../../src/protocol/control";
import { BEAT, Stand, WELCOME } from "./line";

describe("connection", () => {
  it("says hello with its ticket and is live after welcome", () => {
    const stand = new Stand();
    stand.join();
    expect(stand.heard(0)).toMatchObject({ t: "hello", v: 1, ticket: "first", device: "desktop" });
    expect(stand.connection.phase).toBe("live");
    expect(stand.connection.participant).toBe(7);
    expect(stand.tokens).toEqual(["token-1"]);
  });

  it("passes over hot frames before welcome", () => {
    const stand = new Stand();
    stand.connection.start({ url: "ws://test/rt", credential: { ticket: "first" } });
    stand.line.events.opened();
    stand.line.events.message(BEAT.slice());
    expect(stand.hot).toBe(0);
    stand.tell(WELCOME);
    stand.line.events.message(BEAT.slice());
    expect(stand.hot).toBe(1);
  });

  it("notices silence within 2.5 s and comes back with the newest token", () => {
    const stand = new Stand();
    stand.join();
    stand.tell({ t: "resume", token: "token-2", ttl_s: 30 });
    stand.clock.pass(1900);
    expect(stand.connection.phase).toBe("live");
    stand.clock.pass(600);
    expect(stand.connection.phase).toBe("reconnecting");
    expect(stand.lines[0]!.abandoned).toBe(true);
    stand.clock.pass(100);
    expect(stand.lines).toHaveLength(2);
    stand.line.events.opened();
    expect(stand.heard(0)).toMatchObject({ t: "hello", resume: "token-2" });
    stand.tell({ ...WELCOME, resume: "token-3" });
    expect(stand.welcomes).toEqual([false, true]);
    expect(stand.connection.phase).toBe("live");
  });

  it("stays live while anything is heard", () => {
    const stand = new Stand();
    stand.join();
    stand.clock.pass(20_000, () => stand.line.events.message(BEAT.slice()));
    expect(stand.connection.phase).toBe("live");
    expect(stand.lines).toHaveLength(1);
  });

  it("does not take its own sleep for the network's silence", () => {
    const stand = new Stand();
    stand.join();
    // The page is so busy that a watch comes every 1.2 s, with frames read in between.
    for (let i = 0; i < 20; i++) {
      stand.clock.nowMs += 1_200;
      stand.clock.pass(1);
      stand.line.events.message(BEAT.slice());
    }
    stand.clock.nowMs += 60_000;
    stand.clock.pass(300);
    expect(stand.connection.phase).toBe("live");
    stand.connection.nudge();
    stand.clock.pass(1_300);
    expect(stand.connection.phase).toBe("reconnecting");
  });

  it("is back within 2 s of the network's return, whenever that is", () => {
    for (const darkMs of [300, 1_700, 4_000, 9_300, 17_100, 28_000]) {
      const stand = new Stand();
      stand.join();
      stand.line.events.closed(1006);
      stand.clock.pass(darkMs);
      const returned = stand.clock.nowMs;
      const stale = stand.lines.length;
      let backAt = 0;
      // Attempts from before the return hang for ever; those made now are answered at once.
      stand.clock.pass(4_000, () => {
        if (stand.lines.length === stale || backAt > 0) return;
        stand.line.events.opened();
        stand.tell(WELCOME);
        backAt = stand.clock.nowMs;
      });
      expect(backAt, `dark for ${darkMs} ms`).toBeGreaterThan(0);
      expect(backAt - returned, `dark for ${darkMs} ms`).toBeLessThanOrEqual(2_000);
    }
  });

  it("lets a slow attempt win over the newer ones behind it", () => {
    const stand = new Stand();
    stand.join();
    stand.line.events.closed(1006);
    stand.clock.pass(2_500);
    const slow = stand.lines[1]!;
    expect(stand.lines.length).toBeGreaterThan(2);
    slow.events.opened();
    expect(slow.sent).toHaveLength(1);
    expect(stand.lines.filter(({ abandoned }) => !abandoned)).toEqual(
      expect.arrayContaining([slow]),
    );
    expect(stand.lines.slice(2).every(({ abandoned }) => abandoned)).toBe(true);
    slow.events.message(pack({ ...WELCOME, resume: "token-2" }));
    expect(stand.connection.phase).toBe("live");
  });

  it("tries at once when the browser says the network is back", () => {
    const stand = new Stand();
    stand.join();
    stand.line.events.closed(1006);
    stand.clock.pass(5_000);
    const before = stand.lines.length;
    stand.connection.online();
    stand.clock.pass(20);
    expect(stand.lines.length).toBe(before + 1);
  });

  it("does not come back by itself after being replaced", () => {
    const stand = new Stand();
    stand.join();
    stand.line.events.closed(CLOSE_CODES.replaced.code);
    stand.clock.pass(60_000);
    expect(stand.connection.phase).toBe("left");
    expect(stand.lines).toHaveLength(1);
    expect(stand.notes.at(-1)).toMatch(/another window/);
    expect(stand.tokens.at(-1)).toBeNull();
  });

  it.each([
    ["joins afresh when its token is no longer good", 8],
    ["takes a server that began anew for another, also where it counts to the same number", 7],
  ])("%s", async (_, participant) => {
    const stand = new Stand();
    stand.join();
    expect(WELCOME.participant).toBe(7);
    stand.line.events.closed(1006);
    stand.clock.pass(50);
    stand.line.events.opened();
    stand.line.events.closed(CLOSE_CODES.ticket_expired.code);
    stand.clock.pass(3_000);
    await Promise.resolve();
    expect(stand.admissions).toBe(1);
    stand.line.events.opened();
    expect(stand.heard(0)).toMatchObject({ t: "hello", ticket: "again" });
    stand.tell({ ...WELCOME, participant });
    expect(stand.welcomes).toEqual([false, false]);
  });

  it("ends with the server's words when the door is shut for good", async () => {
    const stand = new Stand();
    stand.admit = () => Promise.reject(new AdmissionRefused(new Error("This room is full.")));
    stand.join();
    stand.line.events.closed(CLOSE_CODES.moved.code);
    stand.clock.pass(3_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(stand.connection.phase).toBe("left");
    expect(stand.notes.at(-1)).toBe("This room is full.");
  });

  it("says why one goes out in the server's own words", () => {
    const stand = new Stand();
    stand.join();
    stand.tell({ t: "closing", reason: "removed", text: "You were put out. Reason: shouting." });
    stand.line.events.closed(CLOSE_CODES.removed.code);
    expect(stand.connection.phase).toBe("left");
    expect(stand.notes.at(-1)).toBe("You were put out. Reason: shouting.");
  });

  it("does not take the words of an earlier line for those of this one", () => {
    const stand = new Stand();
    stand.join();
    stand.tell({ t: "closing", reason: "server_stopping", text: "Back in a minute." });
    stand.line.events.closed(CLOSE_CODES.server_stopping.code);
    stand.clock.pass(5_000);
    stand.line.events.opened();
    stand.line.events.closed(CLOSE_CODES.removed.code);
    expect(stand.notes.at(-1)).toBe(CLOSE_CODES.removed.text);
  });

  it("knocks again from the door, and says what the door says", async () => {
    const stand = new Stand();
    stand.admit = () => Promise.reject(new AdmissionRefused(new Error("Whoever leads lets in.")));
    stand.join();
    stand.tell({ t: "closing", reason: "at_the_door", text: "Your moment inside is over." });
    stand.line.events.closed(CLOSE_CODES.at_the_door.code);
    expect(stand.connection.phase).toBe("reconnecting");
    expect(stand.notes.at(-1)).toBe("Your moment inside is over.");
    stand.clock.pass(3_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(stand.connection.phase).toBe("left");
    expect(stand.notes.at(-1)).toBe("Whoever leads lets in.");
  });

  it("waits as long as a stopping server asks", () => {
    const stand = new Stand();
    stand.join();
    stand.tell({ t: "closing", reason: "server_stopping", text: "", retry_after_s: 5 });
    stand.line.events.closed(CLOSE_CODES.server_stopping.code);
    stand.clock.pass(4_900);
    expect(stand.lines).toHaveLength(1);
    stand.clock.pass(1_500);
    expect(stand.lines).toHaveLength(2);
  });

  it("settles requests with ack, error or the loss of the line", async () => {
    const stand = new Stand();
    stand.join();
    const outcomes: string[] = [];
    const ask = () =>
      stand.connection
        .request((rid) => ({ t: "chat", rid, text: "hi" }))
        .then(
          () => outcomes.push("ack"),
          (error: Error) => outcomes.push(error.message),
        );
    const all = [ask(), ask(), ask()];
    stand.tell({ t: "ack", rid: 1 });
    stand.tell({ t: "error", code: "rate_limited", text: "Wait a moment.", rid: 2 });
    stand.line.events.closed(1006);
    all.push(ask());
    await Promise.all(all);
    expect(outcomes.slice().sort()).toEqual(
      [
        "The connection was lost before this went.",
        "Wait a moment.",
        "You are not connected at the moment. Try again when you are.",
        "ack",
      ].sort(),
    );
  });

  it("a malformed snapshot costs the line, not the place", () => {
    const stand = new Stand();
    stand.join();
    stand.connection.restart();
    expect(stand.lines[0]!.abandoned).toBe(true);
    stand.clock.pass(100);
    stand.line.events.opened();
    expect(stand.heard(0)).toMatchObject({ resume: "token-1" });
  });

  it("leaving tells the server and keeps no token", () => {
    const stand = new Stand();
    stand.join();
    stand.connection.leave();
    expect(stand.heard(1)).toEqual({ t: "leave" });
    expect(stand.connection.phase).toBe("left");
    expect(stand.tokens.at(-1)).toBeNull();
    stand.clock.pass(60_000);
    expect(stand.lines).toHaveLength(1);
  });
});

describe("close codes", () => {
  it("follow the protocol's own table", () => {
    for (const { code, again } of Object.values(CLOSE_CODES)) {
      const { after, text } = meaningOf(code);
      expect(after).toBe(code === 1000 ? "left" : again);
      expect(text.length).toBeGreaterThan(10);
    }
  });

  it("a line that just broke comes back, an unknown verdict asks the person", () => {
    expect(meaningOf(1006).after).toBe("resume");
    expect(meaningOf(1001).after).toBe("resume");
    expect(meaningOf(4999).after).toBe("ask");
  });
});
