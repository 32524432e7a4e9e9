/** Ways in by the HTTP API: set-up links, invites, accounts, guests, signing in. Owns no state. */
import { integer, number, oneOf, type Reader } from "../protocol/readers";
import type { Appearance } from "./api";
import { type GroupCard, type Norms, readGroupCard, readNorms } from "./groups";
import { type Me, readMe } from "./me";
import type { AnsweredChallenge } from "./passkeys";
import { anyText, askFor, many, orElse, orNull, sending, shape } from "./shapes";

/** Signed in; `codes` are there right after recovery codes were made, and never again. */
export interface Entered {
  me: Me;
  codes: string[];
}

const readCodes = shape<{ recovery_codes: string[] }>({
  recovery_codes: orElse(many(anyText), []),
});

const readEntered: Reader<Entered> = (value) => {
  const me = readMe(value);
  const codes = readCodes(value)?.recovery_codes ?? [];
  return me === undefined ? undefined : { me, codes };
};

const enter = (path: string, body: unknown): Promise<Entered> =>
  askFor(readEntered, path, sending("POST", body));

// --- set-up links ------------------------------------------------------------------------------

export interface SetupLink {
  /** To become the operator, or to set a new password. */
  purpose: "owner" | "reset";
  handle: string | null;
}

export const lookAtSetup = (token: string): Promise<SetupLink> =>
  askFor(
    shape<SetupLink>({ purpose: oneOf(["owner", "reset"]), handle: orNull(anyText) }),
    "/api/v1/setup/look",
    sending("POST", { token }),
  );

export const setUp = (wanted: {
  token: string;
  password: string;
  name?: string;
  handle?: string;
}): Promise<Entered> => enter("/api/v1/setup", wanted);

// --- invites -----------------------------------------------------------------------------------

export interface InviteDoor {
  /** To this server alone, into a group, or as a guest into one room. */
  kind: "account" | "member" | "guest";
  group: GroupCard | null;
  room: { id: string; name: string } | null;
  norms: Norms | null;
  /** The one day of an event that it is for; without times that day is not held any more. */
  event: { title: string; starts_ms: number | null; ends_ms: number | null } | null;
  expires_ms: number;
}

export const lookAtInvite = (token: string): Promise<InviteDoor> =>
  askFor(
    shape<InviteDoor>({
      kind: oneOf(["account", "member", "guest"]),
      group: orNull(readGroupCard),
      room: orNull(shape<{ id: string; name: string }>({ id: anyText, name: anyText })),
      norms: orNull(readNorms),
      event: orNull(shape({ title: anyText, starts_ms: orNull(number), ends_ms: orNull(number) })),
      expires_ms: orElse(number, 0),
    }),
    "/api/v1/invites/look",
    sending("POST", { token }),
  );

export const register = (
  wanted: { invite: string; handle: string; password: string } & Appearance,
): Promise<Entered> => enter("/api/v1/accounts", wanted);

export const enterAsGuest = (wanted: { invite: string } & Appearance): Promise<Entered> =>
  enter("/api/v1/guests", wanted);

/** A guest becomes a member, and keeps what they wrote. */
export const upgrade = (handle: string, password: string): Promise<Entered> =>
  enter("/api/v1/me/upgrade", { handle, password });

// --- signing in --------------------------------------------------------------------------------

export const signIn = (handle: string, password: string): Promise<Entered> =>
  enter("/api/v1/session", { handle, password });

/** Sign in with one of the codes kept for this, and choose a new password. */
export const recover = (handle: string, code: string, password: string): Promise<Entered> =>
  enter("/api/v1/session", { handle, recovery_code: code, password });

export const signInByPasskey = (answered: AnsweredChallenge): Promise<Entered> =>
  enter("/api/v1/session/passkey", answered);

// --- a headset that shows a code ---------------------------------------------------------------

export interface AskingDevice {
  label: string;
  asked_ms: number;
}

export const lookAtPairing = (code: string): Promise<AskingDevice> =>
  askFor(
    shape<AskingDevice>({ label: anyText, asked_ms: integer(0, Number.MAX_SAFE_INTEGER) }),
    "/api/v1/me/pairings/look",
    sending("POST", { code }),
  );
