/**
 * How long to wait before the next attempt to connect, and how long to let one hang. Pure.
 *
 * While the server keeps our place (30 s) attempts stay close together, so that one is under way
 * at most a second after the network returns; later they thin out to spare a struggling server.
 */

const QUICK_MS = [0, 250, 500, 700];
const HELD_PLACE_MS = 30_000;
const HELD_MAX_MS = 900;
const LATE_MAX_MS = 8_000;

/** Milliseconds to wait before attempt number `attempt` (0 first), `lostForMs` after the loss. */
export function waitMs(attempt: number, lostForMs: number, random: number): number {
  const quick = QUICK_MS[attempt];
  if (quick !== undefined) return quick * (0.7 + 0.6 * random);
  if (lostForMs < HELD_PLACE_MS) return HELD_MAX_MS * (0.7 + 0.4 * random);
  const base = Math.min(LATE_MAX_MS, 1000 * 1.6 ** Math.max(0, attempt - 30));
  return base * (0.5 + random);
}

/** Milliseconds after which an attempt that has led nowhere is given up. */
export function patienceMs(attempt: number, lostForMs: number): number {
  // A SYN lost on a dead network is only sent again after 1, 3 and 7 s: a new socket is quicker.
  // Every fourth attempt waits longer, for lines so slow that a greeting takes seconds.
  if (lostForMs >= HELD_PLACE_MS) return 8_000;
  return attempt % 4 === 3 ? 4_000 : 1_500;
}
