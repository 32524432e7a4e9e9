/**
 * Control messages between bytes and checked values (WIRE 5). Whatever the bytes say, `decode`
 * returns a message of the generated shape, "unknown" or null; it never throws and never guesses.
 */
import { encode as pack, decode as unpack } from "@msgpack/msgpack";
import {
  type ClientMessage,
  DEVICES,
  type HiddenPerson,
  type Person,
  type PersonChange,
  type PersonGone,
  REACTION_KINDS,
  type RoomInfo,
  type Roster,
  type ServerMessage,
  type Tier,
  type Welcome,
  WIRE_LIMITS,
} from "./control.gen";
import { GATHERING_READERS } from "./control-gathering";
import { GROUP_READERS, readDesign, readGroupRef, readRole, readYou } from "./control-group";
import { readMic, VOICE_READERS } from "./control-voice";
import {
  between,
  bool,
  colour,
  integer,
  isMap,
  list,
  number,
  oneOf,
  participant,
  positive,
  type Reader,
  record,
  text,
  u32,
  vec3,
} from "./readers";

export * from "./control.gen";
export type ReactionKind = (typeof REACTION_KINDS)[number];

/** Encode a message for the server. */
export function encodeControl(message: ClientMessage): Uint8Array<ArrayBuffer> {
  return pack(message, { ignoreUndefined: true });
}

/** Decode a message from the server; "unknown" for a kind of a later version, null for rubbish. */
export function decodeControl(bytes: Uint8Array): ServerMessage | "unknown" | null {
  let value: unknown;
  try {
    value = unpack(bytes, UNPACK_LIMITS);
  } catch {
    return null;
  }
  if (!isMap(value) || typeof value.t !== "string") return null;
  const read = READERS.get(value.t);
  if (read === undefined) return "unknown";
  return read(value) ?? null;
}

/** Well above what the protocol allows, well below what could exhaust a phone. */
const UNPACK_LIMITS = {
  maxStrLength: 65_536,
  maxBinLength: 8192,
  maxArrayLength: 1024,
  maxMapLength: 64,
  maxExtLength: 64,
};

const page = WIRE_LIMITS.rosterPage;
const name = text(1, WIRE_LIMITS.nameLength);
const words = text(0, WIRE_LIMITS.textLength);
const device = oneOf(DEVICES);
const pattern = integer(0, WIRE_LIMITS.patternMax);
const looks = {
  name,
  primary: colour,
  secondary: colour,
  pattern,
  device,
  away: bool,
  mic: readMic,
  role: readRole,
  new: bool,
};

/** Also reads rooms in the answers of the HTTP API. */
export const readRoomInfo = record<RoomInfo>(
  {
    id: text(1, 64),
    name: text(1, 80),
    description: text(0, 2000),
    space: text(1, 64),
    bounds: record({ min: vec3, max: vec3 }),
    capacity: positive,
    present: u32,
    group: readGroupRef,
    design: readDesign,
    version: u32,
    mechanisms: list(text(1, 64), 8),
  },
  ["group", "design", "version", "mechanisms"],
);

const welcome = record<Welcome>(
  {
    t: oneOf(["welcome"]),
    v: integer(1, 65535),
    participant,
    room: readRoomInfo,
    tick_hz: between(1, 120),
    tick: u32,
    server_ms: u32,
    resume: text(1, WIRE_LIMITS.tokenLength),
    resume_ttl_s: integer(0, 3600),
    features: list(text(0, 32), WIRE_LIMITS.features),
    limits: record<Welcome["limits"]>({
      chat_length: positive,
      name_length: positive,
      message_bytes: positive,
      teleport_m: number,
      teleports_per_s: number,
      speed_m_s: number,
      reach_m: number,
    }),
    spawn: record({ position: vec3, yaw: number }),
    interest: record<Welcome["interest"]>({
      lanes: integer(0, WIRE_LIMITS.lanes),
      radius_m: number,
      tiers: list(record<Tier>({ lanes: integer(1, 64), every: integer(1, 255) }), 8),
    }),
    you: readYou,
  },
  ["you"],
);

const roster = record<Roster>(
  {
    t: oneOf(["roster"]),
    reset: bool,
    last_page: bool,
    joined: list(record<Person>({ id: participant, ...looks }, ["role", "new"]), page),
    changed: list(
      record<PersonChange>({ id: participant, ...looks }, Object.keys(looks) as never[]),
      page,
    ),
    left: list(record<PersonGone>({ id: participant }), page),
    hidden: list(record<HiddenPerson>({ id: participant, name }), page),
  },
  ["hidden"],
);

type Of<T extends ServerMessage["t"]> = Extract<ServerMessage, { t: T }>;

const READERS = new Map<string, Reader<ServerMessage>>([
  ["welcome", welcome],
  ["roster", roster],
  [
    "chat",
    record<Of<"chat">>({
      t: oneOf(["chat"]),
      id: u32,
      from: participant,
      name,
      text: text(1, WIRE_LIMITS.chatLength),
      at_ms: u32,
    }),
  ],
  [
    "reaction",
    record<Of<"reaction">>({
      t: oneOf(["reaction"]),
      from: participant,
      kind: oneOf(REACTION_KINDS),
    }),
  ],
  [
    "pong",
    record<Of<"pong">>({
      t: oneOf(["pong"]),
      id: u32,
      client_ms: integer(0, Number.MAX_SAFE_INTEGER),
      server_ms: u32,
    }),
  ],
  ["ack", record<Of<"ack">>({ t: oneOf(["ack"]), rid: u32 })],
  [
    "error",
    record<Of<"error">>({ t: oneOf(["error"]), code: text(0, 64), text: words, rid: u32 }, ["rid"]),
  ],
  [
    "overload",
    record<Of<"overload">>({ t: oneOf(["overload"]), level: integer(0, 7), text: words }),
  ],
  [
    "closing",
    record<Of<"closing">>(
      { t: oneOf(["closing"]), reason: text(0, 64), text: words, retry_after_s: between(0, 86400) },
      ["retry_after_s"],
    ),
  ],
  [
    "resume",
    record<Of<"resume">>({
      t: oneOf(["resume"]),
      token: text(1, WIRE_LIMITS.tokenLength),
      ttl_s: integer(0, 3600),
    }),
  ],
  ...VOICE_READERS,
  ...GROUP_READERS,
  ...GATHERING_READERS,
]);
