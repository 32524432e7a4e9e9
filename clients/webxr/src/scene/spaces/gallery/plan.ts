/** The measures of the gallery: bays along three walls, open floor in the middle. Pure numbers. */
import type { Side } from "../kit/build";

export interface Bay {
  readonly side: Side;
  /** middle along the wall, metres */
  readonly at: number;
  readonly width: number;
  /** a picture on the wall, or a plinth before it */
  readonly shows: "picture" | "plinth";
  /** counts all bays of the gallery */
  readonly number: number;
}

export interface GalleryPlan {
  readonly halfM: number;
  readonly reachM: number;
  readonly heightM: number;
  readonly bays: readonly Bay[];
  /** where fin walls stand along a side */
  readonly fins: readonly number[];
  /** half the side of the opening to the sky */
  readonly skylightM: number;
}

/** Depth of a bay, from the wall to the open floor, metres. */
export const BAY_M = 1.9;

/** Fit bays to the size of the floor. */
export function planGallery(halfM: number): GalleryPlan {
  const perSide = Math.max(3, Math.round((halfM * 2) / 4.8));
  const width = (halfM * 2) / perSide;
  const bays: Bay[] = [];
  for (const side of ["left", "back", "right"] as const) {
    for (let i = 0; i < perSide; i++) {
      // the middle of the far wall shows the largest picture
      const middle = side === "back" && Math.abs(i - (perSide - 1) / 2) < 0.6;
      bays.push({
        side,
        at: -halfM + width * (i + 0.5),
        width,
        shows: !middle && i % 3 === 1 ? "plinth" : "picture",
        number: bays.length,
      });
    }
  }
  return {
    halfM,
    reachM: halfM + BAY_M,
    heightM: 3.5 + halfM * 0.09,
    bays,
    fins: Array.from({ length: perSide + 1 }, (_, i) => -halfM + width * i),
    skylightM: halfM * 0.46,
  };
}
