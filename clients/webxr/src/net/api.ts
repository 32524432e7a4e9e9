/**
 * Asks the server's HTTP API, and turns its problems (RFC 9457) into sentences for the person.
 * Owns no state; the page's own origin is the only server it talks to.
 */
import { type RoomInfo, readRoomInfo } from "../protocol/control";
import type { Device } from "../state/avatar-state";
import { type Admission, AdmissionRefused } from "./connection";
import { socketUrl } from "./transport";

export interface Appearance {
  name: string;
  primary: string;
  secondary: string;
  pattern: number;
}

export interface ServerInfo {
  /** Where VR works, when it cannot at this address. */
  vrUrl: string | null;
}

/** The API refused; `message` is a sentence for the person. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** What is wrong with which field of what was sent. */
    readonly errors: readonly { field: string; detail: string }[] = [],
    /** Further members of the problem document. */
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

const UNREACHABLE = "The server cannot be reached. Check your network, then try again.";
export const NONSENSE = "The server gave an answer this page does not understand. Reload the page.";
const ASK_TIMEOUT_MS = 8_000;

export async function ask(path: string, init: RequestInit = {}): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
  } catch {
    throw new Problem(0, "unreachable", UNREACHABLE);
  }
  // "Done, and nothing to say": there is no body to read.
  if (response.status === 204) return null;
  let body: unknown = null;
  try {
    body = await response.json();
  } catch {
    if (response.ok) throw new Problem(response.status, "not_json", NONSENSE);
  }
  if (response.ok) return body;
  throw problemOf(response.status, body);
}

/** Read a problem document; anything else still becomes a sentence. */
export function problemOf(status: number, body: unknown): Problem {
  const fields = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const code = typeof fields.code === "string" ? fields.code : `http_${status}`;
  const detail = typeof fields.detail === "string" ? fields.detail.slice(0, 500) : "";
  if (detail !== "") return new Problem(status, code, detail, fieldErrors(fields.errors), fields);
  const text =
    status === 404
      ? "There is no such room here. Choose one from the lobby."
      : status === 429
        ? "Too many tries in a short time. Wait a minute, then try again."
        : status >= 500
          ? "The server has trouble at the moment. Try again in a minute."
          : "The server did not accept this. Reload the page and try again.";
  return new Problem(status, code, text);
}

function fieldErrors(value: unknown): { field: string; detail: string }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) => {
    const { field, detail } = (each ?? {}) as Record<string, unknown>;
    if (typeof field !== "string" || typeof detail !== "string") return [];
    return [{ field, detail: detail.slice(0, 500) }];
  });
}

/** A room as its door shows it. */
export type RoomDoor = RoomInfo;

/** The rooms with a door on the lobby page. */
export async function listRooms(): Promise<RoomDoor[]> {
  const body = await ask("/api/v1/rooms");
  const fields = body as { rooms?: unknown } | null;
  const list = Array.isArray(body) ? body : fields?.rooms;
  if (!Array.isArray(list)) throw new Problem(200, "bad_rooms", NONSENSE);
  return list.map(readRoomInfo).filter((room) => room !== undefined);
}

/** What this server is; null when it does not say (the page works without). */
export async function serverInfo(): Promise<ServerInfo | null> {
  try {
    const body = (await ask("/api/v1/info")) as Record<string, unknown>;
    return { vrUrl: typeof body.vr_url === "string" ? body.vr_url : null };
  } catch {
    return null;
  }
}

/** What this device is to be while another one of the same person is in a room. */
export type How = "move" | "companion";

/** What the door of one room shows. */
export interface DoorFacts {
  room: RoomDoor;
  /** Whether whoever asks may enter now. */
  mayEnter: boolean;
  /** Whether they would come as a listener. */
  listener: boolean;
  /** Whether the room is put away: nobody goes in. */
  archived: boolean;
  /** Whether its door is open to whoever has an account here. */
  everyone: boolean;
}

/** One room, as whoever asks sees its door. */
export async function roomDoor(id: string): Promise<DoorFacts> {
  const body = await ask(`/api/v1/rooms/${encodeURIComponent(id)}`);
  const room = readRoomInfo(body);
  if (room === undefined) throw new Problem(200, "bad_rooms", NONSENSE);
  const { may_enter, listener, archived, access } = body as Record<string, unknown>;
  return {
    room,
    mayEnter: may_enter !== false,
    listener: listener === true,
    archived: archived === true,
    everyone: access === "everyone" && may_enter !== false,
  };
}

/** Ask to enter a room: as a guest, or in a group's room as who is signed in. */
export async function join(
  room: string,
  appearance: Appearance,
  device: Device,
  how?: How,
): Promise<Admission & { room: RoomInfo | null }> {
  const body = (await ask(`/api/v1/rooms/${encodeURIComponent(room)}/join`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...appearance, device, how }),
  })) as { ticket?: unknown; url?: unknown; room?: unknown };
  if (typeof body.ticket !== "string" || typeof body.url !== "string") {
    throw new Problem(200, "bad_ticket", NONSENSE);
  }
  return {
    url: socketUrl(body.url, location),
    credential: { ticket: body.ticket },
    room: readRoomInfo(body.room) ?? null,
  };
}

/** Like `join`, for a connection that lost its place: refusals are told from mere trouble. */
export async function rejoin(
  room: string,
  appearance: Appearance,
  device: Device,
  how?: How,
): Promise<Admission> {
  try {
    return await join(room, appearance, device, how);
  } catch (error) {
    const final =
      error instanceof Problem && error.status >= 400 && error.status < 500 && error.status !== 429;
    throw final ? new AdmissionRefused(error) : error;
  }
}
