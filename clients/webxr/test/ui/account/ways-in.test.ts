/** What the ways in make of what people type and where they came from. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HANDLE_MAX, handleFrom, handleTyped, isHandle } from "../../../src/ui/account/handle";
import { inviteToken } from "../../../src/ui/account/invite-paste";
import { nextAddress } from "../../../src/ui/account/next";
import { codeTyped } from "../../../src/ui/account/pair";

describe("sign-in names", () => {
  it("look like the name", () => {
    expect(handleFrom("Róbin Öst")).toBe("robin-ost");
    expect(handleFrom("  Wren!  ")).toBe("wren");
    expect(handleFrom("Ōtani Shōhei 17")).toBe("otani-shohei-17");
  });

  it("are empty where nothing of the name can be kept", () => {
    expect(handleFrom("小川")).toBe("");
    expect(handleFrom("🔥")).toBe("");
  });

  it("are sound whenever the name leaves enough of them", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 64 }), (name) => {
        const handle = handleFrom(name);
        expect(handle.length).toBeLessThanOrEqual(HANDLE_MAX);
        if (handle.length >= 3) expect(isHandle(handle)).toBe(true);
      }),
    );
  });

  it("may be typed with the @ and in capitals", () => {
    expect(handleTyped(" @Robin.Ost ")).toBe("robin.ost");
    expect(isHandle("ab")).toBe(false);
    expect(isHandle("a".repeat(25))).toBe(false);
    expect(isHandle("no spaces")).toBe(false);
  });
});

describe("where one goes on to", () => {
  it("is what the address asks for, then where one came from, then home", () => {
    expect(nextAddress("/me/devices", "/g/yoga")).toBe("/me/devices");
    expect(nextAddress(null, "/invite#token")).toBe("/invite#token");
    expect(nextAddress(null, undefined)).toBe("/");
  });

  it("is never another site", () => {
    for (const bad of [
      "https://evil.example",
      "//evil.example",
      "/\\evil.example",
      "/\t/evil.example",
      "x:y",
    ]) {
      expect(nextAddress(bad, bad)).toBe("/");
    }
    // The address parser drops tabs and line ends, and reads a backslash as a slash.
    const piece = fc.constantFrom("/", "\\", "\t", "\n", "e", ":", "@", "?", "#", ".");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const next = nextAddress(pieces.join(""), `/${pieces.join("")}`);
        expect(new URL(next, "https://home.example").origin).toBe("https://home.example");
      }),
    );
  });

  it("is not the page of signing in again", () => {
    expect(nextAddress("/sign-in?next=/x", "/setup")).toBe("/");
    expect(nextAddress("/sign-in-tips", null)).toBe("/sign-in-tips");
  });
});

describe("what is pasted", () => {
  const token = "b2N4h0o1v5kq0qv0m8X2c3V9c0Z6tq1bX7rH3aYwTgE";

  it("is an invite link or its token", () => {
    expect(inviteToken(` https://hearth.example/invite#${token}\n`)).toBe(token);
    expect(inviteToken(token)).toBe(token);
  });

  it("is refused otherwise", () => {
    for (const bad of ["", "#", "https://hearth.example/g/yoga", `${token} and words`]) {
      expect(inviteToken(bad)).toBeNull();
    }
  });
});

describe("a headset's code", () => {
  it("is read in any case and with what people put between", () => {
    expect(codeTyped(" kht 4wq")).toBe("KHT4WQ");
    expect(codeTyped("KHT-4wq")).toBe("KHT4WQ");
  });
});
