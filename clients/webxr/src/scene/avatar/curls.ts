/** Finger curl of a mitten hand for each gesture on the wire. Pure numbers. */

/** Gesture values as on the wire, in order. */
export const GESTURES = [
  "relaxed",
  "open",
  "fist",
  "point",
  "pinch",
  "thumb-up",
  "peace",
  "grip",
] as const;

// thumb, index, middle, ring and little together: 0 stretched, 1 closed
const CURLS: readonly (readonly [number, number, number, number])[] = [
  [0.35, 0.24, 0.3, 0.36],
  [0, 0, 0, 0],
  [0.95, 1, 1, 1],
  [0.85, 0, 1, 1],
  [0.72, 0.6, 0.3, 0.28],
  [0, 1, 1, 1],
  [0.9, 0, 0, 1],
  [0.6, 0.72, 0.78, 0.82],
];

/** Move the four curls of a hand towards a gesture; unknown gestures relax. */
export function stepCurls(curls: Float32Array, gesture: number, dtS: number): void {
  const target = CURLS[gesture] ?? CURLS[0]!;
  const k = 1 - Math.exp(-16 * Math.max(0, dtS));
  for (let i = 0; i < 4; i++) curls[i] = curls[i]! + (target[i]! - curls[i]!) * k;
}

/** Set the curls at once. */
export function snapCurls(curls: Float32Array, gesture: number): void {
  curls.set(CURLS[gesture] ?? CURLS[0]!);
}
