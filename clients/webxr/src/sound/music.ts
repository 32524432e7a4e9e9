/**
 * Plays a gathering's music so that everybody hears the same place of it: follows the music clock,
 * mends drift without a click, steps back while somebody speaks. Owns its audio nodes; told the time.
 */
import { LOOP_SAMPLES, type Loop, placeInLoop, RATE_HZ, type Sounding } from "./tracks";

/** Where sound goes: the room's own output device. */
export interface Output {
  readonly context: BaseAudioContext;
  readonly beside: AudioNode;
}

/** What ought to sound now; null for silence. */
export interface Wanted {
  readonly track: Sounding;
  readonly musicMs: number;
}

interface Playing {
  readonly track: Sounding;
  readonly source: AudioBufferSourceNode;
  readonly gain: GainNode;
  /** Place in the loop at the audio clock's zero, seconds. */
  readonly originS: number;
}

const FADE_S = 1.2;
/** Mending drift is quick enough not to echo, slow enough not to click. */
const MEND_S = 0.25;
const DRIFT_MS = 60;
const DUCKED = 0.35;
const DUCK_S = 0.25;
const UNDUCK_S = 1.2;

export class Music {
  private readonly volume: GainNode;
  private readonly duck: GainNode;
  private readonly buffers = new Map<Sounding, AudioBuffer>();
  private readonly asked = new Set<Sounding>();
  private playing: Playing | null = null;
  private ducked = false;

  constructor(
    private readonly output: Output,
    private readonly make: (track: Sounding) => Promise<Loop>,
  ) {
    const { context } = output;
    this.volume = context.createGain();
    this.duck = context.createGain();
    this.volume.gain.value = 0;
    this.volume.connect(this.duck).connect(output.beside);
  }

  /** What sounds now; for tests and the debug panel. */
  get track(): Sounding | "none" {
    return this.playing?.track ?? "none";
  }

  /** Place in the loop that sounds now, seconds; -1 in silence. */
  placeS(): number {
    if (this.playing === null) return -1;
    return placeInLoop((this.playing.originS + this.output.context.currentTime) * 1000);
  }

  setVolume(volume: number): void {
    // Loudness is felt in decibels: a slider in the middle is half as loud, not half the power.
    this.slide(this.volume.gain, volume * volume, MEND_S);
  }

  /** Step back while people speak. */
  setDucked(on: boolean): void {
    if (on === this.ducked) return;
    this.ducked = on;
    this.slide(this.duck.gain, on ? DUCKED : 1, on ? DUCK_S : UNDUCK_S);
  }

  /** Make this sound; call several times a second, so that both clocks stay together. */
  follow(wanted: Wanted | null): void {
    const { playing } = this;
    if (wanted === null) {
      if (playing !== null) this.fadeOut(playing, FADE_S);
      this.playing = null;
      return;
    }
    const originS = placeInLoop(wanted.musicMs) - this.output.context.currentTime;
    const same = playing?.track === wanted.track;
    if (same && apartMs(playing.originS, originS) <= DRIFT_MS) return;
    const buffer = this.buffer(wanted.track);
    const fadeS = same ? MEND_S : FADE_S;
    if (playing !== null) this.fadeOut(playing, fadeS);
    // Until its samples are there it is silent; it then begins at the place everybody hears.
    this.playing = buffer === null ? null : this.begin(wanted.track, buffer, originS, fadeS);
  }

  dispose(): void {
    this.follow(null);
    this.duck.disconnect();
  }

  private begin(track: Sounding, buffer: AudioBuffer, originS: number, fadeS: number): Playing {
    const { context } = this.output;
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.loop = true;
    const gain = context.createGain();
    gain.gain.value = 0;
    source.connect(gain).connect(this.volume);
    source.start(0, placeInLoop((originS + context.currentTime) * 1000));
    this.slide(gain.gain, 1, fadeS);
    return { track, source, gain, originS };
  }

  private fadeOut({ source, gain }: Playing, seconds: number): void {
    this.slide(gain.gain, 0, seconds);
    source.stop(this.output.context.currentTime + seconds * 1.7);
    source.onended = () => gain.disconnect();
  }

  /** The samples of a track, or null until they are made. */
  private buffer(track: Sounding): AudioBuffer | null {
    const known = this.buffers.get(track);
    if (known !== undefined) return known;
    if (this.asked.has(track)) return null;
    this.asked.add(track);
    void this.make(track).then((loop) => {
      const buffer = this.output.context.createBuffer(2, LOOP_SAMPLES, RATE_HZ);
      loop.forEach((samples, ear) => {
        buffer.copyToChannel(samples, ear);
      });
      this.buffers.set(track, buffer);
    });
    return null;
  }

  private slide(param: AudioParam, value: number, seconds: number): void {
    param.setTargetAtTime(value, this.output.context.currentTime, seconds / 3);
  }
}

/** How far two places in the loop are apart, the shorter way round, ms. */
function apartMs(aS: number, bS: number): number {
  const loopMs = (LOOP_SAMPLES / RATE_HZ) * 1000;
  const ms = Math.abs(aS - bS) * 1000;
  const apart = ms % loopMs;
  return Math.min(apart, loopMs - apart);
}
