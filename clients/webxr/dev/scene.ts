/** A page for looking at the scene by itself: `?view=arrival|postures|crowd&quality=high&still=1`. */
import "@fontsource-variable/nunito-sans";
import { type Quality, Stage } from "../src/scene/stage";
import { cast } from "./fake-people";

const query = new URLSearchParams(location.search);
const view = query.get("view") ?? "arrival";
const count = Number(query.get("people") ?? (view === "crowd" ? 50 : 9));
const canvas = document.querySelector<HTMLCanvasElement>("#view")!;
const stage = new Stage(canvas, {
  space: "campfire",
  bounds: { min: [-16, -2, -16], max: [16, 6, 16] },
  quality: (query.get("quality") ?? "medium") as Quality,
  reducedMotion: query.has("calm"),
});
const people = cast(stage.avatars, stage.space, count, view);

function number(name: string, otherwise: number): number {
  return Number(query.get(name) ?? otherwise);
}
const defaults: Record<string, [number, number, number, number, number]> = {
  arrival: [0.4, 1.65, 5.2, 0.05, -0.09],
  postures: [0, 1.35, 7.1, 0, -0.22],
  crowd: [0.4, 1.75, 8.4, 0, -0.1],
};
const [x, y, z, yaw, pitch] = defaults[view] ?? defaults.arrival!;
stage.rig.position.set(number("x", x), 0, number("z", z));
stage.rig.rotation.y = number("yaw", yaw);
stage.camera.position.y = number("y", y);
stage.camera.rotation.x = number("pitch", pitch);

const start = number("t", 20);
const still = query.has("still");
let last = 0;
let frames = 0;

function frame(ms: number): void {
  const now = still ? start + frames / 30 : start + ms / 1000;
  const dt = Math.min(0.1, Math.max(0, now - last));
  last = now;
  people.move(now);
  stage.update(dt, now);
  const viewer = { x: stage.rig.position.x, y: stage.camera.position.y, z: stage.rig.position.z };
  stage.avatars.draw(people.samples, now, viewer);
  stage.render();
  frames++;
  if (still && !stage.renderer.xr.isPresenting && frames > number("frames", 8)) {
    stage.renderer.setAnimationLoop(null);
    document.title = "done";
  }
}
stage.renderer.setAnimationLoop(frame);
addEventListener("resize", () => stage.resize());
Object.assign(window, { stage, people, info: () => ({ ...stage.renderer.info.render }) });
