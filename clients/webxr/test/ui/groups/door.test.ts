// @vitest-environment happy-dom
/** What doors say to whoever stands outside: of a group, and of one of its rooms. */
import { describe, expect, it } from "vitest";
import type { DoorFacts } from "../../../src/net/api";
import type { GroupPage, RoomCard, Standing } from "../../../src/net/groups";
import { type Me, NOBODY } from "../../../src/net/me";
import { membership } from "../../../src/ui/door-group";
import { doorPart } from "../../../src/ui/groups/door";
import type { GroupPart } from "../../../src/ui/groups/group-frame";
import { D } from "../../../src/ui/strings-door";
import { GP } from "../../../src/ui/strings-groups";

const room = (more: Partial<RoomCard>): RoomCard => ({
  ...{ id: "den", name: "Den", description: "", template: "campfire", present: 0, faces: [] },
  ...{ capacity: 12, access: "members", may_enter: false, ...more },
});
const open = room({ access: "everyone", may_enter: true });

function part(standing: Partial<Standing>, more: Partial<GroupPage>, me: Me = NOBODY): GroupPart {
  const group: GroupPage = {
    ...{ id: "g", slug: "yoga", name: "Yoga", purpose: "", tags: [], language: "", time_zone: "" },
    ...{ visibility: "listed", joining: "invite", question: null, members: 3, size_limit: 0 },
    ...{ present: 0, archived: false, version: 1, rooms: [], guests_allowed: true },
    norms: { version: 1, hash: "", items: [], material: true, note: "", created_ms: 0 },
    standing: {
      ...{ role: null, state: "none", signed: false, sign_needed: false },
      ...{ rights: ["see_group", "enter_rooms"], sanction: null, declined_ms: null, ...standing },
    },
    counts: { requests: 0, reports: 0 },
    ...more,
  };
  const rest = { main: document.body, context: {}, reload: async () => {}, redraw: () => {} };
  const can = (right: string) => group.standing.rights.includes(right);
  return { ...rest, group, me, account: me.account, can, onEnd: () => {} } as unknown as GroupPart;
}

const words = (of: GroupPart) => doorPart(of).textContent ?? "";
const wren: Me = {
  ...NOBODY,
  account: {
    ...{ id: "w", name: "Wren", handle: "wren", kind: "member", operator: false },
    ...{ primary: "#808080", secondary: "#808080", pattern: 0, language: "", time_zone: "" },
  },
};

describe("a group's door", () => {
  it("speaks of looking in only where a room is open to visitors", () => {
    const said = (rooms: RoomCard[], me?: Me) => words(part({}, { rooms }, me));
    expect(said([room({})])).not.toContain("listener");
    // Moderators' own way in is no visitor's.
    expect(said([room({ may_enter: true })])).not.toContain("listener");
    expect(said([room({}), open], wren)).toContain(GP.door.listener);
    expect(said([open])).toContain(GP.door.listenerOut);
  });

  it("tells who was declined, and lets them ask again", () => {
    const asks = { joining: "request" as const };
    const declined = part({ declined_ms: Date.now() - 3_600_000 }, asks, wren);
    expect(words(declined)).toContain("Your request was declined");
    expect(doorPart(declined).querySelector("[data-test=sign]")).not.toBeNull();
    expect(words(part({}, asks, wren))).not.toContain("declined");
  });

  it("says what one can do before one has signed", () => {
    const unsigned = { sign_needed: true, signed: false };
    const member = { ...unsigned, role: "member" as const };
    const guest = { ...unsigned, role: "guest" as const };
    const hidden = { visibility: "unlisted" as const };
    const norms = { version: 2, hash: "", items: [], material: true, note: "", created_ms: 0 };
    const listener = GP.next.signHelp;
    expect(words(part({ ...member, state: "member" }, {}))).toContain(listener);
    expect(words(part(guest, {}))).toContain(listener);
    expect(words(part({ ...member, state: "waiting" }, hidden))).toContain(GP.door.waitingHelp);
    expect(words(part(guest, hidden))).toContain(GP.door.guestWaits);
    const changed = part({ ...member, state: "waiting" }, { ...hidden, norms });
    expect(words(changed)).toContain(GP.door.changedWaits);
    expect(doorPart(changed).querySelector("[data-test=sign]")).not.toBeNull();
  });
});

describe("a room's door", () => {
  const group = { id: "g", slug: "yoga", name: "Yoga" };
  const at = (facts: Partial<DoorFacts>, signedIn = true, unsigned = false) => {
    const host = document.createElement("div");
    const shown: DoorFacts = {
      room: { id: "den", name: "Den", group, mechanisms: [] } as unknown as DoorFacts["room"],
      ...{ mayEnter: false, listener: true, archived: false, everyone: false, ...facts },
    };
    const look = signedIn ? wren.account : null;
    for (const each of membership(shown, look, () => {}, unsigned)) {
      if (each instanceof Node) host.append(each);
    }
    return host;
  };

  it("says why it is shut", () => {
    expect(at({}).textContent).toContain(D.notFor);
    expect(at({ archived: true }, true, true).textContent).toContain(D.archived);
    const unsigned = at({}, true, true);
    expect(unsigned.textContent).toContain(D.unsigned);
    // The norms are there to be read and signed: no dead end, in a headset's browser neither.
    expect(unsigned.querySelector(`a.next[href="/g/yoga"]`)).not.toBeNull();
  });

  it("tells visitors whether an account is enough", () => {
    expect(at({}, false).textContent).toContain(D.signInFirst("Yoga"));
    expect(at({ everyone: true, mayEnter: true }, false).textContent).toContain(
      D.signInEveryone("Yoga"),
    );
  });
});
