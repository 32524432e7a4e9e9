/** A made-up design from a page's query: the template's measures with some of everything in it. */
import {
  type Design,
  HALF_WIDTH_M,
  LIGHTS,
  type Light,
  type Place,
  type Size,
  SIZES,
  type Template,
  TEMPLATES,
} from "../src/scene/design";
import type { DesignLayers } from "../src/scene/layers";
import { freshObjects } from "../src/scene/objects/from-design";

function pick<T extends string>(known: readonly T[], asked: string | null, otherwise: T): T {
  return known.find((one) => one === asked) ?? otherwise;
}

/** Read `space`, `size`, `light` and `furnished`. */
export function designFor(query: URLSearchParams): Design {
  const template = pick<Template>(TEMPLATES, query.get("space"), "campfire");
  const size = pick<Size>(SIZES, query.get("size"), "medium");
  const light = pick<Light>(LIGHTS, query.get("light"), "dusk");
  const bare = { template, size, light, places: [], zones: [], spawn: [], objects: [] };
  if (!query.has("furnished")) return bare;
  const half = HALF_WIDTH_M[size];
  const count = Number(query.get("furnished")) || 10;
  return {
    ...bare,
    places: Array.from({ length: count }, (_, i) => placeAt(i, count, template, half)),
    zones: [
      { id: "q", name: "Quiet corner", kind: "quiet", x0: -half + 0.4, z0: -half * 0.25, x1: -half * 0.5, z1: half * 0.35 },
      { id: "s", name: "Stage", kind: "stage", x0: -half * 0.3, z0: -half + 0.4, x1: half * 0.3, z1: -half * 0.62 },
      { id: "p", name: "A word in private", kind: "private", x0: half * 0.5, z0: -half * 0.25, x1: half - 0.4, z1: half * 0.35 },
    ],
    spawn: [-1, 0, 1].map((i) => ({ x: i * 1.2, z: half * 0.7, yaw_deg: 0 })),
    objects: ["#ff9a4d", "#e0607e", "#7fbf8e", "#8fb8de", "#e8c36a"].map((colour, i) => ({
      id: `o${i}`,
      kind: "lantern",
      x: -1.6 + i * 0.8,
      y: 0,
      z: half * 0.28 + (i % 2) * 0.5,
      yaw_deg: i * 40,
      colour,
    })),
  };
}

function placeAt(i: number, count: number, template: Template, half: number): Place {
  const mats = template === "studio" || template === "terrace";
  const angle = (i / count) * Math.PI * 2 + 0.3;
  const r = half * 0.38 + (mats ? 0.6 : 0.2);
  const x = Math.cos(angle) * r;
  const z = Math.sin(angle) * r;
  return {
    id: `p${i}`,
    kind: mats && i % 5 !== 4 ? "mat" : "seat",
    x,
    z,
    yaw_deg: (Math.atan2(x, z) * 180) / Math.PI,
  };
}

/** Some of every state: the first places claimed, one of them one's own, lanterns held, locked, offered. */
export function showStates(layers: DesignLayers, design: Design): void {
  const claims = new Map(design.places.map((place, i) => [place.id, [7, 1, 0, 5][i % 4]!]));
  layers.places.setPlaces(design.places, claims, 1);
  layers.places.setHover(design.places[2]?.id ?? null);
  layers.objects.setObjects(
    freshObjects(design).map((object, i) => ({
      ...object,
      locked: i === 1,
      ...(i === 2 ? { offered_to: 1 } : {}),
      ...(i === 3 ? { held_by: 4, position: [object.position[0], 1.15, object.position[2]] as [number, number, number] } : {}),
    })),
    1,
  );
  layers.objects.setHover(design.objects[0]?.id ?? null);
}
