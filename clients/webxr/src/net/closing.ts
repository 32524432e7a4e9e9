/** What a close code means for the person and for the connection. Pure table look-up. */
import { CLOSE_CODES } from "../protocol/control";

/** What to do next: come back by itself, join afresh by itself, or ask the person. */
type AfterClose = "resume" | "join" | "ask" | "left";

interface CloseMeaning {
  after: AfterClose;
  /** Plain words: what happened, what can be done. */
  text: string;
}

/** Where the page acts by itself it says what it does, not what the person should do. */
const ACTING: Record<number, string | undefined> = {
  [CLOSE_CODES.moved.code]: "The room has moved to another server. Following it…",
  [CLOSE_CODES.ticket_unknown.code]: "Your place was no longer free. Joining again…",
  [CLOSE_CODES.ticket_expired.code]: "Your place was no longer free. Joining again…",
  [CLOSE_CODES.ticket_replayed.code]: "Your place was no longer free. Joining again…",
  [CLOSE_CODES.too_slow.code]: "Your connection could not keep up. Coming back…",
  [CLOSE_CODES.idle_timeout.code]: "Nothing was heard from you for a while. Coming back…",
  [CLOSE_CODES.server_stopping.code]: "The server is restarting. Waiting for it…",
  [CLOSE_CODES.internal.code]: "The server made a mistake. Coming back…",
};

const LOST: CloseMeaning = { after: "resume", text: "The connection was lost. Coming back…" };
const UNKNOWN: CloseMeaning = {
  after: "ask",
  text: "The server ended the visit without a reason this page knows. Enter again.",
};

const MEANINGS = new Map<number, CloseMeaning>(
  Object.values(CLOSE_CODES).map(({ code, again, text }) => [
    code,
    { after: code === CLOSE_CODES.normal.code ? "left" : again, text: ACTING[code] ?? text },
  ]),
);

/** Where the server knows better than the table why somebody goes out. */
const TOLD: ReadonlySet<number> = new Set([CLOSE_CODES.removed.code, CLOSE_CODES.at_the_door.code]);

/**
 * Say what a close code means; codes below 4000 that nobody sent on purpose are a lost line.
 * `told` is the sentence that the server sent before it closed, "" if none.
 */
export function meaningOf(code: number, told = ""): CloseMeaning {
  const meaning = MEANINGS.get(code) ?? (code < 4000 ? LOST : UNKNOWN);
  return told !== "" && TOLD.has(code) ? { ...meaning, text: told } : meaning;
}
