/** Events by the HTTP API: the calendar, answers, doors, the private feed. Owns no state. */
import { bool, integer, number, oneOf, type Reader } from "../protocol/readers";
import { ask } from "./api";
import { type Card, groupPath, ROLES, type Role, readCard } from "./groups";
import { heardServerTime } from "./server-clock";
import { anyText, askFor, listing, many, orElse, orNull, query, sending, shape } from "./shapes";

export const TEMPLATES = ["class", "talk"] as const;
export type Template = (typeof TEMPLATES)[number];
export const STATES = [
  "draft",
  "scheduled",
  "doors",
  "live",
  "winding_down",
  "ended",
  "cancelled",
] as const;
export type State = (typeof STATES)[number];
export const DOOR_MODES = ["automatic", "host_present", "admit_each", "by_role"] as const;
export type DoorMode = (typeof DOOR_MODES)[number];
export const AUDIENCES = ["near", "nobody"] as const;
export type Audience = (typeof AUDIENCES)[number];
/** Which mats are offered when it begins. */
export const FORMATIONS = ["none", "rows", "arc", "circle"] as const;
export type Formation = (typeof FORMATIONS)[number];

export interface Doors {
  mode: DoorMode;
  open_min: number;
  late_min: number | null;
  roles: Role[];
}

/** What keeps an event from happening as planned. */
export const TROUBLES = ["room_archived", "host_gone", "nobody_leads"] as const;
export type Trouble = (typeof TROUBLES)[number];

interface GroupRef {
  id: string;
  slug: string;
  name: string;
}

export interface RoomRef {
  id: string;
  name: string;
}

export interface PlanRef {
  id: string;
  title: string;
  minutes: number;
}

export interface EventInfo {
  id: string;
  group: GroupRef;
  room: RoomRef;
  title: string;
  description: string;
  template: Template;
  state: "draft" | "scheduled" | "cancelled";
  /** Of the first occurrence, local to `zone`. */
  starts: string;
  zone: string;
  minutes: number;
  rule: string;
  capacity: number;
  doors: Doors;
  audience: Audience;
  formation: Formation;
  /** So many guests each who answers may bring. */
  guests_max: number;
  plan: PlanRef | null;
  host: Card | null;
  co_hosts: Card[];
  note: string;
  troubles: Trouble[];
  version: number;
  may_edit: boolean;
  /** Days that are no more after a change, with what was kept of them. */
  dropped: string[];
}

export const RSVP_STATES = ["going", "waiting", "offered", "released"] as const;
export const MISSED = ["start", "offer"] as const;

export interface Rsvp {
  state: (typeof RSVP_STATES)[number];
  /** Place among those who wait, from 1; 0 for none. */
  position: number;
  /** By the server's clock. */
  offer_until_ms: number | null;
  /** Why a place went on that was theirs: they were not there, or did not take it; null: none did. */
  missed: (typeof MISSED)[number] | null;
  access: boolean;
  attendance: boolean;
  /** Whom one brings, those included who came in. */
  guests: number;
  guests_here: number;
}

export interface Occurrence {
  event: string;
  /** Names the day for good, however it is moved: `20261201T183000`. */
  original: string;
  title: string;
  template: Template;
  room: RoomRef;
  group: GroupRef;
  starts_ms: number;
  ends_ms: number;
  zone: string;
  /** With the offset of the event's zone. */
  host_starts: string;
  state: State;
  moved: boolean;
  note: string;
  capacity: number;
  going: number;
  waiting: number;
  /** So many guests whoever asks may bring. */
  guests_max: number;
  host: Card | null;
  mine: Rsvp | null;
  may_host: boolean;
  change_version: number;
  recurring: boolean;
  plan: PlanRef | null;
  doors_ms: number;
}

