/** What a design puts into a room's space: places, zones and objects, as one thing to own. */
import * as THREE from "three";
import type { Design } from "./design";
import { freshObjects } from "./objects/from-design";
import { ObjectsLayer } from "./objects/objects-layer";
import { PlacesLayer } from "./places/places-layer";
import { ZonesLayer } from "./places/zones-layer";

export interface LayersOptions {
  readonly template: Design["template"];
  readonly reducedMotion: boolean;
  /** how much the space's own lamps burn, 0 to 1: lanterns pale by day */
  readonly lamps: number;
  readonly soak: (material: THREE.Material) => void;
}

/** Owns the three layers; empty until a design is shown. */
export class DesignLayers {
  readonly root = new THREE.Group();
  readonly places: PlacesLayer;
  readonly zones: ZonesLayer;
  readonly objects: ObjectsLayer;

  constructor(options: LayersOptions) {
    this.root.name = "design";
    this.places = new PlacesLayer(options);
    this.zones = new ZonesLayer(options.soak);
    this.objects = new ObjectsLayer(options);
    this.root.add(this.zones.root, this.places.root, this.objects.root);
  }

  /** Show a design as nobody has touched it: places free, objects where they stand. */
  show(design: Design): void {
    this.zones.setZones(design.zones);
    this.places.setPlaces(design.places, new Map(), 0);
    this.objects.setObjects(freshObjects(design));
  }

  update(dtS: number, nowS: number): void {
    this.places.update(dtS);
    this.objects.update(dtS, nowS);
  }

  dispose(): void {
    this.places.dispose();
    this.zones.dispose();
    this.objects.dispose();
  }
}
