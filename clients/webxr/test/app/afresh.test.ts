import { describe, expect, it } from "vitest";
import { Afresh, type AfreshOptions } from "../../src/app/afresh";
import type { RoomInfo } from "../../src/protocol/control";
import { Commons } from "../../src/state/commons";
import { RoomState } from "../../src/state/room-state";

const room = (version: number, places: string[] = []): RoomInfo => ({
  id: "studio",
  name: `Studio ${version}`,
  description: "",
  space: "studio",
  bounds: { min: [-10, 0, -10], max: [10, 6, 10] },
  capacity: 12,
  present: 1,
  group: { id: "g1", slug: "yoga", name: "Yoga" },
  version,
  design: {
    template: "studio",
    size: "medium",
    light: "dusk",
    places: places.map((id) => ({ id, kind: "mat", x: 0, z: 0, yaw_deg: 0 })),
    zones: [],
    spawn: [],
    objects: [],
  },
});

function inside(more: Partial<AfreshOptions>) {
  const state = new RoomState();
  const commons = new Commons();
  const troubles: string[] = [];
  const waits: number[] = [];
  state.setRoom(room(1, ["a", "b"]));
  const afresh = new Afresh({
    state,
    commons,
    room: async () => room(2),
    trouble: (text) => troubles.push(text),
    wait: async (ms) => void waits.push(ms),
    ...more,
  });
  return { state, commons, troubles, waits, afresh };
}

describe("what a notice names", () => {
  it("is the room: asked for and shown, without claims of places that are gone", async () => {
    const { state, commons, afresh } = inside({ room: async () => room(2, ["b", "c"]) });
    commons.take({
      t: "places",
      places: [
        { id: "a", by: 3 },
        { id: "b", by: 4 },
      ],
    });
    const told: string[] = [];
    state.subscribe("room", () => told.push(state.room?.name ?? ""));
    await afresh.hear("room_changed");
    expect(told).toEqual(["Studio 2"]);
    expect(commons.placeOf(3)).toBeNull();
    expect(commons.placeOf(4)).toBe("b");
  });

  it("is nothing to ask for with other codes", async () => {
    const { state, troubles, afresh } = inside({
      room: () => Promise.reject(new Error("asked")),
    });
    for (const code of ["put_out", "muted", "role_changed"]) await afresh.hear(code);
    expect(troubles).toEqual([]);
    expect(state.room?.version).toBe(1);
  });

  it("is taken from the last question only, whichever answer comes first", async () => {
    const answers: ((room: RoomInfo) => void)[] = [];
    const { state, afresh } = inside({
      room: () => new Promise<RoomInfo>((resolve) => answers.push(resolve)),
    });
    const both = [afresh.hear("room_changed"), afresh.hear("room_changed")];
    answers[1]!(room(3));
    answers[0]!(room(2));
    await Promise.all(both);
    expect(state.room?.version).toBe(3);
  });

  it("is asked for again, and said when it does not come", async () => {
    let tries = 0;
    const { state, troubles, waits, afresh } = inside({
      room: async () => {
        if (++tries < 3) throw new Error("away");
        return room(2);
      },
    });
    await afresh.hear("room_changed");
    expect(state.room?.version).toBe(2);
    expect(troubles).toEqual([]);
    expect(waits).toEqual([1_000, 4_000]);
    tries = -9;
    await afresh.hear("room_changed");
    expect(troubles).toHaveLength(1);
  });

  it("is worth nothing after the end", async () => {
    const { state, troubles, afresh } = inside({});
    const answer = afresh.hear("room_changed");
    afresh.end();
    await answer;
    expect(state.room?.version).toBe(1);
    expect(troubles).toEqual([]);
  });
});
