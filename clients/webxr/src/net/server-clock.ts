/**
 * The server's clock as pages know it: a device's own may be minutes off, and a place that is offered
 * is kept for one. Owns how far ahead the server is; until an answer told, the device's clock holds.
 */

let aheadMs = 0;

/** The server said what time it is with it, in an answer that came just now. */
export function heardServerTime(serverMs: number): void {
  aheadMs = serverMs - Date.now();
}

/** Now, by the server's clock; Unix epoch. */
export const serverNow = (): number => Date.now() + aheadMs;
