/** From samples to what people see: loudness, the level of a voice, the highest tone. Pure. */

/** Root mean square of samples in -1 to 1. */
export function rmsOf(samples: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]! * samples[i]!;
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
}

const QUIET_DB = -55;
const LOUD_DB = -14;

/** A level of 0 to 1 as ears judge it: nothing below -55 dB, full from -14 dB. */
export function levelOf(rms: number): number {
  if (rms <= 0) return 0;
  const db = 20 * Math.log10(rms);
  return Math.min(1, Math.max(0, (db - QUIET_DB) / (LOUD_DB - QUIET_DB)));
}

/** Rise at once, fall softly: a mouth that follows this looks alive and does not flicker. */
export function follow(shown: number, level: number, dtMs: number): number {
  const tauMs = level > shown ? 25 : 130;
  return shown + (level - shown) * (1 - Math.exp(-Math.max(0, dtMs) / tauMs));
}

/** The frequency with the most power in Hz, or null in silence; `bins` are decibels from 0 Hz up. */
export function peakHz(bins: Float32Array, sampleRate: number): number | null {
  let best = 0;
  for (let i = 1; i < bins.length; i++) if (bins[i]! > bins[best]!) best = i;
  if (best === 0 || bins[best]! < -80) return null;
  // A parabola through the three highest bins is nearer than the bin's own middle.
  const left = bins[best - 1]!;
  const right = bins[best + 1] ?? left;
  const bend = left - 2 * bins[best]! + right;
  const shift = Number.isFinite(bend) && bend !== 0 ? (left - right) / (2 * bend) : 0;
  return ((best + Math.max(-0.5, Math.min(0.5, shift))) * sampleRate) / (bins.length * 2);
}
