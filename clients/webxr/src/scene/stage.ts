/** The stage: renderer, camera rig, one space and the people in it. Knows nothing of the network. */
import * as THREE from "three";
import { AvatarPool } from "./avatar-pool";
import { type Design, radians, settingOf } from "./design";
import { DesignLayers } from "./layers";
import { budgetOf, type Quality } from "./quality";
import type { Bounds, Seat, Space } from "./space";
import { spaceDesign } from "./spaces/registry";

export type { Quality } from "./quality";
export type { Bounds, Seat, Space } from "./space";

export interface StageOptions {
  readonly space: string;
  /** the room's own design; without one, `space` in its usual light */
  readonly design?: Design | undefined;
  readonly bounds: Bounds;
  readonly quality: Quality;
  readonly reducedMotion: boolean;
}

/** Owns the WebGL context and the scene graph. */
export class Stage {
  readonly renderer: THREE.WebGLRenderer;
  readonly scene = new THREE.Scene();
  readonly camera = new THREE.PerspectiveCamera(62, 1, 0.05, 400);
  /** parent of camera and controllers; its transform maps local-floor to the room */
  readonly rig = new THREE.Group();
  readonly avatars: AvatarPool;
  readonly ground: THREE.Object3D;
  readonly space: Space;
  readonly title: string;
  /** mats, seats, zones and shared things of the room's design; empty without one */
  readonly layers: DesignLayers;
  private ownSeats: readonly Seat[] | null = null;
  private allSeats: readonly Seat[] = [];
  private readonly budget;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    readonly options: StageOptions,
  ) {
    this.budget = budgetOf(options.quality);
    this.renderer = new THREE.WebGLRenderer({
      canvas,
      antialias: this.budget.antialias,
      powerPreference: "high-performance",
    });
    this.renderer.xr.enabled = true;
    const pixelRatio = Math.min(window.devicePixelRatio || 1, this.budget.pixelRatio);
    this.renderer.setPixelRatio(pixelRatio);
    this.renderer.toneMapping = THREE.NeutralToneMapping;
    const { space, light } = settingOf(options);
    const template = spaceDesign(space);
    this.title = template.title;
    this.space = template.build({
      bounds: options.bounds,
      light: light ?? template.light,
      quality: options.quality,
      reducedMotion: options.reducedMotion,
      pixelRatio,
    });
    const soak = (material: THREE.Material) => this.space.soak(material);
    this.layers = new DesignLayers({
      template: options.design?.template ?? "campfire",
      reducedMotion: options.reducedMotion,
      lamps: this.space.lamps,
      soak,
    });
    if (options.design) this.layers.show(options.design);
    this.renderer.toneMappingExposure = this.space.exposure;
    this.ground = this.space.ground;
    this.avatars = new AvatarPool({
      renderer: this.renderer,
      detailReachM: this.budget.detailReachM,
      soak,
    });
    this.rig.name = "rig";
    this.rig.add(this.camera);
    this.camera.position.set(0, 1.65, 0);
    this.camera.rotation.order = "YXZ";
    const { arrival } = this;
    this.rig.position.set(arrival.x, 0, arrival.z);
    this.rig.rotation.y = arrival.yaw;
    this.scene.add(this.space.root, this.layers.root, this.avatars.root, this.rig);
    this.resize();
  }

  /** Places to sit: the space's own and the design's seats. */
  get seats(): readonly Seat[] {
    const own = this.layers.places.seats;
    // asked for on every frame of a teleport arc: joined once per change
    if (own !== this.ownSeats) {
      this.ownSeats = own;
      this.allSeats = [...this.space.seats, ...own];
    }
    return this.allSeats;
  }

  /** Where to be until the server says: the design's first spawn point, or the space's own spot. */
  get arrival(): Space["arrival"] {
    const spawn = this.options.design?.spawn[0];
    return spawn ? { x: spawn.x, z: spawn.z, yaw: radians(spawn.yaw_deg) } : this.space.arrival;
  }

  /** Say whether a person may stand here: on clear floor, not in the fire, not off the edge. */
  walkable(x: number, z: number): boolean {
    return this.space.walkable(x, z);
  }

  /** Move fire, embers and the like. */
  update(dtS: number, nowS: number): void {
    this.space.update(dtS, nowS);
    this.layers.update(dtS, nowS);
  }

  /** Follow the canvas's size on the page; does nothing during an immersive session. */
  resize(): void {
    if (this.renderer.xr.isPresenting) return;
    const width = this.canvas.clientWidth || this.canvas.width || 1;
    const height = this.canvas.clientHeight || this.canvas.height || 1;
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    // on tall phones the vertical angle widens so that neighbours stay in view
    this.camera.fov = this.camera.aspect < 1 ? Math.min(88, 62 / this.camera.aspect ** 0.45) : 62;
    this.camera.updateProjectionMatrix();
  }

  /** Draw one frame. */
  render(): void {
    this.renderer.render(this.scene, this.camera);
  }

  dispose(): void {
    this.renderer.setAnimationLoop(null);
    this.avatars.dispose();
    this.layers.dispose();
    this.space.dispose();
    this.renderer.dispose();
  }
}
