/** Who comes to events and how they come in, by the HTTP API: answers, doors. Owns no state. */
import { bool, integer, number, oneOf, type Reader } from "../protocol/readers";
import { ask } from "./api";
import {
  dayPath,
  type Occurrence,
  type RoomRef,
  RSVP_STATES,
  type Rsvp,
  readRoom,
  readRsvp,
} from "./events";
import { type Card, readCard } from "./groups";
import {
  anyText,
  askFor,
  type Listing,
  listing,
  orElse,
  orNull,
  query,
  sending,
  shape,
} from "./shapes";

const whole = integer(0, Number.MAX_SAFE_INTEGER);

// --- answers -----------------------------------------------------------------------------------

export const answerYes = (
  day: Occurrence,
  wish: { access: boolean; attendance: boolean; guests?: number },
): Promise<Rsvp> =>
  askFor(readRsvp, `${dayPath(day.event, day.original)}/rsvp`, sending("PUT", wish));

export async function answerNo(day: Occurrence): Promise<void> {
  await ask(`${dayPath(day.event, day.original)}/rsvp`, sending("DELETE"));
}

export const takeOffer = (day: Occurrence): Promise<Rsvp> =>
  askFor(readRsvp, `${dayPath(day.event, day.original)}/rsvp/accept`, sending("POST"));

/** Make the link by which one's guests come; it is told this once, and ends the one before. */
export const guestLink = (day: Occurrence): Promise<{ link: string }> =>
  askFor(
    shape<{ link: string }>({ link: anyText }),
    `${dayPath(day.event, day.original)}/rsvp/guest-link`,
    sending("POST"),
  );

export interface Answer {
  person: Card;
  state: Rsvp["state"];
  access: boolean;
  /** Whom they bring. */
  guests: number;
  /** Somebody brought them. */
  brought: boolean;
}

const readAnswer: Reader<Answer> = shape<Answer>({
  person: readCard,
  state: oneOf(RSVP_STATES),
  access: orElse(bool, false),
  guests: orElse(whole, 0),
  brought: orElse(bool, false),
});

export const answers = (day: Occurrence, cursor: string | null = null) =>
  askFor<Listing<Answer>>(
    listing(readAnswer),
    query(`${dayPath(day.event, day.original)}/rsvps`, { cursor }),
  );

export interface Attended {
  person: Card;
  came_ms: number | null;
  /** So many whom they brought came. */
  guests: number;
}

/** Who came, of those who let it be kept. */
export async function attendance(day: Occurrence): Promise<Attended[]> {
  const read = shape<Attended>({
    person: readCard,
    came_ms: orNull(number),
    guests: orElse(whole, 0),
  });
  return (await askFor(listing(read), `${dayPath(day.event, day.original)}/attendance`)).items;
}

// --- doors -------------------------------------------------------------------------------------

export const DOOR_REASONS = ["early", "host_absent", "admit", "late", "full", "norms", ""] as const;

export interface Door {
  state: "open" | "waiting" | "closed";
  reason: (typeof DOOR_REASONS)[number];
  text: string;
  /** Among those who wait, from 1; 0 for none. */
  position: number;
  doors_ms: number;
  starts_ms: number;
  room: RoomRef;
}

const readDoor: Reader<Door> = shape<Door>({
  state: oneOf(["open", "waiting", "closed"]),
  // A reason that this page does not know still has its words.
  reason: (value) => oneOf(DOOR_REASONS)(value) ?? "",
  text: orElse(anyText, ""),
  position: orElse(whole, 0),
  doors_ms: number,
  starts_ms: number,
  room: readRoom,
});

/** Be in the waiting room; called again and again, or one is gone from it. */
export const waitAt = (event: string, original: string, asks: boolean): Promise<Door> =>
  askFor(readDoor, `${dayPath(event, original)}/waiting`, sending("PUT", { asks }));

export async function stopWaiting(event: string, original: string): Promise<void> {
  await ask(`${dayPath(event, original)}/waiting`, { ...sending("DELETE"), keepalive: true });
}
