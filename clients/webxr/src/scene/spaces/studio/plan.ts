/** The measures of the studio. Pure numbers. */

export interface StudioPlan {
  /** half the side of the walkable floor */
  readonly halfM: number;
  /** distance of the walls from the middle: plants and lamps stand in the strip between */
  readonly reachM: number;
  readonly heightM: number;
  /** middles of the paper screens along each side wall */
  readonly screens: readonly number[];
  readonly screenWidthM: number;
  readonly sillM: number;
  readonly headM: number;
}

/** Fit screens and height to the size of the floor. */
export function planStudio(halfM: number): StudioPlan {
  const reachM = halfM + 1.1;
  const heightM = 2.75 + halfM * 0.15;
  const count = Math.min(8, Math.max(3, Math.round((reachM * 2) / 3.2)));
  const step = (reachM * 2) / count;
  return {
    halfM,
    reachM,
    heightM,
    screens: Array.from({ length: count }, (_, i) => -reachM + step * (i + 0.5)),
    screenWidthM: step * 0.68,
    sillM: 0.34,
    headM: heightM - 0.62,
  };
}
