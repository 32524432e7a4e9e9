import fc from "fast-check";
import * as THREE from "three";
import { describe, expect, it } from "vitest";
import type { Place, Zone } from "../../src/scene/design";
import { PlacesLayer } from "../../src/scene/places/places-layer";
import { SEAT_HEIGHT_M } from "../../src/scene/places/plan";
import { signSpot, zoneBox } from "../../src/scene/places/zone-plan";

const mat: Place = { id: "mat", kind: "mat", x: 2, z: -1, yaw_deg: 90 };
const seat: Place = { id: "seat", kind: "seat", x: -2, z: 3, yaw_deg: 0 };

function layer(): PlacesLayer {
  return new PlacesLayer({ template: "gallery", reducedMotion: false, soak: () => {} });
}

function rayDown(x: number, z: number): THREE.Ray {
  return new THREE.Ray(new THREE.Vector3(x, 1.7, z), new THREE.Vector3(0, -1, 0));
}

function rimStates(places: PlacesLayer): number[][] {
  const rims = places.root.getObjectByName("place-rims") as THREE.Mesh;
  const state = rims.geometry.getAttribute("state");
  const count = (rims.geometry as THREE.InstancedBufferGeometry).instanceCount;
  return Array.from({ length: count }, (_, i) => [state.getX(i), state.getY(i), state.getZ(i)]);
}

describe("pointing at places", () => {
  it("finds a turned mat along its length, not across", () => {
    const places = layer();
    places.setPlaces([mat, seat], new Map(), 1);
    // turned by 90 degrees, its length lies along x
    expect(places.placeAt(rayDown(2.8, -1))).toBe("mat");
    expect(places.placeAt(rayDown(2, -0.2))).toBeNull();
  });

  it("finds a seat at its height, and the nearer of two in line", () => {
    const places = layer();
    places.setPlaces([mat, seat], new Map(), 1);
    const from = new THREE.Vector3(-2, SEAT_HEIGHT_M.gallery - 0.05, 8);
    expect(places.placeAt(new THREE.Ray(from, new THREE.Vector3(0, 0, -1)))).toBe("seat");
    const behind = { ...seat, id: "behind", z: 1 };
    places.setPlaces([behind, seat], new Map(), 1);
    expect(places.placeAt(new THREE.Ray(from, new THREE.Vector3(0, 0, -1)))).toBe("seat");
    expect(places.placeAt(new THREE.Ray(from, new THREE.Vector3(0, 0, 1)))).toBeNull();
  });

  it("meets every place from anywhere above when aimed at its middle", () => {
    const places = layer();
    fc.assert(
      fc.property(
        fc.record({
          x: fc.double({ min: -16, max: 16, noNaN: true }),
          z: fc.double({ min: -16, max: 16, noNaN: true }),
          yaw: fc.double({ min: -360, max: 360, noNaN: true }),
          fromX: fc.double({ min: -6, max: 6, noNaN: true }),
          fromZ: fc.double({ min: -6, max: 6, noNaN: true }),
          kind: fc.constantFrom("mat" as const, "seat" as const),
        }),
        ({ x, z, yaw, fromX, fromZ, kind }) => {
          places.setPlaces([{ id: "one", kind, x, z, yaw_deg: yaw }], new Map(), 0);
          const eye = new THREE.Vector3(x + fromX, 1.6, z + fromZ);
          const aim = new THREE.Vector3(x, 0.01, z).sub(eye).normalize();
          expect(places.placeAt(new THREE.Ray(eye, aim))).toBe("one");
        },
      ),
    );
  });
});

describe("states of places", () => {
  it("tells free, somebody's and one's own apart", () => {
    const places = layer();
    const claims = new Map([
      ["mat", 7],
      ["seat", 3],
    ]);
    places.setPlaces([mat, seat, { ...seat, id: "free", x: 5 }], claims, 3);
    expect(rimStates(places).map((row) => row.slice(0, 2))).toEqual([
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
  });

  it("follows a changed claim gently, and a hover until it ends", () => {
    const places = layer();
    const list = [mat, seat];
    places.setPlaces(list, new Map(), 3);
    places.setPlaces(list, new Map([["mat", 7]]), 3);
    places.setHover("seat");
    for (let i = 0; i < 60; i++) places.update(1 / 60);
    const [first, second] = rimStates(places);
    expect(first![0]).toBeGreaterThan(0.98);
    expect(second![2]).toBeGreaterThan(0.98);
    places.setHover(null);
    for (let i = 0; i < 60; i++) places.update(1 / 60);
    expect(rimStates(places)[1]![2]).toBeLessThan(0.02);
  });

  it("says where a body goes", () => {
    const places = layer();
    places.setPlaces([mat, seat], new Map(), 1);
    expect(places.seatOf("seat")).toEqual({ x: -2, z: 3, heightM: SEAT_HEIGHT_M.gallery, yaw: 0 });
    expect(places.seatOf("mat")!.yaw).toBeCloseTo(Math.PI / 2, 12);
    expect(places.seatOf("gone")).toBeNull();
    expect(places.seats).toHaveLength(1);
  });
});

describe("zones", () => {
  const zone: Zone = { id: "z", name: "Nook", kind: "quiet", x0: 8, z0: 4, x1: 2, z1: -2 };

  it("takes corners in any order", () => {
    expect(zoneBox(zone)).toEqual({ x: 5, z: 1, halfX: 3, halfZ: 3 });
  });

  it("puts the sign inside the zone, facing the middle of the room", () => {
    const metres = (min: number, max: number) =>
      fc.integer({ min: min * 100, max: max * 100 }).map((centimetres) => centimetres / 100);
    const side = fc
      .tuple(metres(0.5, 12), fc.constantFrom(-1, 1))
      .map(([long, sign]) => long * sign);
    fc.assert(
      fc.property(metres(-12, 12), metres(-12, 12), side, side, (x0, z0, wide, deep) => {
        const at = { ...zone, x0, z0, x1: x0 + wide, z1: z0 + deep };
        const spot = signSpot(at);
        const box = zoneBox(at);
        expect(Math.abs(spot.x - box.x)).toBeLessThanOrEqual(box.halfX + 1e-9);
        expect(Math.abs(spot.z - box.z)).toBeLessThanOrEqual(box.halfZ + 1e-9);
        const far = Math.hypot(spot.x, spot.z);
        if (far < 0.8) return;
        expect(-Math.sin(spot.yaw)).toBeCloseTo(-spot.x / far, 6);
        expect(-Math.cos(spot.yaw)).toBeCloseTo(-spot.z / far, 6);
      }),
    );
  });
});
