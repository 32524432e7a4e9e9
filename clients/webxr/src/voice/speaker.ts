/**
 * Where sound leaves: one audio context, the loudness of all voices, the output device, and waking
 * it up after a headset slept or a browser wanted a tap first.
 */

interface Sinkable {
  setSinkId(id: string): Promise<void>;
}

const RAMP_S = 0.05;

export class Speaker {
  readonly context: AudioContext;
  readonly master: GainNode;
  private element: HTMLAudioElement | null = null;
  private readonly onState: () => void;

  /** `changed` is called when playing becomes possible or impossible. */
  constructor(changed: () => void) {
    this.context = new AudioContext({ latencyHint: "interactive", sampleRate: 48_000 });
    this.master = this.context.createGain();
    this.master.connect(this.context.destination);
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

  dispose(): void {
    this.context.removeEventListener("statechange", this.onState);
    this.element?.pause();
    void this.context.close().catch(() => {});
  }

  private throughElement(): HTMLAudioElement {
    const out = this.context.createMediaStreamDestination();
    this.master.disconnect();
    this.master.connect(out);
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
