/**
 * The mats and seats of a room: drawn from its design, showing who has which. Knows nothing of the
 * wire: whoever keeps the claims calls `setPlaces`, whoever points asks `placeAt`.
 */
import * as THREE from "three";
import { WIRE_LIMITS } from "../../protocol/control.gen";
import { type Place, radians, type Template } from "../design";
import type { Seat } from "../space";
import {
  MAT_LENGTH_M,
  MAT_THICKNESS_M,
  MAT_WIDTH_M,
  type RayLike,
  rayToPlace,
  SEAT_HEIGHT_M,
  SEAT_RADIUS_M,
} from "./plan";
import { RimLayer, type RimRow } from "./rim-layer";
import { CLOTH_COLOURS, matShape, seatShape, seatTint } from "./shapes";

/** A room's own places, or the mats of a formation. */
const CAPACITY = Math.max(WIRE_LIMITS.places, WIRE_LIMITS.mats);
/** how fast a rim follows its state: about 160 ms to settle */
const EASE_PER_S = 14;

export interface PlacesOptions {
  readonly template: Template;
  readonly reducedMotion: boolean;
  /** lets the space's air into our material */
  readonly soak: (material: THREE.Material) => void;
}

/** Owns mats, seats and their rims: at most three draw calls, whatever their number. */
export class PlacesLayer {
  readonly root = new THREE.Group();
  /** How high one sits on this template's seats, metres. */
  readonly seatHeightM: number;
  private readonly mats: THREE.InstancedMesh;
  private readonly seatsMesh: THREE.InstancedMesh;
  private readonly rims = new RimLayer(CAPACITY);
  private readonly rows: RimRow[] = [];
  private readonly goals: { taken: number; mine: number }[] = [];
  private places: readonly Place[] = [];
  private sittable: readonly Seat[] = [];
  private hovered: string | null = null;
  private settled = true;

  constructor(private readonly options: PlacesOptions) {
    this.root.name = "places";
    this.seatHeightM = SEAT_HEIGHT_M[options.template];
    const material = new THREE.MeshLambertMaterial({ vertexColors: true });
    options.soak(material);
    this.mats = new THREE.InstancedMesh(matShape(), material, CAPACITY);
    this.seatsMesh = new THREE.InstancedMesh(seatShape(options.template), material, CAPACITY);
    for (const mesh of [this.mats, this.seatsMesh]) {
      mesh.count = 0;
      mesh.frustumCulled = false;
    }
    this.root.add(this.mats, this.seatsMesh, this.rims.mesh);
  }

  /**
   * Show these places and who has them. Call at entering, whenever a `places` message changes
   * claims, and when the design changed; calls with the same places only update states.
   *
   * @param claims participant by place id; 0 or absent: free
   * @param me the viewer's participant id
   */
  setPlaces(places: readonly Place[], claims: ReadonlyMap<string, number>, me: number): void {
    const shown = places.slice(0, CAPACITY);
    const fresh = shown.length !== this.places.length || shown.some((p, i) => p !== this.places[i]);
    if (fresh) this.lay(shown);
    shown.forEach((place, i) => {
      const by = claims.get(place.id) ?? 0;
      const mine = by !== 0 && by === me;
      this.goals[i] = { taken: by !== 0 && !mine ? 1 : 0, mine: mine ? 1 : 0 };
      if (fresh) Object.assign(this.rows[i]!, this.goals[i]);
    });
    this.settled = false;
    this.update(0);
  }

  /** Point a place out, or none. */
  setHover(id: string | null): void {
    if (id === this.hovered) return;
    this.hovered = id;
    this.settled = false;
  }

  /** The id of the nearest place that a ray (room coordinates, unit direction) meets, or null. */
  placeAt(ray: RayLike, farM = 30): string | null {
    let best: string | null = null;
    let nearest = farM;
    for (const place of this.places) {
      const at = rayToPlace(ray, place, this.seatHeightM);
      if (at < nearest) {
        nearest = at;
        best = place.id;
      }
    }
    return best;
  }

  /** Where a body goes that takes this place: hip point, height and yaw in radians; null if unknown. */
  seatOf(id: string): Seat | null {
    const place = this.places.find((p) => p.id === id);
    return place ? this.asSeat(place) : null;
  }

  /** All seats (not mats) as places to sit; the same array until places change. */
  get seats(): readonly Seat[] {
    return this.sittable;
  }

  /** Let rims follow their states; cheap when nothing changes. */
  update(dtS: number): void {
    if (this.settled) return;
    const share = this.options.reducedMotion || dtS === 0 ? 1 : 1 - Math.exp(-EASE_PER_S * dtS);
    let moving = false;
    this.rows.forEach((row, i) => {
      const goal = this.goals[i]!;
      const hover = this.places[i]!.id === this.hovered ? 1 : 0;
      // a first call without time settles at once, hovering never does
      row.taken += (goal.taken - row.taken) * share;
      row.mine += (goal.mine - row.mine) * share;
      row.hover += (hover - row.hover) * share;
      const left = Math.abs(goal.taken - row.taken) + Math.abs(goal.mine - row.mine);
      moving ||= left + Math.abs(hover - row.hover) > 0.004;
    });
    this.settled = !moving;
    this.rims.show(this.rows);
  }

  dispose(): void {
    this.mats.geometry.dispose();
    this.seatsMesh.geometry.dispose();
    (this.mats.material as THREE.Material).dispose();
    this.mats.dispose();
    this.seatsMesh.dispose();
    this.rims.dispose();
  }

  private asSeat(place: Place): Seat {
    const heightM = place.kind === "seat" ? this.seatHeightM : MAT_THICKNESS_M;
    return { x: place.x, z: place.z, heightM, yaw: radians(place.yaw_deg) };
  }

  private lay(places: readonly Place[]): void {
    this.places = places;
    this.sittable = places.filter((p) => p.kind === "seat").map((p) => this.asSeat(p));
    this.rows.length = 0;
    this.goals.length = 0;
    const matrix = new THREE.Matrix4();
    const colour = new THREE.Color();
    const counts = { mat: 0, seat: 0 };
    places.forEach((place, i) => {
      const mat = place.kind === "mat";
      const mesh = mat ? this.mats : this.seatsMesh;
      const row = counts[place.kind]++;
      const yaw = radians(place.yaw_deg);
      mesh.setMatrixAt(row, matrix.makeRotationY(yaw).setPosition(place.x, 0, place.z));
      const tint = mat
        ? CLOTH_COLOURS[i % CLOTH_COLOURS.length]!
        : seatTint(this.options.template, i);
      mesh.setColorAt(row, colour.setHex(tint));
      this.rows.push(rimRow(place, yaw));
      this.goals.push({ taken: 0, mine: 0 });
    });
    this.mats.count = counts.mat;
    this.seatsMesh.count = counts.seat;
    for (const mesh of [this.mats, this.seatsMesh]) {
      mesh.visible = mesh.count > 0;
      mesh.instanceMatrix.needsUpdate = true;
      if (mesh.instanceColor) mesh.instanceColor.needsUpdate = true;
    }
  }
}

function rimRow(place: Place, yaw: number): RimRow {
  const mat = place.kind === "mat";
  const seat = SEAT_RADIUS_M * 1.02;
  return {
    x: place.x,
    z: place.z,
    yaw,
    heightM: MAT_THICKNESS_M + 0.002,
    halfWidthM: mat ? MAT_WIDTH_M / 2 : seat,
    halfLengthM: mat ? MAT_LENGTH_M / 2 : seat,
    cornerM: mat ? 0.07 : seat,
    taken: 0,
    mine: 0,
    hover: 0,
  };
}
