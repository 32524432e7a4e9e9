/** Times in the reader's words, zone and calendar. */
import { C } from "../strings-channel";

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const dayKey = new Intl.DateTimeFormat("en-CA", { dateStyle: "short" });
const dayWords = new Intl.DateTimeFormat(undefined, {
  weekday: "long",
  day: "numeric",
  month: "long",
});
const dayYear = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const DAY_MS = 86_400_000;

export const clockTime = (ms: number) => clock.format(ms);
export const fullTime = (ms: number) => full.format(ms);
/** The name of a day, equal for equal days of the reader. */
export const dayOf = (ms: number) => dayKey.format(ms);

/** A day as it stands between lines. */
export function dayTitle(ms: number, nowMs: number): string {
  if (dayOf(ms) === dayOf(nowMs)) return C.today;
  if (dayOf(ms) === dayOf(nowMs - DAY_MS)) return C.yesterday;
  const sameYear = new Date(ms).getFullYear() === new Date(nowMs).getFullYear();
  return (sameYear ? dayWords : dayYear).format(ms);
}
