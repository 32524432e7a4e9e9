// @vitest-environment happy-dom
/** Reports of and about those who are gone, and what the page of moderation is of an archived group. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Session } from "../../../src/app/session";
import { NOBODY } from "../../../src/net/me";
import { moderationPage } from "../../../src/ui/groups/moderation";

const card = (id: string, name: string) => ({
  ...{ id, name, primary: "#808080", secondary: "#808080", pattern: 0 },
});
const report = {
  ...{ id: "r", state: "open", text: "Too close.", reporter: card("x", ""), room: null },
  ...{ subject: { ...card("y", ""), name_then: "" }, line: null, line_text: "" },
  ...{ norms_version: null, norm_item: null, claimed_by: null, closed_by: null, outcome: "" },
  ...{ created_ms: 1, closed_ms: null },
};
const act = {
  ...{ id: 1, action: "muted", details: {}, created_ms: 1 },
  ...{ actor: card("m", "Mod"), subject: card("y", "") },
};
const page = (rights: string[], archived: boolean) => ({
  ...{ id: "g", slug: "yoga", name: "Yoga", purpose: "", tags: [], language: "", time_zone: "" },
  ...{ visibility: "listed", joining: "open", question: null, members: 3, size_limit: 0 },
  ...{ present: 0, archived, version: 1, rooms: [], guests_allowed: true },
  norms: { version: 0, hash: "", items: [], material: true, note: "", created_ms: 0 },
  standing: {
    ...{ role: "moderator", state: "member", signed: true, sign_needed: false, rights },
    ...{ sanction: null, declined_ms: null },
  },
  counts: { requests: 0, reports: 0 },
});

/** A stream of news that says nothing. */
class Silence {
  addEventListener(): void {}
  close(): void {}
}

async function shown(rights: string[], archived = false): Promise<[HTMLElement, string[]]> {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    const items = path.includes("/reports") ? [report] : path.includes("/audit") ? [act] : [];
    return Response.json(path.endsWith("/yoga") ? page(rights, archived) : { items, next: null });
  });
  const session = new Session(async () => NOBODY);
  session.set({ ...NOBODY });
  const root = document.createElement("div");
  document.body.replaceChildren(root);
  const context = { params: { group: "yoga" }, query: new URLSearchParams(), fragment: "" };
  const end = moderationPage(root, { ...context, session, go: () => {}, again: () => {} });
  for (let n = 0; n < 5; n++) await new Promise((done) => setTimeout(done));
  end();
  return [root, asked];
}

beforeEach(() => vi.stubGlobal("EventSource", Silence));
afterEach(() => vi.unstubAllGlobals());

describe("the page of moderation", () => {
  it("names nobody where whoever it was is gone, and does nothing more about them", async () => {
    const rights = ["see_reports", "see_audit", "mute_members", "ban_members"];
    const [root] = await shown(rights);
    const words = root.querySelector(".report")?.textContent ?? "";
    expect(words).toContain("About somebody who is gone");
    expect(words).toContain("from somebody who is gone");
    expect(words).not.toContain("(called");
    expect(root.querySelectorAll(".report .danger")).toHaveLength(0);
    expect(root.textContent).toContain("Mod muted somebody who is gone");
  });

  it("shows of an archived group what was done, and asks for nothing that is shut", async () => {
    const [root, asked] = await shown(["see_group", "read", "see_audit"], true);
    expect(root.querySelector(".audit-part")).not.toBeNull();
    expect(root.querySelector('a[href="/g/yoga/moderation"]')).not.toBeNull();
    expect(asked.some((path) => path.includes("/reports") || path.includes("/sanctions"))).toBe(
      false,
    );
  });
});
