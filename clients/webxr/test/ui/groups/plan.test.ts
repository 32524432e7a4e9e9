import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Design } from "../../../src/protocol/control.gen";
import { readDesign } from "../../../src/protocol/control-group";
import { arranged, FORMS, withClearArrivals } from "../../../src/ui/groups/plan/arrange";
import { faultsOf } from "../../../src/ui/groups/plan/faults";
import { lookingAt, turned } from "../../../src/ui/groups/plan/geometry";
import { freshId, Plan } from "../../../src/ui/groups/plan/plan";

const empty: Design = {
  template: "studio",
  size: "medium",
  light: "day",
  places: [],
  zones: [],
  spawn: [{ x: 0, z: 7, yaw_deg: 0 }],
  objects: [],
};
const size = fc.constantFrom<Design["size"]>("small", "medium", "large", "great");
const wish = fc.record({
  kind: fc.constantFrom("mat" as const, "seat" as const),
  count: fc.integer({ min: 0, max: 64 }),
  form: fc.constantFrom(...FORMS),
});

describe("arranged", () => {
  it("never sets out what the server would refuse", () => {
    fc.assert(
      fc.property(size, wish, (of, wanted) => {
        const places = arranged({ size: of }, wanted);
        expect(places.length).toBeLessThanOrEqual(wanted.count);
        const design = withClearArrivals({
          ...empty,
          size: of,
          spawn: [{ x: 0, z: 5, yaw_deg: 0 }],
          places,
        });
        expect(faultsOf(design).map(({ text }) => text)).toEqual([]);
        expect(readDesign(design)).toEqual(design);
        expect(new Set(places.map(({ id }) => id)).size).toBe(places.length);
      }),
      { numRuns: 300 },
    );
  });

  it("finds room for as many as people would expect", () => {
    for (const form of FORMS) {
      for (const kind of ["mat", "seat"] as const) {
        expect(
          arranged({ size: "medium" }, { kind, count: 20, form }),
          `${kind} ${form}`,
        ).toHaveLength(20);
      }
    }
    expect(arranged({ size: "large" }, { kind: "seat", count: 64, form: "rows" })).toHaveLength(64);
  });

  it("lets rows look to the front and circles to the middle", () => {
    for (const place of arranged(empty, { kind: "seat", count: 12, form: "rows" })) {
      expect(place.yaw_deg).toBe(0);
    }
    for (const place of arranged(empty, { kind: "seat", count: 12, form: "circle" })) {
      const away = turned(place.yaw_deg - lookingAt(place, { x: 0, z: 0 }));
      expect(Math.abs(away)).toBeLessThan(1);
    }
  });
});

describe("lookingAt", () => {
  it("is 0 to the front, 90 to the left, 180 to the back", () => {
    expect(lookingAt({ x: 0, z: 1 }, { x: 0, z: 0 })).toBe(0);
    expect(lookingAt({ x: 1, z: 0 }, { x: 0, z: 0 })).toBe(90);
    expect(Math.abs(lookingAt({ x: 0, z: -1 }, { x: 0, z: 0 }))).toBe(180);
  });
});

describe("Plan", () => {
  it("keeps every part inside the walls however it is moved", () => {
    const far = fc.double({ min: -1e4, max: 1e4, noNaN: true });
    const near = fc.oneof(far, fc.double({ min: -12, max: 12, noNaN: true }));
    const edges = fc.record({ x0: near, z0: near, x1: near, z1: near }, { requiredKeys: [] });
    fc.assert(
      fc.property(far, near, near, size, edges, (x, z, y, of, set) => {
        const plan = new Plan(empty);
        plan.add("place", "mat");
        plan.move({ kind: "place", index: 0 }, x, z);
        plan.add("zone", "quiet", "Corner");
        plan.move({ kind: "zone", index: 0 }, x, z);
        plan.stretch(0, { x1: x, z0: z });
        plan.stretch(0, set);
        plan.dress({ size: of });
        plan.move({ kind: "zone", index: 0 }, y, z);
        const walls = faultsOf(plan.design).filter(({ text }) => /wall|narrow/.test(text));
        expect(walls).toEqual([]);
        expect(readDesign(plan.design)).toBeDefined();
      }),
      { numRuns: 2000 },
    );
  });

  it("stops an edge at a metre from the other, on whole centimetres", () => {
    const plan = new Plan(empty);
    plan.add("zone", "quiet", "Corner");
    const zone = () => plan.design.zones[0]!;
    plan.stretch(0, { x0: -3, x1: -1.125 });
    plan.stretch(0, { x0: 4 });
    expect([zone().x0, zone().x1]).toEqual([-2.12, -1.12]);
    plan.stretch(0, { x1: -9 });
    expect([zone().x0, zone().x1]).toEqual([-2.12, -1.12]);
    expect(faultsOf(plan.design)).toEqual([]);
    // 1.13 - 0.13 is less than 1 to a computer.
    plan.stretch(0, { x0: 0.13, x1: 1.13 });
    expect([zone().x0, zone().x1]).toEqual([0.13, 1.13]);
    expect(faultsOf(plan.design)).toEqual([]);
  });

  it("undoes and redoes step by step, a drag being one", () => {
    const plan = new Plan(empty);
    plan.add("place", "seat");
    const added = plan.design;
    plan.hold();
    for (let x = 0; x < 3; x += 0.1) plan.move({ kind: "place", index: 0 }, x, 1);
    plan.drop();
    const moved = plan.design;
    expect(moved).not.toEqual(added);
    plan.undo();
    expect(plan.design).toEqual(added);
    plan.undo();
    expect(plan.design).toEqual(empty);
    expect(plan.canUndo).toBe(false);
    plan.redo();
    plan.redo();
    expect(plan.design).toEqual(moved);
  });

  it("keeps one arrival point and no more parts than the wire carries", () => {
    const plan = new Plan(empty);
    expect(plan.remove({ kind: "spawn", index: 0 })).toBe(false);
    for (let i = 0; i < 8; i++) expect(plan.add("zone", "quiet", "Corner")).toBe(true);
    expect(plan.add("zone", "quiet", "Corner")).toBe(false);
    expect(readDesign(plan.design)).toBeDefined();
  });

  it("marks what the server would refuse", () => {
    const place = (id: string, x: number) => ({ id, kind: "mat" as const, x, z: 0, yaw_deg: 0 });
    const design: Design = {
      ...empty,
      places: [place("mat-1", 0), place("mat-2", 1)],
      spawn: [{ x: 0, z: 0.5, yaw_deg: 0 }],
      zones: [
        { id: "a", name: "A", kind: "private", x0: 0, z0: 0, x1: 3, z1: 3 },
        { id: "b", name: "B", kind: "quiet", x0: 2, z0: 2, x1: 5, z1: 2.5 },
      ],
    };
    expect(faultsOf(design).map(({ parts }) => parts.map(({ kind }) => kind).join())).toEqual([
      "place,place",
      "zone,zone",
      "zone",
      "spawn",
    ]);
  });
});

describe("freshId", () => {
  it("fills the first gap", () => {
    expect(freshId("mat", [{ id: "mat-1" }, { id: "mat-3" }])).toBe("mat-2");
  });
});
