/**
 * The microphone as a device: asks for it, keeps at most one open, measures its level, closes it so
 * that the browser's own light goes out. Decides nothing about who hears it.
 */
import type { MicDevice } from "../state/voice-state";
import type { SoundDevice } from "../ui/actions";
import { levelOf, rmsOf } from "./loudness";

export interface MicOptions {
  /** "" for the browser's default. */
  device: string;
  echoCancellation: boolean;
  noiseSuppression: boolean;
  autoGain: boolean;
}

export class Microphone {
  /** Open right now, or null. */
  stream: MediaStream | null = null;
  private options: MicOptions | null = null;
  private analyser: AnalyserNode | null = null;
  private source: MediaStreamAudioSourceNode | null = null;
  private readonly samples = new Float32Array(1024);
  /** Counts requests: an answer to an older one is closed again. */
  private round = 0;

  /** `changed` is called when the state changes by itself: unplugged, or taken away. */
  constructor(
    private readonly context: () => AudioContext,
    private readonly changed: (state: MicDevice) => void,
  ) {}

  get track(): MediaStreamTrack | null {
    return this.stream?.getAudioTracks()[0] ?? null;
  }

  /** Open the device, or another one with these options. Never throws. */
  async open(options: MicOptions): Promise<MicDevice> {
    if (this.stream !== null && same(options, this.options)) return "ready";
    if (!window.isSecureContext || navigator.mediaDevices === undefined) return "insecure";
    const round = ++this.round;
    try {
      const stream = await capture(options);
      if (round !== this.round) {
        stop(stream);
        return this.stream === null ? "unknown" : "ready";
      }
      this.take(stream);
      this.options = { ...options };
      return "ready";
    } catch (error) {
      if (round !== this.round) return this.stream === null ? "unknown" : "ready";
      this.close();
      return trouble(error);
    }
  }

  /** Let go of the device. */
  close(): void {
    this.round++;
    this.options = null;
    this.source?.disconnect();
    this.source = null;
    this.analyser = null;
    if (this.stream !== null) stop(this.stream);
    this.stream = null;
  }

  /** Level of 0 to 1 this moment; 0 while closed. */
  level(): number {
    if (this.analyser === null) return 0;
    this.analyser.getFloatTimeDomainData(this.samples);
    return levelOf(rmsOf(this.samples));
  }

  private take(stream: MediaStream): void {
    const before = this.stream;
    this.source?.disconnect();
    this.stream = stream;
    if (before !== null) stop(before);
    const context = this.context();
    this.analyser = context.createAnalyser();
    this.analyser.fftSize = this.samples.length;
    this.source = context.createMediaStreamSource(stream);
    this.source.connect(this.analyser);
    this.track?.addEventListener("ended", () => {
      if (this.stream !== stream) return;
      this.close();
      this.changed("missing");
    });
  }
}

/** The devices there are; names only once a microphone was allowed. */
export async function soundDevices(): Promise<{ inputs: SoundDevice[]; outputs: SoundDevice[] }> {
  let all: MediaDeviceInfo[] = [];
  try {
    all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  } catch {
    // A browser that will not say: its default is what there is.
  }
  const of = (kind: MediaDeviceKind) =>
    all
      .filter((each) => each.kind === kind && each.deviceId !== "" && each.deviceId !== "default")
      .map((each) => ({ id: each.deviceId, label: each.label }));
  return { inputs: of("audioinput"), outputs: of("audiooutput") };
}

async function capture(options: MicOptions): Promise<MediaStream> {
  const audio: MediaTrackConstraints = {
    echoCancellation: options.echoCancellation,
    noiseSuppression: options.noiseSuppression,
    autoGainControl: options.autoGain,
    channelCount: 1,
  };
  if (options.device !== "") audio.deviceId = { exact: options.device };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    // The device chosen last time may be in a drawer today: any other is better than none.
    const gone = error instanceof DOMException && /NotFound|Overconstrained/.test(error.name);
    if (!gone || options.device === "") throw error;
    delete audio.deviceId;
    return navigator.mediaDevices.getUserMedia({ audio });
  }
}

function trouble(error: unknown): MicDevice {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return "busy";
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function same(a: MicOptions, b: MicOptions | null): boolean {
  return (
    b !== null &&
    a.device === b.device &&
    a.echoCancellation === b.echoCancellation &&
    a.noiseSuppression === b.noiseSuppression &&
    a.autoGain === b.autoGain
  );
}
