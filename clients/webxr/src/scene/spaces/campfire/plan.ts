/**
 * The floor plan of the campfire clearing: where one may stand, sit and what is in the way.
 * Pure numbers; the terrain and the props are drawn from the same plan.
 */
import { halfWidth } from "../../design";
import { mix, smoothstep, valueNoise } from "../../random";
import type { Bounds, Seat } from "../../space";

export const FIRE_RADIUS_M = 1.05;
const LOG_RING_M = 2.75;
const FAR_LOG_M = 7.2;
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

/** How far one may walk from the fire inside these bounds, along the axes, metres. */
function edgeRadius(bounds: Bounds): number {
  return Math.max(4, halfWidth(bounds) - 0.12);
}

/** The clearing is a well-rounded square: how much farther it reaches in this direction. */
export function squareness(angle: number): number {
  const c = Math.cos(angle) ** 2;
  return (c ** 4 + (1 - c) ** 4) ** -0.125;
}

/** Distance from the fire as the clearing's shape counts it: its edge has one value all round. */
export function clearingDistance(x: number, z: number): number {
  const r = Math.hypot(x, z);
  return r === 0 ? 0 : r / squareness(Math.atan2(z, x));
}

/** Logs round the fire; the side one arrives from (+z) and the view (-z) stay open. */
const LOGS: readonly LogSeat[] = [30, 150, 205, 335, 92].map((degrees, i) => {
  const angle = (degrees * Math.PI) / 180;
  // 92 degrees would be straight ahead of arrivals: that one stands well back
  const ring = i === 4 ? FAR_LOG_M : LOG_RING_M;
  return {
    angle,
    x: Math.cos(angle) * ring,
    z: Math.sin(angle) * ring,
    lengthM: i === 4 ? 2.1 : 1.75,
  };
});

/** The logs that a clearing of this size has: the one by the path needs a large one. */
function logsWithin(edgeM: number): readonly LogSeat[] {
  return edgeM > FAR_LOG_M + 4 ? LOGS : LOGS.slice(0, 4);
}

/** The tent: a landmark to the far left, beyond the edge. */
function tentAt(edgeM: number): Round & { readonly yaw: number } {
  const angle = Math.PI + 0.56;
  const r = (edgeM + 2.5) * squareness(angle);
  return { x: Math.cos(angle) * r, z: Math.sin(angle) * r - 0.9, yaw: 0.95, radiusM: 2.1 };
}

/** Garland posts stand on the edge, left and right of the view. */
function postsWithin(edgeM: number): Round[] {
  return [-62, -18, 26, 154, 198, 242].map((degrees) => {
    const angle = (degrees * Math.PI) / 180;
    const r = Math.min(edgeM + 0.3, 11.5) * squareness(angle);
    return { x: Math.cos(angle) * r, z: Math.sin(angle) * r, radiusM: 0.22 };
  });
}

/** Lanterns on low stones mark the edge of the walkable ground. */
function edgeLanterns(edgeM: number): Round[] {
  return Array.from({ length: 11 }, (_, i) => {
    const angle = ((i + 0.5) / 11) * Math.PI * 2;
    return {
      x: Math.cos(angle) * (edgeM + 0.35) * squareness(angle),
      z: Math.sin(angle) * (edgeM + 0.35) * squareness(angle),
      radiusM: 0.3,
    };
  });
}

/** Two seats on every log, facing the fire. */
function seatsWithin(edgeM: number): readonly Seat[] {
  return logsWithin(edgeM).flatMap((log) =>
    [-1, 1].map((side) => {
      const along = side * log.lengthM * 0.25;
      const x = log.x - Math.sin(log.angle) * along;
      const z = log.z + Math.cos(log.angle) * along;
      return { x, z, heightM: SEAT_HEIGHT_M, yaw: Math.atan2(x, z) };
    }),
  );
}

/** A clearing of some size, with everything that stands in it. */
export interface Clearing {
  /** how far one may walk from the fire along the axes, metres */
  readonly edgeM: number;
  readonly logs: readonly LogSeat[];
  readonly seats: readonly Seat[];
  readonly posts: readonly Round[];
  readonly lanterns: readonly Round[];
  readonly tent: Round & { readonly yaw: number };
}

/** Fit a clearing into a room's bounds. */
export function planClearing(bounds: Bounds): Clearing {
  const edgeM = edgeRadius(bounds);
  return {
    edgeM,
    logs: logsWithin(edgeM),
    seats: seatsWithin(edgeM),
    posts: postsWithin(edgeM),
    lanterns: edgeLanterns(edgeM),
    tent: tentAt(edgeM),
  };
}

/** Say whether a person may stand here: on the clearing, out of fire, logs and posts. */
export function walkable(x: number, z: number, plan: Clearing): boolean {
  if (!(clearingDistance(x, z) <= plan.edgeM)) return false;
  if (x * x + z * z < FIRE_RADIUS_M * FIRE_RADIUS_M) return false;
  if (plan.posts.some((post) => inside(x, z, post))) return false;
  return !plan.logs.some((log) => {
    const dx = x - log.x;
    const dz = z - log.z;
    const outward = dx * Math.cos(log.angle) + dz * Math.sin(log.angle);
    const along = -dx * Math.sin(log.angle) + dz * Math.cos(log.angle);
    return Math.abs(outward) < LOG_HALF_WIDTH_M && Math.abs(along) < log.lengthM / 2 + 0.1;
  });
}

function inside(x: number, z: number, round: Round): boolean {
  return (x - round.x) ** 2 + (z - round.z) ** 2 < round.radiusM ** 2;
}

/** Ground height in metres: level where people stand, a soft bank at the edge, then hills. */
export function terrainHeight(x: number, z: number, edgeM: number): number {
  const r = clearingDistance(x, z);
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