const whole = integer(0, Number.MAX_SAFE_INTEGER);
const readGroup = shape<GroupRef>({ id: anyText, slug: anyText, name: anyText });
export const readRoom = shape<RoomRef>({ id: anyText, name: orElse(anyText, "") });
const readPlanRef = shape<PlanRef>({ id: anyText, title: anyText, minutes: orElse(number, 0) });
const readDoors = shape<Doors>({
  mode: oneOf(DOOR_MODES),
  open_min: orElse(whole, 15),
  late_min: orNull(whole),
  roles: orElse(many(oneOf(ROLES)), []),
});

const readEvent: Reader<EventInfo> = shape<EventInfo>({
  id: anyText,
  group: readGroup,
  room: readRoom,
  title: anyText,
  description: orElse(anyText, ""),
  template: oneOf(TEMPLATES),
  state: oneOf(["draft", "scheduled", "cancelled"]),
  starts: anyText,
  zone: anyText,
  minutes: whole,
  rule: orElse(anyText, ""),
  capacity: whole,
  doors: readDoors,
  audience: oneOf(AUDIENCES),
  formation: orElse(oneOf(FORMATIONS), "none"),
  guests_max: orElse(whole, 0),
  plan: orNull(readPlanRef),
  host: orNull(readCard),
  co_hosts: orElse(many(readCard), []),
  note: orElse(anyText, ""),
  troubles: orElse(many(oneOf(TROUBLES)), []),
  version: whole,
  may_edit: orElse(bool, false),
  dropped: orElse(many(anyText), []),
});

const readAnswer = shape<Rsvp & { offer_left_ms: number | null }>({
  state: oneOf(RSVP_STATES),
  position: orElse(whole, 0),
  offer_until_ms: orNull(number),
  offer_left_ms: orNull(number),
  missed: orNull(oneOf(MISSED)),
  access: orElse(bool, false),
  attendance: orElse(bool, false),
  guests: orElse(whole, 0),
  guests_here: orElse(whole, 0),
});

/** Until when an offer is kept, and for how long, tell together what time it is at the server. */
export const readRsvp: Reader<Rsvp> = (value) => {
  const read = readAnswer(value);
  if (read === undefined) return undefined;
  const { offer_left_ms, ...rsvp } = read;
  const { offer_until_ms } = rsvp;
  if (offer_until_ms !== null && offer_left_ms !== null)
    heardServerTime(offer_until_ms - offer_left_ms);
  return rsvp;
};

const readOccurrence: Reader<Occurrence> = shape<Occurrence>({
  event: anyText,
  original: anyText,
  title: anyText,
  template: oneOf(TEMPLATES),
  room: readRoom,
  group: readGroup,
  starts_ms: number,
  ends_ms: number,
  zone: anyText,
  host_starts: orElse(anyText, ""),
  state: oneOf(STATES),
  moved: orElse(bool, false),
  note: orElse(anyText, ""),
  capacity: whole,
  going: orElse(whole, 0),
  waiting: orElse(whole, 0),
  guests_max: orElse(whole, 0),
  host: orNull(readCard),
  mine: orNull(readRsvp),
  may_host: orElse(bool, false),
  change_version: orElse(whole, 0),
  recurring: orElse(bool, false),
  plan: orNull(readPlanRef),
  doors_ms: number,
});

const eventPath = (event: string) => `/api/v1/events/${encodeURIComponent(event)}`;
/** Where a day of an event is asked for. */
export const dayPath = (event: string, original: string) =>
  `${eventPath(event)}/occurrences/${encodeURIComponent(original)}`;

// --- the calendar ------------------------------------------------------------------------------

/** What happens in a group between two moments, the soonest first. */
export async function groupEvents(
  group: string,
  span: { from_ms: number; until_ms: number; limit?: number },
): Promise<Occurrence[]> {
  const path = query(`${groupPath(group)}/events`, {
    from_ms: span.from_ms,
    until_ms: span.until_ms,
    limit: span.limit ?? null,
  });
  return (await askFor(listing(readOccurrence), path)).items;
}

/** What one answered, leads or helps to lead in the next two weeks. */
export async function myEvents(): Promise<Occurrence[]> {
  return (await askFor(listing(readOccurrence), "/api/v1/me/events")).items;
}

