/**
 * Control messages between bytes and checked values (WIRE 5). Whatever the bytes say, `decode`
 * returns a message of the stated shape, "unknown" or null; it never throws and never guesses.
 */
import { encode as pack, decode as unpack } from "@msgpack/msgpack";
import type { Bounds, Device } from "../state/avatar-state";

export const PROTOCOL_VERSION = 1;
export const SUBPROTOCOL = "hearth.v1";
export const CHAT_MAX = 500;
export const NAME_MAX = 32;
const TEXT_MAX = 2000;
const PAGE_MAX = 256;

export const REACTION_KINDS = [
  "wave",
  "clap",
  "heart",
  "laugh",
  "yes",
  "no",
  "hand",
  "sparkle",
] as const;
export type ReactionKind = (typeof REACTION_KINDS)[number];

export interface Person {
  id: number;
  name: string;
  primary: string;
  secondary: string;
  pattern: number;
  device: Device;
  away: boolean;
}

export interface PersonChange {
  id: number;
  name?: string;
  primary?: string;
  secondary?: string;
  pattern?: number;
  device?: Device;
  away?: boolean;
}

export interface RoomInfo {
  id: string;
  name: string;
  description: string;
  space: string;
  bounds: Bounds;
  capacity: number;
  present: number;
}

export interface Welcome {
  t: "welcome";
  participant: number;
  room: RoomInfo;
  tick_hz: number;
  tick: number;
  server_ms: number;
  resume: string;
  resume_ttl_s: number;
  spawn: { position: [number, number, number]; yaw: number };
}

export interface Roster {
  t: "roster";
  reset: boolean;
  last_page: boolean;
  joined: Person[];
  changed: PersonChange[];
  left: { id: number }[];
  /** The whole list of those one hides; null when nothing changed about it. */
  hidden: { id: number; name: string }[] | null;
}

export interface Chat {
  t: "chat";
  id: number;
  from: number;
  name: string;
  text: string;
  at_ms: number;
}

export type ServerMessage =
  | Welcome
  | Roster
  | Chat
  | { t: "reaction"; from: number; kind: ReactionKind }
  | { t: "pong"; id: number; client_ms: number; server_ms: number }
  | { t: "ack"; rid: number }
  | { t: "error"; code: string; text: string; rid: number | null }
  | { t: "overload"; level: number; text: string }
  | { t: "closing"; reason: string; text: string; retry_after_s: number | null }
  | { t: "resume"; token: string; ttl_s: number };

export type ClientMessage =
  | {
      t: "hello";
      v: number;
      ticket?: string;
      resume?: string;
      client: { name: string; version: string };
      features: string[];
      device: Device;
    }
  | { t: "leave" }
  | { t: "chat"; rid: number; text: string }
  | { t: "react"; rid?: number; kind: ReactionKind }
  | { t: "hide"; rid: number; participant: number; on: boolean }
  | { t: "away"; on: boolean }
  | { t: "ping"; id: number; client_ms: number };

/** Encode a message for the server. */
export function encodeControl(message: ClientMessage): Uint8Array<ArrayBuffer> {
  return pack(message, { ignoreUndefined: true });
}

/** Decode a message from the server; "unknown" for a kind of a later version, null for rubbish. */
export function decodeControl(bytes: Uint8Array): ServerMessage | "unknown" | null {
  let value: unknown;
  try {
    value = unpack(bytes, LIMITS);
  } catch {
    return null;
  }
  if (!isMap(value) || typeof value.t !== "string") return null;
  const read = READERS[value.t];
  if (read === undefined) return "unknown";
  return read(value);
}

const LIMITS = {
  maxStrLength: 8192,
  maxBinLength: 8192,
  maxArrayLength: 1024,
  maxMapLength: 64,
  maxExtLength: 64,
};

type Fields = Record<string, unknown>;

function isMap(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Each reader answers undefined for a field that is missing or wrong.

function text(value: unknown, max: number): string | undefined {
  return typeof value === "string" && value.length <= max ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function u32(value: unknown): number | undefined {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffff_ffff
    ? (value as number)
    : undefined;
}

function participant(value: unknown): number | undefined {
  return u32(value) || undefined;
}

function bool(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

function colour(value: unknown): string | undefined {
  return typeof value === "string" && /^#[0-9a-fA-F]{6}$/.test(value) ? value : undefined;
}

function pattern(value: unknown): number | undefined {
  const found = u32(value);
  return found !== undefined && found <= 7 ? found : undefined;
}

function device(value: unknown): Device | undefined {
  return value === "vr" || value === "desktop" || value === "phone" || value === "text"
    ? value
    : undefined;
}

function name(value: unknown): string | undefined {
  return typeof value === "string" && value.length > 0 && value.length <= 4 * NAME_MAX
    ? value
    : undefined;
}

function reaction(value: unknown): ReactionKind | undefined {
  return REACTION_KINDS.find((kind) => kind === value);
}

function vec3(value: unknown): [number, number, number] | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [x, y, z] = value.map(number);
  return x === undefined || y === undefined || z === undefined ? undefined : [x, y, z];
}

/** A list in which every entry reads well; one bad entry spoils it. */
function list<T>(value: unknown, read: (entry: Fields) => T | undefined): T[] | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > PAGE_MAX) return undefined;
  const out: T[] = [];
  for (const entry of value) {
    const found = isMap(entry) ? read(entry) : undefined;
    if (found === undefined) return undefined;
    out.push(found);
  }
  return out;
}

/** The object if none of its values is undefined. */
function whole<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T | undefined {
  for (const part of Object.values(value)) if (part === undefined) return undefined;
  return value as T;
}

