import { afterEach, describe, expect, it, vi } from "vitest";
import { groupPage, makeInvite, members, revokeInvite } from "../../src/net/groups";
import { reports } from "../../src/net/moderation";
import { lines } from "../../src/net/talk";

/** Answers as the server gives them, one after the other; keeps what was asked. */
function server(...answers: { status?: number; body?: unknown }[]) {
  const asked: { path: string; method: string; body: unknown }[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit = {}) => {
    const { body } = init;
    asked.push({
      path,
      method: init.method ?? "GET",
      body: typeof body === "string" ? JSON.parse(body) : null,
    });
    const { status = 200, body: said } = answers.shift() ?? {};
    return new Response(status === 204 ? null : JSON.stringify(said), { status });
  });
  return asked;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

const page = {
  id: "k7qf2mwdx5abzr4c",
  slug: "evening-yoga",
  name: "Evening Yoga",
  purpose: "",
  tags: [],
  language: "en",
  time_zone: "",
  visibility: "private",
  joining: "invite",
  question: null,
  members: 0,
  size_limit: 0,
  present: 0,
  archived: false,
  version: 1,
  norms: null,
  standing: {
    role: null,
    state: "none",
    signed: false,
    sign_needed: false,
    rights: [],
    sanction: null,
  },
  rooms: [],
  guests_allowed: true,
  counts: { requests: null, reports: null },
};

describe("groupPage", () => {
  it("reads a page that shows next to nothing", async () => {
    server({ body: page });
    const found = await groupPage("evening-yoga");
    expect(found.norms.items).toEqual([]);
    expect(found.counts).toEqual({ requests: 0, reports: 0 });
  });

  it("asks by the group's name as one part of the address", async () => {
    const asked = server({ body: page });
    await groupPage("../me?x");
    expect(asked[0]?.path).toBe("/api/v1/groups/..%2Fme%3Fx");
  });

  it("takes no answer for a page that is none", async () => {
    server({ body: { ...page, standing: { role: "emperor" } } });
    await expect(groupPage("evening-yoga")).rejects.toMatchObject({ code: "unreadable" });
  });

  it("passes the server's sentence on", async () => {
    server({ status: 404, body: { code: "group_not_found", detail: "There is no such group." } });
    await expect(groupPage("nowhere")).rejects.toMatchObject({
      status: 404,
      message: "There is no such group.",
    });
  });
});

describe("members and invites", () => {
  it("leaves out of the address what is not asked for", async () => {
    const asked = server({ body: { items: [], next: null } }, { body: { items: [], next: null } });
    await members("yoga");
    await members("yoga", { q: "a b", cursor: "c" });
    expect(asked.map(({ path }) => path)).toEqual([
      "/api/v1/groups/yoga/members",
      "/api/v1/groups/yoga/members?q=a+b&cursor=c",
    ]);
  });

  it("knows that done and nothing to say is an answer", async () => {
    const asked = server({ status: 204 });
    await revokeInvite("yoga", "abc");
    expect(asked[0]).toMatchObject({ method: "DELETE", path: "/api/v1/groups/yoga/invites/abc" });
  });

  it("sends what an invite is to be, and reads its link once", async () => {
    const asked = server({
      status: 201,
      body: {
        id: "i",
        kind: "guest",
        room: "r",
        uses_left: 3,
        expires_ms: 5,
        created_by: null,
        link: "/invite#x",
      },
    });
    const made = await makeInvite("yoga", { kind: "guest", room: "r", uses: 3, days: 1 });
    expect(made.link).toBe("/invite#x");
    expect(asked[0]?.body).toEqual({ kind: "guest", room: "r", uses: 3, days: 1 });
  });
});

describe("reports and lines", () => {
  it("reads a report about somebody who is gone", async () => {
    server({
      body: {
        items: [
          { id: "r", state: "open", text: "…", subject: null, reporter: null, norm_item: null },
        ],
        next: null,
      },
    });
    expect((await reports("yoga", "open")).items[0]).toMatchObject({ subject: null, outcome: "" });
  });

  it("refuses a line without a number or a time", async () => {
    server({ body: { items: [{ id: "one", text: "x" }], more_before: false, read: 0 } });
    await expect(lines("yoga")).rejects.toMatchObject({ code: "unreadable" });
  });
});
