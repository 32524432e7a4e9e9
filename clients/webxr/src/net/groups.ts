/** Groups by the HTTP API: what they are, their norms, members, invites. Owns no state. */
import { bool, integer, number, oneOf, type Reader, text } from "../protocol/readers";
import { PLAIN_LOOK } from "../state/look";
import { ask } from "./api";
import {
  anyText,
  askFor,
  type Listing,
  listing,
  many,
  orElse,
  orNull,
  query,
  sending,
  shape,
} from "./shapes";

export const ROLES = ["owner", "leader", "moderator", "host", "member", "guest"] as const;
export type Role = (typeof ROLES)[number];

/** Whether a role has the right `see_reports`: a block gets nobody out of their sight. */
export const answersReports = (role: string): boolean =>
  role === "owner" || role === "leader" || role === "moderator";

export const VISIBILITIES = ["listed", "unlisted", "private"] as const;
export type Visibility = (typeof VISIBILITIES)[number];
export const JOININGS = ["open", "request", "invite"] as const;
export type Joining = (typeof JOININGS)[number];
export const MECHANISMS = ["boundary_all", "no_recording", "listen_first", "no_guests"] as const;
export type Mechanism = (typeof MECHANISMS)[number];
export const ACCESSES = ["everyone", "members", "hosts", "leaders"] as const;
export type Access = (typeof ACCESSES)[number];

export interface Card {
  id: string;
  name: string;
  primary: string;
  secondary: string;
  pattern: number;
}

export interface Face {
  name: string;
  primary: string;
  secondary: string;
  pattern: number;
}

export interface GroupCard {
  id: string;
  slug: string;
  name: string;
  purpose: string;
  tags: string[];
  language: string;
  time_zone: string;
  visibility: Visibility;
  joining: Joining;
  question: string | null;
  members: number;
  size_limit: number;
  present: number;
  archived: boolean;
}

export interface NormItem {
  text: string;
  mechanism: Mechanism | null;
}

export interface Norms {
  version: number;
  hash: string;
  items: NormItem[];
  material: boolean;
  note: string;
  created_ms: number;
}

export interface RoomCard {
  id: string;
  name: string;
  description: string;
  template: string;
  present: number;
  faces: Face[];
  capacity: number;
  access: Access;
  may_enter: boolean;
}

export interface Standing {
  role: Role | null;
  state: "none" | "requested" | "member" | "waiting";
  signed: boolean;
  sign_needed: boolean;
  rights: string[];
  sanction: { kind: string; until_ms: number | null; reason: string } | null;
  /** When one's request to join was declined, for a while after. */
  declined_ms: number | null;
}

export interface GroupPage extends GroupCard {
  version: number;
  norms: Norms;
  standing: Standing;
  rooms: RoomCard[];
  guests_allowed: boolean;
  counts: { requests: number; reports: number };
}

export interface Member extends Card {
  handle: string;
  role: Role;
  joined_ms: number;
  signed: boolean;
  present_room: string | null;
}

export interface Invite {
  id: string;
  link: string | null;
  kind: "member" | "guest";
  room: string | null;
  uses_left: number;
  expires_ms: number;
}

export interface JoinRequest {
  id: string;
  person: Card;
  answer: string;
  created_ms: number;
}

const count = integer(0, Number.MAX_SAFE_INTEGER);
const look = {
  name: anyText,
  primary: orElse(anyText, PLAIN_LOOK.primary),
  secondary: orElse(anyText, PLAIN_LOOK.secondary),
  pattern: orElse(integer(0, 255), PLAIN_LOOK.pattern),
};
export const readFace: Reader<Face> = shape<Face>(look);
const cardFields = { id: anyText, ...look };
export const readCard: Reader<Card> = shape<Card>(cardFields);

