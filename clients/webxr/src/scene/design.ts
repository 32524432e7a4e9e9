/** What the scene makes of a room's design: template, size and light. Knows nothing of drawing. */
import type { Design, DesignObject, DesignPlace, DesignZone } from "../protocol/control.gen";
import type { Bounds } from "./space";

export type { Design } from "../protocol/control.gen";

export const TEMPLATES = [
  "campfire",
  "studio",
  "gallery",
  "classroom",
  "terrace",
] as const satisfies readonly Design["template"][];
export const SIZES = [
  "small",
  "medium",
  "large",
  "great",
] as const satisfies readonly Design["size"][];
export const LIGHTS = [
  "dawn",
  "day",
  "dusk",
  "night",
] as const satisfies readonly Design["light"][];

export type Template = Design["template"];
export type Size = Design["size"];
export type Light = Design["light"];

export type Place = DesignPlace;
export type Zone = DesignZone;
export type PlacedObject = DesignObject;

/** Half the side of the walkable square, metres. */
export const HALF_WIDTH_M: Readonly<Record<Size, number>> = {
  small: 6,
  medium: 10,
  large: 16,
  great: 24,
};

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
