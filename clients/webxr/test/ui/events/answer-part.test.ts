// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Occurrence, type Rsvp, readRsvp } from "../../../src/net/events";
import { heardServerTime, serverNow } from "../../../src/net/server-clock";
import { answerPart } from "../../../src/ui/events/answer-part";
import { reminderAt } from "../../../src/ui/events/reminder-words";
import { occurrenceRow } from "../../../src/ui/events/row";

const START = Date.parse("2026-12-01T18:30Z");
const mine = (more: Partial<Rsvp> = {}): Rsvp => ({
  ...{ state: "going", position: 0, offer_until_ms: null, missed: null },
  ...{ access: false, attendance: false, guests: 0, guests_here: 0, ...more },
});
const day = (more: Partial<Occurrence> = {}): Occurrence => ({
  ...{ event: "e1", original: "20261201T183000", title: "Yoga", template: "class" },
  ...{ room: { id: "r", name: "Studio" }, group: { id: "g", slug: "g", name: "G" } },
  ...{ starts_ms: START, ends_ms: START + 3_600_000, zone: "UTC", host_starts: "" },
  ...{ state: "scheduled", moved: false, note: "", capacity: 8, going: 1, waiting: 0 },
  ...{ host: null, mine: null, may_host: false, change_version: 0, recurring: false },
  ...{ plan: null, doors_ms: START - 900_000, guests_max: 0, ...more },
});
const at = (name: string) => document.querySelector<HTMLElement>(`[data-test=${name}]`);

function show(of: Occurrence) {
  const changed = vi.fn(async () => {});
  const part = answerPart({
    ...{ day: of, signedIn: true, member: true, here: "/", changed, onEnd: () => {} },
  });
  document.body.replaceChildren(...(part === null ? [] : [part]));
  return changed;
}

beforeEach(() => {
  vi.useFakeTimers({ now: START - 600_000 });
  document.body.replaceChildren();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  heardServerTime(Date.now());
});

describe("once a day is over", () => {
  it("whoever let it be kept that they came takes it back with one press", async () => {
    const asked: unknown[] = [];
    vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
      asked.push([init?.method, path]);
      return new Response(null, { status: 204 });
    });
    for (const state of ["winding_down", "ended"] as const) {
      const changed = show(day({ state, mine: mine({ attendance: true }) }));
      expect(at("kept-came")?.textContent).toContain("You let the hosts keep that you came.");
      expect(at("forget-came")?.textContent).toBe("Forget that I came");
      at("forget-came")!.click();
      await vi.waitFor(() => expect(changed).toHaveBeenCalledOnce());
    }
    const path = "/api/v1/events/e1/occurrences/20261201T183000/rsvp";
    expect(asked).toEqual([
      ["DELETE", path],
      ["DELETE", path],
    ]);
  });

  it("there is nothing to forget of whoever did not", () => {
    show(day({ state: "ended", mine: mine() }));
    expect(document.body.textContent).toBe("");
    show(day({ state: "ended" }));
    expect(document.body.textContent).toBe("");
  });

  it("a list says of nobody that they come, or lost a place", () => {
    const row = (more: Partial<Occurrence>) =>
      occurrenceRow(day({ state: "ended", ...more }), { me: null }).textContent;
    expect(row({ mine: mine({ attendance: true }) })).toContain("You were there");
    for (const text of [row({ mine: mine() }), row({ mine: mine({ state: "released" }) })]) {
      expect(text).not.toMatch(/You come|went on|places taken|You were there/);
    }
  });
});

describe("a place that went on", () => {
  const went = (missed: Rsvp["missed"]) => day({ mine: mine({ state: "released", missed }) });

  it("says why, where one went on, and can be asked for again", () => {
    show(went("start"));
    expect(document.body.textContent).toContain("because you were not there");
    show(went("offer"));
    expect(document.body.textContent).toContain("the place that was offered to you");
    expect(document.body.textContent).not.toContain("because you were not there");
    show(went(null));
    expect(document.body.textContent).not.toContain("went on");
    expect(at("rsvp-yes")).not.toBeNull();
  });

  it("is told in a list of those alone who lost one", () => {
    const row = (of: Occurrence) => occurrenceRow(of, { me: null }).textContent;
    expect(row(went("start"))).toContain("Your place went on");
    expect(row(went("offer"))).toContain("An offered place went on");
    expect(row(went(null))).not.toContain("went on");
    expect(row({ ...went("start"), may_host: true })).not.toContain("went on");
  });
});

describe("an offer on a device whose clock is wrong", () => {
  const answer = (left: number | null) => ({
    ...{ state: "offered", position: 0, offer_until_ms: START, offer_left_ms: left },
    ...{ missed: null, access: false, attendance: false, guests: 0, guests_here: 0 },
  });

  it("counts down by the server's clock, a minute fast or slow", () => {
    for (const wrong of [90_000, -90_000]) {
      vi.setSystemTime(START - 60_000 + wrong);
      const read = readRsvp(answer(60_000))!;
      expect(serverNow()).toBe(START - 60_000);
      // What is read is the same at each answer, so that a page is not drawn anew.
      expect(read).toEqual(mine({ state: "offered", offer_until_ms: START }));
      const of = day({ mine: read });
      show(of);
      expect(document.body.textContent).toContain("1:00");
      const words = reminderAt("/", [of], serverNow(), new Set())?.words;
      expect(words).toBe("A place is free for you: Yoga.");
      vi.advanceTimersByTime(59_000);
      expect(document.body.textContent).toContain("0:01");
      vi.advanceTimersByTime(1_000);
      expect(document.body.textContent).toContain("The time is up");
    }
  });

  it("holds to the device's clock where the server does not say", () => {
    readRsvp(answer(null));
    expect(serverNow()).toBe(Date.now());
  });
});
