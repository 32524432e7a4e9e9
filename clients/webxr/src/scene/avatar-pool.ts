/** All other people in the room: takes samples each frame and draws them in a handful of calls. */
import * as THREE from "three";
import type { AvatarLook, AvatarSample } from "../state/avatar-state";
import { BillboardLayer } from "./avatar/billboard-layer";
import { BodyLayer, writePose } from "./avatar/body-layer";
import { Figure, type HandState } from "./avatar/figure";
import { FloorLayer } from "./avatar/floor-layer";
import { REACTION_GLYPHS } from "./avatar/glyphs";
import { handShape } from "./avatar/hand-shape";
import { headShape } from "./avatar/head-shape";
import { TAG_CELLS, TagAtlas } from "./avatar/tag-atlas";
import { torsoShape } from "./avatar/torso-shape";

const TAG_HEIGHT_M = 0.105;
const TAG_FULL_M = 4.2;
const TAG_GONE_M = 5;
const TAG_FAR_M = 12;
const REACTION_S = 2.2;
const RING_RADIUS_M = 0.55;
const SEATED_HALF_M = 0.42;

export interface AvatarPoolOptions {
  readonly renderer: THREE.WebGLRenderer;
  /** beyond this distance people are drawn with a coarser mesh, metres */
  readonly detailReachM: number;
  readonly soak: (material: THREE.Material) => void;
}

/** World matrices of one avatar, column-major; null for a hand that is not drawn. */
export interface DebugPose {
  head: number[];
  left: number[] | null;
  right: number[] | null;
  torso: number[];
}

interface Layers {
  readonly head: BodyLayer;
  readonly torso: BodyLayer;
  readonly farHead: BodyLayer;
  readonly farTorso: BodyLayer;
  readonly left: BodyLayer;
  readonly right: BodyLayer;
  readonly floor: FloorLayer;
}

/** Owns the avatars' meshes. Looks are kept until removed; samples live for one call. */
export class AvatarPool {
  readonly root = new THREE.Group();
  private readonly figures = new Map<number, Figure>();
  private readonly atlas: TagAtlas;
  private readonly billboards: BillboardLayer;
  private layers: Layers;
  private capacity = 64;
  private lastS = -1;
  private highlighted: number | null = null;
  private readonly tagged: Figure[] = [];
  private readonly probe = new THREE.Sphere();
  private readonly hit = new THREE.Vector3();

  constructor(private readonly options: AvatarPoolOptions) {
    this.root.name = "avatars";
    this.atlas = new TagAtlas(options.renderer);
    this.billboards = new BillboardLayer(TAG_CELLS * 2, this.atlas.texture);
    this.layers = this.buildLayers();
    this.root.add(this.billboards.mesh);
  }

  /** Say how someone looks; call again whenever it changes. */
  setLook(look: AvatarLook): void {
    const known = this.figures.get(look.id);
    if (!known) {
      this.figures.set(look.id, new Figure({ ...look, marks: [...look.marks] }));
      return;
    }
    const before = known.look;
    if (before.name !== look.name || before.marks.join() !== look.marks.join()) {
      this.atlas.release(known.tag, look.id);
      known.tag = null;
    }
    known.wear({ ...look, marks: [...look.marks] });
  }

  /** Forget someone. */
  remove(id: number): void {
    const figure = this.figures.get(id);
    if (figure) this.atlas.release(figure.tag, id);
    this.figures.delete(id);
    if (this.highlighted === id) this.highlighted = null;
  }

  /** Draw these avatars this frame; all others are hidden. */
  draw(
    samples: readonly AvatarSample[],
    nowS: number,
    viewer: { x: number; y: number; z: number },
  ): void {
    const dtS = this.lastS < 0 ? 0 : Math.min(0.1, Math.max(0, nowS - this.lastS));
    this.lastS = nowS;
    if (samples.length > this.capacity) this.grow(samples.length);
    for (const figure of this.figures.values()) hideRows(figure);
    this.begin();
    this.tagged.length = 0;
    for (let i = 0; i < samples.length; i++) {
      const sample = samples[i]!;
      let figure = this.figures.get(sample.id);
      if (!figure) {
        // a snapshot may run ahead of the roster: show a neutral guest until it arrives
        figure = new Figure(neutralLook(sample.id));
        this.figures.set(sample.id, figure);
      }
      if (sample.opacity <= 0.01) continue;
      figure.step(sample, nowS, dtS);
      this.drawFigure(figure, sample, viewer);
      this.stepTag(figure, sample, nowS, dtS);
    }
    this.drawBillboards(nowS);
    this.end();
  }

  /** The id of the nearest drawn person a ray meets, or null. */
  pick(raycaster: THREE.Raycaster): number | null {
    let best: number | null = null;
    let nearest = raycaster.far;
    for (const [id, figure] of this.figures) {
      if (figure.headRow < 0) continue;
      const at = this.reach(figure, raycaster.ray);
      if (at < nearest) {
        nearest = at;
        best = id;
      }
    }
    return best;
  }