const groupFields = {
  id: anyText,
  slug: anyText,
  name: anyText,
  purpose: orElse(anyText, ""),
  tags: orElse(many(anyText), []),
  language: orElse(anyText, ""),
  time_zone: orElse(anyText, ""),
  visibility: oneOf(VISIBILITIES),
  joining: oneOf(JOININGS),
  question: orNull(anyText),
  members: orElse(count, 0),
  size_limit: orElse(count, 0),
  present: orElse(count, 0),
  archived: orElse(bool, false),
};
export const readGroupCard: Reader<GroupCard> = shape<GroupCard>(groupFields);

export const readNorms: Reader<Norms> = shape<Norms>({
  version: count,
  hash: anyText,
  items: many(shape<NormItem>({ text: text(0, 2_000), mechanism: orNull(oneOf(MECHANISMS)) })),
  material: orElse(bool, false),
  note: orElse(anyText, ""),
  created_ms: orElse(number, 0),
});

const NO_NORMS: Norms = {
  version: 0,
  hash: "",
  items: [],
  material: false,
  note: "",
  created_ms: 0,
};

const readRoomCard: Reader<RoomCard> = shape<RoomCard>({
  id: anyText,
  name: anyText,
  description: orElse(anyText, ""),
  template: orElse(anyText, "campfire"),
  present: orElse(count, 0),
  faces: orElse(many(readFace), []),
  capacity: orElse(count, 0),
  access: orElse(oneOf(ACCESSES), "members"),
  may_enter: orElse(bool, true),
});

/** Rooms that are put away, for whoever may bring them back. */
export const archivedRooms = async (group: string): Promise<RoomCard[]> =>
  (await askFor(listing(readRoomCard), `${groupPath(group)}/rooms?archived=true`)).items;

const readPage: Reader<GroupPage> = shape<GroupPage>({
  ...groupFields,
  version: orElse(count, 0),
  norms: orElse(readNorms, NO_NORMS),
  standing: shape<Standing>({
    role: orNull(oneOf(ROLES)),
    state: oneOf(["none", "requested", "member", "waiting"]),
    signed: bool,
    sign_needed: orElse(bool, false),
    rights: many(anyText),
    sanction: orNull(
      shape<NonNullable<Standing["sanction"]>>({
        kind: anyText,
        until_ms: orNull(number),
        reason: orElse(anyText, ""),
      }),
    ),
    declined_ms: orElse(orNull(number), null),
  }),
  rooms: orElse(many(readRoomCard), []),
  guests_allowed: orElse(bool, true),
  counts: orElse(
    shape<GroupPage["counts"]>({ requests: orElse(count, 0), reports: orElse(count, 0) }),
    { requests: 0, reports: 0 },
  ),
});

const readMember: Reader<Member> = shape<Member>({
  ...cardFields,
  handle: orElse(anyText, ""),
  role: oneOf(ROLES),
  joined_ms: orElse(number, 0),
  signed: orElse(bool, true),
  present_room: orNull(anyText),
});

const readInvite: Reader<Invite> = shape<Invite>({
  id: anyText,
  link: orNull(anyText),
  kind: oneOf(["member", "guest"]),
  room: orNull(anyText),
  uses_left: orElse(count, 0),
  expires_ms: orElse(number, 0),
});

const readRequest: Reader<JoinRequest> = shape<JoinRequest>({
  id: anyText,
  person: readCard,
  answer: orElse(anyText, ""),
  created_ms: orElse(number, 0),
});

/** Where a group is asked for. */
export const groupPath = (group: string) => `/api/v1/groups/${encodeURIComponent(group)}`;

interface NewGroup {
  name: string;
  purpose: string;
  tags: string[];
  language: string;
  time_zone: string;
  visibility: Visibility;
  joining: Joining;
  template: string;
}

export interface Started {
  group: GroupPage;
  room: { id: string; name: string };
  invite: { link: string };
}

export const startGroup = (wanted: NewGroup): Promise<Started> =>
  askFor(
    shape<Started>({
      group: readPage,
      room: shape<Started["room"]>({ id: anyText, name: anyText }),
      invite: shape<Started["invite"]>({ link: anyText }),
    }),
    "/api/v1/groups",
    sending("POST", wanted),
  );

