/** A gathering keeps people at the door of its room; the API says where they wait. */
import { Problem } from "./api";

/** Where to wait when a gathering keeps one at the door; null for any other reason. */
export function waitingRoomOf(error: unknown): string | null {
  if (!(error instanceof Problem) || error.code !== "gathering_waits") return null;
  const { event, original } = error.more;
  if (typeof event !== "string" || typeof original !== "string") return null;
  return `/e/${encodeURIComponent(event)}/${encodeURIComponent(original)}/wait`;
}
