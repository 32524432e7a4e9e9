import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mentionAt, piecesOf } from "../../src/state/rich-text";

const links = (text: string) => piecesOf(text).filter((piece) => piece.kind === "link");

describe("piecesOf", () => {
  it("loses no letter but the stars, whatever is written", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
        const shown = piecesOf(text)
          .map((piece) => piece.text)
          .join("");
        if (links(text).length === 0) {
          expect(shown.replaceAll("*", "")).toBe(text.replaceAll("*", ""));
        }
      }),
    );
  });

  it("links http and https only", () => {
    expect(links("see https://example.org/a?b=1#c.")).toMatchObject([
      { text: "https://example.org/a?b=1#c", href: "https://example.org/a?b=1#c" },
    ]);
    expect(links("javascript:alert(1) data:text/html,x file:///etc ftp://example.org")).toEqual([]);
    expect(links("(https://example.org/wiki/A_(b))")[0]?.text).toBe(
      "https://example.org/wiki/A_(b)",
    );
  });

  it("never makes a link of another scheme, even among hostile letters", () => {
    const hostile = fc
      .array(
        fc.constantFrom("http", "https", "://", "javascript:", "@", "a.b", "/", "<", "\u202e", " "),
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(hostile, (text) => {
        for (const piece of links(text)) {
          if (piece.kind === "link") expect(piece.href).toMatch(/^https?:\/\/[^@/]+/);
        }
      }),
    );
  });

  it("shows a host in foreign letters as the network knows it", () => {
    const [link] = links("https://аpple.com/login");
    expect(link?.text).toMatch(/^https:\/\/xn--/);
  });

  it("does not link addresses that hide their host behind a name", () => {
    expect(links("https://bank.example@evil.example/")).toEqual([]);
  });

  it("finds emphasis around words, not inside sums", () => {
    expect(piecesOf("a *warm* and **clear** place")).toEqual([
      { kind: "text", text: "a " },
      { kind: "emphasis", text: "warm", strong: false },
      { kind: "text", text: " and " },
      { kind: "emphasis", text: "clear", strong: true },
      { kind: "text", text: " place" },
    ]);
    expect(piecesOf("2*3*4 and * not *")).toEqual([{ kind: "text", text: "2*3*4 and * not *" }]);
  });

  it("finds mentions, not mail addresses", () => {
    expect(piecesOf("hi @Robin_1, mail me@example.org")).toEqual([
      { kind: "text", text: "hi " },
      { kind: "mention", text: "@Robin_1", handle: "robin_1" },
      { kind: "text", text: ", mail me@example.org" },
    ]);
    expect(piecesOf("ask @robin.")[1]).toMatchObject({ kind: "mention", handle: "robin" });
  });
});

describe("mentionAt", () => {
  it("knows the mention being typed at the caret", () => {
    expect(mentionAt("hello @Ro", 9)).toEqual({ start: 6, typed: "ro" });
    expect(mentionAt("hello @", 7)).toEqual({ start: 6, typed: "" });
    expect(mentionAt("me@exa", 6)).toBeNull();
    expect(mentionAt("hello @ro and", 13)).toBeNull();
  });
});
