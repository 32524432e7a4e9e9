/**
 * Readers of the HTTP API's answers, over those of the wire: what may be null, what may be missing.
 * An answer that does not read is a fault between page and server, and is told as one.
 */
import { isMap, list, type Reader } from "../protocol/readers";
import { ask, NONSENSE, Problem } from "./api";

const MAX_ITEMS = 1_000;

/** A value that may be null or missing. */
export const orNull =
  <T>(read: Reader<T>): Reader<T | null> =>
  (value) =>
    value === null || value === undefined ? null : read(value);

/** A value that may be null or missing, and what it is then. */
export const orElse =
  <T>(read: Reader<T>, other: T): Reader<T> =>
  (value) =>
    value === null || value === undefined ? other : read(value);

/** A map with these fields; unknown ones are dropped. */
export function shape<T extends object>(fields: { [K in keyof T]-?: Reader<T[K]> }): Reader<T> {
  const entries = Object.entries(fields) as [string, Reader<unknown>][];
  return (value) => {
    if (!isMap(value)) return undefined;
    const out: Record<string, unknown> = {};
    for (const [key, read] of entries) {
      const found = read(Object.hasOwn(value, key) ? value[key] : undefined);
      if (found === undefined) return undefined;
      out[key] = found;
    }
    return out as T;
  };
}

export const many = <T>(read: Reader<T>): Reader<T[]> => list(read, MAX_ITEMS);

/** A page of a listing; `next` asks for the one after it. */
export interface Listing<T> {
  items: T[];
  next: string | null;
}

export const anyText: Reader<string> = (value) => (typeof value === "string" ? value : undefined);

export const listing = <T>(read: Reader<T>): Reader<Listing<T>> =>
  shape<Listing<T>>({ items: many(read), next: orNull(anyText) });

/** Ask, and read the answer. */
export async function askFor<T>(read: Reader<T>, path: string, init?: RequestInit): Promise<T> {
  const found = read(await ask(path, init));
  if (found === undefined) throw new Problem(200, "unreadable", NONSENSE);
  return found;
}

/** A request with a JSON body. */
export const sending = (method: string, body: unknown = {}): RequestInit => ({
  method,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

/** A path with what is asked for, leaving out what is empty. */
export function query(path: string, asked: Record<string, string | number | null>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(asked)) {
    if (value !== null && value !== "") params.set(key, String(value));
  }
  const text = params.toString();
  return text === "" ? path : `${path}?${text}`;
}
