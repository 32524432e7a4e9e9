/** Works tracks out beside the page, so that no frame waits for one. Runs as a worker. */
import { makeLoop, type Sounding } from "./tracks";

self.addEventListener("message", ({ data }: MessageEvent<Sounding>) => {
  const loop = makeLoop(data);
  self.postMessage({ track: data, loop }, { transfer: loop.map((ear) => ear.buffer) });
});
