/**
 * Mouse and finger in a group's room: points out the mat, seat or lantern under them that one could
 * have, and takes it on a click or a tap. Hands in a headset take things themselves. Decides nothing:
 * the server does.
 */
import * as THREE from "three";
import type { Seat } from "../scene/space";
import type { Stage } from "../scene/stage";
import type { CommonsView } from "./commons-view";
import type { Visit } from "./visit";

/** A place farther off is for walking up to. */
const FAR_M = 15;
const LOOK_EVERY_MS = 100;

export interface PointingOptions {
  visit: Visit;
  stage: Stage;
  view: CommonsView;
  canvas: HTMLCanvasElement;
  /** Go and be on a place; on a seat one sits. */
  goTo(seat: Seat, sit: boolean): void;
}

interface Found {
  object: string | null;
  place: string | null;
}

const NOTHING: Found = { object: null, place: null };

export class Pointing {
  private readonly ray = new THREE.Raycaster();
  private readonly at = new THREE.Vector2();
  private pointing = false;
  private lookedMs = 0;

  constructor(private readonly options: PointingOptions) {}

  /** The pointer is here, in normalised device coordinates. */
  move(x: number, y: number): void {
    this.at.set(x, y);
    this.pointing = true;
  }

  /** The pointer is gone: nothing is pointed out. */
  leave(): void {
    this.pointing = false;
    this.show(NOTHING);
  }

  /** Now and then: people, places and oneself move under a pointer that stands still. */
  frame(nowMs: number): void {
    if (!this.pointing || nowMs - this.lookedMs < LOOK_EVERY_MS) return;
    this.lookedMs = nowMs;
    this.show(this.find(this.at));
  }

  /** A click or a tap; true when it took something. */
  press(x: number, y: number): boolean {
    const { stage, view, goTo, visit } = this.options;
    const { object, place } = this.find(this.at.set(x, y));
    if (object !== null) {
      view.take(object);
      return true;
    }
    const seat = place === null ? null : stage.layers.places.seatOf(place);
    if (seat === null) return false;
    const kind = visit.state.room?.design?.places.find(({ id }) => id === place)?.kind;
    goTo(seat, kind === "seat");
    return true;
  }

  private find(at: THREE.Vector2): Found {
    const { visit, stage, view } = this.options;
    const { commons } = visit;
    this.ray.setFromCamera(at, stage.camera);
    const { ray } = this.ray;
    const object = stage.layers.objects.objectAt(ray);
    if (object !== null && view.canTake(object)) return { object, place: null };
    if (!commons.may("claim_place")) return NOTHING;
    const place = stage.layers.places.placeAt(ray, FAR_M);
    const free = place !== null && (commons.claims.get(place) ?? 0) === 0;
    return free ? { object: null, place } : NOTHING;
  }

  private show({ object, place }: Found): void {
    const { stage, canvas } = this.options;
    stage.layers.objects.setHover(object);
    stage.layers.places.setHover(place);
    canvas.style.cursor = object === null && place === null ? "" : "pointer";
  }
}
