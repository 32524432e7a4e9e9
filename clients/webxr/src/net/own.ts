/** One's own account by the HTTP API: look, safety, friends, devices, ways in, leaving. No state. */
import { bool, number, oneOf, type Reader } from "../protocol/readers";
import { type Appearance, ask } from "./api";
import { type Card, readCard } from "./groups";
import { type Me, readMe } from "./me";
import type { AnsweredChallenge } from "./passkeys";
import { anyText, askFor, many, orElse, orNull, sending, shape } from "./shapes";

export type ProfileChange = Partial<Appearance & { language: string; time_zone: string }>;

export const changeProfile = (change: ProfileChange): Promise<Me> =>
  askFor(readMe, "/api/v1/me", sending("PATCH", change));

// --- safety ------------------------------------------------------------------------------------

export const BOUNDARY_MODES = ["off", "non_friends", "all"] as const;
export type BoundaryMode = (typeof BOUNDARY_MODES)[number];

interface Boundary {
  mode: BoundaryMode;
  radius_m: number;
}

export interface Safety {
  boundary: Boundary;
  blocks: Card[];
  mutes: Card[];
}

const readSafety: Reader<Safety> = shape<Safety>({
  boundary: shape<Boundary>({ mode: oneOf(BOUNDARY_MODES), radius_m: number }),
  blocks: many(readCard),
  mutes: many(readCard),
});

export const safety = (): Promise<Safety> => askFor(readSafety, "/api/v1/me/safety");

export const setBoundary = (boundary: Boundary): Promise<Safety> =>
  askFor(readSafety, "/api/v1/me/safety", sending("PATCH", { boundary }));

// --- friends -----------------------------------------------------------------------------------

export interface Friends {
  friends: Card[];
  incoming: Card[];
  outgoing: Card[];
}

export const friends = (): Promise<Friends> =>
  askFor(
    shape<Friends>({
      friends: many(readCard),
      incoming: many(readCard),
      outgoing: many(readCard),
    }),
    "/api/v1/me/friends",
  );

// --- devices -----------------------------------------------------------------------------------

export interface OwnDevice {
  id: string;
  label: string;
  kind: "browser" | "headset" | "guest";
  created_ms: number;
  seen_ms: number;
  current: boolean;
}

export async function devices(): Promise<OwnDevice[]> {
  const readDevice = shape<OwnDevice>({
    id: anyText,
    label: orElse(anyText, ""),
    kind: oneOf(["browser", "headset", "guest"]),
    created_ms: number,
    seen_ms: number,
    current: bool,
  });
  const read = shape<{ items: OwnDevice[] }>({ items: many(readDevice) });
  return (await askFor(read, "/api/v1/me/devices")).items;
}

export async function endDevice(id: string): Promise<void> {
  await ask(`/api/v1/me/devices/${encodeURIComponent(id)}`, sending("DELETE"));
}

export async function endOtherDevices(): Promise<void> {
  await ask("/api/v1/me/devices", sending("DELETE"));
}

export async function decidePairing(code: string, approve: boolean): Promise<void> {
  await ask("/api/v1/me/pairings", sending("POST", { code, approve }));
}

/** That it is really oneself. */
export type Proof = { password: string } | AnsweredChallenge;

// --- ways in -----------------------------------------------------------------------------------

export async function changePassword(current: string, password: string): Promise<void> {
  await ask("/api/v1/me/password", sending("PUT", { current, password }));
}

/** New recovery codes; the old ones are worth nothing from then on. */
export async function renewCodes(password: string): Promise<string[]> {
  const read = shape<{ codes: string[] }>({ codes: many(anyText) });
  return (await askFor(read, "/api/v1/me/recovery-codes", sending("POST", { password }))).codes;
}

export interface Passkey {
  id: string;
  name: string;
  created_ms: number;
  used_ms: number | null;
}

const readPasskey: Reader<Passkey> = shape<Passkey>({
  id: anyText,
  name: orElse(anyText, ""),
  created_ms: number,
  used_ms: orNull(number),
});

export async function passkeys(): Promise<Passkey[]> {
  const read = shape<{ items: Passkey[] }>({ items: many(readPasskey) });
  return (await askFor(read, "/api/v1/me/passkeys")).items;
}

export const keepPasskey = (answered: AnsweredChallenge, name: string): Promise<Passkey> =>
  askFor(readPasskey, "/api/v1/me/passkeys", sending("POST", { ...answered, name }));

export async function dropPasskey(id: string): Promise<void> {
  await ask(`/api/v1/me/passkeys/${encodeURIComponent(id)}`, sending("DELETE"));
}

// --- my data -----------------------------------------------------------------------------------

export const EXPORT_PATH = "/api/v1/me/export";

/** A guest has no proof. */
export async function deleteAccount(proof: Proof | null): Promise<void> {
  await ask("/api/v1/me", sending("DELETE", proof ?? {}));
}
