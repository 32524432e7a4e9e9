/**
 * A page for looking at poses by themselves, each from the front and from the side:
 * `?pick=warrior-1,tree&moment=0.5&left&from=0&count=6&columns=3`.
 */
import "@fontsource-variable/nunito-sans";
import * as THREE from "three";
import breathing from "../../../server/hearth_server/poses/breathing.json";
import meditation from "../../../server/hearth_server/poses/meditation.json";
import stretching from "../../../server/hearth_server/poses/stretching.json";
import yoga from "../../../server/hearth_server/poses/yoga.json";
import { GuideBody } from "../src/scene/guide/guide-body";
import { type Pose, stanceAt } from "../src/state/poses";
import { newStance } from "../src/state/skeleton";

const query = new URLSearchParams(location.search);
const all = [yoga, stretching, breathing, meditation].flatMap((file) => file.poses as unknown as Pose[]);
const picked = query.get("pick")?.split(",");
const from = Number(query.get("from") ?? 0);
const poses = (picked ? picked.map((id) => all.find((pose) => pose.id === id)!) : all).slice(
  from,
  from + Number(query.get("count") ?? 6),
);
const columns = Number(query.get("columns") ?? 3);
const canvas = document.querySelector<HTMLCanvasElement>("#view")!;
const renderer = new THREE.WebGLRenderer({ canvas, antialias: true, preserveDrawingBuffer: true });
renderer.toneMapping = THREE.NeutralToneMapping;
renderer.setPixelRatio(1);
renderer.setSize(innerWidth, innerHeight, false);
renderer.setScissorTest(true);
const scene = new THREE.Scene();
scene.background = new THREE.Color(0x8d7a72);
scene.add(new THREE.HemisphereLight(0xfff0dc, 0x5a4a52, 1.6));
const sun = new THREE.DirectionalLight(0xffe0b8, 2.2);
sun.position.set(-1.5, 3, -2);
scene.add(sun);
const floor = new THREE.Mesh(
  new THREE.BoxGeometry(0.7, 0.012, 1.9).translate(0, -0.007, 0),
  new THREE.MeshLambertMaterial({ color: 0x7a8f8a }),
);
const nose = new THREE.Mesh(
  new THREE.ConeGeometry(0.06, 0.16, 3).rotateX(-Math.PI / 2).translate(0, 0.002, -1.06),
  new THREE.MeshLambertMaterial({ color: 0xff9a4d }),
);
scene.add(floor, nose);
const body = new GuideBody(() => {});
body.uniforms.lead.value.set(1, 0);
scene.add(body.mesh);
const stance = newStance();
const rows = Math.ceil(poses.length / columns);
const [w, h] = [Math.floor(innerWidth / columns / 2), Math.floor(innerHeight / rows)];

function draw(pose: Pose, column: number, row: number, angle: number, moment: number): void {
  const left = query.has("left");
  stanceAt(pose, moment, left, stance);
  body.uniforms.lead.value.set(left ? 0 : 1, left ? 1 : 0);
  body.take(stance, moment);
  body.seat(pose.posture);
  const camera = new THREE.PerspectiveCamera(24, w / h, 0.1, 30);
  const d = Number(query.get("far") ?? 5.4);
  const up = Number(query.get("up") ?? 0.9);
  camera.position.set(Math.sin(angle) * d, up + 0.75, -Math.cos(angle) * d);
  camera.lookAt(0, Number(query.get("at") ?? 0.82), 0);
  const x = column * w * 2 + (angle === 0 ? 0 : w);
  renderer.setViewport(x, innerHeight - (row + 1) * h, w, h);
  renderer.setScissor(x, innerHeight - (row + 1) * h, w - 2, h - 2);
  renderer.render(scene, camera);
}

const angle = Number(query.get("angle") ?? 75);
poses.forEach((pose, i) => {
  const column = i % columns;
  const row = Math.floor(i / columns);
  const moment = Number(query.get("moment") ?? (pose.keys.length > 1 ? 1 : 0));
  draw(pose, column, row, 0, moment);
  draw(pose, column, row, (angle / 180) * Math.PI, moment);
  const words = document.createElement("span");
  words.textContent = `${pose.name} (${pose.posture}${pose.sided ? ", right" : ""}, ${pose.keys.length})`;
  words.style.left = `${(column + 0.5) * w * 2}px`;
  words.style.top = `${row * h + 4}px`;
  document.body.append(words);
});
document.title = "done";
