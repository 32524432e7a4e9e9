import { describe, expect, it } from "vitest";
import {
  dayAfter,
  dayOf,
  knownZone,
  localTime,
  offsetMs,
  sameClock,
  zonedMs,
} from "../../src/state/zoned";

const HOUR = 3_600_000;

describe("times in zones", () => {
  it("knows what clocks show, on both sides of midnight", () => {
    const ms = Date.parse("2026-12-01T17:30:00Z");
    expect(localTime(ms, "Europe/Berlin")).toBe("2026-12-01T18:30:00");
    expect(localTime(ms, "Asia/Tokyo")).toBe("2026-12-02T02:30:00");
    expect(localTime(ms, "America/Los_Angeles")).toBe("2026-12-01T09:30:00");
    expect(localTime(Date.parse("2026-01-01T00:00:00Z"), "UTC")).toBe("2026-01-01T00:00:00");
    expect(dayOf(ms, "Asia/Tokyo")).toBe("2026-12-02");
  });

  it("finds the moment of a local time, in summer and in winter", () => {
    expect(zonedMs("2026-12-01T18:30", "Europe/Berlin")).toBe(Date.parse("2026-12-01T17:30Z"));
    expect(zonedMs("2026-07-01T18:30:00", "Europe/Berlin")).toBe(Date.parse("2026-07-01T16:30Z"));
    expect(zonedMs("2026-07-01T18:30", "Asia/Kathmandu")).toBe(Date.parse("2026-07-01T12:45Z"));
  });

  it("keeps to the wall clock when clocks change in between", () => {
    // Berlin's clocks go back in the night to 25 October 2026.
    const before = zonedMs("2026-10-20T18:30", "Europe/Berlin");
    const after = zonedMs("2026-10-27T18:30", "Europe/Berlin");
    expect(after - before).toBe(7 * 24 * HOUR + HOUR);
  });

  it("takes the first of an hour that is twice", () => {
    expect(zonedMs("2026-10-25T02:30", "Europe/Berlin")).toBe(Date.parse("2026-10-25T00:30Z"));
    expect(zonedMs("2026-11-01T01:30", "America/New_York")).toBe(Date.parse("2026-11-01T05:30Z"));
  });

  it("takes a time that is skipped as much later as was skipped", () => {
    // 02:30 does not exist in Berlin on 29 March 2026: it is 03:30 summer time.
    const ms = zonedMs("2026-03-29T02:30", "Europe/Berlin");
    expect(ms).toBe(Date.parse("2026-03-29T01:30Z"));
    expect(localTime(ms, "Europe/Berlin")).toBe("2026-03-29T03:30:00");
  });

  it("comes back to the same moment from everywhere and every hour of a year", () => {
    const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"];
    for (const zone of zones) {
      for (let h = 0; h < 366 * 24; h += 7) {
        const ms = Date.parse("2026-01-01T00:00Z") + h * HOUR;
        const local = localTime(ms, zone);
        const again = zonedMs(local, zone);
        // Only in the hour that is twice another moment has the same clock.
        expect(localTime(again, zone)).toBe(local);
        expect(ms - again).toBeGreaterThanOrEqual(0);
        expect(ms - again).toBeLessThanOrEqual(HOUR);
      }
    }
  });

  it("tells clocks that agree from those that do not", () => {
    const winter = Date.parse("2026-12-01T12:00Z");
    const summer = Date.parse("2026-07-01T12:00Z");
    expect(sameClock(winter, "Europe/London", "UTC")).toBe(true);
    expect(sameClock(summer, "Europe/London", "UTC")).toBe(false);
    expect(sameClock(summer, "Europe/Berlin", "Europe/Paris")).toBe(true);
    expect(offsetMs(winter, "Asia/Kolkata")).toBe(5.5 * HOUR);
    expect(knownZone("Europe/Berlin")).toBe(true);
    expect(knownZone("Mars/Olympus")).toBe(false);
  });

  it("counts days over the end of a month", () => {
    expect(dayAfter("2026-02-27", 2)).toBe("2026-03-01");
    expect(dayAfter("2026-03-01", -1)).toBe("2026-02-28");
  });
});
