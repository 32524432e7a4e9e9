/** The measures of the classroom. Pure numbers. */

export interface ClassroomPlan {
  readonly halfM: number;
  readonly reachM: number;
  readonly heightM: number;
  readonly board: { readonly width: number; readonly foot: number; readonly height: number };
  /** middles of the windows along the left wall */
  readonly windows: readonly number[];
  readonly windowWidthM: number;
  readonly sillM: number;
  readonly headM: number;
  /** hanging lamps: x and z */
  readonly pendants: readonly (readonly [number, number])[];
}

/** Fit board, windows and lamps to the size of the floor. */
export function planClassroom(halfM: number): ClassroomPlan {
  const reachM = halfM + 1.25;
  const heightM = 3.0 + halfM * 0.13;
  const count = Math.min(8, Math.max(3, Math.round((reachM * 2) / 3.2)));
  const step = (reachM * 2 - 1.2) / count;
  const across = halfM > 12 ? 4 : halfM > 8 ? 3 : 2;
  const line = (k: number) => ((k + 0.5) / across - 0.5) * halfM * 1.7;
  return {
    halfM,
    reachM,
    heightM,
    board: {
      width: Math.max(Math.min(halfM * 1.05, 9), halfM * 0.5),
      foot: 0.82,
      height: 1.5 + halfM * 0.02,
    },
    windows: Array.from({ length: count }, (_, i) => -reachM + 0.6 + step * (i + 0.5)),
    windowWidthM: step * 0.7,
    sillM: 0.92,
    headM: heightM - 0.62,
    pendants: Array.from(
      { length: across * across },
      (_, i) => [line(i % across), line(Math.floor(i / across))] as const,
    ),
  };
}
