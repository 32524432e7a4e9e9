/**
 * The music of gatherings, made and not fetched: each track is a loop of samples worked out from its
 * name alone, so that the same place of it sounds the same for everybody. Pure; played by `music.ts`.
 */
import type { MusicTrack } from "../protocol/control-gathering";
import { seededRandom } from "../scene/random";

export type Sounding = Exclude<MusicTrack, "none">;

/** Samples a second: nothing in these tracks is higher than 9 kHz. */
export const RATE_HZ = 22_050;
/** All tracks come round after as long; a power of two of seconds for even swells. */
export const LOOP_S = 32;
export const LOOP_SAMPLES = RATE_HZ * LOOP_S;
/** How loud a track is on the whole, so that none is a surprise after another. */
const LOUD: Readonly<Record<Sounding, number>> = {
  rain: 0.09,
  waves: 0.1,
  bowls: 0.07,
  drone: 0.07,
  pulse: 0.07,
};
const SEEDS: Readonly<Record<Sounding, number>> = {
  rain: 11,
  waves: 23,
  bowls: 37,
  drone: 41,
  pulse: 53,
};
/** Noise begins anew where it ends: the seam is covered by this much of the other end. */
const SEAM_S = 0.5;
const TAU = Math.PI * 2;

/** Left and right samples of one loop. */
export type Loop = readonly [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>];

/** Where in its loop a track is after so many ms of music, seconds. */
export function placeInLoop(musicMs: number): number {
  const s = musicMs / 1000;
  return s - Math.floor(s / LOOP_S) * LOOP_S;
}

/** Work one track out; takes some tens of milliseconds. */
export function makeLoop(track: Sounding): Loop {
  const loop: Loop = [new Float32Array(LOOP_SAMPLES), new Float32Array(LOOP_SAMPLES)];
  MAKERS[track](loop, SEEDS[track]);
  level(loop, LOUD[track]);
  return loop;
}

const MAKERS: Readonly<Record<Sounding, (loop: Loop, seed: number) => void>> = {
  rain,
  waves,
  bowls,
  drone,
  pulse,
};

// --- the tracks -----------------------------------------------------------------------------

/** Steady rain with single drops in front. */
function rain(loop: Loop, seed: number): void {
  loop.forEach((out, ear) => {
    const fall = softNoise(seed + ear, 0.42);
    const far = softNoise(seed + 7 + ear, 0.05);
    for (let i = 0; i < out.length; i++) {
      const gust = 0.8 + 0.2 * Math.sin((TAU * 3 * i) / out.length + ear);
      out[i] = (fall[i]! * 0.35 + far[i]! * 2.2) * gust;
    }
  });
  const random = seededRandom(seed + 99);
  for (let drop = 0; drop < LOOP_S * 9; drop++) {
    const at = Math.floor(random() * LOOP_SAMPLES);
    const hz = 900 + random() * 2200;
    const loud = 0.02 + random() ** 3 * 0.12;
    const side = random();
    ring(loop, at, hz, loud, 0.018 + random() * 0.03, side);
  }
}

/** Surf: eight seconds to a wave, no two alike within the loop. */
function waves(loop: Loop, seed: number): void {
  const random = seededRandom(seed);
  const tall = Array.from({ length: 4 }, () => 0.65 + random() * 0.5);
  loop.forEach((out, ear) => {
    const foam = softNoise(seed + 3 + ear, 0.3);
    const deep = softNoise(seed + 5 + ear, 0.035);
    for (let i = 0; i < out.length; i++) {
      const place = (i / RATE_HZ + ear * 0.35) % LOOP_S;
      const wave = Math.floor(place / 8) % 4;
      const within = (place / 8) % 1;
      // it rises for longer than it breaks
      const rise = within < 0.55 ? within / 0.55 : (1 - within) / 0.45;
      const swell = rise * rise * (3 - 2 * rise) * tall[wave]!;
      const hiss = within > 0.5 ? swell * swell : swell * swell * 0.4;
      out[i] = deep[i]! * 3 * (0.25 + swell) + foam[i]! * 0.6 * hiss;
    }
  });
}

/** Singing bowls, one struck every eight seconds, ringing on into the next. */
function bowls(loop: Loop, _seed: number): void {
  const struck = [196, 146.83, 220, 164.81];
  const parts = [
    [1, 1, 9],
    [2.71, 0.42, 5],
    [5.15, 0.16, 2.4],
  ] as const;
  struck.forEach((hz, i) => {
    for (const [times, loud, decayS] of parts) {
      // two tones almost alike: a bowl beats slowly
      ring(loop, i * 8 * RATE_HZ, hz * times, loud, decayS, 0.35 + (i % 2) * 0.3);
      ring(loop, i * 8 * RATE_HZ, hz * times * 1.0025, loud * 0.7, decayS, 0.65 - (i % 2) * 0.3);
    }
  });
}

