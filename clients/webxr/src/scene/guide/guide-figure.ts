/**
 * The guide: a small figure beside the instructor that holds the cue's pose with its whole body,
 * legs included, on the same side as the instructor shows it. Fades from pose to pose.
 */
import * as THREE from "three";
import { frameIn, GUIDE_AHEAD_M, GUIDE_RIGHT_M } from "../../state/mat-frame";
import { momentOf, stanceAt } from "../../state/poses";
import { BONE_COUNT, boneRow, layOut, newBody, newStance, pointOn } from "../../state/skeleton";
import { GuideBody } from "./guide-body";
import { GuideFade, type GuideShown, leftLeads, litBands } from "./guide-fade";
import { GuideLabel } from "./guide-label";
import type { Spot } from "./spots";

export type { GuideShown } from "./guide-fade";

export interface GuideOptions {
  readonly renderer: THREE.WebGLRenderer;
  readonly reducedMotion: boolean;
  readonly soak: (material: THREE.Material) => void;
}

/** Smaller than people and on a pane of its own: its legs are in view, and the rows leave it room. */
const SCALE = 0.52;
const PANE_M = 0.55;
const OVER_HEAD_M = 0.24;
const LABEL_LEAST_M = PANE_M + 0.42;
/** how far a pose that is long from front to back is turned, so that its shape is seen */
const ASIDE = 1.15;
/** where the guide is seen from the middle of the mat */
const BEARING = Math.atan2(GUIDE_RIGHT_M, GUIDE_AHEAD_M);
const LONG = 1.25;
const HEAD = boneRow("head");
const HANDS = [boneRow("hand_r"), boneRow("hand_l")] as const;
const HAND_M = 0.17;

/** How a pose stands on its spot. */
interface Fit {
  /** middle of the body on the floor, in its own frame */
  readonly x: number;
  readonly z: number;
  readonly halfX: number;
  readonly halfZ: number;
  readonly long: boolean;
  /** where the label is clear of it, above the floor; it does not bob with the breath */
  readonly labelM: number;
}

/** Owns the figure and its label. Says what spot it leaves on the floor. */
export class GuideFigure {
  readonly root = new THREE.Group();
  readonly spot: Spot = {
    ...{ x: 0, z: 0, halfX: 0.5, halfZ: 0.5, turn: 0 },
    ...{ shadow: 0, light: 0, height: PANE_M },
  };
  private body: GuideBody;
  private readonly label: GuideLabel;
  private readonly stance = newStance();
  private readonly trial = newBody();
  private readonly tip = new Float32Array(3);
  private readonly fade: GuideFade;
  private fit: Fit = { x: 0, z: 0, halfX: 0.4, halfZ: 0.4, long: false, labelM: 1.5 };
  private lastS = 0;

  constructor(private readonly options: GuideOptions) {
    this.fade = new GuideFade(options.reducedMotion);
    this.root.name = "guide";
    this.body = new GuideBody(options.soak);
    this.label = new GuideLabel(options.renderer);
    this.root.add(this.body.mesh, this.label.mesh);
    this.root.visible = false;
  }

  /** Show a pose; call as often as one likes, at least when something of it changes. */
  show(asked: GuideShown): void {
    this.fade.show(asked);
  }

  /** Fade away. */
  hide(): void {
    this.fade.hide();
  }

  /** The pose on show and how far it has faded in, for looking at from outside. */
  get showing(): { pose: string; left: boolean; opacity: number } | null {
    const { drawn, shown } = this.fade;
    if (drawn === null) return null;
    return { pose: drawn.pose.id, left: leftLeads(drawn), opacity: shown };
  }

  /** The air is another one: dress for it. */
  resoak(): void {
    this.root.remove(this.body.mesh);
    this.body.dispose();
    this.body = new GuideBody(this.options.soak);
    this.root.add(this.body.mesh);
  }

