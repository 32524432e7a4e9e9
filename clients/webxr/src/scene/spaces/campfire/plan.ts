/**
 * The floor plan of the campfire clearing: where one may stand, sit and what is in the way.
 * Pure numbers; the terrain and the props are drawn from the same plan.
 */
import { mix, smoothstep, valueNoise } from "../../random";
import type { Bounds, Seat } from "../../space";

export const FIRE_RADIUS_M = 1.05;
const EDGE_M = 14;
const LOG_RING_M = 2.75;
const LOG_HALF_WIDTH_M = 0.3;
export const SEAT_HEIGHT_M = 0.42;

export interface LogSeat {
  readonly angle: number;
  readonly x: number;
  readonly z: number;
  readonly lengthM: number;
}

export interface Round {
  readonly x: number;
  readonly z: number;
  readonly radiusM: number;
}

/** How far one may walk from the fire inside these bounds, metres. */
export function edgeRadius(bounds: Bounds): number {
  const reach = Math.min(-bounds.min[0], bounds.max[0], -bounds.min[2], bounds.max[2]);
  return Math.min(EDGE_M, Math.max(4, reach - 1.5));
}

/** Logs round the fire; the side one arrives from (+z) and the view (-z) stay open. */
export const LOGS: readonly LogSeat[] = [30, 150, 205, 335, 92].map((degrees, i) => {
  const angle = (degrees * Math.PI) / 180;
  // 92 degrees would be straight ahead of arrivals: that one stands well back
  const ring = i === 4 ? 7.2 : LOG_RING_M;
  return {
    angle,
    x: Math.cos(angle) * ring,
    z: Math.sin(angle) * ring,
    lengthM: i === 4 ? 2.1 : 1.75,
  };
});

/** The tent and its guy-ropes: a landmark to the far left. */
export const TENT = { x: -8.6, z: -5.4, yaw: 0.62, radiusM: 2.1 } as const;

/** Garland posts stand outside the social circle, inside the edge. */
export const POSTS: readonly Round[] = [-62, -18, 26, 154, 198, 242].map((degrees) => {
  const angle = (degrees * Math.PI) / 180;
  return { x: Math.cos(angle) * 9.4, z: Math.sin(angle) * 9.4, radiusM: 0.22 };
});

/** Lanterns on low stones mark the edge of the walkable ground. */
export function edgeLanterns(edgeM: number): Round[] {
  return Array.from({ length: 11 }, (_, i) => {
    const angle = ((i + 0.5) / 11) * Math.PI * 2;
    return {
      x: Math.cos(angle) * (edgeM + 0.35),
      z: Math.sin(angle) * (edgeM + 0.35),
      radiusM: 0.3,
    };
  });
}

/** Two seats on every log, facing the fire. */
export const SEATS: readonly Seat[] = LOGS.flatMap((log) =>
  [-1, 1].map((side) => {
    const along = side * log.lengthM * 0.25;
    const x = log.x - Math.sin(log.angle) * along;
    const z = log.z + Math.cos(log.angle) * along;
    return { x, z, heightM: SEAT_HEIGHT_M, yaw: Math.atan2(x, z) };
  }),
);

/** Say whether a person may stand here: on the clearing, out of fire, logs, posts and tent. */
export function walkable(x: number, z: number, edgeM: number): boolean {
  const fromFire = x * x + z * z;
  if (!(fromFire <= edgeM * edgeM) || fromFire < FIRE_RADIUS_M * FIRE_RADIUS_M) return false;
  if (inside(x, z, TENT)) return false;
  for (let i = 0; i < POSTS.length; i++) if (inside(x, z, POSTS[i]!)) return false;
  for (let i = 0; i < LOGS.length; i++) {
    const log = LOGS[i]!;
    const dx = x - log.x;
    const dz = z - log.z;
    const outward = dx * Math.cos(log.angle) + dz * Math.sin(log.angle);
    const along = -dx * Math.sin(log.angle) + dz * Math.cos(log.angle);
    if (Math.abs(outward) < LOG_HALF_WIDTH_M && Math.abs(along) < log.lengthM / 2 + 0.1)
      return false;
  }
  return true;
}

function inside(x: number, z: number, round: Round): boolean {
  return (x - round.x) ** 2 + (z - round.z) ** 2 < round.radiusM ** 2;
}

/** Ground height in metres: level where people stand, a soft bank at the edge, then hills. */
export function terrainHeight(x: number, z: number, edgeM: number): number {
  const r = Math.hypot(x, z);
  const bank = smoothstep(edgeM + 0.2, edgeM + 2.6, r) * 0.5;
  const rolling = smoothstep(edgeM + 1, edgeM + 26, r);
  const hills = rolling * (valueNoise(x * 0.045 + 9, z * 0.045 + 4) * 7.5 - 1.2);
  // the clearing opens on a valley towards -z
  const valley = valleyShare(x, z) * smoothstep(edgeM + 2, edgeM + 45, r);
  return mix(bank + hills, -7 - smoothstep(60, 120, r) * 3, valley);
}

/** 1 inside the valley's view, 0 elsewhere. */
export function valleyShare(x: number, z: number): number {
  const off = Math.abs(Math.atan2(x + 3, -z));
  return 1 - smoothstep(0.3, 0.85, off);
}
