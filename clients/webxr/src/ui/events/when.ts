/** When something is, in the reader's time first and the host's where it differs. Pure. */
import { dayAfter, dayOf, knownZone, sameClock } from "../../state/zoned";
import { EV } from "../strings-events";

const W = EV.when;

/** What is told of a time: two moments and the zone that whoever planned it meant. */
interface Timed {
  starts_ms: number;
  ends_ms: number;
  zone: string;
}

export const viewerZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";

const format = (ms: number, zone: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone }).format(ms);

/** "18:30". */
export const clock = (ms: number, zone = viewerZone()) => format(ms, zone, { timeStyle: "short" });

/** "Europe/Berlin" is "Berlin". */
export function placeOf(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

/** "18:30 – 19:30". */
export const span = ({ starts_ms, ends_ms }: Timed, zone = viewerZone()) =>
  W.span(clock(starts_ms, zone), clock(ends_ms, zone));

/** "Tuesday, 1 December 2026". */
export const longDay = (ms: number, zone = viewerZone()) => format(ms, zone, { dateStyle: "full" });

/** "Tue, 1 Dec, 18:30". */
export const shortWhen = (ms: number, zone = viewerZone()) =>
  format(ms, zone, {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "numeric",
    minute: "2-digit",
  });

/** "Tue 1 Dec". */
export const shortDay = (ms: number, zone = viewerZone()) =>
  format(ms, zone, { weekday: "short", day: "numeric", month: "short" });

/** A day as a heading: today, tomorrow, or its name. */
export function dayTitle(day: string, nowMs: number, zone = viewerZone()): string {
  const today = dayOf(nowMs, zone);
  const name = format(Date.parse(`${day}T12:00:00Z`), "UTC", {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(day.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" }),
  });
  if (day === today) return `${EV.calendar.today}, ${name}`;
  return day === dayAfter(today, 1) ? `${EV.calendar.tomorrow}, ${name}` : name;
}

/** The host's time where its clocks show another; "" where they agree. */
export function hostTime(of: Timed, zone = viewerZone()): string {
  if (!knownZone(of.zone) || sameClock(of.starts_ms, of.zone, zone)) return "";
  const otherDay = dayOf(of.starts_ms, of.zone) !== dayOf(of.starts_ms, zone);
  const time = otherDay
    ? format(of.starts_ms, of.zone, { weekday: "short", hour: "numeric", minute: "2-digit" })
    : clock(of.starts_ms, of.zone);
  return W.host(time, placeOf(of.zone));
}

/** How long still: "2:05:09", "4:07". */
export function countdown(leftMs: number): string {
  const s = Math.max(0, Math.ceil(leftMs / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const minutes = Math.floor(s / 60) % 60;
  const hours = Math.floor(s / 3600);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}