export interface EventWish {
  title: string;
  description: string;
  template: Template;
  room: string;
  starts: string;
  zone: string;
  minutes: number;
  rule: string;
  capacity: number;
  doors: Doors;
  audience: Audience;
  formation: Formation;
  guests_max: number;
  plan: string | null;
  co_hosts: string[];
  state: "draft" | "scheduled";
}

export const planEvent = (group: string, wish: EventWish): Promise<EventInfo> =>
  askFor(readEvent, `${groupPath(group)}/events`, sending("POST", wish));

export const eventInfo = (event: string): Promise<EventInfo> => askFor(readEvent, eventPath(event));

export const changeEvent = (
  event: string,
  version: number,
  change: Partial<EventWish>,
): Promise<EventInfo> =>
  askFor(readEvent, eventPath(event), sending("PATCH", { version, ...change }));

export const cancelEvent = (event: string, version: number, note: string): Promise<EventInfo> =>
  askFor(readEvent, `${eventPath(event)}/cancel`, sending("POST", { version, note }));

/** A draft like this event. */
export const cloneEvent = (event: string): Promise<EventInfo> =>
  askFor(readEvent, `${eventPath(event)}/clone`, sending("POST"));

export async function dropDraft(event: string): Promise<void> {
  await ask(eventPath(event), sending("DELETE"));
}

export const occurrence = (event: string, original: string): Promise<Occurrence> =>
  askFor(readOccurrence, dayPath(event, original));

export interface DayChange {
  starts?: string;
  minutes?: number;
  title?: string;
  room?: string;
  capacity?: number;
  /** Empty: none on that day. */
  plan?: string;
}

export const changeDay = (day: Occurrence, version: number, change: DayChange) =>
  askFor(
    readOccurrence,
    dayPath(day.event, day.original),
    sending("PATCH", { change_version: version, ...change }),
  );

export const cancelDay = (day: Occurrence, on: boolean, note: string): Promise<Occurrence> =>
  askFor(
    readOccurrence,
    `${dayPath(day.event, day.original)}/cancel`,
    sending("POST", { change_version: day.change_version, on, note }),
  );

export interface NowWish {
  room?: string;
  plan?: string;
  title?: string;
  template: Template;
  audience: Audience;
  formation: Formation;
  doors: { mode: DoorMode };
}

/** A class whose doors are open at once. */
export const classNow = (group: string, wish: NowWish): Promise<Occurrence> =>
  askFor(readOccurrence, `${groupPath(group)}/class-now`, sending("POST", wish));

/** When an event with this rule would be, the next few times. */
export interface RuleDate {
  starts_ms: number;
  ends_ms: number;
}

export async function previewRule(
  group: string,
  wish: { starts: string; zone: string; minutes: number; rule: string },
): Promise<RuleDate[]> {
  const read = listing(shape<RuleDate>({ starts_ms: number, ends_ms: orElse(number, 0) }));
  return (await askFor(read, `${groupPath(group)}/events/preview`, sending("POST", wish))).items;
}

export const eventCalendar = (event: string) => `${eventPath(event)}/event.ics`;
export const groupCalendar = (group: string) => `${groupPath(group)}/events.ics`;

// --- one's own calendar ------------------------------------------------------------------------

/** When the private link was made; null without one. */
export async function calendarMade(): Promise<number | null> {
  const read = shape<{ made_ms: number | null }>({ made_ms: orNull(number) });
  return (await askFor(read, "/api/v1/me/calendar")).made_ms;
}

/** Make the private link, or a new one in place of the old; it is told this once. */
export async function makeCalendar(): Promise<string> {
  const read = shape<{ link: string }>({ link: anyText });
  return (await askFor(read, "/api/v1/me/calendar", sending("POST"))).link;
}

export async function dropCalendar(): Promise<void> {
  await ask("/api/v1/me/calendar", sending("DELETE"));
}
