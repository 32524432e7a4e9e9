import { expect, it } from "vitest";
import { boundsOf, halfWidth, radians, SIZES, settingOf, TEMPLATES } from "../../src/scene/design";
import { knownSpaces, spaceDesign } from "../../src/scene/spaces/registry";

const bare = { places: [], zones: [], spawn: [{ x: 0, z: 4, yaw_deg: 0 }], objects: [] };

it("knows a space for every template a design may name", () => {
  expect(knownSpaces().sort()).toEqual([...TEMPLATES].sort());
  for (const template of TEMPLATES) expect(spaceDesign(template).id).toBe(template);
});

it("shows the campfire for spaces it does not know", () => {
  expect(spaceDesign("moon-base").id).toBe("campfire");
});

it("takes template and light from the design, else the space in its own light", () => {
  const design = { ...bare, template: "studio", size: "small", light: "night" } as const;
  const copy = { ...design, places: [], zones: [], spawn: [...bare.spawn], objects: [] };
  expect(settingOf({ space: "campfire", design: copy })).toEqual({
    space: "studio",
    light: "night",
  });
  expect(settingOf({ space: "gallery" })).toEqual({ space: "gallery", light: undefined });
});

it("reads a size back from its bounds", () => {
  expect(SIZES.map((size) => halfWidth(boundsOf(size)))).toEqual([6, 10, 16, 24]);
  expect(halfWidth({ min: [-8, 0, -30], max: [30, 4, 30] })).toBe(8);
});

it("turns degrees into radians", () => {
  expect(radians(180)).toBeCloseTo(Math.PI, 12);
});
