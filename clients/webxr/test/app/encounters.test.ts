import { describe, expect, it } from "vitest";
import { Encounters } from "../../src/app/encounters";

const person = (id: number, distanceM: number) => ({ id, name: `n${id}`, distanceM });

describe("Encounters", () => {
  it("keeps who was within a few steps for a minute, the latest and nearest first", () => {
    const met = new Encounters();
    met.note([person(1, 2), person(2, 50), person(3, -1)], 0);
    met.note([person(4, 5), person(5, 1)], 30_000);
    expect(met.list(31_000).map(({ id }) => id)).toEqual([5, 4, 1]);
    expect(met.list(61_000).map(({ id }) => id)).toEqual([5, 4]);
    met.note([], 100_000);
    expect(met.list(100_000)).toEqual([]);
  });

  it("still names somebody who has left", () => {
    const met = new Encounters();
    met.note([person(1, 2)], 0);
    met.note([], 10_000);
    expect(met.list(10_000)).toEqual([{ id: 1, name: "n1" }]);
  });
});
