/** Wall-clock times of a zone and moments, one from the other, with what the browser knows of zones. Pure. */

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(zone, format);
  }
  return format;
}

/** What the clocks of a zone show at a moment: "2026-12-01T18:30:00". */
export function localTime(ms: number, zone: string): string {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? "00";
  return `${of("year")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}:${of("second")}`;
}

/** How far the clocks of a zone are ahead of UTC at a moment, ms. */
export function offsetMs(ms: number, zone: string): number {
  const whole = Math.floor(ms / 1000) * 1000;
  return Date.parse(`${localTime(whole, zone)}Z`) - whole;
}

/**
 * When the clocks of a zone show a local time. In the hour that is twice, the first; in the hour
 * that is skipped, as much later as was skipped: the same as `zoneinfo` with fold 0.
 */
export function zonedMs(local: string, zone: string): number {
  const asUtc = Date.parse(`${local.length === 16 ? `${local}:00` : local}Z`);
  // The offset in force before any change of that day is the one of fold 0.
  const before = asUtc - offsetMs(asUtc - DAY_MS, zone);
  if (localTime(before, zone) === localTime(asUtc, "UTC")) return before;
  const after = asUtc - offsetMs(asUtc + DAY_MS, zone);
  return localTime(after, zone) === localTime(asUtc, "UTC") ? after : before;
}

/** Whether two zones' clocks show the same at a moment. */
export function sameClock(ms: number, one: string, other: string): boolean {
  return one === other || offsetMs(ms, one) === offsetMs(ms, other);
}

/** Whether the browser knows a zone by that name. */
export function knownZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** The day of a moment in a zone: "2026-12-01". */
export const dayOf = (ms: number, zone: string) => localTime(ms, zone).slice(0, 10);

/** The day so many days after one. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
