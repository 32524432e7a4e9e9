/** Has tracks made by a worker, each once; where there can be none, here. Owns the worker. */
import { type Loop, makeLoop, type Sounding } from "./tracks";

export class Workshop {
  private worker: Worker | null = null;
  private readonly made = new Map<Sounding, Promise<Loop>>();
  private readonly waiting = new Map<Sounding, (loop: Loop) => void>();

  /** The samples of a track. */
  loop(track: Sounding): Promise<Loop> {
    const known = this.made.get(track);
    if (known !== undefined) return known;
    const fresh = this.make(track);
    this.made.set(track, fresh);
    return fresh;
  }

  dispose(): void {
    this.worker?.terminate();
    this.worker = null;
  }

  private make(track: Sounding): Promise<Loop> {
    if (!("Worker" in globalThis)) return Promise.resolve(makeLoop(track));
    const worker = this.open();
    return new Promise((resolve) => {
      this.waiting.set(track, resolve);
      worker.postMessage(track);
    });
  }

  private open(): Worker {
    if (this.worker !== null) return this.worker;
    const worker = new Worker(new URL("./maker.ts", import.meta.url), { type: "module" });
    worker.addEventListener(
      "message",
      ({ data }: MessageEvent<{ track: Sounding; loop: Loop }>) => {
        this.waiting.get(data.track)?.(data.loop);
        this.waiting.delete(data.track);
      },
    );
    worker.addEventListener("error", () => {
      // A page whose worker was not loaded makes its music itself.
      for (const [track, resolve] of this.waiting) resolve(makeLoop(track));
      this.waiting.clear();
    });
    this.worker = worker;
    return worker;
  }
}
