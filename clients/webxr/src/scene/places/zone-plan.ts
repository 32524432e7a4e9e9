/** Where zones lie and where their signs stand. Pure numbers. */
import type { Zone } from "../design";

/** A zone's rectangle in order, with its middle and halves, metres. */
export interface ZoneBox {
  readonly x: number;
  readonly z: number;
  readonly halfX: number;
  readonly halfZ: number;
}

/** Corners may come in any order. */
export function zoneBox(zone: Zone): ZoneBox {
  return {
    x: (zone.x0 + zone.x1) / 2,
    z: (zone.z0 + zone.z1) / 2,
    halfX: Math.abs(zone.x1 - zone.x0) / 2,
    halfZ: Math.abs(zone.z1 - zone.z0) / 2,
  };
}

const INSET_M = 0.14;

/**
 * Where a zone's sign stands: at the corner nearest to the middle of the room, a hand inside the
 * line, facing the middle. Corners keep the way in open. Yaw as everywhere: 0 faces -z.
 */
export function signSpot(zone: Zone): { x: number; z: number; yaw: number } {
  const box = zoneBox(zone);
  let best = { x: 0, z: 0 };
  let least = Number.POSITIVE_INFINITY;
  for (const sx of [1, -1]) {
    for (const sz of [1, -1]) {
      const x = box.x + sx * Math.max(0, box.halfX - INSET_M);
      const z = box.z + sz * Math.max(0, box.halfZ - INSET_M);
      // people arrive from +z: of two corners equally far, the one they see first
      const far = Math.hypot(x, z - 1.5);
      if (far < least - 1e-6) {
        least = far;
        best = { x, z };
      }
    }
  }
  const [dx, dz] = Math.hypot(best.x, best.z) < 0.8 ? [0, 1] : [-best.x, -best.z];
  return { ...best, yaw: Math.atan2(-dx, -dz) };
}
