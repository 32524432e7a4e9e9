/**
 * Remembers, for this tab only, the way back into a room after a reload: the resume token and where
 * one stood. Checks what it reads; forgets what is too old for the server.
 */

export interface Standing {
  x: number;
  z: number;
  yaw: number;
}

export interface KeptPlace {
  room: string;
  token: string;
  participant: number;
  /** The socket's address. */
  url: string;
  standing: Standing | null;
  /** Whether the room belongs to a group. */
  group: boolean;
  /** Wall-clock ms of the last sign of life. */
  seenAtMs: number;
}

export interface Store {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const KEY = "hearth.place";
/** The server keeps a place for 30 s; a later try would only cost a refusal. */
const KEPT_MS = 30_000;

export class PlaceKeeper {
  private kept: KeptPlace | null = null;

  constructor(private readonly store: Store | null) {}

  /** The way back into `room`, if there is one still. */
  recall(room: string, nowMs: number): KeptPlace | null {
    let value: unknown;
    try {
      value = JSON.parse(this.store?.getItem(KEY) ?? "null");
    } catch {
      return null;
    }
    const place = sound(value);
    if (place === null || place.room !== room) return null;
    if (Math.abs(nowMs - place.seenAtMs) > KEPT_MS) return null;
    return place;
  }

  keep(place: KeptPlace): void {
    this.kept = place;
    this.write();
  }

  /** A sign of life, with where one stands now. */
  touch(standing: Standing | null, nowMs: number): void {
    if (this.kept === null) return;
    this.kept.seenAtMs = nowMs;
    this.kept.standing = standing ?? this.kept.standing;
    this.write();
  }

  forget(): void {
    this.kept = null;
    try {
      this.store?.removeItem(KEY);
    } catch {
      // No storage, nothing kept.
    }
  }

  private write(): void {
    try {
      this.store?.setItem(KEY, JSON.stringify(this.kept));
    } catch {
      // Without storage a reload starts at the door.
    }
  }
}

function sound(value: unknown): KeptPlace | null {
  if (typeof value !== "object" || value === null) return null;
  const { room, token, participant, url, standing, group, seenAtMs } = value as Record<
    string,
    unknown
  >;
  if (typeof room !== "string" || typeof token !== "string" || token === "") return null;
  if (typeof url !== "string" || typeof seenAtMs !== "number") return null;
  if (typeof participant !== "number" || participant <= 0) return null;
  const stood = soundStanding(standing);
  return { room, token, participant, url, standing: stood, group: group === true, seenAtMs };
}

function soundStanding(value: unknown): Standing | null {
  if (typeof value !== "object" || value === null) return null;
  const { x, z, yaw } = value as Record<string, unknown>;
  const fine = [x, z, yaw].every((n) => typeof n === "number" && Number.isFinite(n));
  return fine ? { x: x as number, z: z as number, yaw: yaw as number } : null;
}

/** The tab's own storage, or null where it is forbidden. */
export function tabStore(): Store | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}
