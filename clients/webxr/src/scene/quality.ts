/** What each quality level spends: one table, so that budgets can be compared line by line. */

export type Quality = "low" | "medium" | "high";

export interface QualityBudget {
  /** upper bound for device pixels per CSS pixel */
  readonly pixelRatio: number;
  readonly antialias: boolean;
  readonly trees: number;
  readonly grassTufts: number;
  readonly embers: number;
  readonly stars: number;
  readonly terrainSegments: number;
  /** avatars farther than this use the coarser mesh, metres */
  readonly detailReachM: number;
}

const BUDGETS: Record<Quality, QualityBudget> = {
  low: {
    pixelRatio: 1,
    antialias: false,
    trees: 90,
    grassTufts: 120,
    embers: 24,
    stars: 260,
    terrainSegments: 48,
    detailReachM: 6,
  },
  medium: {
    pixelRatio: 1.5,
    antialias: true,
    trees: 150,
    grassTufts: 260,
    embers: 44,
    stars: 480,
    terrainSegments: 64,
    detailReachM: 9,
  },
  high: {
    pixelRatio: 2,
    antialias: true,
    trees: 180,
    grassTufts: 340,
    embers: 60,
    stars: 700,
    terrainSegments: 80,
    detailReachM: 10,
  },
};

/** The spending plan of a quality level. */
export function budgetOf(quality: Quality): QualityBudget {
  return BUDGETS[quality];
}
