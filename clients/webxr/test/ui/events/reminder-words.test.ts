import { describe, expect, it } from "vitest";
import type { Occurrence, Rsvp } from "../../../src/net/events";
import { reminderAt } from "../../../src/ui/events/reminder-words";

const MINUTE = 60_000;
/** In the language of whoever runs the tests. */
const left = (n: number, unit: Intl.RelativeTimeFormatUnit = "minute") =>
  new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(n, unit);
const START = Date.parse("2026-12-01T17:30Z");
const at = (minutesBefore: number) => START - minutesBefore * MINUTE;

const yoga: Occurrence = {
  ...{ event: "e1", original: "20261201T183000", title: "Slow yoga", template: "class" },
  room: { id: "studio", name: "Studio" },
  group: { id: "g", slug: "g", name: "G" },
  ...{ starts_ms: START, ends_ms: START + 60 * MINUTE, zone: "Europe/Berlin" },
  ...{ host_starts: "2026-12-01T18:30+01:00", state: "scheduled", moved: false, note: "" },
  ...{ capacity: 8, going: 1, waiting: 0, host: null, mine: null, may_host: false },
  guests_max: 0,
  ...{ change_version: 0, recurring: false, plan: null, doors_ms: START - 15 * MINUTE },
};
const talk: Occurrence = {
  ...yoga,
  ...{ event: "e2", title: "Talk", template: "talk", room: { id: "hall", name: "Hall" } },
  ...{ starts_ms: START + 5 * MINUTE, ends_ms: START + 65 * MINUTE },
};
const offered = (offer_until_ms: number | null): Rsvp => ({
  ...{ state: "offered", position: 0, offer_until_ms, access: false, attendance: false },
  ...{ guests: 0, guests_here: 0, missed: null },
});
const nothing = new Set<string>();
const words = (days: Occurrence[], nowMs: number, path = "/", away: Set<string> = nothing) =>
  reminderAt(path, days, nowMs, away)?.words ?? null;

describe("the reminder of an event", () => {
  it("counts down from an hour before, and says when it begins", () => {
    expect(words([yoga], at(61))).toBeNull();
    expect(words([yoga], at(60))).toBe(`Slow yoga begins ${left(1, "hour")}.`);
    expect(words([yoga], at(31))).toBe(`Slow yoga begins ${left(31)}.`);
    expect(words([yoga], at(10))).toBe(`Slow yoga begins ${left(10)}.`);
    expect(words([yoga], at(0.5))).toBe("Slow yoga begins now.");
    expect(words([yoga], START + 59 * MINUTE)).toBe("Slow yoga begins now.");
    expect(words([yoga], START + 60 * MINUTE)).toBeNull();
  });

  it("tells open doors from what is on, and leads into the room only then", () => {
    const doors = reminderAt("/", [{ ...yoga, state: "doors" }], at(12), nothing);
    expect(doors).toMatchObject({ words: "The doors of Slow yoga are open.", open: true });
    const live = reminderAt("/", [{ ...yoga, state: "live" }], at(-5), nothing);
    expect(live).toMatchObject({ words: "Slow yoga is on now.", open: true });
    expect(reminderAt("/", [yoga], at(12), nothing)).toMatchObject({ open: false });
  });

  it("is not for whoever is in its room or looks at its page, but what comes next still is", () => {
    const live = { ...yoga, state: "live" as const };
    for (const path of ["/r/studio", "/e/e1/20261201T183000", "/e/e1/20261201T183000/wait"]) {
      expect(words([live], at(2), path), path).toBeNull();
      expect(words([live, talk], at(2), path), path).toBe(`Talk begins ${left(7)}.`);
    }
    expect(words([live, talk], at(2), "/r/hall")).toBe("Slow yoga is on now.");
  });

  it("speaks of an offered place first, until it ends", () => {
    const free = { ...talk, mine: offered(at(30)) };
    expect(words([yoga, free], at(40))).toBe("A place is free for you: Talk.");
    expect(words([yoga, free], at(30))).toBe(`Slow yoga begins ${left(30)}.`);
    expect(words([{ ...talk, mine: offered(null) }], at(400))).toMatch(/^A place is free/);
  });

  it("stays away once it was put away, each stage and each offer by itself", () => {
    const free = { ...talk, mine: offered(at(30)) };
    const first = reminderAt("/", [yoga, free], at(40), nothing)!;
    const away = new Set([first.key]);
    const second = reminderAt("/", [yoga, free], at(40), away)!;
    expect(second.words).toBe(`Slow yoga begins ${left(40)}.`);
    away.add(second.key);
    expect(reminderAt("/", [yoga], at(40), away)).toBeNull();
    expect(words([yoga], at(9), "/", away)).toBe(`Slow yoga begins ${left(9)}.`);
    expect(words([{ ...talk, mine: offered(at(35)) }], at(40), "/", away)).toMatch(/free for you/);
  });

  it("says in a headset where to answer, only where there is something to do", () => {
    const headset = (day: Occurrence, nowMs: number) =>
      reminderAt("/", [day], nowMs, nothing)?.headset;
    expect(headset(yoga, at(10))).toBe(`Slow yoga begins ${left(10)}.`);
    expect(headset({ ...yoga, state: "doors" }, at(10))).toBe(
      "The doors of Slow yoga are open. The way there is on the page, outside the headset.",
    );
    expect(headset({ ...yoga, mine: offered(at(1)) }, at(10))).toBe(
      "A place is free for you: Slow yoga. You can take it on the page, outside the headset.",
    );
  });
});
