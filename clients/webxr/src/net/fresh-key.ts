/** Names for what nobody named yet. */

/** A name that nothing else has. `crypto.randomUUID` needs https; this does not. */
export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
