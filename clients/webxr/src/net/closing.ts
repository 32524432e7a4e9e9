/** What a close code means for the person and for the connection. Pure table look-up. */

/** What to do next: come back by itself, join afresh by itself, or ask the person. */
export type AfterClose = "resume" | "rejoin" | "ask" | "left";

export interface CloseMeaning {
  after: AfterClose;
  /** Plain words: what happened, what can be done. */
  text: string;
}

const PLACE_LOST = "Your place in the room had expired, so you are joining again.";

const MEANINGS: Record<number, CloseMeaning | undefined> = {
  1000: { after: "left", text: "You left the room." },
  1002: { after: "ask", text: "Page and server did not understand each other. Reload the page." },
  1003: { after: "ask", text: "Page and server did not understand each other. Reload the page." },
  1009: { after: "ask", text: "A message was too large for the server. Reload the page." },
  4307: { after: "rejoin", text: "The room has moved to another server. Following it…" },
  4400: { after: "ask", text: "Page and server did not understand each other. Reload the page." },
  4401: { after: "rejoin", text: PLACE_LOST },
  4402: { after: "rejoin", text: PLACE_LOST },
  4403: { after: "rejoin", text: PLACE_LOST },
  4404: { after: "ask", text: "This room does not exist any more. Choose another one." },
  4405: { after: "ask", text: "This page is out of date. Reload it to get the newest one." },
  4406: { after: "ask", text: "This room is full right now. Try again later, or choose another." },
  4408: { after: "resume", text: "The connection was too slow to start. Trying again…" },
  4409: { after: "ask", text: "You joined from another window, so this one has stopped." },
  4410: { after: "ask", text: "You were asked to leave this room." },
  4420: { after: "ask", text: "Too much was sent at once, so the server hung up. You can rejoin." },
  4421: { after: "resume", text: "Your connection could not keep up. Trying again…" },
  4422: { after: "resume", text: "Nothing was heard from you for a while. Coming back…" },
  4424: { after: "ask", text: "Your device sent movements that make no sense. Reload the page." },
  4450: { after: "resume", text: "The server is restarting. Waiting for it…" },
  4500: { after: "resume", text: "The server made a mistake. Trying again…" },
};

const LOST: CloseMeaning = { after: "resume", text: "The connection was lost. Coming back…" };

/** Say what a close code means; unknown ones are treated as a lost connection. */
export function meaningOf(code: number): CloseMeaning {
  return MEANINGS[code] ?? LOST;
}
