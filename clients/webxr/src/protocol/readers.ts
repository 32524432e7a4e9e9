/**
 * Small readers that check values off the wire (WIRE 5): each returns the value of its shape or
 * undefined, never throws, never guesses. `control.ts` and `control-voice.ts` build messages of them.
 */

/** Reads one value; undefined when it is not of the shape. */
export type Reader<T> = (value: unknown) => T | undefined;
export type Map_ = Record<string, unknown>;

export function isMap(value: unknown): value is Map_ {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const text =
  (least: number, most: number): Reader<string> =>
  (value) => {
    if (typeof value !== "string") return undefined;
    // The wire counts code points; most text has no more than half its units as pairs.
    const long = value.length > most ? [...value].length : value.length;
    return value.length >= least && long <= most ? value : undefined;
  };

export const integer =
  (least: number, most: number): Reader<number> =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? (value as number)
      : undefined;

export const number: Reader<number> = (value) =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;

export const between =
  (least: number, most: number): Reader<number> =>
  (value) => {
    const found = number(value);
    return found !== undefined && found >= least && found <= most ? found : undefined;
  };

export const bool: Reader<boolean> = (value) => (typeof value === "boolean" ? value : undefined);

export const oneOf =
  <const T extends string>(choices: readonly T[]): Reader<T> =>
  (value) =>
    choices.find((choice) => choice === value);

export const colour: Reader<string> = (value) =>
  typeof value === "string" && /^#[0-9a-fA-F]{6}$/.test(value) ? value : undefined;

export const vec3: Reader<[number, number, number]> = (value) => {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [x, y, z] = value.map(number);
  return x === undefined || y === undefined || z === undefined ? undefined : [x, y, z];
};

/** A list in which every entry reads well; one bad entry spoils it. */
export const list =
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
export function record<T extends object>(
  fields: Fields<T>,
  maybe: readonly (keyof T & string)[] = [],
): Reader<T> {
  const entries = Object.entries(fields) as [keyof T & string, Reader<unknown>][];
  return (value) => {
    if (!isMap(value)) return undefined;
    const out: Map_ = {};
    for (const [key, read] of entries) {
      const given = Object.hasOwn(value, key) ? value[key] : undefined;
      // The HTTP API writes null for what a room does not have.
      if ((given === undefined || given === null) && maybe.includes(key)) continue;
      const found = read(given);
      if (found === undefined) return undefined;
      out[key] = found;
    }
    return out as T;
  };
}

const U32 = 0xffff_ffff;
export const u32 = integer(0, U32);
/** Any positive whole number of 32 bits. */
export const positive = integer(1, U32);
/** A participant id; 0 is nobody. */
export const participant = positive;
