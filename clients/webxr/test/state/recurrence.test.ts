import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  NEVER,
  nthOf,
  type Repeat,
  type RepeatEnd,
  repeatOf,
  ruleText,
  WEEKDAYS,
  weekdayOf,
} from "../../src/state/recurrence";

const BERLIN = "Europe/Berlin";
/** A Tuesday, the first of its month. */
const DAY = "2026-12-01";
const choose = (wanted: Partial<Repeat>): Repeat => ({ ...NEVER, ...wanted });

describe("rule text from choices", () => {
  it("writes each choice as the standard does", () => {
    const text = (wanted: Partial<Repeat>, day = DAY) => ruleText(choose(wanted), day, BERLIN);
    expect(text({ kind: "never" })).toBe("");
    expect(text({ kind: "daily" })).toBe("FREQ=DAILY");
    expect(text({ kind: "weekly", days: ["TH", "TU"] })).toBe("FREQ=WEEKLY;BYDAY=TU,TH");
    expect(text({ kind: "fortnightly", days: ["TU"] })).toBe("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU");
    expect(text({ kind: "nth" }, "2026-12-08")).toBe("FREQ=MONTHLY;BYDAY=2TU");
    expect(text({ kind: "last" }, "2026-12-29")).toBe("FREQ=MONTHLY;BYDAY=-1TU");
  });

  it("takes the weekday of the first day where none is named", () => {
    expect(ruleText(choose({ kind: "weekly" }), DAY, BERLIN)).toBe("FREQ=WEEKLY;BYDAY=TU");
  });

  it("counts the last day whole, in the event's own zone", () => {
    const end: RepeatEnd = { kind: "until", day: "2027-03-31" };
    const repeat = choose({ kind: "weekly", days: ["TU"], end });
    expect(ruleText(repeat, DAY, BERLIN)).toBe("FREQ=WEEKLY;BYDAY=TU;UNTIL=20270331T215959Z");
    expect(ruleText(repeat, DAY, "Pacific/Auckland")).toMatch(/UNTIL=20270331T105959Z$/);
  });

  it("ends after so many times", () => {
    const end: RepeatEnd = { kind: "times", times: 8 };
    expect(ruleText(choose({ kind: "daily", end }), DAY, BERLIN)).toBe("FREQ=DAILY;COUNT=8");
  });
});

describe("choices from rule text", () => {
  it("reads parts in any order and case", () => {
    const found = repeatOf("byday=TH,TU;count=3;freq=weekly;wkst=MO;interval=1", DAY, BERLIN);
    expect(found).toEqual(
      choose({ kind: "weekly", days: ["TU", "TH"], end: { kind: "times", times: 3 } }),
    );
  });

  it("keeps what is none of the choices as it is", () => {
    for (const text of [
      "FREQ=YEARLY",
      "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU",
      "FREQ=MONTHLY;BYDAY=3TU",
      "FREQ=MONTHLY;BYMONTHDAY=13",
      "FREQ=WEEKLY;BYDAY=2TU",
      "FREQ=WEEKLY;BYDAY=TU;WKST=SU",
      "FREQ=DAILY;COUNT=2;UNTIL=20270101T000000Z",
      "FREQ=DAILY;COUNT=0",
      "FREQ=DAILY;UNTIL=tomorrow",
      "nonsense",
    ]) {
      const found = repeatOf(text, DAY, BERLIN);
      expect(found.kind, text).toBe("other");
      expect(ruleText(found, DAY, BERLIN)).toBe(text);
    }
  });

  it("reads the last day from UTC, from a local time and from a date", () => {
    const end = (until: string) => repeatOf(`FREQ=DAILY;UNTIL=${until}`, DAY, BERLIN).end;
    expect(end("20270331T215959Z")).toEqual({ kind: "until", day: "2027-03-31" });
    expect(end("20270331T230000Z")).toEqual({ kind: "until", day: "2027-04-01" });
    expect(end("20270331T235959")).toEqual({ kind: "until", day: "2027-03-31" });
    expect(end("20270331")).toEqual({ kind: "until", day: "2027-03-31" });
  });

  it("comes back from every choice that can be made", () => {
    const day = fc
      .date({ min: new Date("2026-01-01"), max: new Date("2030-12-31"), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    const end: fc.Arbitrary<RepeatEnd> = fc.oneof(
      fc.constant({ kind: "never" as const }),
      day.map((each) => ({ kind: "until" as const, day: each })),
      fc.integer({ min: 1, max: 520 }).map((times) => ({ kind: "times" as const, times })),
    );
    const zone = fc.constantFrom(BERLIN, "America/New_York", "Asia/Kolkata", "Pacific/Auckland");
    const days = fc
      .subarray([...WEEKDAYS], { minLength: 1 })
      .map((some) => WEEKDAYS.filter((each) => some.includes(each)));
    const kind = fc.constantFrom("daily", "weekly", "fortnightly", "nth", "last" as const);
    fc.assert(
      fc.property(day, zone, kind, days, end, (first, where, of, chosen, until) => {
        const { nth, last } = nthOf(first);
        fc.pre(of !== "last" || (last && nth < 5));
        const weekly = of === "weekly" || of === "fortnightly";
        const repeat = choose({
          kind: of as Repeat["kind"],
          days: weekly ? chosen : [],
          end: until,
        });
        expect(repeatOf(ruleText(repeat, first, where), first, where)).toEqual(repeat);
      }),
    );
  });
});

describe("days", () => {
  it("knows weekdays and which of them a day is", () => {
    expect(weekdayOf("2026-12-01")).toBe("TU");
    expect(weekdayOf("2026-12-06")).toBe("SU");
    expect(nthOf("2026-12-08")).toEqual({ nth: 2, last: false });
    expect(nthOf("2026-12-29")).toEqual({ nth: 5, last: true });
    expect(nthOf("2026-02-28")).toEqual({ nth: 4, last: true });
  });
});
