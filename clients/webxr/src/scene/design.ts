/**
 * A room's design as the scene needs it: which template, how large, in what light, and what stands
 * in it. Pure data of the same shape as the wire's; knows nothing of drawing.
 */
import type { Bounds } from "./space";

export const TEMPLATES = ["campfire", "studio", "gallery", "classroom", "terrace"] as const;
export const SIZES = ["small", "medium", "large"] as const;
export const LIGHTS = ["dawn", "day", "dusk", "night"] as const;

export type Template = (typeof TEMPLATES)[number];
export type Size = (typeof SIZES)[number];
export type Light = (typeof LIGHTS)[number];

/** A mat or a seat that one person at a time can claim. Metres and degrees, room-local. */
export interface Place {
  readonly id: string;
  readonly kind: "mat" | "seat";
  readonly x: number;
  readonly z: number;
  /** where one looks from it: 0 is -z, positive turns left */
  readonly yaw_deg: number;
}

/** A rectangle of floor with its own rules of hearing. */
export interface Zone {
  readonly id: string;
  readonly name: string;
  readonly kind: "quiet" | "stage" | "private";
  readonly x0: number;
  readonly z0: number;
  readonly x1: number;
  readonly z1: number;
}

export interface SpawnPoint {
  readonly x: number;
  readonly z: number;
  readonly yaw_deg: number;
}

/** Where a movable thing stands when nobody has touched it. */
export interface PlacedObject {
  readonly id: string;
  readonly kind: "lantern";
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly yaw_deg: number;
  /** "#rrggbb" */
  readonly colour: string;
}

export interface Design {
  readonly template: Template;
  readonly size: Size;
  readonly light: Light;
  readonly places: readonly Place[];
  readonly zones: readonly Zone[];
  readonly spawn: readonly SpawnPoint[];
  readonly objects: readonly PlacedObject[];
}

/** Half the side of the walkable square, metres. */
export const HALF_WIDTH_M: Readonly<Record<Size, number>> = { small: 6, medium: 10, large: 16 };

const HEADROOM_M = 6;

/** The square room of a size. */
export function boundsOf(size: Size): Bounds {
  const half = HALF_WIDTH_M[size];
  return { min: [-half, 0, -half], max: [half, HEADROOM_M, half] };
}

/** How far the floor reaches from the middle in its narrowest direction, metres. */
export function halfWidth(bounds: Bounds): number {
  return Math.min(-bounds.min[0], bounds.max[0], -bounds.min[2], bounds.max[2]);
}

/**
 * The template and light of a room: its design's, or, for rooms that only name a space, that
 * space in its own light (none given).
 */
export function settingOf(room: { space: string; design?: Design | undefined }): {
  readonly space: string;
  readonly light: Light | undefined;
} {
  const { design } = room;
  return design
    ? { space: design.template, light: design.light }
    : { space: room.space, light: undefined };
}

/** Degrees of the design to the scene's radians. */
export function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
