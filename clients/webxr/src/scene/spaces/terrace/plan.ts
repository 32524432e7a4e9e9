/** The measures of the terrace. Pure numbers. */
import { mix, smoothstep, valueNoise } from "../../random";

export interface TerracePlan {
  readonly halfM: number;
  /** edge of the deck; the railing stands just inside it */
  readonly reachM: number;
  readonly postM: number;
  /** where posts stand along a side */
  readonly posts: readonly number[];
}

/** Fit the posts to the size of the deck. */
export function planTerrace(halfM: number): TerracePlan {
  const reachM = halfM + 0.75;
  const bays = Math.max(3, Math.round((halfM * 2) / 4.4));
  return {
    halfM,
    reachM,
    postM: 2.95 + halfM * 0.02,
    posts: Array.from({ length: bays + 1 }, (_, i) => (i / bays - 0.5) * 2 * (halfM + 0.5)),
  };
}

/** Height of the land: it falls away under the deck, a river runs below, hills rise beyond. */
export function valleyHeight(x: number, z: number, plan: TerracePlan): number {
  const r = Math.hypot(x, z);
  const behind = smoothstep(plan.reachM * 0.2, plan.reachM + 10, z);
  const fall = smoothstep(plan.reachM * 0.8, plan.reachM + 34, r);
  const rough = valueNoise(x * 0.07 + 2, z * 0.07 + 9) - 0.5;
  const slope = mix(-1.6, -24, fall) + rough * mix(0.6, 7, fall);
  // the far bank climbs again
  const bank = smoothstep(62, 128, r) * (20 + 16 * valueNoise(x * 0.021 + 5, z * 0.021));
  const hill = smoothstep(plan.reachM, plan.reachM + 46, r) * (6 + rough * 9) - 0.5;
  return mix(slope + bank, hill, behind);
}
