/** All other people in the room: takes samples each frame and draws them in a handful of calls. */
import * as THREE from "three";
import type { AvatarLook, AvatarSample } from "../state/avatar-state";
import { BodyLayer, writePose } from "./avatar/body-layer";
import { Figure, type HandState } from "./avatar/figure";
import { FloorLayer } from "./avatar/floor-layer";
import { REACTION_GLYPHS } from "./avatar/glyphs";
import { handShape } from "./avatar/hand-shape";
import { headShape } from "./avatar/head-shape";
import { NameTags } from "./avatar/name-tags";
import { torsoShape } from "./avatar/torso-shape";

const RING_RADIUS_M = 0.55;
const SEATED_HALF_M = 0.42;

export interface AvatarPoolOptions {
  readonly renderer: THREE.WebGLRenderer;
  /** beyond this distance people are drawn with a coarser mesh, metres */
  readonly detailReachM: number;
  readonly soak: (material: THREE.Material) => void;
}

/** Somebody drawn a second time elsewhere: looks like `of`, is in no list and cannot be picked. */
export interface Guest {
  /** below zero: nobody on the wire has it */
  readonly id: number;
  readonly of: number | null;
  /** Advance; returns what to draw, or null for nothing. */
  step(dtS: number): AvatarSample | null;
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
  /** drawn beside everybody else, in the same calls */
  guest: Guest | null = null;
  private guestShown = false;
  private readonly figures = new Map<number, Figure>();
  private readonly tags: NameTags;
  private layers: Layers;
  private capacity = 64;
  private lastS = -1;
  private highlighted: number | null = null;
  private readonly probe = new THREE.Sphere();
  private readonly hit = new THREE.Vector3();

  constructor(private readonly options: AvatarPoolOptions) {
    this.root.name = "avatars";
    this.tags = new NameTags(options.renderer);
    this.layers = this.buildLayers();
    this.root.add(this.tags.mesh);
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
      this.tags.release(known);
    }
    known.wear({ ...look, marks: [...look.marks] });
  }

  /** The air around people is another one: dress their meshes for it. Looks stay. */
  resoak(): void {
    this.disposeLayers();
    this.layers = this.buildLayers();
  }

  /** Forget someone. */
  remove(id: number): void {
    const figure = this.figures.get(id);
    if (figure) this.tags.release(figure);
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
    if (samples.length + 1 > this.capacity) this.grow(samples.length + 1);
    for (const figure of this.figures.values()) hideRows(figure);
    this.begin();
    for (let i = 0; i < samples.length; i++) {
      const sample = samples[i]!;
      let figure = this.figures.get(sample.id);
      if (!figure) {
        // a snapshot may run ahead of the roster: show a neutral guest until it arrives
        figure = new Figure(neutralLook(sample.id));
        this.figures.set(sample.id, figure);
      }
      this.drawSample(figure, sample, viewer, nowS, dtS);
    }
    this.drawGuest(viewer, nowS, dtS);
    this.tags.draw(viewer, nowS);
    this.end();
  }

  /** The id of the nearest drawn person a ray meets, or null. */
  pick(raycaster: THREE.Raycaster): number | null {
    let best: number | null = null;
    let nearest = raycaster.far;
    for (const [id, figure] of this.figures) {
      if (figure.headRow < 0 || id < 0) continue;
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
    this.tags.dispose();
    this.figures.clear();
  }

  private drawSample(
    figure: Figure,
    sample: AvatarSample,
    viewer: { x: number; y: number; z: number },
    nowS: number,
    dtS: number,
  ): void {
    if (sample.opacity <= 0.01) return;
    figure.step(sample, nowS, dtS);
    this.drawFigure(figure, sample, viewer);
    // once is enough: whoever stands before one's own mat is named there
    const doubled = this.guestShown && this.guest?.of === sample.id;
    if (!doubled) this.tags.step(figure, this.highlighted === sample.id, nowS, dtS);
  }

  private drawGuest(viewer: { x: number; y: number; z: number }, nowS: number, dtS: number): void {
    const { guest } = this;
    const sample = guest?.step(dtS) ?? null;
    this.guestShown = sample !== null;
    if (guest === null || sample === null || guest.of === null) return;
    const look = this.figures.get(guest.of)?.look ?? neutralLook(guest.of);
    const known = this.figures.get(guest.id)?.look;
    const same =
      known !== undefined &&
      known.name === look.name &&
      known.primary === look.primary &&
      known.secondary === look.secondary &&
      known.pattern === look.pattern &&
      known.marks.length === look.marks.length;
    if (!same) this.setLook({ ...look, id: guest.id });
    this.drawSample(this.figures.get(guest.id)!, sample, viewer, nowS, dtS);
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
    this.tags.begin();
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
  }

  private grow(needed: number): void {
    while (this.capacity < needed) this.capacity *= 2;
    this.resoak();
  }

  private buildLayers(): Layers {
    const { capacity } = this;
    const { soak } = this.options;
    const layers: Layers = {
      head: new BodyLayer(headShape(22, 6), "head", capacity, soak),
      torso: new BodyLayer(torsoShape(18, "fine"), "torso", capacity, soak),
      farHead: new BodyLayer(headShape(12, 3), "head", capacity, soak),
      farTorso: new BodyLayer(torsoShape(10, "coarse"), "torso", capacity, soak),
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
