/** A group's channel by the HTTP API, and who is in its rooms. Owns no state. */
import { bool, integer, number, type Reader } from "../protocol/readers";
import type { Line, LineReaction, Page } from "../state/channel";
import { ask } from "./api";
import { type Face, groupPath, readCard, readFace } from "./groups";
import { anyText, askFor, many, orElse, orNull, query, sending, shape } from "./shapes";

const whole = integer(0, Number.MAX_SAFE_INTEGER);

export const readLine: Reader<Line> = shape<Line>({
  id: whole,
  key: orElse(anyText, ""),
  author: orNull(readCard),
  room: orNull(shape<{ id: string; name: string }>({ id: anyText, name: anyText })),
  text: orElse(anyText, ""),
  created_ms: number,
  edited_ms: orNull(number),
  deleted: orElse(bool, false),
  mentions: orElse(many(shape<{ id: string; name: string }>({ id: anyText, name: anyText })), []),
  mentions_me: orElse(bool, false),
  reactions: orElse(
    many(shape<LineReaction>({ kind: anyText, count: whole, mine: orElse(bool, false) })),
    [],
  ),
});

const readLines: Reader<Page> = shape<{ [K in keyof Page]: Page[K] }>({
  items: many(readLine),
  more_before: orElse(bool, false),
  read: orElse(whole, 0),
});

/** Who is in a room of a group right now. */
export interface RoomPresence {
  id: string;
  name: string;
  present: number;
  faces: Face[];
}

export const readPresence: Reader<RoomPresence> = shape<RoomPresence>({
  id: anyText,
  name: orElse(anyText, ""),
  present: whole,
  faces: orElse(many(readFace), []),
});

const at = (group: string, id: number) => `${groupPath(group)}/lines/${id}`;

export const lines = (
  group: string,
  asked: { before?: number; limit?: number } = {},
): Promise<Page> =>
  askFor(
    readLines,
    query(`${groupPath(group)}/lines`, { before: asked.before ?? null, limit: asked.limit ?? 50 }),
  );

/** Say something; the same key again is the same line. */
export const sayLine = (group: string, key: string, text: string): Promise<Line> =>
  askFor(readLine, `${groupPath(group)}/lines`, sending("POST", { key, text }));

export const editLine = (group: string, id: number, text: string): Promise<Line> =>
  askFor(readLine, at(group, id), sending("PATCH", { text }));

export async function deleteLine(group: string, id: number): Promise<void> {
  await ask(at(group, id), sending("DELETE"));
}

export async function reactTo(group: string, id: number, kind: string, on: boolean): Promise<void> {
  const path = `${at(group, id)}/reactions/${encodeURIComponent(kind)}`;
  await ask(path, sending(on ? "PUT" : "DELETE"));
}

export async function tellRead(group: string, line: number): Promise<void> {
  await ask(`${groupPath(group)}/read`, sending("PUT", { line }));
}

export async function presence(group: string): Promise<RoomPresence[]> {
  const read = shape<{ rooms: RoomPresence[] }>({ rooms: many(readPresence) });
  return (await askFor(read, `${groupPath(group)}/presence`)).rooms;
}