  update(dtS: number, nowS: number): void {
    this.lastS = nowS;
    const { fade } = this;
    if (fade.step(dtS) && fade.drawn !== null) {
      const { pose, side } = fade.drawn;
      this.fit = this.measure(fade.drawn);
      this.label.write(pose.name, pose.sided ? side : null);
    }
    this.draw();
  }

  dispose(): void {
    this.body.dispose();
    this.label.dispose();
  }

  private draw(): void {
    const { body, root, spot } = this;
    const { drawn, shown } = this.fade;
    root.visible = drawn !== null && shown > 0;
    spot.light = spot.shadow = root.visible ? shown : 0;
    if (drawn === null || !root.visible) {
      this.label.show(0, 0, 0, 0);
      return;
    }
    const left = leftLeads(drawn);
    stanceAt(drawn.pose, momentOf(drawn.pose, drawn.breath, this.lastS), left, this.stance);
    body.take(this.stance, drawn.breath ?? 0);
    body.seat(drawn.pose.posture);
    body.uniforms.shown.value = shown;
    const lit = litBands(drawn);
    body.uniforms.lead.value.set(lit.right, lit.left);
    this.place(drawn, left);
  }

  private place(drawn: GuideShown, left: boolean): void {
    const { fit, body, spot } = this;
    const view = drawn.view ?? "mirror";
    const facing = view !== "follow";
    // a long pose is turned aside so that the leading side is the near one; any other one looks
    // half-way between where the instructor looks and the student
    const aside = fit.long ? ASIDE * (left === facing ? -1 : 1) - BEARING : -BEARING / 2;
    const turn = (facing ? Math.PI : 0) + aside;
    const stand = frameIn(drawn.at, GUIDE_RIGHT_M, GUIDE_AHEAD_M, turn);
    const middle = frameIn(stand, -fit.x * SCALE, fit.z * SCALE);
    body.mesh.position.set(middle.x, PANE_M, middle.z);
    body.mesh.rotation.y = stand.yaw;
    body.mesh.scale.setScalar(SCALE);
    spot.x = stand.x;
    spot.z = stand.z;
    spot.turn = stand.yaw;
    spot.halfX = fit.halfX * SCALE;
    spot.halfZ = fit.halfZ * SCALE;
    this.label.show(stand.x, fit.labelM, stand.z, this.fade.shown);
  }

  /** The highest point of the body laid out for measuring. */
  private highest(): number {
    const { trial, tip } = this;
    let most = trial[HEAD * 7 + 1]! + OVER_HEAD_M;
    for (let i = 0; i < BONE_COUNT; i++) most = Math.max(most, trial[i * 7 + 1]!);
    for (const hand of HANDS) {
      pointOn(trial, hand * 7, 0, -HAND_M, 0, tip, 0);
      most = Math.max(most, tip[1]!);
    }
    return most;
  }

  /** How much floor the body takes over its whole movement. */
  private measure(next: GuideShown): Fit {
    const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as [number, number];
    const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY] as [number, number];
    let highM = 0;
    for (const key of next.pose.keys) {
      stanceAt(next.pose, key.at, leftLeads(next), this.stance);
      layOut(this.stance, this.trial);
      highM = Math.max(highM, this.highest());
      for (let i = 0; i < BONE_COUNT; i++) {
        low[0] = Math.min(low[0], this.trial[i * 7]!);
        high[0] = Math.max(high[0], this.trial[i * 7]!);
        low[1] = Math.min(low[1], this.trial[i * 7 + 2]!);
        high[1] = Math.max(high[1], this.trial[i * 7 + 2]!);
      }
    }
    const [wide, deep] = [high[0] - low[0], high[1] - low[1]];
    return {
      x: (low[0] + high[0]) / 2,
      z: (low[1] + high[1]) / 2,
      halfX: Math.max(0.5, wide / 2 + 0.24),
      halfZ: Math.max(0.5, deep / 2 + 0.24),
      labelM: Math.max(LABEL_LEAST_M, PANE_M + highM * SCALE + 0.11),
      long: deep > 0.7 && deep > wide * LONG,
    };
  }
}
