// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GroupRoom } from "../../src/app/group-actions";
import type { You } from "../../src/protocol/control";
import { VoiceState } from "../../src/state/voice-state";
import type { VoiceActions } from "../../src/ui/actions";
import { askHow } from "../../src/ui/door-group";
import { PersonRow } from "../../src/ui/room/person-row";
import { D } from "../../src/ui/strings-door";
import { G } from "../../src/ui/strings-group-room";
import { BO, Classroom } from "../ui/room/classroom";

let here: Classroom;

beforeEach(() => {
  here = new Classroom();
});

afterEach(() => here.end());

describe("the boundary", () => {
  it("is kept even if the room refuses it", async () => {
    const group = new GroupRoom(here.visit);
    void group.setBoundary({ mode: "all", radius_m: 1.2 });
    expect(here.heard()).toEqual([{ t: "boundary", mode: "all", radius_m: 1.2 }]);
    await here.refuse("Not on this device.");
    expect(here.fetched).toContain("/api/v1/me/safety");
  });
});

describe("a block in the room", () => {
  it("says so where it keeps nobody apart: of whoever answers reports", () => {
    const group = new GroupRoom(here.visit);
    here.people([BO, "Bo"]);
    expect(group.afterBlock(BO)).toBe(G.person.blocked("Bo"));
    for (const role of ["owner", "leader", "moderator", "host"] as const) {
      const roster = { t: "roster" as const, reset: false, last_page: true, joined: [], left: [] };
      here.tell({ ...roster, changed: [{ id: BO, role }] });
      const apart = role === "host";
      expect(group.onDuty(BO)).toBe(!apart);
      expect(group.afterBlock(BO)).toBe(G.person[apart ? "blocked" : "blockedDuty"]("Bo"));
    }
  });
});

describe("muting somebody for oneself", () => {
  const row = () => {
    const group = new GroupRoom(here.visit);
    const state = new VoiceState();
    const voice = { state, levelOf: () => 0 } as Partial<VoiceActions> as VoiceActions;
    const bo = here.visit.state.people.get(BO)!;
    const made = new PersonRow(bo, { hide: () => {}, voice, group });
    made.update(bo);
    return made.element.querySelector<HTMLElement>("[data-test=mute]")!;
  };
  const be = (companion: boolean) => {
    const { you } = here.visit.commons;
    here.tell({ t: "you", you: { ...(you as You), companion } });
  };

  it("is offered on a companion, which has no voice of its own", () => {
    here.people([BO, "Bo"]);
    be(false);
    expect(row().hidden).toBe(true);
    be(true);
    expect(row().hidden).toBe(false);
  });
});

describe("a second device", () => {
  const offered = () =>
    [...document.querySelectorAll<HTMLElement>("dialog [data-test]")].map((e) => e.dataset.test);

  it("may be the companion of an avatar in this room, and no other", async () => {
    for (const [beside, ways, lead] of [
      [true, ["how-move", "how-companion"], D.elsewhere.lead],
      [false, ["how-move"], D.elsewhere.leadOther],
    ] as const) {
      const chosen = askHow(beside);
      expect(offered()).toEqual(ways);
      expect(document.querySelector("dialog p")?.textContent).toBe(lead);
      document.querySelector<HTMLElement>("[data-test=how-move]")?.click();
      expect(await chosen).toBe("move");
    }
  });
});
