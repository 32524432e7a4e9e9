/** Lets a headset be signed in from a phone: asks for a code, and waits until it is approved. */
import { number, oneOf } from "../protocol/readers";
import { anyText, askFor, orElse, sending, shape } from "./shapes";

interface PairingCode {
  code: string;
  secret: string;
  expiresInS: number;
  pollEveryS: number;
}

const STATES = ["waiting", "approved", "refused", "expired"] as const;
type PairingState = (typeof STATES)[number];

const readCode = shape<{
  code: string;
  secret: string;
  expires_in_s: number;
  poll_every_s: number;
}>({
  code: anyText,
  secret: anyText,
  expires_in_s: orElse(number, 600),
  poll_every_s: orElse(number, 3),
});

const readState = shape<{ state: PairingState }>({ state: oneOf(STATES) });

/** Ask for a code to show. */
export async function startPairing(): Promise<PairingCode> {
  const found = await askFor(readCode, "/api/v1/pairings", sending("POST"));
  const { code, secret, expires_in_s, poll_every_s } = found;
  return { code, secret, expiresInS: expires_in_s, pollEveryS: Math.max(1, poll_every_s) };
}

/** Ask what became of it; once approved, this browser is signed in. */
export async function pollPairing(secret: string): Promise<PairingState> {
  return (await askFor(readState, "/api/v1/pairings/poll", sending("POST", { secret }))).state;
}
