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
  maxStrLength: 8192,
  maxBinLength: 8192,
  maxArrayLength: 1024,
  maxMapLength: 64,
  maxExtLength: 64,
};

/** Reads one value; undefined when it is not of the shape. */
type Reader<T> = (value: unknown) => T | undefined;
type Map_ = Record<string, unknown>;

function isMap(value: unknown): value is Map_ {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const text =
  (least: number, most: number): Reader<string> =>
  (value) => {
    if (typeof value !== "string") return undefined;
    // The wire counts code points; most text has no more than half its units as pairs.
    const long = value.length > most ? [...value].length : value.length;
    return value.length >= least && long <= most ? value : undefined;
  };

const integer =
  (least: number, most: number): Reader<number> =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? (value as number)
      : undefined;

const number: Reader<number> = (value) =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;

const between =
  (least: number, most: number): Reader<number> =>
  (value) => {
    const found = number(value);
    return found !== undefined && found >= least && found <= most ? found : undefined;
  };

const bool: Reader<boolean> = (value) => (typeof value === "boolean" ? value : undefined);

const oneOf =
  <const T extends string>(choices: readonly T[]): Reader<T> =>
  (value) =>
    choices.find((choice) => choice === value);

const colour: Reader<string> = (value) =>
  typeof value === "string" && /^#[0-9a-fA-F]{6}$/.test(value) ? value : undefined;

const vec3: Reader<[number, number, number]> = (value) => {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [x, y, z] = value.map(number);
  return x === undefined || y === undefined || z === undefined ? undefined : [x, y, z];
};

/** A list in which every entry reads well; one bad entry spoils it. */
const list =
  <T>(read: Reader<T>, most: number): Reader<T[]> =>
  (value) => {
    if (!Array.isArray(value) || value.length > most) return undefined;
    const out: T[] = [];
    for (const entry of value) {
      const found = read(entry);
      if (found === undefined) return undefined;
      out.push(found);
    }
    return out;
  };

type Fields<T> = { [K in keyof Required<T>]: Reader<NonNullable<T[K]>> };

/** A map with these fields; those in `maybe` may be absent, unknown ones are dropped. */
function record<T extends object>(
  fields: Fields<T>,
  maybe: readonly (keyof T & string)[] = [],
): Reader<T> {
  const entries = Object.entries(fields) as [keyof T & string, Reader<unknown>][];
  return (value) => {
    if (!isMap(value)) return undefined;
    const out: Map_ = {};
    for (const [key, read] of entries) {
      const given = Object.hasOwn(value, key) ? value[key] : undefined;
      if (given === undefined && maybe.includes(key)) continue;
      const found = read(given);
      if (found === undefined) return undefined;
      out[key] = found;
    }
    return out as T;
  };
}

const U32 = 0xffff_ffff;
const u32 = integer(0, U32);
const participant = integer(1, U32);
const page = WIRE_LIMITS.rosterPage;
const name = text(1, WIRE_LIMITS.nameLength);
const words = text(0, WIRE_LIMITS.textLength);
const device = oneOf(DEVICES);
const pattern = integer(0, WIRE_LIMITS.patternMax);
const looks = { name, primary: colour, secondary: colour, pattern, device, away: bool };

/** Also reads rooms in the answers of the HTTP API. */
export const readRoomInfo = record<RoomInfo>({
  id: text(1, 64),
  name: text(1, 80),
  description: text(0, 2000),
  space: text(1, 64),
  bounds: record({ min: vec3, max: vec3 }),
  capacity: integer(1, U32),
  present: u32,
});

const welcome = record<Welcome>({
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
    chat_length: integer(1, U32),
    name_length: integer(1, U32),
    message_bytes: integer(1, U32),
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
});

const roster = record<Roster>(
  {
    t: oneOf(["roster"]),
    reset: bool,
    last_page: bool,
    joined: list(record<Person>({ id: participant, ...looks }), page),
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
]);
