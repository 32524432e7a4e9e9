/**
 * Where sound leaves: one audio context, the loudness of all voices, the output device, and waking
 * it up after a headset slept or a browser wanted a tap first.
 */
import { rmsOf } from "./loudness";

interface Sinkable {
  setSinkId(id: string): Promise<void>;
}

const RAMP_S = 0.05;

export class Speaker {
  readonly context: AudioContext;
  /** All voices come together here. */
  readonly master: GainNode;
  /** Plays whatever is not a voice of others, on the same device. */
  readonly beside: GainNode;
  private element: HTMLAudioElement | null = null;
  private listeners: AnalyserNode[] | null = null;
  private readonly samples = new Float32Array(2048);
  private readonly onState: () => void;

  /** `changed` is called when playing becomes possible or impossible. */
  constructor(changed: () => void) {
    this.context = new AudioContext({ latencyHint: "interactive", sampleRate: 48_000 });
    this.master = this.context.createGain();
    // Two channels even while only a voice without direction sounds: both ears get it.
    this.master.channelCount = 2;
    this.master.channelCountMode = "explicit";
    this.beside = this.context.createGain();
    this.master.connect(this.beside);
    this.beside.connect(this.context.destination);
    this.onState = changed;
    this.context.addEventListener("statechange", changed);
  }

  /** Whether voices can be heard now. */
  get running(): boolean {
    return this.context.state === "running";
  }

  /** Try to play; call from a tap, a key, or when the headset is back on. */
  wake(): void {
    // Refused until the person has tapped something; the page shows a hint meanwhile.
    if (!this.running) this.context.resume().catch(() => {});
    void this.element?.play().catch(() => {});
  }

  setVolume(volume: number): void {
    ramp(this.master.gain, volume, RAMP_S, this.context);
  }

  /** Play on this device ("" for the default); false when the browser cannot choose. */
  async setDevice(id: string): Promise<boolean> {
    try {
      if (canSink(this.context)) {
        await this.context.setSinkId(id);
        return true;
      }
      if (!("setSinkId" in HTMLMediaElement.prototype)) return false;
      // Older browsers choose a device for elements only: lead the sum through one.
      const element = this.element ?? this.throughElement();
      await (element as unknown as Sinkable).setSinkId(id);
      return true;
    } catch {
      return false;
    }
  }

  /** Root mean square of all voices in each ear this moment. The first call starts listening in. */
  output(): { left: number; right: number } {
    this.listeners ??= this.listenIn();
    const [left, right] = this.listeners.map((analyser) => {
      analyser.getFloatTimeDomainData(this.samples);
      return rmsOf(this.samples);
    });
    return { left: left ?? 0, right: right ?? 0 };
  }

  dispose(): void {
    this.context.removeEventListener("statechange", this.onState);
    this.element?.pause();
    void this.context.close().catch(() => {});
  }

  private listenIn(): AnalyserNode[] {
    const split = this.context.createChannelSplitter(2);
    this.master.connect(split);
    return [0, 1].map((channel) => {
      const analyser = this.context.createAnalyser();
      analyser.fftSize = this.samples.length;
      split.connect(analyser, channel);
      return analyser;
    });
  }

  private throughElement(): HTMLAudioElement {
    const out = this.context.createMediaStreamDestination();
    this.beside.disconnect();
    this.beside.connect(out);
    this.element = new Audio();
    this.element.srcObject = out.stream;
    void this.element.play().catch(() => {});
    return this.element;
  }
}

/** Whether this browser lets a page choose where sound goes. */
export function canChooseOutput(): boolean {
  return "setSinkId" in AudioContext.prototype || "setSinkId" in HTMLMediaElement.prototype;
}

function canSink(context: AudioContext): context is AudioContext & Sinkable {
  return "setSinkId" in context;
}

/** Move a parameter to `value` in about `seconds`, from wherever it is. */
export function ramp(param: AudioParam, value: number, seconds: number, context: AudioContext) {
  param.setTargetAtTime(value, context.currentTime, seconds / 3);
}
