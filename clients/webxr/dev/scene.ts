/**
 * A page for looking at the scene by itself:
 * `?view=arrival|postures|crowd|door|corner&space=studio&size=small&light=dusk&furnished&states&quality=high&still=1`.
 */
import "@fontsource-variable/nunito-sans";
import { boundsOf, HALF_WIDTH_M } from "../src/scene/design";
import { type Quality, Stage } from "../src/scene/stage";
import type { Actions } from "../src/ui/actions";
import { HeadsetControls, openSession, vrSupport } from "../src/xr";
import { DesktopControls } from "../src/xr/desktop";
import { TouchControls } from "../src/xr/touch";
import { designFor, showStates } from "./fake-design";
import { cast } from "./fake-people";

const query = new URLSearchParams(location.search);
const still = query.has("still");
const view = query.get("view") ?? "arrival";
const count = Number(query.get("people") ?? (view === "crowd" ? 50 : 9));
const canvas = document.querySelector<HTMLCanvasElement>("#view")!;
const design = designFor(query);
const halfM = HALF_WIDTH_M[design.size];
const stage = new Stage(canvas, {
  space: design.template,
  design: query.has("light") || query.has("furnished") ? design : undefined,
  bounds: boundsOf(design.size),
  quality: (query.get("quality") ?? "medium") as Quality,
  reducedMotion: query.has("calm"),
});
const people = cast(stage.avatars, stage.space, count, view);

if (query.has("states")) showStates(stage.layers, design);

function number(name: string, otherwise: number): number {
  return Number(query.get(name) ?? otherwise);
}
const defaults: Record<string, [number, number, number, number, number]> = {
  arrival: [0.4, 1.65, 5.2, 0.05, -0.09],
  postures: [0, 1.35, 7.1, 0, -0.22],
  states: [0, 1.5, 7.3, 0, -0.16],
  crowd: [0.4, 1.75, Math.min(8.4, halfM * 0.85), 0, -0.1],
  door: [halfM * 0.1, 1.65, halfM * 0.92, 0.08, -0.08],
  corner: [halfM * 0.85, 1.7, halfM * 0.8, 0.75, -0.12],
  back: [0, 1.65, -halfM * 0.55, Math.PI, -0.05],
};
const [x, y, z, yaw, pitch] = defaults[view] ?? defaults.arrival!;
stage.rig.position.set(number("x", x), 0, number("z", z));
stage.rig.rotation.y = number("yaw", yaw);
stage.camera.position.y = number("y", y);
stage.camera.rotation.x = number("pitch", pitch);

let headset: HeadsetControls | null = null;
const said: string[] = [];
const note = (what: string) => void said.push(what);
const actions: Actions = {
  leave: () => note("leave"),
  hide: (id, on) => note(`${on ? "hide" : "show"} ${id}`),
  react: (kind) => note(`react ${kind}`),
  chat: (text) => note(`chat ${text}`),
  recenter: () => headset?.recenter(),
  setHeightOffset: (metres) => headset?.setHeightOffset(metres),
  setPosture: (posture) => headset?.setPosture(posture),
  enterVr: () => enter(),
  safePlace: () => note("safe place"),
};

async function enter(): Promise<boolean> {
  const session = await openSession(stage.renderer);
  headset = new HeadsetControls({
    stage,
    session,
    actions,
    start: { x: number("x", x), z: number("z", z), yaw: number("yaw", yaw) },
    primary: "#e07a4f",
    secondary: "#8fb8de",
    onEnd: () => {
      headset?.dispose();
      headset = null;
    },
    onAway: (away) => note(`away ${away}`),
  });
  headset.setMenuData({
    roomName: "Campfire",
    people: people.samples.slice(0, 8).map((sample, i) => ({
      id: sample.id,
      name: ["Amara", "Jonas", "Mei", "Tomasz Wiśniewski", "Noor", "Priya", "Liv", "Diego"][i]!,
      colour: "#e07a4f",
      away: sample.away,
      hidden: i === 4,
      distanceM: 1 + i * 1.3,
      muted: i === 2,
      volume: 1,
      mic: ["mic on", "mic off", "you muted them", "speaking"][i % 4]!,
    })),
    chat: [
      { name: "Amara", text: "Welcome! Sit wherever you like." },
      { name: "Jonas", text: "The stars are out already." },
    ],
    connection: "connected",
    voice: {
      offered: true,
      mic: { label: "3 can hear you", icon: "mic", open: true, barred: false },
      summary: "3 people can hear you",
      hearers: [
        { name: "Amara", reason: "near you" },
        { name: "Jonas", reason: "through the portal" },
        { name: "Tomasz Wiśniewski", reason: "moderator" },
      ],
      more: 0,
      deafened: false,
      earmuffM: 6,
      mode: "open",
    },
    may: { safePlace: true, host: false },
    heightOffsetM: 0,
    turn: "snap30",
    glide: false,
    leftHanded: false,
  });
  return true;
}
const vrButton = document.querySelector<HTMLButtonElement>("#vr")!;
vrButton.onclick = () => void enter();
void vrSupport().then((support) => {
  vrButton.hidden = support !== "ready" || (still && !query.has("vr"));
});

const walk = query.get("controls");
const place = { x: number("x", x), z: number("z", z), yaw: number("yaw", yaw) };
const flat =
  walk === "desktop"
    ? new DesktopControls({ stage, element: canvas, start: place })
    : walk === "touch"
      ? new TouchControls({ stage, element: canvas, overlay: document.body, start: place })
      : null;

const start = number("t", 20);
let last = 0;
let frames = 0;

function frame(ms: number, xrFrame?: XRFrame): void {
  const now = still ? start + frames / 30 : start + ms / 1000;
  const dt = Math.min(0.1, Math.max(0, now - last));
  last = now;
  people.move(now);
  headset?.update(dt, xrFrame ?? null);
  if (!headset) flat?.update(dt, null);
  stage.update(dt, now);
  const eye = headset ? headset.body.pose : [stage.rig.position.x, stage.camera.position.y, stage.rig.position.z];
  const viewer = { x: eye[0]!, y: eye[1]!, z: eye[2]! };
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
Object.assign(window, {
  stage,
  people,
  said,
  info: () => ({ ...stage.renderer.info.render }),
  design,
  headset: () => headset,
});
