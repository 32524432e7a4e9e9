/** Truth for playout tests: a body moving on a smooth known path, and its quantised lane. */
import { Head, type SnapshotDecoder } from "../../src/protocol/snapshot";

/** Head path: x(t), z(t) in metres, yaw(t) in radians, for t in ms. */
export interface Path {
  x(ms: number): number;
  z(ms: number): number;
  yaw(ms: number): number;
}

/** A brisk wander: up to about 1.4 m/s and 90 degrees a second. */
export const wander: Path = {
  x: (ms) => 1.2 * Math.sin(ms / 1100) + 0.3 * Math.sin(ms / 450),
  z: (ms) => 1.5 * Math.cos(ms / 1700),
  yaw: (ms) => 1.2 * Math.sin(ms / 900),
};

/** Write seven integers as the wire would hold them. */
export function quantizePart(
  rows: Int32Array,
  at: number,
  position: readonly [number, number, number],
  yaw: number,
): void {
  for (let i = 0; i < 3; i++) rows[at + i] = Math.round(position[i]! * 1000);
  const q = [0, Math.sin(yaw / 2), 0, Math.cos(yaw / 2)];
  let k = 0;
  for (let i = 1; i < 4; i++) if (Math.abs(q[i]!) > Math.abs(q[k]!)) k = i;
  const sign = q[k]! < 0 ? -1 : 1;
  const rest = q.filter((_, i) => i !== k).map((c) => Math.round(c * sign * 1000));
  rows[at + 3] = k;
  for (let i = 0; i < 3; i++) rows[at + 4 + i] = rest[i]!;
}

/** Put a sample into lane `lane` of a decoder, as if just decoded. */
export function fillLane(
  decoder: SnapshotDecoder,
  lane: number,
  id: number,
  path: Path,
  capturedMs: number,
  serverMs: number,
  state = 0b1100,
): void {
  decoder.nLanes = Math.max(decoder.nLanes, lane + 1);
  decoder.head[lane] = Head.Full;
  decoder.id[lane] = id;
  decoder.ageMs[lane] = 2 * Math.round((serverMs - capturedMs) / 2);
  decoder.state[lane] = state;
  decoder.handsKnown[lane] = 1;
  const t = capturedMs;
  const head: [number, number, number] = [path.x(t), 1.6, path.z(t)];
  quantizePart(decoder.rows, lane * 21, head, path.yaw(t));
  quantizePart(decoder.rows, lane * 21 + 7, [head[0] - 0.3, 1.1, head[2]], 0);
  quantizePart(decoder.rows, lane * 21 + 14, [head[0] + 0.3, 1.1, head[2]], 0);
}

/** Seeded random numbers 0..1 (mulberry32). */
export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Network {
  /** One-way travel of a snapshot, ms. */
  travelMs: number;
  jitterMs: number;
  /** Share of segments lost and sent again 200 ms later, holding back all behind them. */
  loss: number;
  /** Ticks between samples of the subject. */
  everyTicks: number;
}

export interface Played {
  /** Position error against the truth at the drawn instant, metres, sorted. */
  errors: number[];
  /** Drawn server time behind the true one, ms, sorted. */
  delays: number[];
  /** Largest step between two display frames, metres. */
  largestStep: number;
  backwards: number;
}
