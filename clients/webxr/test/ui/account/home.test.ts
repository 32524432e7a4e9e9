/** In which order one's groups stand on the first page, and how acts on the server read. */
import { describe, expect, it } from "vitest";
import type { NodeAct } from "../../../src/net/admin";
import type { OwnGroup } from "../../../src/net/me";
import { actWords } from "../../../src/ui/account/admin-parts";
import { sorted } from "../../../src/ui/account/my-groups";

const group = (name: string, more: Partial<OwnGroup> = {}): OwnGroup => ({
  ...{ id: name, slug: name, name, role: "member", archived: false, signed: true },
  ...{ unread: 0, mentions: 0, present: 0 },
  ...more,
});

describe("my groups", () => {
  it("begin with where somebody is, then where something is new; archived ones come last", () => {
    const groups = [
      group("zebra"),
      group("attic", { archived: true, unread: 3, present: 1 }),
      group("news", { unread: 2 }),
      group("busy", { present: 1 }),
      group("alder"),
    ];
    const names = sorted(groups).map(({ name }) => name);
    expect(names).toEqual(["busy", "news", "alder", "zebra", "attic"]);
    expect(groups[0]?.name).toBe("zebra");
  });
});

describe("acts on the server", () => {
  const act = (action: string, more: Partial<NodeAct> = {}): NodeAct => ({
    ...{ id: 1, action, details: {}, created_ms: 0 },
    actor: { id: "a", name: "Robin" },
    subject: { id: "b", name: "Wren" },
    ...more,
  });

  it("are sentences", () => {
    expect(actWords(act("account_disabled"))).toBe("Robin switched off the account of Wren");
    expect(actWords(act("accounts_invited", { subject: null, details: { uses: 5 } }))).toBe(
      "Robin made an invite link for 5 people",
    );
  });

  it("name those who are gone, the command line, and what this page does not know", () => {
    const gone = { id: "b", name: null };
    expect(actWords(act("account_enabled", { actor: null, subject: gone }))).toBe(
      "The command line switched the account of Somebody who is gone on again",
    );
    expect(actWords(act("toString"))).toBe("Robin: toString");
  });
});
