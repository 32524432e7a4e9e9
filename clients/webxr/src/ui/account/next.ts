/** Where somebody goes on to once they are signed in: back to where they came from, on this site only. */
import type { PageContext } from "../../app/router";

const INSIDE = /^\/(?![/\\])[^\\\p{Cc}]*$/u;
const WAYS_IN = /^\/(sign-in|setup)(?![^/?#])/;

/** The address to go on to. `?next=` wins; otherwise the page that led here, as `go` noted it. */
export function nextAddress(next: string | null, from: unknown): string {
  for (const candidate of [next, from]) {
    if (typeof candidate !== "string" || !INSIDE.test(candidate)) continue;
    if (!WAYS_IN.test(candidate)) return candidate;
  }
  return "/";
}

/** Go on from a page of signing in. */
export function goOn(context: PageContext): void {
  const state: unknown = history.state;
  const from =
    typeof state === "object" && state !== null ? (state as { from?: unknown }).from : "";
  context.go(nextAddress(context.query.get("next"), from));
}
