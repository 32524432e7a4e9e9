/** Sign-in names: one suggested from a name, and what is wrong with one. Pure. */

export const HANDLE_MAX = 24;
const SOUND = /^[a-z0-9][a-z0-9_.-]{1,22}[a-z0-9]$/;

/** A sign-in name that looks like the name; empty when nothing of it can be kept. */
export function handleFrom(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, HANDLE_MAX)
    .replace(/-+$/, "");
}

/** A sign-in name as it is sent: without the @, in small letters. */
export function handleTyped(typed: string): string {
  return typed.trim().replace(/^@/, "").toLowerCase();
}

export const isHandle = (handle: string) => SOUND.test(handle);
