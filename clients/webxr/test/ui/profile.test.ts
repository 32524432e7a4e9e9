import { describe, expect, it } from "vitest";
import { problemOf } from "../../src/net/api";
import { socketUrl } from "../../src/net/transport";
import { mix } from "../../src/ui/face";
import { freshProfile, PALETTE, parseProfile } from "../../src/ui/profile";
import { S } from "../../src/ui/strings";
import { random } from "../state/crowd";

describe("profile", () => {
  it("starts with two different colours from the palette", () => {
    const rng = random(1);
    for (let i = 0; i < 200; i++) {
      const { primary, secondary, pattern } = freshProfile(rng);
      expect(PALETTE).toContain(primary);
      expect(PALETTE).toContain(secondary);
      expect(primary).not.toBe(secondary);
      expect(pattern).toBeLessThan(8);
    }
  });

  it("is read back only when sound", () => {
    const fine = { name: "Ash", primary: "#ff9a4d", secondary: "#8fb8de", pattern: 3 };
    expect(parseProfile(JSON.stringify(fine))).toEqual(fine);
    const broken = [null, "", "3", "[]", "{", JSON.stringify({ ...fine, pattern: 9 })];
    broken.push(
      JSON.stringify({ ...fine, primary: "url(x)" }),
      JSON.stringify({ ...fine, name: 1 }),
    );
    for (const kept of broken) expect(parseProfile(kept)).toBeNull();
  });

  it("every colour of the palette and every pattern has a name", () => {
    for (const colour of PALETTE) expect(S.colours[colour]).toBeTruthy();
    expect(S.patterns).toHaveLength(8);
  });

  it("mixes colours", () => {
    expect(mix("#000000", "#ffffff", 0.5)).toBe("#808080");
    expect(mix("#102030", "#102030", 0.3)).toBe("#102030");
  });
});

describe("problems", () => {
  it("say what the server says, or something plain of their own", () => {
    expect(problemOf(409, { code: "room_full", detail: "It is full." }).message).toBe(
      "It is full.",
    );
    expect(problemOf(404, null)).toMatchObject({ code: "http_404" });
    for (const status of [400, 404, 429, 500, 503]) {
      expect(problemOf(status, "<html>").message).toMatch(/[.]$/);
    }
  });
});

describe("socket address", () => {
  it("follows the page's scheme and host", () => {
    expect(socketUrl("/rt", { protocol: "https:", host: "a.example:8443" })).toBe(
      "wss://a.example:8443/rt",
    );
    expect(socketUrl("/rt", { protocol: "http:", host: "localhost:8460" })).toBe(
      "ws://localhost:8460/rt",
    );
    expect(socketUrl("wss://b.example/rt", { protocol: "http:", host: "x" })).toBe(
      "wss://b.example/rt",
    );
  });
});
