/**
 * Passkeys: the browser's own dialog, between the server's question and its answer (WebAuthn as
 * JSON). Newer browsers read and write that JSON themselves; for others the fields that carry bytes
 * are turned here, from and to base64url.
 */
import { isMap } from "../protocol/readers";
import { anyText, askFor, sending, shape } from "./shapes";

/** What the server gets back. */
export interface AnsweredChallenge {
  challenge_id: string;
  credential: Record<string, unknown>;
}

/** The person closed the browser's dialog, or it took too long. */
export class PasskeyCancelled extends Error {}

type Options = Record<string, unknown>;

const readAsked = shape<{ options: Options; challenge_id: string }>({
  options: (value) => (isMap(value) ? value : undefined),
  challenge_id: anyText,
});

/** Whether this browser has passkeys at all; they need a secure address. */
export function passkeysWork(): boolean {
  return typeof PublicKeyCredential === "function" && navigator.credentials !== undefined;
}

/** Ask for a passkey of this site to sign in with. */
export async function answerWithPasskey(): Promise<AnsweredChallenge> {
  const asked = await askFor(readAsked, "/api/v1/session/passkey/options", sending("POST"));
  const own = PublicKeyCredential as unknown as Record<string, ((from: Options) => object) | null>;
  const publicKey = (own.parseRequestOptionsFromJSON?.(asked.options) ??
    requestOptions(asked.options)) as PublicKeyCredentialRequestOptions;
  const found = await dialog(() => navigator.credentials.get({ publicKey }));
  return { challenge_id: asked.challenge_id, credential: toJson(found) };
}

/** Make a new passkey for whoever is signed in and shows that it is really them. */
export async function makePasskey(proof: object): Promise<AnsweredChallenge> {
  const asked = await askFor(readAsked, "/api/v1/me/passkeys/options", sending("POST", proof));
  const own = PublicKeyCredential as unknown as Record<string, ((from: Options) => object) | null>;
  const publicKey = (own.parseCreationOptionsFromJSON?.(asked.options) ??
    creationOptions(asked.options)) as PublicKeyCredentialCreationOptions;
  const made = await dialog(() => navigator.credentials.create({ publicKey }));
  return { challenge_id: asked.challenge_id, credential: toJson(made) };
}

async function dialog(open: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  let found: Credential | null;
  try {
    found = await open();
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    if (name === "NotAllowedError" || name === "AbortError") throw new PasskeyCancelled();
    throw error;
  }
  if (found === null) throw new PasskeyCancelled();
  return found as PublicKeyCredential;
}

// --- for browsers that do not read the JSON themselves -----------------------------------------

/** Bytes of a base64url text. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** Base64url text of bytes, without padding. */
export function toBase64url(bytes: ArrayBuffer): string {
  let plain = "";
  for (const byte of new Uint8Array(bytes)) plain += String.fromCharCode(byte);
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const bytesOf = (value: unknown) => (typeof value === "string" ? fromBase64url(value) : value);
const withIds = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map((each) => (isMap(each) ? { ...each, id: bytesOf(each.id) } : each))
    : [];

/** The question for `credentials.get`, with bytes where it has base64url. */
export function requestOptions(options: Options): Options {
  const { challenge, allowCredentials } = options;
  return {
    ...options,
    challenge: bytesOf(challenge),
    allowCredentials: withIds(allowCredentials),
  };
}

/** The question for `credentials.create`, with bytes where it has base64url. */
export function creationOptions(options: Options): Options {
  const { challenge, user, excludeCredentials } = options;
  return {
    ...options,
    challenge: bytesOf(challenge),
    user: isMap(user) ? { ...user, id: bytesOf(user.id) } : user,
    excludeCredentials: withIds(excludeCredentials),
  };
}

function toJson(credential: PublicKeyCredential): Record<string, unknown> {
  if (typeof credential.toJSON === "function") {
    return credential.toJSON() as unknown as Record<string, unknown>;
  }
  const { response } = credential;
  const out: Record<string, unknown> = { clientDataJSON: toBase64url(response.clientDataJSON) };
  if (response instanceof AuthenticatorAttestationResponse) {
    out.attestationObject = toBase64url(response.attestationObject);
    out.transports = response.getTransports?.() ?? [];
  } else if (response instanceof AuthenticatorAssertionResponse) {
    out.authenticatorData = toBase64url(response.authenticatorData);
    out.signature = toBase64url(response.signature);
    out.userHandle = response.userHandle === null ? null : toBase64url(response.userHandle);
  }
  return {
    id: credential.id,
    rawId: toBase64url(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: out,
  };
}
