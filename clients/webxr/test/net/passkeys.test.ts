/** The JSON of passkeys, for browsers that do not read it themselves. */
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  creationOptions,
  fromBase64url,
  requestOptions,
  toBase64url,
} from "../../src/net/passkeys";

it("any bytes survive base64url, which needs no escaping in an address", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const text = toBase64url(bytes.slice().buffer);
      expect(text).toMatch(/^[A-Za-z0-9_-]*$/);
      expect(fromBase64url(text)).toEqual(bytes);
    }),
  );
});

it("a question to sign in gets bytes for its challenge and its passkeys", () => {
  const options = requestOptions({
    challenge: "AQID",
    rpId: "hearth.example",
    allowCredentials: [{ id: "-_8", type: "public-key" }],
  });
  expect(options).toEqual({
    challenge: Uint8Array.of(1, 2, 3),
    rpId: "hearth.example",
    allowCredentials: [{ id: Uint8Array.of(251, 255), type: "public-key" }],
  });
});

it("a question for a new passkey gets bytes for the person and for passkeys they have", () => {
  const options = creationOptions({
    challenge: "AQID",
    user: { id: "BA", name: "robin", displayName: "Robin" },
    excludeCredentials: [{ id: "BQ", type: "public-key" }],
    pubKeyCredParams: [{ type: "public-key", alg: -7 }],
  });
  expect(options).toEqual({
    challenge: Uint8Array.of(1, 2, 3),
    user: { id: Uint8Array.of(4), name: "robin", displayName: "Robin" },
    excludeCredentials: [{ id: Uint8Array.of(5), type: "public-key" }],
    pubKeyCredParams: [{ type: "public-key", alg: -7 }],
  });
});