/** A low chord that breathes; every tone goes round a whole number of times. */
function drone(loop: Loop, _seed: number): void {
  const tones = [
    [65.4, 1, 1],
    [98, 0.7, 2],
    [130.8, 0.5, 3],
    [196, 0.22, 1],
    [261.6, 0.1, 2],
  ] as const;
  loop.forEach((out, ear) => {
    for (const [hz, loud, swells] of tones) {
      hum(out, hz + ear * 0.12, loud, swells, 0.4, ear);
    }
  });
}

/** A soft beat each second, a warmer one each fourth, over a quiet fifth. */
function pulse(loop: Loop, _seed: number): void {
  for (let second = 0; second < LOOP_S; second++) {
    const first = second % 4 === 0;
    ring(loop, second * RATE_HZ, first ? 55 : 65.4, first ? 1 : 0.7, 0.22, 0.5);
    ring(loop, second * RATE_HZ, first ? 110 : 130.8, 0.18, 0.12, 0.5);
    if (second % 2 === 1)
      ring(loop, second * RATE_HZ, 784, 0.035, 0.3, second % 4 === 1 ? 0.3 : 0.7);
  }
  loop.forEach((out, ear) => {
    hum(out, 130.8 + ear * 0.1, 0.16, 4, 0.3, 0);
    hum(out, 196 + ear * 0.1, 0.12, 4, 0.3, 0);
  });
}

// --- what they are made of ------------------------------------------------------------------

/** Noise with its highs taken off (`open` 0 to 1 lets more through), whose end meets its beginning. */
function softNoise(seed: number, open: number): Float32Array {
  const random = seededRandom(seed);
  const seam = Math.floor(SEAM_S * RATE_HZ);
  const long = new Float32Array(LOOP_SAMPLES + seam);
  let low = 0;
  let lower = 0;
  for (let i = 0; i < long.length; i++) {
    low += (random() * 2 - 1 - low) * open;
    lower += (low - lower) * open;
    long[i] = lower;
  }
  const out = long.slice(0, LOOP_SAMPLES);
  for (let i = 0; i < seam; i++) {
    const share = i / seam;
    // what follows the end fades into the beginning; equal power, as the two are strangers
    out[i] = long[i]! * Math.sqrt(share) + long[LOOP_SAMPLES + i]! * Math.sqrt(1 - share);
  }
  return out;
}

/** Add a tone that dies away, going round the loop's end; `side` 0 left to 1 right. */
function ring(
  loop: Loop,
  at: number,
  hz: number,
  loud: number,
  decayS: number,
  side: number,
): void {
  const long = Math.min(LOOP_SAMPLES, Math.floor(decayS * 6 * RATE_HZ));
  const fall = Math.exp(-1 / (decayS * RATE_HZ));
  const attack = Math.min(long, Math.floor(RATE_HZ * Math.min(0.02, decayS * 0.15)) + 1);
  const [left, right] = loop;
  const [toLeft, toRight] = [Math.sqrt(1 - side), Math.sqrt(side)];
  const wave = new Turning(hz / RATE_HZ, 0);
  let strength = loud;
  for (let i = 0; i < long; i++) {
    const begun = i < attack ? i / attack : 1;
    const value = wave.next() * strength * begun;
    const where = (at + i) % LOOP_SAMPLES;
    left[where]! += value * toLeft;
    right[where]! += value * toRight;
    strength *= fall;
  }
}

/** Add a lasting tone that swells a whole number of times, and goes round a whole number of times. */
function hum(
  out: Float32Array,
  hz: number,
  loud: number,
  swells: number,
  depth: number,
  phase: number,
): void {
  const wave = new Turning(Math.round(hz * LOOP_S) / LOOP_SAMPLES, hz);
  const swell = new Turning(swells / LOOP_SAMPLES, phase);
  for (let i = 0; i < out.length; i++) {
    out[i]! += wave.next() * loud * (1 - depth + depth * swell.next());
  }
}

/** A sine, one sample after the other: turning a pointer is far cheaper than asking for each sine. */
class Turning {
  private sin: number;
  private cos: number;
  private readonly stepSin: number;
  private readonly stepCos: number;

  constructor(turnsPerSample: number, phase: number) {
    this.sin = Math.sin(phase);
    this.cos = Math.cos(phase);
    this.stepSin = Math.sin(TAU * turnsPerSample);
    this.stepCos = Math.cos(TAU * turnsPerSample);
  }

  next(): number {
    const { sin, cos } = this;
    this.sin = sin * this.stepCos + cos * this.stepSin;
    this.cos = cos * this.stepCos - sin * this.stepSin;
    return sin;
  }
}

/** Bring both ears to one loudness (root mean square), and keep peaks from clipping. */
function level(loop: Loop, rms: number): void {
  let sum = 0;
  let most = 0;
  for (const ear of loop) {
    for (const value of ear) {
      sum += value * value;
      most = Math.max(most, Math.abs(value));
    }
  }
  const is = Math.sqrt(sum / (LOOP_SAMPLES * 2));
  const gain = Math.min(rms / Math.max(is, 1e-9), 0.9 / Math.max(most, 1e-9));
  for (const ear of loop) for (let i = 0; i < ear.length; i++) ear[i]! *= gain;
}
