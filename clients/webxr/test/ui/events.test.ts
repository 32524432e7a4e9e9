import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Problem, problemOf } from "../../src/net/api";
import type { EventInfo } from "../../src/net/events";
import { ROLES } from "../../src/net/groups";
import { waitingRoomOf } from "../../src/net/waiting-room";
import { MAY_HOST } from "../../src/ui/events/co-hosts";
import { differs } from "../../src/ui/events/event-form";
import { daysOfMonth, monthAfter } from "../../src/ui/events/month";
import { countdown, dayTitle, hostTime, placeOf, span } from "../../src/ui/events/when";
import { placeSeconds, placeText } from "../../src/ui/plans/times";

const timed = (starts: string, zone: string, minutes = 60) => {
  const starts_ms = Date.parse(starts);
  return { starts_ms, ends_ms: starts_ms + minutes * 60_000, zone };
};

describe("times of an event", () => {
  it("show the host's time only where its clocks differ", () => {
    const winter = timed("2026-12-01T18:30Z", "Europe/London");
    expect(hostTime(winter, "Europe/Lisbon")).toBe("");
    expect(hostTime(winter, "Europe/Berlin")).toMatch(/^0?6:30\sPM in London$|^18:30 in London$/);
    // Two weeks in which America has summer time already and Europe not yet.
    const between = timed("2026-03-16T17:30Z", "Europe/Berlin");
    expect(span(between, "America/New_York")).toMatch(/1:30|13:30/);
    expect(hostTime(between, "America/New_York")).toMatch(/6:30|18:30/);
  });

  it("name the host's day where it is another one", () => {
    const late = timed("2026-12-01T23:30Z", "America/New_York");
    expect(hostTime(late, "Asia/Tokyo")).toMatch(/Tue.* in New York/);
  });

  it("do not fail at a zone that the browser does not know", () => {
    expect(hostTime(timed("2026-12-01T18:30Z", "Mars/Olympus"), "UTC")).toBe("");
    expect(placeOf("America/Argentina/Buenos_Aires")).toBe("Buenos Aires");
  });

  it("call days by name, near ones by their distance", () => {
    const now = Date.parse("2026-12-31T23:30Z");
    expect(dayTitle("2026-12-31", now, "UTC")).toMatch(/^Today, /);
    expect(dayTitle("2027-01-01", now, "UTC")).toMatch(/^Tomorrow, .*2027/);
    expect(dayTitle("2027-01-01", now, "Europe/Berlin")).toMatch(/^Today, /);
  });

  it("count down", () => {
    expect(countdown(59_001)).toBe("1:00");
    expect(countdown(12 * 3_600_000)).toBe("12:00:00");
    expect(countdown(-5)).toBe("0:00");
  });
});

describe("a month's table", () => {
  it("has whole weeks around the month", () => {
    const days = daysOfMonth("2026-12", 1);
    expect(days[0]).toBe("2026-11-30");
    expect(days.at(-1)).toBe("2027-01-03");
    expect(days.length % 7).toBe(0);
    expect(daysOfMonth("2026-12", 7)[0]).toBe("2026-11-29");
    expect(daysOfMonth("2026-02", 7)).toHaveLength(28);
  });

  it("goes on over the end of a year", () => {
    expect(monthAfter("2026-12", 1)).toBe("2027-01");
    expect(monthAfter("2026-01", -1)).toBe("2025-12");
  });
});

describe("places in a plan", () => {
  it("are written and read as minutes and seconds", () => {
    expect(placeText(270_000)).toBe("4:30");
    expect(placeText(3_720_000)).toBe("1:02:00");
    expect(placeSeconds("4:30")).toBe(270);
    expect(placeSeconds("1:02:00")).toBe(3_720);
    expect(placeSeconds("90")).toBe(90);
    for (const bad of ["", "4:75", "a", "1:70:00", "-3", "1:2:3:4"]) {
      expect(placeSeconds(bad), bad).toBeNull();
    }
  });
});

describe("the way from a door to the waiting room", () => {
  it("is in the problem that a gathering gives", () => {
    const problem = problemOf(409, {
      ...{ code: "gathering_waits", detail: "It is early." },
      ...{ event: "abc", original: "20261201T183000" },
    });
    expect(waitingRoomOf(problem)).toBe("/e/abc/20261201T183000/wait");
    expect(waitingRoomOf(problemOf(409, { code: "gathering_waits", detail: "x" }))).toBeNull();
    expect(waitingRoomOf(new Problem(403, "not_allowed", "x"))).toBeNull();
    expect(waitingRoomOf(new Error("x"))).toBeNull();
  });
});

describe("changes of an event", () => {
  const info: EventInfo = {
    ...{ id: "e", title: "Yoga", description: "", template: "class", state: "scheduled" },
    group: { id: "g", slug: "g", name: "G" },
    room: { id: "r", name: "R" },
    ...{ starts: "2026-12-01T18:30:00", zone: "UTC", minutes: 60, capacity: 8 },
    rule: "FREQ=WEEKLY;COUNT=3;BYDAY=TU",
    doors: { mode: "automatic", open_min: 15, late_min: null, roles: [] },
    ...{ audience: "near", plan: null, host: null, co_hosts: [], note: "", troubles: [] },
    ...{ version: 1, may_edit: true, dropped: [], formation: "rows", guests_max: 1 },
  };
  const { formation, guests_max } = info;
  const { title, description, template, starts, zone, minutes, rule, capacity, doors, audience } =
    info;
  const wish = {
    ...{ title, description, template, starts, zone, minutes, rule, capacity, doors, audience },
    ...{ room: "r", plan: null, co_hosts: [], formation, guests_max },
  };

  it("are only what differs, so that the rest stays as others left it", () => {
    expect(differs(info, wish)).toEqual({});
    expect(differs(info, { ...wish, minutes: 45 })).toEqual({ minutes: 45 });
    const late = { ...doors, late_min: 10 };
    expect(differs(info, { ...wish, doors: late })).toEqual({ doors: late });
    expect(differs(info, { ...wish, co_hosts: ["a"] })).toEqual({ co_hosts: ["a"] });
    const talk = { ...wish, formation: "none" as const, guests_max: 0 };
    expect(differs(info, talk)).toEqual({ formation: "none", guests_max: 0 });
  });

  it("do not count another order of a rule's parts", () => {
    expect(differs(info, { ...wish, rule: "FREQ=WEEKLY;BYDAY=TU;COUNT=3" })).toEqual({});
    expect(differs(info, { ...wish, rule: "" })).toEqual({ rule: "" });
  });
});

describe("who may host events", () => {
  it("is as the documented table of rights has it", () => {
    const path = new URL("../../../../docs/permissions.md", import.meta.url);
    const table = readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("|"))
      .map((line) => line.split("|").map((cell) => cell.trim()));
    const heads = table.find((cells) => cells.includes("owner"))!;
    const right = "Plan events and session plans, and lead them";
    const row = table.find((cells) => cells.includes(right))!;
    expect(ROLES.filter((role) => row[heads.indexOf(role)] === "yes")).toEqual(MAY_HOST);
  });
});
