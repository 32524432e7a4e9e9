/**
 * The stage: renderer, camera rig, one space and the people in it. Follows a room that is rearranged.
 * Knows nothing of the network.
 */
import * as THREE from "three";
import { AvatarPool } from "./avatar-pool";
import { type Design, type Light, radians, settingOf } from "./design";
import { GuideFigure } from "./guide/guide-figure";
import { Spots } from "./guide/spots";
import { Instructor } from "./instructor/instructor";
import { DesignLayers } from "./layers";
import { budgetOf, type Quality } from "./quality";
import type { Bounds, Seat, Space } from "./space";
import { spaceDesign } from "./spaces/registry";

export type { Quality } from "./quality";
export type { Bounds, Seat, Space } from "./space";

/** What of a room is built. */
export interface StageRoom {
  readonly space: string;
  /** the room's own design; without one, `space` in its usual light */
  readonly design?: Design | undefined;
  readonly bounds: Bounds;
  /** a light for the time being, in place of the room's own */
  readonly light?: Light | undefined;
}

export interface StageOptions extends StageRoom {
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
  /** the host once more, before one's own mat */
  readonly instructor: Instructor;
  /** the figure beside them that holds the cue's pose */
  readonly guide: GuideFigure;
  private readonly spots = new Spots(2);
  private room: StageRoom;
  private built: { space: Space; layers: DesignLayers };
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
    this.room = options;
    this.built = this.build();
    const soak = (material: THREE.Material) => void this.space.soak(material);
    const { renderer } = this;
    this.avatars = new AvatarPool({ renderer, detailReachM: this.budget.detailReachM, soak });
    this.instructor = new Instructor(options.reducedMotion);
    this.avatars.guest = this.instructor;
    this.guide = new GuideFigure({ renderer, reducedMotion: options.reducedMotion, soak });
    this.rig.name = "rig";
    this.rig.add(this.camera);
    this.camera.position.set(0, 1.65, 0);
    this.camera.rotation.order = "YXZ";
    const { arrival } = this;
    this.rig.position.set(arrival.x, 0, arrival.z);
    this.rig.rotation.y = arrival.yaw;
    this.scene.add(this.avatars.root, this.guide.root, this.spots.mesh, this.rig);
    this.resize();
  }

  get space(): Space {
    return this.built.space;
  }

  /** mats, seats, zones and shared things of the room's design; empty without one */
  get layers(): DesignLayers {
    return this.built.layers;
  }

  /**
   * Follow the room to another design. Places and objects are shown by whoever knows who has them.
   *
   * @returns true when the space itself was built anew: another template, size or light
   */
  rearrange(room: StageRoom): boolean {
    const before = this.room;
    this.room = room;
    if (sameSpace(before, room)) {
      this.layers.zones.setZones(room.design?.zones ?? []);
      return false;
    }
    this.clear();
    this.built = this.build();
    this.avatars.resoak();
    this.guide.resoak();
    return true;
  }

  private build(): { space: Space; layers: DesignLayers } {
    const { quality, reducedMotion } = this.options;
    const { bounds, design } = this.room;
    const { space: name, light: own } = settingOf(this.room);
    const light = this.room.light ?? own;
    const template = spaceDesign(name);
    const pixelRatio = this.renderer.getPixelRatio();
    const space = template.build({
      ...{ bounds, quality, reducedMotion, pixelRatio },
      light: light ?? template.light,
    });
    const layers = new DesignLayers({
      template: design?.template ?? "campfire",
      reducedMotion,
      lamps: space.lamps,
      soak: (material) => space.soak(material),
    });
    if (design) layers.show(design);
    this.renderer.toneMappingExposure = space.exposure;
    this.scene.add(space.root, layers.root);
    return { space, layers };
  }

  private clear(): void {
    const { space, layers } = this.built;
    this.scene.remove(space.root, layers.root);
    layers.dispose();
    space.dispose();
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
    const spawn = this.room.design?.spawn[0];
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
    this.guide.update(dtS, nowS);
    this.spots.begin();
    this.spots.put(this.guide.spot);
    this.spots.put(this.instructor.spot);
    this.spots.end();
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
    this.guide.dispose();
    this.spots.dispose();
    this.clear();
    this.renderer.dispose();
  }
}

/** Whether two designs stand in the same space: then only what stands in it differs. */
function sameSpace(a: StageRoom, b: StageRoom): boolean {
  const [one, two] = [settingOf(a), settingOf(b)];
  const lightOf = (room: StageRoom) => room.light ?? settingOf(room).light;
  const corners = (room: StageRoom) => [...room.bounds.min, ...room.bounds.max].join();
  return one.space === two.space && lightOf(a) === lightOf(b) && corners(a) === corners(b);
}
