import { describe, expect, it } from "vitest";
import type { Norms } from "../../../src/net/groups";
import { Drafts } from "../../../src/ui/channel/drafts";
import { changes } from "../../../src/ui/groups/norms";
import { mayActOn } from "../../../src/ui/groups/person-card";
import { languages, tagsOf, zoneNow } from "../../../src/ui/groups/places-and-tongues";
import { auditWords } from "../../../src/ui/strings-audit";

const norms = (...texts: string[]): Norms => ({
  version: 1,
  hash: "",
  items: texts.map((text) => ({ text, mechanism: null })),
  material: false,
  note: "",
  created_ms: 0,
});

describe("tagsOf", () => {
  it("takes tags apart as people type them", () => {
    expect(tagsOf(" Yoga, #evenings;yoga,, ")).toEqual(["yoga", "evenings"]);
    expect(tagsOf("")).toEqual([]);
  });
});

describe("languages", () => {
  it("keeps the one that is set, whatever it is", () => {
    const codes = languages("any", "gsw").map(([code]) => code);
    expect(codes[0]).toBe("");
    expect(codes).toContain("gsw");
    expect(codes.filter((code) => code === "en")).toHaveLength(1);
  });
});

describe("zoneNow", () => {
  it("says the time there, and at least the name of an unknown zone", () => {
    expect(zoneNow("UTC", 0)).toMatch(/^UTC, .*\d/);
    expect(zoneNow("Nowhere/Land", 0)).toBe("Nowhere/Land");
  });
});

describe("changes", () => {
  it("tells what came and went, not what moved", () => {
    expect(changes(norms("b", "a", "c"), norms("a", "b", "x"))).toEqual({
      added: ["c"],
      gone: ["x"],
    });
    expect(changes(norms("b", "a"), norms("a", "b"))).toEqual({ added: [], gone: [] });
  });
});

describe("mayActOn", () => {
  it("follows the server's rule: on those below, and owners on anybody", () => {
    expect(mayActOn("moderator", "member")).toBe(true);
    expect(mayActOn("moderator", "moderator")).toBe(false);
    expect(mayActOn("moderator", "leader")).toBe(false);
    expect(mayActOn("owner", "owner")).toBe(true);
    expect(mayActOn("host", null), "a visitor has no role").toBe(true);
    expect(mayActOn(null, null)).toBe(false);
  });
});

describe("auditWords", () => {
  const card = (name: string) => ({ id: name, name, primary: "", secondary: "", pattern: 0 });
  const line = (action: string, details = {}) => ({
    ...{ id: 1, action, details, created_ms: 0 },
    actor: card("Ada"),
    subject: card("Mira"),
  });

  it("makes sentences, also of acts it does not know", () => {
    expect(auditWords(line("role_changed", { from: "member", to: "host" }), "")).toBe(
      "Ada made Mira host (was member)",
    );
    expect(auditWords(line("room_arranged", { name: "Studio" }), "")).toBe("Ada arranged Studio");
    expect(auditWords(line("moon_painted"), "")).toBe("Ada: moon painted");
    expect(auditWords({ ...line("banned"), actor: null }, "")).toMatch(/gone banned Mira$/);
    // Whoever deleted their account has a card still, without a name.
    const gone = { ...line("muted"), actor: card(""), subject: card("") };
    expect(auditWords(gone, "")).toBe("Somebody who is gone muted somebody who is gone");
  });
});

describe("Drafts", () => {
  const kept = () => {
    const map = new Map<string, string>();
    return {
      getItem: (key: string) => map.get(key) ?? null,
      setItem: (key: string, value: string) => void map.set(key, value),
      removeItem: (key: string) => void map.delete(key),
      size: () => map.size,
    };
  };

  it("keeps one draft for each account and group, and none that is empty", () => {
    const storage = kept();
    const mine = new Drafts(storage, "me", "yoga");
    mine.write("half a thought");
    expect(new Drafts(storage, "me", "yoga").read()).toBe("half a thought");
    expect(new Drafts(storage, "other", "yoga").read()).toBe("");
    expect(new Drafts(storage, "me", "fire").read()).toBe("");
    mine.write("  ");
    expect(storage.size()).toBe(0);
  });

  it("does without storage", () => {
    const none = new Drafts(null, "me", "yoga");
    none.write("x");
    expect(none.read()).toBe("");
  });
});
