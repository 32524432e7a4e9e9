/** Places in a plan as people write them: "4:30", "1:02:00". Pure. */

/** "4:30" from milliseconds. */
export function placeText(ms: number): string {
  const s = Math.round(ms / 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(s / 3600);
  const minutes = Math.floor(s / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}

/** Seconds from "4:30", "1:02:00" or "90"; null for anything else. */
export function placeSeconds(text: string): number | null {
  const found = /^\s*(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,5}(?:\.\d)?)\s*$/.exec(text);
  if (found === null) return null;
  const [, hours = "0", minutes = "0", seconds = "0"] = found;
  const parts = [Number(hours), Number(minutes), Number(seconds)] as const;
  if (found[2] !== undefined && parts[2] >= 60) return null;
  if (found[1] !== undefined && parts[1] >= 60) return null;
  return parts[0] * 3600 + parts[1] * 60 + parts[2];
}
