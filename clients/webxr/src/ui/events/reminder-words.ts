/**
 * Which reminder is shown where somebody is now, in which words, on a page and in a headset. Pure but
 * for the words' language, which is the reader's.
 */
import type { Occurrence } from "../../net/events";
import { reminderOf, type Stage } from "../../state/reminding";
import { until } from "../shell/time";
import { EV } from "../strings-events";
import { dayAddress } from "./row";

const W = EV.reminder;
/** Nearer than this it begins now. */
const NOW_MS = 45_000;

export interface Shown {
  /** Names this reminder, to be put away for good. */
  key: string;
  of: Occurrence;
  words: string;
  /** The same where there is no page to press something on. */
  headset: string;
  /** Its room may be entered; else its page is worth a look. */
  open: boolean;
}

/**
 * The one reminder for whoever is at `path`; a place that is offered comes first, for it ends. `nowMs`
 * is by the server's clock.
 */
export function reminderAt(
  path: string,
  coming: readonly Occurrence[],
  nowMs: number,
  away: ReadonlySet<string>,
): Shown | null {
  // Whoever is there, or looks at its page, knows.
  const elsewhere = coming.filter((each) => !isThere(path, each));
  const offer = elsewhere.find((each) => isOffered(each, nowMs) && !away.has(offerKey(each)));
  if (offer !== undefined) {
    const words = W.offer(offer.title);
    const headset = `${words} ${W.headset.offer}`;
    return { key: offerKey(offer), of: offer, words, headset, open: false };
  }
  const due = reminderOf(elsewhere, nowMs, away);
  if (due === null) return null;
  const { key, of, stage } = due;
  const words = wordsOf(of, stage, nowMs);
  const open = stage === "doors";
  return { key, of, words, headset: open ? `${words} ${W.headset.doors}` : words, open };
}

function wordsOf(of: Occurrence, stage: Stage, nowMs: number): string {
  if (stage === "doors") return of.state === "live" ? W.live(of.title) : W.doors(of.title);
  if (of.starts_ms <= nowMs + NOW_MS) return W.now(of.title);
  return W[stage](of.title, until(of.starts_ms, nowMs));
}

const isThere = (path: string, of: Occurrence) =>
  path === `/r/${of.room.id}` || path.startsWith(dayAddress(of));

function isOffered({ mine }: Occurrence, nowMs: number): boolean {
  if (mine?.state !== "offered") return false;
  return mine.offer_until_ms === null || mine.offer_until_ms > nowMs;
}

const offerKey = ({ event, original, mine }: Occurrence) =>
  `${event} ${original} offer ${mine?.offer_until_ms ?? 0}`;
