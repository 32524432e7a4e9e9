import { describe, expect, it } from "vitest";
import type { ObjectState, Welcome } from "../../src/protocol/control";
import { Commons } from "../../src/state/commons";

const lantern = (change: Partial<ObjectState> = {}): ObjectState => ({
  id: "lantern-1",
  kind: "lantern",
  colour: "#ff9a4d",
  position: [0, 1, 0],
  yaw: 0,
  locked: false,
  rev: 1,
  ...change,
});

const you: Welcome["you"] = {
  account: "a".repeat(16),
  role: "member",
  rights: ["speak", "move_objects"],
  companion: false,
  listener: false,
  boundary: { mode: "non_friends", radius_m: 0.6 },
};

describe("Commons", () => {
  it("knows no rights where there is no group", () => {
    const commons = new Commons();
    commons.begin({} as Welcome, false);
    expect(commons.may("speak")).toBe(false);
    commons.begin({ you } as Welcome, false);
    expect(commons.may("speak")).toBe(true);
    expect(commons.boundary.radius_m).toBe(0.6);
  });

  it("keeps places and objects over a resumed line, and forgets them on a new visit", () => {
    const commons = new Commons();
    commons.take({ t: "places", places: [{ id: "mat-1", by: 7 }] });
    commons.take({ t: "objects", reset: true, objects: [lantern()] });
    commons.begin({ you } as Welcome, true);
    expect(commons.placeOf(7)).toBe("mat-1");
    commons.begin({ you } as Welcome, false);
    expect(commons.placeOf(7)).toBeNull();
    expect(commons.objects.size).toBe(0);
  });

  it("lets nobody be the holder of free places", () => {
    const commons = new Commons();
    commons.take({ t: "places", places: [{ id: "mat-1", by: 0 }] });
    expect(commons.placeOf(0)).toBeNull();
  });

  it("goes by the newest word about an object, also across the wrap", () => {
    const commons = new Commons();
    const take = (object: ObjectState) =>
      commons.take({ t: "objects", reset: false, objects: [object] });
    take(lantern({ rev: 4_294_967_295, held_by: 3 }));
    take(lantern({ rev: 0, held_by: 4 }));
    take(lantern({ rev: 4_294_967_295, held_by: 3 }));
    expect(commons.heldBy(4)?.id).toBe("lantern-1");
    expect(commons.heldBy(3)).toBeNull();
  });

  it("ends asking with the server's word", () => {
    const commons = new Commons();
    commons.take({ t: "objects", reset: true, objects: [lantern()] });
    commons.asking("lantern-1", true);
    expect(commons.objects.get("lantern-1")?.asked).toBe(true);
    commons.take({ t: "objects", reset: false, objects: [lantern({ rev: 2, held_by: 9 })] });
    expect(commons.objects.get("lantern-1")?.asked).toBe(false);
  });

  it("takes only what is its own and tells who listens", () => {
    const commons = new Commons();
    let told = 0;
    commons.subscribe("ties", () => told++);
    const near = { near: [6], near_asked: [7], near_asks: [8] };
    expect(commons.take({ t: "ties", friends: [5], muted: [], ...near })).toBe(true);
    expect(commons.take({ t: "ack", rid: 1 })).toBe(false);
    const { friends, near: agreed, nearAsked, nearAsks } = commons;
    expect([friends, agreed, nearAsked, nearAsks].map((set) => [...set])).toEqual([
      [5],
      [6],
      [7],
      [8],
    ]);
    expect(told).toBe(1);
  });

  it("goes by the newest word about oneself", () => {
    const commons = new Commons();
    commons.begin({ you } as Welcome, false);
    const rights: boolean[] = [];
    commons.subscribe("you", () => rights.push(commons.may("speak")));
    commons.take({ t: "you", you: { ...you!, rights: ["move_objects"] } });
    commons.take({ t: "you", you: you! });
    expect(rights).toEqual([false, true]);
  });
});
