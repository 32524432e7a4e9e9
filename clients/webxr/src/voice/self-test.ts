/** Records oneself for a few seconds and plays it back to oneself alone. */
import type { SelfTestStep } from "../ui/actions";

const RECORD_MS = 3_000;

/** Run once; `step` hears how it goes. Resolves when the playback has ended. */
export async function hearOneself(
  stream: MediaStream,
  context: AudioContext,
  out: AudioNode,
  step: (step: SelfTestStep) => void,
): Promise<void> {
  try {
    step("recording");
    const sound = await context.decodeAudioData(await record(stream));
    step("playing");
    await play(sound, context, out);
    step("done");
  } catch {
    step("failed");
  }
}

async function record(stream: MediaStream): Promise<ArrayBuffer> {
  const recorder = new MediaRecorder(stream);
  const pieces: Blob[] = [];
  recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
  await new Promise<void>((resolve, reject) => {
    recorder.addEventListener("stop", () => resolve());
    recorder.addEventListener("error", () => reject(new Error("recording failed")));
    recorder.start();
    setTimeout(() => {
      if (recorder.state !== "inactive") recorder.stop();
    }, RECORD_MS);
  });
  return new Blob(pieces, { type: recorder.mimeType }).arrayBuffer();
}

function play(sound: AudioBuffer, context: AudioContext, out: AudioNode): Promise<void> {
  return new Promise((resolve) => {
    const source = context.createBufferSource();
    source.buffer = sound;
    source.connect(out);
    source.addEventListener("ended", () => {
      source.disconnect();
      resolve();
    });
    source.start();
  });
}
