/**
 * Breath patterns in time: how long a breath is, and where in it one is. Pure; the twin of
 * `community/plans/breathing.py`, held to the same golden vectors.
 */
import type { Breath } from "../protocol/control.gen";

export type BreathPart = "in" | "hold" | "out" | "rest";

export interface BreathPhase {
  part: BreathPart;
  /** Of the part, 0 to below 1. */
  fraction: number;
  /** Of the lungs, 0 empty to 1 full, eased at both ends. */
  fullness: number;
}

const ORDER = ["in", "hold", "out", "rest"] as const satisfies readonly BreathPart[];

/** How long the four parts of a breath last, in their order, ms. */
export function partsMs(breath: Breath): [number, number, number, number] {
  return [ms(breath.in_s), ms(breath.hold_s), ms(breath.out_s), ms(breath.rest_s)];
}

/** How long one breath lasts, ms. */
export function cycleMs(breath: Breath): number {
  return partsMs(breath).reduce((sum, part) => sum + part);
}

/** Where in a breath one is after `clockMs` of breathing; null without a pattern. */
export function phaseAt(breath: Breath, clockMs: number): BreathPhase | null {
  const lengths = partsMs(breath);
  const cycle = cycleMs(breath);
  if (cycle === 0) return null;
  let left = clockMs % cycle;
  for (const [i, part] of ORDER.entries()) {
    const length = lengths[i]!;
    if (left < length) {
      const fraction = left / length;
      return { part, fraction, fullness: fullness(part, fraction) };
    }
    left -= length;
  }
  return null;
}

function fullness(part: BreathPart, fraction: number): number {
  if (part === "hold") return 1;
  if (part === "rest") return 0;
  const eased = 0.5 - 0.5 * Math.cos(Math.PI * fraction);
  return part === "in" ? eased : 1 - eased;
}

/** Whole milliseconds, halves upwards, as the server rounds them. */
function ms(seconds: number): number {
  return Math.floor(seconds * 1000 + 0.5);
}
