/** Lets a headset be signed in from a phone: asks for a code, and waits until it is approved. */
import { ask, Problem } from "./api";

export interface PairingCode {
  code: string;
  secret: string;
  expiresInS: number;
  pollEveryS: number;
}

export type PairingState = "waiting" | "approved" | "refused" | "expired";

const post = (body: unknown): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

/** Ask for a code to show. */
export async function startPairing(): Promise<PairingCode> {
  const found = (await ask("/api/v1/pairings", post({}))) as Record<string, unknown>;
  const { code, secret, expires_in_s, poll_every_s } = found;
  if (typeof code !== "string" || typeof secret !== "string") {
    throw new Problem(200, "bad_pairing", "The server gave no code. Reload the page.");
  }
  return {
    code,
    secret,
    expiresInS: typeof expires_in_s === "number" ? expires_in_s : 600,
    pollEveryS: typeof poll_every_s === "number" ? Math.max(1, poll_every_s) : 3,
  };
}

/** Ask what became of it; once approved, this browser is signed in. */
export async function pollPairing(secret: string): Promise<PairingState> {
  const found = (await ask("/api/v1/pairings/poll", post({ secret }))) as { state?: unknown };
  const states: readonly PairingState[] = ["waiting", "approved", "refused", "expired"];
  return states.find((state) => state === found.state) ?? "expired";
}