export const groupPage = (group: string): Promise<GroupPage> => askFor(readPage, groupPath(group));

export type GroupChange = Partial<
  Omit<NewGroup, "template"> & {
    question: string | null;
    size_limit: number;
    guests_allowed: boolean;
  }
>;

export const changeGroup = (
  group: string,
  version: number,
  change: GroupChange,
): Promise<GroupPage> =>
  askFor(readPage, groupPath(group), sending("PATCH", { version, ...change }));

export const archiveGroup = (group: string, on: boolean): Promise<GroupPage> =>
  askFor(readPage, `${groupPath(group)}/archive`, sending("POST", { on }));

interface JoinWish {
  invite?: string;
  answer?: string;
  signature?: { version: number; hash: string };
}

export const joinGroup = (group: string, wish: JoinWish): Promise<GroupPage> =>
  askFor(readPage, `${groupPath(group)}/join`, sending("POST", wish));

export async function leaveGroup(group: string): Promise<void> {
  await ask(`${groupPath(group)}/leave`, sending("POST"));
}

export async function transferGroup(group: string, account: string): Promise<void> {
  await ask(`${groupPath(group)}/transfer`, sending("POST", { account }));
}

// --- norms -------------------------------------------------------------------------------------

export const normsOfGroup = (group: string): Promise<Norms> =>
  askFor(readNorms, `${groupPath(group)}/norms`);

export const signNorms = (group: string, { version, hash }: Norms): Promise<GroupPage> =>
  askFor(readPage, `${groupPath(group)}/norms/sign`, sending("POST", { version, hash }));

export const changeNorms = (
  group: string,
  wanted: Pick<Norms, "version" | "items" | "material" | "note">,
): Promise<Norms> => askFor(readNorms, `${groupPath(group)}/norms`, sending("PUT", wanted));

/** All versions, the newest first. */
export async function normsHistory(group: string): Promise<Norms[]> {
  const { items } = await askFor(listing(readNorms), `${groupPath(group)}/norms/history`);
  return items.sort((a, b) => b.version - a.version);
}

// --- members, requests, invites ----------------------------------------------------------------

interface MembersAsked {
  q?: string;
  cursor?: string | null;
  limit?: number;
}

export const members = (group: string, { q = "", cursor = null, limit }: MembersAsked = {}) =>
  askFor<Listing<Member>>(
    listing(readMember),
    query(`${groupPath(group)}/members`, { q, cursor, limit: limit ?? null }),
  );

export async function giveRole(group: string, account: string, role: Role): Promise<void> {
  const path = `${groupPath(group)}/members/${encodeURIComponent(account)}`;
  await ask(path, sending("PATCH", { role }));
}

export async function removeMember(group: string, account: string): Promise<void> {
  await ask(`${groupPath(group)}/members/${encodeURIComponent(account)}`, sending("DELETE"));
}

export const joinRequests = (group: string, cursor: string | null = null) =>
  askFor<Listing<JoinRequest>>(
    listing(readRequest),
    query(`${groupPath(group)}/requests`, { cursor }),
  );

export async function answerRequest(group: string, id: string, accept: boolean): Promise<void> {
  await ask(`${groupPath(group)}/requests/${encodeURIComponent(id)}`, sending("POST", { accept }));
}

export async function invites(group: string): Promise<Invite[]> {
  return (await askFor(listing(readInvite), `${groupPath(group)}/invites`)).items;
}

interface InviteWish {
  kind: "member" | "guest";
  room?: string;
  uses: number;
  days: number;
}

export const makeInvite = (group: string, wish: InviteWish): Promise<Invite> =>
  askFor(readInvite, `${groupPath(group)}/invites`, sending("POST", wish));

export async function revokeInvite(group: string, id: string): Promise<void> {
  await ask(`${groupPath(group)}/invites/${encodeURIComponent(id)}`, sending("DELETE"));
}
