/**
 * One voice slot's sound: stream, loudness, direction. Owns the audio nodes of the slot; told each
 * frame where its talker is. Nodes are made once per connection, not per talker.
 */
import type { Earshape } from "../protocol/control";
import { levelOf, peakHz, rmsOf } from "./loudness";
import { ramp } from "./speaker";

const RAMP_S = 0.05;
const TALKER_RAMP_S = 0.2;
const WINDOW = 2048;

export class Ear {
  /** Whose voice this is now; 0 for nobody. */
  talker = 0;
  /** 0 to 1, softened for mouths and lights. */
  level = 0;
  private readonly element = new Audio();
  private readonly source: MediaStreamAudioSourceNode;
  private readonly analyser: AnalyserNode;
  private readonly gain: GainNode;
  private readonly panner: PannerNode;
  private readonly samples = new Float32Array(WINDOW);
  private target = -1;
  private directed = false;
  private flat = false;

  constructor(
    private readonly context: AudioContext,
    private readonly out: AudioNode,
    track: MediaStreamTrack,
  ) {
    const stream = new MediaStream([track]);
    // Chromium feeds silence to Web Audio unless an element holds the stream.
    this.element.muted = true;
    this.element.srcObject = stream;
    void this.element.play().catch(() => {});
    this.source = context.createMediaStreamSource(stream);
    this.analyser = context.createAnalyser();
    this.analyser.fftSize = WINDOW;
    this.analyser.smoothingTimeConstant = 0;
    this.gain = context.createGain();
    this.gain.gain.value = 0;
    this.panner = context.createPanner();
    this.panner.distanceModel = "inverse";
    // Asking for the full rendering once has its data loaded before somebody speaks.
    this.panner.panningModel = "HRTF";
    this.panner.panningModel = "equalpower";
    this.source.connect(this.analyser);
    this.source.connect(this.gain);
    this.gain.connect(out);
  }

  /** Use these fall-offs; `flat` voices are as loud everywhere. */
  shape(shape: Earshape, flat: boolean): void {
    const { panner } = this;
    this.flat = flat;
    panner.refDistance = shape.ref_m;
    panner.rolloffFactor = flat ? 0 : shape.rolloff;
    panner.coneInnerAngle = shape.cone_inner_deg;
    panner.coneOuterAngle = shape.cone_outer_deg;
    panner.coneOuterGain = flat ? 1 : shape.cone_outer_gain;
  }

  get isFlat(): boolean {
    return this.flat;
  }

  /** Another talker from now on. */
  take(talker: number): void {
    if (talker === this.talker) return;
    this.talker = talker;
    if (talker === 0) this.level = 0;
    // However loud the next one is, the change takes its time.
    this.target = -1;
  }

  /** Loudness before direction and distance. */
  setGain(gain: number): void {
    if (Math.abs(gain - this.target) < 0.005) return;
    ramp(this.gain.gain, gain, this.target < 0 ? TALKER_RAMP_S : RAMP_S, this.context);
    this.target = gain;
  }

  /** Sound from a direction, or the same in both ears. */
  setDirected(on: boolean): void {
    if (on === this.directed) return;
    this.directed = on;
    this.gain.disconnect();
    if (on) {
      this.gain.connect(this.panner);
      this.panner.connect(this.out);
    } else {
      this.panner.disconnect();
      this.gain.connect(this.out);
    }
  }

  /** Full head-related rendering, or the cheap kind. */
  setFull(on: boolean): void {
    const model = on ? "HRTF" : "equalpower";
    if (this.panner.panningModel !== model) this.panner.panningModel = model;
  }

  /** Where the mouth is and where it faces, room metres. */
  place(at: Float32Array, facing: Float32Array): void {
    const { panner } = this;
    panner.positionX.value = at[0]!;
    panner.positionY.value = at[1]!;
    panner.positionZ.value = at[2]!;
    panner.orientationX.value = facing[0]!;
    panner.orientationY.value = facing[1]!;
    panner.orientationZ.value = facing[2]!;
  }

  /** Root mean square of what arrives, before loudness and direction. */
  rms(): number {
    this.analyser.getFloatTimeDomainData(this.samples);
    return rmsOf(this.samples);
  }

  /** Level of 0 to 1 of what arrives. */
  heard(): number {
    return levelOf(this.rms());
  }

  /** The strongest tone that arrives, Hz; null in silence. */
  peakHz(): number | null {
    const bins = new Float32Array(this.analyser.frequencyBinCount);
    this.analyser.getFloatFrequencyData(bins);
    return peakHz(bins, this.context.sampleRate);
  }

  dispose(): void {
    this.source.disconnect();
    this.gain.disconnect();
    this.panner.disconnect();
    this.element.srcObject = null;
  }
}
