/**
 * A class of made-up people seen from one's own mat, with instructor and guide before it:
 * `?pose=warrior-2&side=right&view=mirror&posture=0&breath=0.5&space=studio&light=dawn&y=1.65&pitch=-0.1`.
 */
import "@fontsource-variable/nunito-sans";
import breathing from "../../../server/hearth_server/poses/breathing.json";
import meditation from "../../../server/hearth_server/poses/meditation.json";
import stretching from "../../../server/hearth_server/poses/stretching.json";
import yoga from "../../../server/hearth_server/poses/yoga.json";
import { boundsOf } from "../src/scene/design";
import { Stage } from "../src/scene/stage";
import type { AvatarSample } from "../src/state/avatar-state";
import type { View } from "../src/state/mat-frame";
import { type Pose, type Side } from "../src/state/poses";
import { posed } from "../src/state/posing";
import { designFor } from "./fake-design";

const query = new URLSearchParams(location.search);
const number = (name: string, otherwise: number) => Number(query.get(name) ?? otherwise);
const all = [yoga, stretching, breathing, meditation].flatMap((file) => file.poses as unknown as Pose[]);
const pose = all.find((each) => each.id === (query.get("pose") ?? "warrior-2"))!;
if (!query.has("space")) query.set("space", "studio");
const design = designFor(query);
const mats = [-1, 0].flatMap((row) => [-2, -1, 0, 1, 2].map((i) => ({ x: i * 2.3 + (row ? 1.15 : 0), z: 1.5 + row * 2.6 })));
design.places = mats.map(({ x, z }, i) => ({ id: `m${i}`, kind: "mat" as const, x, z, yaw_deg: 0 }));
const stage = new Stage(document.querySelector<HTMLCanvasElement>("#view")!, {
  space: design.template,
  design,
  bounds: boundsOf(design.size),
  quality: "medium",
  reducedMotion: true,
});
const own = { x: number("mx", 0), z: number("mz", 1.5), yaw: number("myaw", 0) };
const anchor = { x: 0, z: -5.5, yaw: Math.PI };
stage.rig.position.set(own.x + number("dx", 0), 0, own.z + number("dz", 0));
stage.rig.rotation.y = own.yaw + number("yaw", 0);
stage.camera.position.y = number("y", 1.62);
stage.camera.rotation.x = number("pitch", -0.12);
const COLOURS = ["#e07a4f", "#7fbf8e", "#8fb8de", "#c58fd6", "#e8c36a", "#d9808a", "#5fa8a0"];
const side = (query.get("side") ?? "right") as Side;
const breath = number("breath", 0.6);

/** Everybody holds the pose as far as a headset would tell: head, hands, posture. */
function person(id: number, x: number, z: number, yaw: number, name: string): AvatarSample {
  stage.avatars.setLook({
    ...{ id, name, primary: COLOURS[id % 7]!, secondary: COLOURS[(id + 3) % 7]!, pattern: id % 8 },
    ...{ device: "vr", marks: id === 0 ? ["host"] : [] },
  });
  const held = posed(pose, breath, side === "left", { x, z, yaw });
  return {
    ...{ id, pose: held.pose, posture: held.posture, leftVisible: true, rightVisible: true },
    ...{ leftOpacity: 1, rightOpacity: 1, leftGesture: 0, rightGesture: 0, away: false },
    ...{ coarse: false, opacity: 1, speaking: id === 0 ? 0.5 : 0 },
  };
}
const host = person(0, anchor.x, anchor.z, anchor.yaw, "Amara");
const others = mats
  .filter(({ x, z }) => Math.hypot(x - own.x, z - own.z) > 0.5)
  .map(({ x, z }, i) => person(i + 1, x, z, 0, ["Jonas", "Mei", "Noor", "Liv", "Diego", "Aiko", "Sam", "Ines", "Kofi"][i]!));
const people = [host, ...others.slice(0, number("people", 7))];
let frames = 0;
stage.renderer.setAnimationLoop(() => {
  const now = 20 + frames / 15;
  if (!query.has("alone")) stage.instructor.show({ sample: host, anchor, mat: own, view: (query.get("view") ?? "mirror") as View });
  stage.guide.show({ pose, side: pose.sided ? side : null, breath: pose.breathes ? breath : null, at: own, view: (query.get("view") ?? "mirror") as View });
  stage.avatars.draw(people, now, { x: own.x, y: stage.camera.position.y, z: own.z });
  stage.update(1 / 15, now);
  stage.render();
  if (++frames > 14) {
    stage.renderer.setAnimationLoop(null);
    document.title = "done";
  }
});
Object.assign(window, { stage, info: () => ({ ...stage.renderer.info.render }) });
