// @vitest-environment happy-dom
/** What a guest link offers, and what whoever came by one is offered: nothing that is then refused. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Session } from "../../../src/app/session";
import { type Me, mayKeep, NOBODY } from "../../../src/net/me";
import { home } from "../../../src/ui/account/home";
import { invitePage } from "../../../src/ui/account/invite";
import { mePage } from "../../../src/ui/account/me";

const norms = {
  ...{ version: 1, hash: "h", material: true, note: "", created_ms: 0 },
  items: [{ text: "Let people finish.", mechanism: null }],
};
const group = (visibility: string) => ({
  ...{ id: "g", slug: "yoga", name: "Yoga", purpose: "", tags: [], language: "", time_zone: "" },
  ...{ visibility, joining: "open", question: null, members: 3, size_limit: 0, present: 0 },
  archived: false,
});
const link = (visibility: string, more: object = {}) => ({
  ...{ kind: "guest", group: group(visibility), room: { id: "den", name: "Den" } },
  ...{ norms, event: null, expires_ms: 0, ...more },
});
const guest = (brought: boolean): Me => ({
  ...NOBODY,
  account: {
    ...{ id: "a", name: "Gil", handle: null, kind: "guest", operator: false },
    ...{ primary: "#808080", secondary: "#808080", pattern: 0, language: "", time_zone: "" },
  },
  session: { id: "s", kind: "guest", room: "den", brought },
});

async function open(
  page: typeof invitePage,
  me: Me,
  answer: unknown,
  params = {},
): Promise<string> {
  vi.stubGlobal("fetch", async () => Response.json(answer));
  const session = new Session(async () => me);
  session.set(me);
  const root = document.createElement("div");
  document.body.replaceChildren(root);
  const nowhere = { go: () => {}, again: () => {}, query: new URLSearchParams() };
  const end = page(root, { ...nowhere, params, fragment: "token", session });
  for (let n = 0; n < 20; n++) await Promise.resolve();
  await new Promise((done) => setTimeout(done));
  end();
  return root.textContent ?? "";
}

const at = (name: string) => document.querySelector(`[data-test=${name}]`);

/** A stream of news that says nothing. */
class Silence {
  addEventListener(): void {}
  close(): void {}
}

beforeEach(() => {
  document.body.replaceChildren();
  vi.stubGlobal("EventSource", Silence);
});
afterEach(() => vi.unstubAllGlobals());

describe("a guest link", () => {
  it("offers to only listen where whoever did not sign may listen", async () => {
    await open(invitePage, NOBODY, link("listed"));
    expect(at("guest-listen")).not.toBeNull();
    expect(at("guest")).not.toBeNull();
    expect(at("name")).not.toBeNull();
  });

  it.each(["unlisted", "private"])("offers to agree alone in %s groups", async (visibility) => {
    await open(invitePage, NOBODY, link(visibility));
    expect(at("guest-listen")).toBeNull();
    expect(at("guest")).not.toBeNull();
    expect(at("name")).not.toBeNull();
  });

  it("says for which event it is, and promises no twelve hours then", async () => {
    const event = { title: "Morning", starts_ms: 1_800_000_000_000, ends_ms: 1_800_003_600_000 };
    const party = await open(invitePage, NOBODY, link("listed", { event }));
    expect(party).toContain("Somebody brings you to “Morning”");
    expect(party).not.toContain("twelve hours");
    const over = { title: "", starts_ms: null, ends_ms: null };
    expect(await open(invitePage, NOBODY, link("listed", { event: over }))).toContain("not held");
    expect(await open(invitePage, NOBODY, link("listed"))).toContain("twelve hours");
  });
});

describe("keeping one's place", () => {
  it("is for guests who can make an account of it", () => {
    expect([mayKeep(NOBODY), mayKeep(guest(true)), mayKeep(guest(false))]).toEqual([
      ...[false, false, true],
    ]);
  });

  it.each([
    [false, true],
    [true, false],
  ])("is offered to guests who were not brought to an event (brought: %s)", async (brought, on) => {
    const offers = () => document.querySelector('a[href="/me/keep"]') !== null;
    await open(home, guest(brought), { items: [], rooms: [], next: null });
    expect(offers()).toBe(on);
    await open(mePage, guest(brought), {}, { tab: "devices" });
    expect(offers()).toBe(on);
    await open(mePage, guest(brought), {}, { tab: "keep" });
    expect(at("keep") !== null).toBe(on);
    await open(invitePage, guest(brought), link("listed", { kind: "member" }));
    expect(offers()).toBe(on);
  });
});
