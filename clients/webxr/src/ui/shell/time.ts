/** Times in the reader's own language: how long ago, how long still, which day. Pure. */
import { SH } from "./strings";

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 365 * 86_400_000],
  ["month", 30 * 86_400_000],
  ["week", 7 * 86_400_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];
const NOW_MS = 45_000;

function relative(ms: number, now: string): string {
  if (Math.abs(ms) < NOW_MS) return now;
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  for (const [unit, size] of STEPS) {
    if (Math.abs(ms) >= size) return words.format(Math.round(ms / size), unit);
  }
  return words.format(Math.sign(ms), "minute");
}

/** "5 minutes ago". */
export function ago(atMs: number, nowMs: number = Date.now()): string {
  return relative(Math.min(0, atMs - nowMs), SH.justNow);
}

/** "in 3 days". */
export function until(atMs: number, nowMs: number = Date.now()): string {
  return relative(Math.max(0, atMs - nowMs), SH.now);
}

/** Day and time, in full. */
export function dateTime(atMs: number): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(
    atMs,
  );
}
