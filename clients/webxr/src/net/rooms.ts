/** A group's rooms by the HTTP API: doors, designs and their versions. Owns no state. */
import type { Design } from "../protocol/control.gen";
import { readDesign } from "../protocol/control-group";
import { bool, integer, number, oneOf, type Reader } from "../protocol/readers";
import { ACCESSES, type Access, groupPath } from "./groups";
import { anyText, askFor, listing, orElse, orNull, sending, shape } from "./shapes";

/** A room as whoever arranges it sees it. */
export interface ArrangedRoom {
  id: string;
  name: string;
  description: string;
  capacity: number;
  access: Access;
  version: number;
  design: Design | null;
  archived: boolean;
}

export interface DesignVersion {
  version: number;
  design: Design;
  note: string;
  created_ms: number;
}

const whole = integer(0, Number.MAX_SAFE_INTEGER);

const readRoom: Reader<ArrangedRoom> = shape<ArrangedRoom>({
  id: anyText,
  name: anyText,
  description: orElse(anyText, ""),
  capacity: whole,
  access: orElse(oneOf(ACCESSES), "members"),
  version: orElse(whole, 1),
  design: orNull(readDesign),
  archived: orElse(bool, false),
});

const readVersion: Reader<DesignVersion> = shape<DesignVersion>({
  version: whole,
  design: readDesign,
  note: orElse(anyText, ""),
  created_ms: orElse(number, 0),
});

const root = (room: string) => `/api/v1/rooms/${encodeURIComponent(room)}`;

export const makeRoom = (
  group: string,
  wanted: { name: string; description: string; template: string },
): Promise<ArrangedRoom> => askFor(readRoom, `${groupPath(group)}/rooms`, sending("POST", wanted));

export const roomToArrange = (room: string): Promise<ArrangedRoom> => askFor(readRoom, root(room));

export type DoorChange = Partial<
  Pick<ArrangedRoom, "name" | "description" | "access" | "capacity">
>;

export const changeRoom = (
  room: string,
  version: number,
  change: DoorChange,
): Promise<ArrangedRoom> => askFor(readRoom, root(room), sending("PATCH", { version, ...change }));

export const putDesign = (
  room: string,
  version: number,
  design: Design,
  note: string,
): Promise<ArrangedRoom> =>
  askFor(readRoom, `${root(room)}/design`, sending("PUT", { version, design, note }));

/** Designs the room had, the newest first. */
export async function designVersions(room: string): Promise<DesignVersion[]> {
  return (await askFor(listing(readVersion), `${root(room)}/versions`)).items;
}

/** Back to the design before the one of `version`. */
export const undoDesign = (room: string, version: number): Promise<ArrangedRoom> =>
  askFor(readRoom, `${root(room)}/undo`, sending("POST", { version }));

export const archiveRoom = (room: string, on: boolean): Promise<ArrangedRoom> =>
  askFor(readRoom, `${root(room)}/archive`, sending("POST", { on }));
