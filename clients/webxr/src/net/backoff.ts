/**
 * How long to wait before the next attempt to connect. Pure.
 *
 * While the server keeps our place (30 s) attempts stay close together, so that one begins at
 * most 1.5 s after the network returns (each is given a second); later they thin out to spare a struggling server.
 */

const QUICK_MS = [0, 200, 300];
const HELD_PLACE_MS = 30_000;
const HELD_MAX_MS = 400;
const LATE_MAX_MS = 8_000;

/** Milliseconds to wait before attempt number `attempt` (0 first), `lostForMs` after the loss. */
export function waitMs(attempt: number, lostForMs: number, random: number): number {
  const quick = QUICK_MS[attempt];
  if (quick !== undefined) return quick * (0.7 + 0.6 * random);
  if (lostForMs < HELD_PLACE_MS) return HELD_MAX_MS * (0.7 + 0.4 * random);
  const base = Math.min(LATE_MAX_MS, 1000 * 1.6 ** Math.max(0, attempt - 30));
  return base * (0.5 + random);
}
