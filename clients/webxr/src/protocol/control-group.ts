/**
 * Reads what the server tells in groups' rooms (WIRE 5 and 12): lines, places, objects, safety, and
 * the design of a room. Pure; `control.ts` puts these beside the readers of everything else.
 */
import {
  type Design,
  type DesignObject,
  type DesignPlace,
  type DesignSpawn,
  type DesignZone,
  type GroupRef,
  type LineReaction,
  type LineRoom,
  type ObjectState,
  type Person,
  type PersonalBoundary,
  type PlaceState,
  REACTION_KINDS,
  type ServerMessage,
  WIRE_LIMITS,
  type You,
} from "./control.gen";
import {
  between,
  bool,
  colour,
  integer,
  list,
  number,
  oneOf,
  participant,
  type Reader,
  record,
  text,
  u32,
  vec3,
} from "./readers";

/** What somebody is in a room's group. */
export type Role = NonNullable<Person["role"]>;

export const readRole: Reader<Role> = oneOf([
  "owner",
  "leader",
  "moderator",
  "host",
  "member",
  "guest",
  "listener",
]);
const id = text(1, 64);
const part = text(1, WIRE_LIMITS.partIdLength);
const title = text(1, 80);
/** With so many one may agree on standing near. */
const NEAR_MOST = 16;
const across = between(-24, 24);
const degrees = between(-360, 360);
const safeInteger = (least: number) => integer(least, Number.MAX_SAFE_INTEGER);
const kind = oneOf(["lantern"] as const);

export const readGroupRef = record<GroupRef>({ id, slug: id, name: title });

const boundary = record<PersonalBoundary>({
  mode: oneOf(["off", "non_friends", "all"]),
  radius_m: between(WIRE_LIMITS.boundaryMinM, WIRE_LIMITS.boundaryMaxM),
});

export const readYou = record<You>({
  account: id,
  role: readRole,
  rights: list(text(1, 64), 64),
  companion: bool,
  listener: bool,
  boundary,
});

/** Also reads designs in the answers of the HTTP API. */
export const readDesign = record<Design>({
  template: oneOf(["campfire", "studio", "gallery", "classroom", "terrace"]),
  size: oneOf(["small", "medium", "large", "great"]),
  light: oneOf(["dawn", "day", "dusk", "night"]),
  places: list(
    record<DesignPlace>({
      id: part,
      kind: oneOf(["mat", "seat"]),
      x: across,
      z: across,
      yaw_deg: degrees,
    }),
    WIRE_LIMITS.places,
  ),
  zones: list(
    record<DesignZone>({
      id: part,
      name: text(1, 40),
      kind: oneOf(["quiet", "stage", "private"]),
      x0: across,
      z0: across,
      x1: across,
      z1: across,
    }),
    WIRE_LIMITS.zones,
  ),
  spawn: list(
    record<DesignSpawn>({ x: across, z: across, yaw_deg: degrees }),
    WIRE_LIMITS.spawnPoints,
  ),
  objects: list(
    record<DesignObject>({
      id: part,
      kind,
      x: across,
      y: between(0, 4),
      z: across,
      yaw_deg: degrees,
      colour,
    }),
    WIRE_LIMITS.objects,
  ),
});

const objectState = record<ObjectState>(
  {
    id: part,
    kind,
    colour,
    position: vec3,
    yaw: number,
    held_by: participant,
    offered_to: participant,
    locked: bool,
    rev: u32,
  },
  ["held_by", "offered_to"],
);

type Of<T extends ServerMessage["t"]> = Extract<ServerMessage, { t: T }>;

export const GROUP_READERS: readonly [string, Reader<ServerMessage>][] = [
  [
    "line",
    record<Of<"line">>(
      {
        t: oneOf(["line"]),
        id: safeInteger(1),
        key: text(1, 36),
        author: id,
        name: text(1, WIRE_LIMITS.nameLength),
        text: text(0, WIRE_LIMITS.lineLength),
        at_ms: safeInteger(0),
        from: participant,
        room: record<LineRoom>({ id, name: title }),
        edited: bool,
        deleted: bool,
        mentions_me: bool,
        reactions: list(
          record<LineReaction>({ kind: oneOf(REACTION_KINDS), count: u32, mine: bool }),
          REACTION_KINDS.length,
        ),
      },
      ["key", "author", "from", "room", "edited", "deleted", "mentions_me", "reactions"],
    ),
  ],
  [
    "places",
    record<Of<"places">>({
      t: oneOf(["places"]),
      places: list(record<PlaceState>({ id: part, by: u32 }), WIRE_LIMITS.places),
    }),
  ],
  [
    "objects",
    record<Of<"objects">>({
      t: oneOf(["objects"]),
      reset: bool,
      objects: list(objectState, WIRE_LIMITS.objects),
    }),
  ],
  ["safety", record<Of<"safety">>({ t: oneOf(["safety"]), safe: bool, boundary, forced: bool })],
  [
    "ties",
    record<Of<"ties">>({
      t: oneOf(["ties"]),
      friends: list(participant, 256),
      muted: list(participant, 256),
      near: list(participant, NEAR_MOST),
      near_asked: list(participant, NEAR_MOST),
      near_asks: list(participant, 256),
    }),
  ],
  ["you", record<Of<"you">>({ t: oneOf(["you"]), you: readYou })],
  ["faded", record<Of<"faded">>({ t: oneOf(["faded"]), people: list(participant, 256) })],
  [
    "notice",
    record<Of<"notice">>({
      t: oneOf(["notice"]),
      code: text(1, 64),
      text: text(0, WIRE_LIMITS.textLength),
    }),
  ],
];