function person(f: Fields): Person | undefined {
  return whole<Person>({
    id: participant(f.id),
    name: name(f.name),
    primary: colour(f.primary),
    secondary: colour(f.secondary),
    pattern: pattern(f.pattern),
    device: device(f.device),
    away: f.away === undefined ? false : bool(f.away),
  });
}

function personChange(f: Fields): PersonChange | undefined {
  const id = participant(f.id);
  if (id === undefined) return undefined;
  const change: PersonChange = { id };
  const given = (key: string) => f[key] !== undefined && f[key] !== null;
  const into = <K extends keyof PersonChange>(key: K, value: PersonChange[K] | undefined) => {
    if (!given(key)) return true;
    if (value === undefined) return false;
    change[key] = value;
    return true;
  };
  const fine =
    into("name", name(f.name)) &&
    into("primary", colour(f.primary)) &&
    into("secondary", colour(f.secondary)) &&
    into("pattern", pattern(f.pattern)) &&
    into("device", device(f.device)) &&
    into("away", bool(f.away));
  return fine ? change : undefined;
}

export function roomInfo(value: unknown): RoomInfo | undefined {
  if (!isMap(value) || !isMap(value.bounds)) return undefined;
  const bounds = whole<Bounds>({ min: vec3(value.bounds.min), max: vec3(value.bounds.max) });
  return whole<RoomInfo>({
    id: text(value.id, 64),
    name: text(value.name, 320),
    description: text(value.description ?? "", 4 * TEXT_MAX),
    space: text(value.space, 64),
    bounds,
    capacity: u32(value.capacity),
    present: u32(value.present ?? 0),
  });
}

function welcome(f: Fields): Welcome | null {
  const spawnFields = isMap(f.spawn) ? f.spawn : {};
  const found = whole<Omit<Welcome, "t">>({
    participant: participant(f.participant),
    room: roomInfo(f.room),
    tick_hz: number(f.tick_hz),
    tick: u32(f.tick),
    server_ms: u32(f.server_ms),
    resume: text(f.resume, 512),
    resume_ttl_s: u32(f.resume_ttl_s ?? 30),
    spawn: whole<Welcome["spawn"]>({
      position: vec3(spawnFields.position),
      yaw: number(spawnFields.yaw),
    }),
  });
  if (found === undefined || found.tick_hz < 1 || found.tick_hz > 120) return null;
  return { t: "welcome", ...found };
}

function roster(f: Fields): Roster | null {
  const found = whole<Omit<Roster, "t">>({
    reset: bool(f.reset ?? false),
    last_page: bool(f.last_page ?? true),
    joined: list(f.joined, person),
    changed: list(f.changed, personChange),
    left: list(f.left, (gone) => whole<{ id: number }>({ id: participant(gone.id) })),
    hidden:
      f.hidden === undefined || f.hidden === null
        ? null
        : list(f.hidden, (h) =>
            whole<{ id: number; name: string }>({ id: participant(h.id), name: name(h.name) }),
          ),
  });
  return found === undefined ? null : { t: "roster", ...found };
}

function orNull<T extends ServerMessage>(t: T["t"], found: Omit<T, "t"> | undefined): T | null {
  return found === undefined ? null : ({ t, ...found } as T);
}

type Of<T extends ServerMessage["t"]> = Extract<ServerMessage, { t: T }>;

const READERS: Record<string, ((f: Fields) => ServerMessage | null) | undefined> = Object.assign(
  Object.create(null),
  {
    welcome,
    roster,
    chat: (f: Fields) =>
      orNull<Chat>(
        "chat",
        whole<Omit<Chat, "t">>({
          id: u32(f.id),
          from: participant(f.from),
          name: name(f.name),
          text: text(f.text, 4 * CHAT_MAX),
          at_ms: u32(f.at_ms),
        }),
      ),
    reaction: (f: Fields) => {
      const kind = reaction(f.kind);
      const from = participant(f.from);
      // A kind of a later version is no fault; there is just nothing to draw.
      return kind === undefined || from === undefined ? null : { t: "reaction", from, kind };
    },
    pong: (f: Fields) =>
      orNull<Of<"pong">>(
        "pong",
        whole<Omit<Of<"pong">, "t">>({
          id: u32(f.id),
          client_ms: number(f.client_ms),
          server_ms: u32(f.server_ms),
        }),
      ),
    ack: (f: Fields) => orNull<Of<"ack">>("ack", whole<Omit<Of<"ack">, "t">>({ rid: u32(f.rid) })),
    error: (f: Fields) =>
      orNull<Of<"error">>(
        "error",
        whole<Omit<Of<"error">, "t">>({
          code: text(f.code, 64),
          text: text(f.text, TEXT_MAX),
          rid: u32(f.rid) ?? null,
        }),
      ),
    overload: (f: Fields) =>
      orNull<Of<"overload">>(
        "overload",
        whole<Omit<Of<"overload">, "t">>({ level: u32(f.level), text: text(f.text, TEXT_MAX) }),
      ),
    closing: (f: Fields) =>
      orNull<Of<"closing">>(
        "closing",
        whole<Omit<Of<"closing">, "t">>({
          reason: text(f.reason, 64),
          text: text(f.text, TEXT_MAX),
          retry_after_s: number(f.retry_after_s) ?? null,
        }),
      ),
    resume: (f: Fields) =>
      orNull<Of<"resume">>(
        "resume",
        whole<Omit<Of<"resume">, "t">>({ token: text(f.token, 512), ttl_s: u32(f.ttl_s) }),
      ),
  },
);