  /** Point someone out: their tag grows. */
  highlight(id: number | null): void {
    this.highlighted = id;
  }

  /** Light the boundary ring round someone, 0 to 1; the ring fades by itself with 0. */
  setRing(id: number, strength: number): void {
    const figure = this.figures.get(id);
    if (figure) figure.ring = strength;
  }

  /** Show a reaction above someone for about two seconds. */
  react(id: number, kind: string): void {
    const figure = this.figures.get(id);
    if (!figure) return;
    const known = (REACTION_GLYPHS as readonly string[]).indexOf(kind);
    figure.reaction = known < 0 ? REACTION_GLYPHS.length - 1 : known;
    figure.reactedAtS = this.lastS;
  }

  /** The matrices drawn last frame, as the scene holds them; null when not drawn. */
  debugPose(id: number): DebugPose | null {
    const figure = this.figures.get(id);
    if (!figure || figure.headRow < 0) return null;
    const l = this.layers;
    const head = figure.detailed ? l.head : l.farHead;
    const torso = figure.detailed ? l.torso : l.farTorso;
    return {
      head: head.matrixAt(figure.headRow),
      left: figure.leftRow < 0 ? null : l.left.matrixAt(figure.leftRow),
      right: figure.rightRow < 0 ? null : l.right.matrixAt(figure.rightRow),
      torso: torso.matrixAt(figure.torsoRow),
    };
  }

  dispose(): void {
    this.disposeLayers();
    this.billboards.dispose();
    this.atlas.dispose();
    this.figures.clear();
  }

  private drawFigure(
    figure: Figure,
    sample: AvatarSample,
    viewer: { x: number; y: number; z: number },
  ): void {
    const l = this.layers;
    const pose = sample.pose;
    figure.distance = Math.hypot(pose[0]! - viewer.x, pose[1]! - viewer.y, pose[2]! - viewer.z);
    // a little hysteresis keeps the two meshes from trading places
    const reach = this.options.detailReachM + (figure.detailed ? 0.5 : -0.5);
    figure.detailed = !sample.coarse && figure.distance < reach;
    const head = figure.detailed ? l.head : l.farHead;
    const torso = figure.detailed ? l.torso : l.farTorso;
    figure.headRow = head.dress(figure.primary, figure.secondary, sample.opacity);
    head.placePose(figure.headRow, pose, 0);
    head.animate(figure.headRow, figure.blink, figure.voice, figure.gazeX, figure.gazeY);
    figure.torsoRow = torso.dress(figure.primary, figure.secondary, sample.opacity);
    torso.place(figure.torsoRow, figure.torso.matrix);
    const w = figure.torso.weights;
    torso.animate(figure.torsoRow, w[0]!, w[1]!, w[2]!, w[3]!);
    figure.leftRow = drawHand(l.left, figure, figure.left, sample.opacity);
    figure.rightRow = drawHand(l.right, figure, figure.right, sample.opacity);
    this.drawFloor(figure, sample);
  }

  private drawFloor(figure: Figure, sample: AvatarSample): void {
    const t = figure.torso;
    const lying = t.weights[3]!;
    const low = t.weights[1]! + t.weights[2]!;
    const wide = 0.3 + (SEATED_HALF_M - 0.3) * low;
    const x = t.baseX + t.feetX * 0.6 * lying;
    const z = t.baseZ + t.feetZ * 0.6 * lying;
    const turn = lying > 0.5 ? Math.atan2(t.feetX, t.feetZ) : 0;
    const along = wide + (0.85 - wide) * lying;
    this.layers.floor.put(x, z, wide, along, turn, sample.opacity, figure.ring, RING_RADIUS_M);
  }

  private stepTag(figure: Figure, sample: AvatarSample, nowS: number, dtS: number): void {
    const pointed = this.highlighted === sample.id;
    const speaking = sample.speaking > 0.08;
    const d = figure.distance;
    let target = 1 - clamp01((d - TAG_FULL_M) / (TAG_GONE_M - TAG_FULL_M));
    if ((pointed || speaking) && d < TAG_FAR_M) target = 1;
    if (d < 0.45) target *= clamp01((d - 0.25) / 0.2);
    figure.tagShown += (target * sample.opacity - figure.tagShown) * (1 - Math.exp(-9 * dtS));
    figure.grow += ((pointed ? 1 : 0) - figure.grow) * (1 - Math.exp(-14 * dtS));
    const reacting = nowS - figure.reactedAtS < REACTION_S;
    if (figure.tagShown > 0.02 || reacting) this.tagged.push(figure);
  }

  private drawBillboards(nowS: number): void {
    const list = this.tagged;
    // far to near; the list is nearly sorted from the last frame, so insertion is cheap
    for (let i = 1; i < list.length; i++) {
      const figure = list[i]!;
      let j = i - 1;
      while (j >= 0 && list[j]!.distance < figure.distance) {
        list[j + 1] = list[j]!;
        j--;
      }
      list[j + 1] = figure;
    }
    const first = Math.max(0, list.length - TAG_CELLS);
    for (let i = first; i < list.length; i++) this.drawTag(list[i]!, nowS);
  }

