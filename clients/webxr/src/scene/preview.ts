/**
 * A room's design seen from above at an angle, slowly turning: for the form that arranges a room.
 * Load it lazily (`await import("../scene/preview")`): it brings three.js along.
 */
import * as THREE from "three";
import { boundsOf, type Design, HALF_WIDTH_M } from "./design";
import { DesignLayers } from "./layers";
import { buildSpawnMarks } from "./places/spawn-layer";
import type { Space } from "./space";
import { spaceDesign } from "./spaces/registry";

const FOV_DEG = 32;
const PITCH = 0.74;
const TURN_S = 110;
/** people arrive from +z: begin a little to the side of what they see */
const FIRST_ANGLE = 0.5;
/** drawn this often at most: it is only a picture in a form */
const FRAME_MS = 33;

export interface PreviewOptions {
  /** stands still; by default as the device asks */
  readonly reducedMotion?: boolean;
}

export interface Preview {
  /** Show this design; call again after every change, it rebuilds only what changed. */
  show(design: Design): void;
  dispose(): void;
}

/** Draw designs into a canvas; it follows the canvas's size on the page. */
export function createPreview(canvas: HTMLCanvasElement, options: PreviewOptions = {}): Preview {
  return new RoomPreview(
    canvas,
    options.reducedMotion ?? matchMedia("(prefers-reduced-motion: reduce)").matches,
  );
}

class RoomPreview implements Preview {
  private readonly renderer: THREE.WebGLRenderer;
  private readonly scene = new THREE.Scene();
  private readonly camera = new THREE.PerspectiveCamera(FOV_DEG, 1, 1, 400);
  private readonly resizes: ResizeObserver;
  private space: Space | null = null;
  private layers: DesignLayers | null = null;
  private spawn: THREE.InstancedMesh | null = null;
  private built = "";
  private halfM = 10;
  private request = 0;
  private lastMs = 0;
  private turnedS = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly still: boolean,
  ) {
    this.renderer = new THREE.WebGLRenderer({ canvas, antialias: true });
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio || 1, 2));
    this.renderer.toneMapping = THREE.NeutralToneMapping;
    this.resizes = new ResizeObserver(() => this.draw());
    this.resizes.observe(canvas);
  }

  show(design: Design): void {
    const key = `${design.template}|${design.size}|${design.light}`;
    if (key !== this.built) {
      this.built = key;
      this.build(design);
    }
    this.layers!.show(design);
    this.clearSpawn();
    this.spawn = buildSpawnMarks(design.spawn, this.halfM / 8);
    this.scene.add(this.spawn);
    this.draw();
    if (!this.still && this.request === 0) this.request = requestAnimationFrame(this.turn);
  }

  dispose(): void {
    cancelAnimationFrame(this.request);
    this.resizes.disconnect();
    this.clear();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }

  private build(design: Design): void {
    this.clear();
    this.halfM = HALF_WIDTH_M[design.size];
    const space = spaceDesign(design.template).build({
      bounds: boundsOf(design.size),
      light: design.light,
      quality: "low",
      reducedMotion: this.still,
      pixelRatio: this.renderer.getPixelRatio(),
    });
    // looked into from above, as into a doll's house
    if (space.overhead) space.overhead.visible = false;
    // from so far off much air lies between
    this.renderer.toneMappingExposure = space.exposure * 1.2;
    this.space = space;
    this.layers = new DesignLayers({
      template: design.template,
      reducedMotion: this.still,
      lamps: space.lamps,
      soak: (material) => space.soak(material),
    });
    this.scene.add(space.root, this.layers.root);
  }

  private clear(): void {
    this.scene.clear();
    this.layers?.dispose();
    this.space?.dispose();
    this.clearSpawn();
    this.layers = null;
    this.space = null;
  }

  private clearSpawn(): void {
    if (!this.spawn) return;
    this.scene.remove(this.spawn);
    this.spawn.geometry.dispose();
    (this.spawn.material as THREE.Material).dispose();
    this.spawn.dispose();
    this.spawn = null;
  }

  private readonly turn = (ms: number): void => {
    this.request = requestAnimationFrame(this.turn);
    const passedMs = ms - this.lastMs;
    if (passedMs < FRAME_MS || document.hidden) return;
    this.lastMs = ms;
    const dtS = Math.min(0.1, passedMs / 1000);
    this.turnedS += dtS;
    this.space?.update(dtS, ms / 1000);
    this.layers?.update(dtS, ms / 1000);
    this.draw();
  };

  private draw(): void {
    const { canvas, camera } = this;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (!this.space || width === 0 || height === 0) return;
    this.renderer.setSize(width, height, false);
    camera.aspect = width / height;
    this.aim(FIRST_ANGLE + (this.turnedS / TURN_S) * Math.PI * 2);
    this.renderer.render(this.scene, camera);
  }

  private aim(angle: number): void {
    const { camera, halfM } = this;
    const narrow = Math.min(1, camera.aspect);
    const reachM = halfM * 1.36;
    const distanceM = reachM / (Math.tan((FOV_DEG * Math.PI) / 360) * narrow) + halfM * 0.2;
    const flat = Math.cos(PITCH) * distanceM;
    camera.position.set(
      Math.sin(angle) * flat,
      Math.sin(PITCH) * distanceM,
      Math.cos(angle) * flat,
    );
    camera.lookAt(0, 0, 0);
    // what stands between the eye and the floor (trees, the house) is cut away
    const support = (Math.abs(Math.sin(angle)) + Math.abs(Math.cos(angle))) * (halfM + 0.8);
    const cut = distanceM - support * Math.cos(PITCH) - 1.1;
    // but never the ground at the lower edge of the picture
    camera.near = Math.max(0.5, Math.min(cut, distanceM * 0.72));
    camera.updateProjectionMatrix();
  }
}
