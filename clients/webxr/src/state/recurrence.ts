/**
 * How an event repeats: plain choices, and the RFC 5545 rule text that they come to and are read
 * from. What is not one of the choices is kept as it is. Pure.
 */
import { localTime, zonedMs } from "./zoned";

/** Two letters each, as rules write them, Monday first. */
export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
export type Weekday = (typeof WEEKDAYS)[number];
export const REPEATS = ["never", "daily", "weekly", "fortnightly", "nth", "last", "other"] as const;
export type RepeatKind = (typeof REPEATS)[number];

/** When it ends: never, after a day (local), or after so many times. */
export type RepeatEnd =
  | { kind: "never" }
  | { kind: "until"; day: string }
  | { kind: "times"; times: number };

export interface Repeat {
  kind: RepeatKind;
  /** Of `weekly` and `fortnightly`, in the order of the week. */
  days: Weekday[];
  end: RepeatEnd;
  /** Of `other`: the rule as it is. */
  text: string;
}

export const NEVER: Repeat = { kind: "never", days: [], end: { kind: "never" }, text: "" };

/** The weekday of a day "2026-12-01". */
export function weekdayOf(day: string): Weekday {
  const date = new Date(`${day}T12:00:00Z`);
  return WEEKDAYS[(date.getUTCDay() + 6) % 7]!;
}

/** Which of its weekday in the month a day is, from 1, and whether it is the last. */
export function nthOf(day: string): { nth: number; last: boolean } {
  const date = new Date(`${day}T12:00:00Z`);
  const of = date.getUTCDate();
  const days = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return { nth: Math.ceil(of / 7), last: of + 7 > days };
}

/**
 * The rule of these choices, for an event that begins on `day` in `zone`; "" for a single day.
 * The last day counts whole, in the event's own zone, told in UTC as the standard asks.
 */
export function ruleText(repeat: Repeat, day: string, zone: string): string {
  if (repeat.kind === "other") return repeat.text;
  const base = baseRule(repeat, day);
  if (base === "") return "";
  const { end } = repeat;
  if (end.kind === "times") return `${base};COUNT=${end.times}`;
  if (end.kind === "until") return `${base};UNTIL=${lastMoment(end.day, zone)}`;
  return base;
}

function baseRule(repeat: Repeat, day: string): string {
  const weekday = weekdayOf(day);
  const chosen = WEEKDAYS.filter((each) => repeat.days.includes(each));
  const days = (chosen.length === 0 ? [weekday] : chosen).join(",");
  switch (repeat.kind) {
    case "daily":
      return "FREQ=DAILY";
    case "weekly":
      return `FREQ=WEEKLY;BYDAY=${days}`;
    case "fortnightly":
      return `FREQ=WEEKLY;INTERVAL=2;BYDAY=${days}`;
    case "nth":
      return `FREQ=MONTHLY;BYDAY=${nthOf(day).nth}${weekday}`;
    case "last":
      return `FREQ=MONTHLY;BYDAY=-1${weekday}`;
    default:
      return "";
  }
}

/** The choices that a rule comes from; `other` where none does. */
export function repeatOf(text: string, day: string, zone: string): Repeat {
  if (text.trim() === "") return NEVER;
  const other: Repeat = { ...NEVER, kind: "other", text };
  const parts = partsOf(text);
  if (parts === null) return other;
  const end = endOf(parts, zone);
  if (end === null) return other;
  parts.delete("UNTIL");
  parts.delete("COUNT");
  if (parts.get("WKST") === "MO") parts.delete("WKST");
  if (parts.get("INTERVAL") === "1") parts.delete("INTERVAL");
  const found = kindOf(parts, day);
  return found === null ? other : { ...found, end, text: "" };
}

function partsOf(text: string): Map<string, string> | null {
  const parts = new Map<string, string>();
  for (const part of text
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, "")
    .split(";")) {
    const [key = "", value = ""] = part.split("=");
    if (key === "" || value === "" || parts.has(key)) return null;
    parts.set(key, value);
  }
  return parts;
}

function endOf(parts: Map<string, string>, zone: string): RepeatEnd | null {
  const count = parts.get("COUNT");
  const until = parts.get("UNTIL");
  if (count !== undefined) {
    const times = Number(count);
    return until === undefined && Number.isInteger(times) && times > 0
      ? { kind: "times", times }
      : null;
  }
  if (until === undefined) return { kind: "never" };
  const found = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?$/.exec(until);
  if (found === null) return null;
  const [, year, month, of, hour, minute, second, utc] = found;
  if (utc === undefined) return { kind: "until", day: `${year}-${month}-${of}` };
  const ms = Date.parse(`${year}-${month}-${of}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(ms) ? null : { kind: "until", day: dayIn(ms, zone) };
}

function kindOf(parts: Map<string, string>, day: string): Omit<Repeat, "end" | "text"> | null {
  const freq = parts.get("FREQ");
  const keys = [...parts.keys()].filter((key) => key !== "FREQ" && key !== "BYDAY");
  const by = parts.get("BYDAY");
  if (freq === "DAILY") {
    return keys.length === 0 && by === undefined ? { kind: "daily", days: [] } : null;
  }
  if (freq === "MONTHLY" && keys.length === 0 && by !== undefined) {
    const weekday = weekdayOf(day);
    const { nth, last } = nthOf(day);
    if (by === `${nth}${weekday}`) return { kind: "nth", days: [] };
    if (by === `-1${weekday}` && last) return { kind: "last", days: [] };
    return null;
  }
  if (freq !== "WEEKLY") return null;
  const fortnightly = keys.length === 1 && parts.get("INTERVAL") === "2";
  if (keys.length > 0 && !fortnightly) return null;
  const named = by === undefined ? [weekdayOf(day)] : by.split(",");
  const days = WEEKDAYS.filter((each) => named.includes(each));
  if (days.length !== named.length) return null;
  return { kind: fortnightly ? "fortnightly" : "weekly", days };
}

/** The last second of a day in a zone, in UTC as rules write it. */
function lastMoment(day: string, zone: string): string {
  const ms = zonedMs(`${day}T23:59:59`, zone);
  return new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, "");
}

function dayIn(ms: number, zone: string): string {
  return localTime(ms, zone).slice(0, 10);
}