  private drawTag(figure: Figure, nowS: number): void {
    const pose = figure.sample!.pose;
    const scale = Math.min(2, 0.66 + figure.distance * 0.22) * (1 + figure.grow * 0.35);
    const y = pose[1]! + 0.25 + (TAG_HEIGHT_M * scale) / 2;
    if (figure.tagShown > 0.02) {
      const { id, name, marks } = figure.look;
      const cell = this.atlas.cell(figure.tag, id, name, marks, nowS);
      figure.tag = cell;
      this.billboards.putTag(
        pose[0]!,
        y,
        pose[2]!,
        scale,
        cell.rect,
        cell.aspect,
        TAG_HEIGHT_M,
        figure.tagShown,
        figure.voice * 1.6,
      );
    }
    const age = nowS - figure.reactedAtS;
    if (age >= REACTION_S || figure.reaction < 0) return;
    const t = age / REACTION_S;
    const pop = Math.min(1, age / 0.18);
    const size = (0.16 + 0.02 * figure.distance) * (0.6 + 0.4 * pop);
    const lift = y + TAG_HEIGHT_M * scale * 0.5 + size * 0.62 + t * 0.16;
    const fade = 1 - clamp01((t - 0.72) / 0.28);
    this.billboards.putIcon(
      pose[0]!,
      lift,
      pose[2]!,
      size,
      this.atlas.icons[figure.reaction]!,
      fade,
    );
  }

  private reach(figure: Figure, ray: THREE.Ray): number {
    const m = figure.torso.matrix;
    const pose = figure.sample!.pose;
    this.probe.center.set(pose[0]!, pose[1]!, pose[2]!);
    this.probe.radius = 0.24;
    let nearest = this.meets(ray);
    for (let i = 0; i < 3; i++) {
      const t = 0.2 + i * 0.3;
      this.probe.center.set(m[12]! - m[4]! * t, m[13]! - m[5]! * t, m[14]! - m[6]! * t);
      this.probe.radius = 0.28;
      nearest = Math.min(nearest, this.meets(ray));
    }
    return nearest;
  }

  private meets(ray: THREE.Ray): number {
    const point = ray.intersectSphere(this.probe, this.hit);
    return point ? point.distanceTo(ray.origin) : Number.POSITIVE_INFINITY;
  }

  private begin(): void {
    const l = this.layers;
    l.head.begin();
    l.torso.begin();
    l.farHead.begin();
    l.farTorso.begin();
    l.left.begin();
    l.right.begin();
    l.floor.begin();
    this.billboards.begin();
  }

  private end(): void {
    const l = this.layers;
    l.head.end();
    l.torso.end();
    l.farHead.end();
    l.farTorso.end();
    l.left.end();
    l.right.end();
    l.floor.end();
    this.billboards.end();
  }

  private grow(needed: number): void {
    while (this.capacity < needed) this.capacity *= 2;
    this.disposeLayers();
    this.layers = this.buildLayers();
  }

  private buildLayers(): Layers {
    const { capacity } = this;
    const { soak } = this.options;
    const layers: Layers = {
      head: new BodyLayer(headShape(22, 6), "head", capacity, soak),
      torso: new BodyLayer(torsoShape(18, 1), "torso", capacity, soak),
      farHead: new BodyLayer(headShape(12, 3), "head", capacity, soak),
      farTorso: new BodyLayer(torsoShape(10, 2), "torso", capacity, soak),
      left: new BodyLayer(handShape(-1, 6), "leftHand", capacity, soak),
      right: new BodyLayer(handShape(1, 6), "rightHand", capacity, soak),
      floor: new FloorLayer(capacity),
    };
    for (const layer of Object.values(layers) as (BodyLayer | FloorLayer)[]) {
      this.root.add(layer.mesh);
    }
    return layers;
  }

  private disposeLayers(): void {
    for (const layer of Object.values(this.layers) as (BodyLayer | FloorLayer)[]) {
      this.root.remove(layer.mesh);
      layer.dispose();
    }
  }
}

const handMatrix = new Float32Array(16);

function drawHand(layer: BodyLayer, figure: Figure, hand: HandState, opacity: number): number {
  if (hand.shown <= 0.01) return -1;
  const row = layer.dress(figure.primary, figure.secondary, opacity * hand.shown);
  writePose(handMatrix, 0, hand.pose, 0);
  layer.place(row, handMatrix);
  const c = hand.curls;
  layer.animate(row, c[0]!, c[1]!, c[2]!, c[3]!);
  return row;
}

function hideRows(figure: Figure): void {
  figure.headRow = -1;
  figure.torsoRow = -1;
  figure.leftRow = -1;
  figure.rightRow = -1;
}

function neutralLook(id: number): AvatarLook {
  return {
    id,
    name: "…",
    primary: "#9a8fa8",
    secondary: "#d9cbb8",
    pattern: 0,
    device: "desktop",
    marks: [],
  };
}

function clamp01(value: number): number {
  return Math.max(0, Math.min(1, value));
}
