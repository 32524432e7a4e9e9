/** How a person chose to look last time, kept on this device; checks whatever it finds there. */
import type { Appearance } from "../net/api";
import { WIRE_LIMITS } from "../protocol/control";

const KEY = "hearth.profile";
const COLOUR = /^#[0-9a-f]{6}$/;

export const PALETTE = [
  "#ff9a4d",
  "#e0607e",
  "#c7526a",
  "#a77bd1",
  "#6f7fd8",
  "#8fb8de",
  "#4fa3a5",
  "#7fbf8e",
  "#9aa85a",
  "#e8c35a",
  "#f6ecdd",
  "#5b4a63",
] as const;

/** A look to start from: never the same two colours. `random` gives numbers 0..1. */
export function freshProfile(random: () => number): Appearance {
  const pick = (n: number) => Math.min(n - 1, Math.floor(random() * n));
  const first = pick(10);
  const second = (first + 3 + pick(6)) % PALETTE.length;
  return {
    name: "",
    primary: PALETTE[first] ?? PALETTE[0],
    secondary: PALETTE[second] ?? PALETTE[5],
    pattern: pick(8),
  };
}

/** Read a kept profile; null when there is none or it is not sound. */
export function parseProfile(kept: string | null): Appearance | null {
  let value: unknown;
  try {
    value = JSON.parse(kept ?? "null");
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { name, primary, secondary, pattern } = value as Record<string, unknown>;
  if (typeof name !== "string" || typeof primary !== "string" || typeof secondary !== "string") {
    return null;
  }
  if (!COLOUR.test(primary) || !COLOUR.test(secondary)) return null;
  if (!Number.isInteger(pattern) || (pattern as number) < 0 || (pattern as number) > 7) return null;
  return {
    name: name.slice(0, WIRE_LIMITS.nameLength),
    primary,
    secondary,
    pattern: pattern as number,
  };
}

export function loadProfile(): Appearance {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEY);
  } catch {
    // Storage may be forbidden; then every visit starts afresh.
  }
  return parseProfile(kept) ?? freshProfile(Math.random);
}

export function saveProfile(profile: Appearance): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(profile));
  } catch {
    // As above.
  }
}
