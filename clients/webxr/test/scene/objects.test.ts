import * as THREE from "three";
import { describe, expect, it } from "vitest";
import { LANTERN_HEIGHT_M } from "../../src/scene/objects/lantern";
import { Gliding } from "../../src/scene/objects/motion";
import { type ObjectState, ObjectsLayer } from "../../src/scene/objects/objects-layer";

const lantern = (id: string, more: Partial<ObjectState> = {}): ObjectState => ({
  id,
  kind: "lantern",
  colour: "#ff9a4d",
  position: [0, 0, 0],
  yaw: 0,
  locked: false,
  ...more,
});

function layer(): ObjectsLayer {
  return new ObjectsLayer({ reducedMotion: false, lamps: 1, soak: () => {} });
}

function run(objects: ObjectsLayer, seconds: number): void {
  for (let t = 0; t < seconds; t += 1 / 60) objects.update(1 / 60, t);
}

function marks(objects: ObjectsLayer): number[] {
  const mesh = objects.root.getObjectByName("object-marks") as THREE.Mesh;
  const mark = mesh.geometry.getAttribute("mark");
  const count = (mesh.geometry as THREE.InstancedBufferGeometry).instanceCount;
  return Array.from({ length: count }, (_, i) => mark.getX(i));
}

describe("gliding", () => {
  it("arrives in the time given, on the straight line", () => {
    const glide = new Gliding([0, 0, 0], 0);
    glide.go([1, 0, -2], 1, 100);
    expect(glide.step(0.05)).toBe(true);
    expect(glide.position[0]).toBeCloseTo(0.5, 9);
    expect(glide.position[2]).toBeCloseTo(-1, 9);
    expect(glide.step(0.05)).toBe(false);
    expect(glide.position).toEqual([1, 0, -2]);
  });

  it("starts a new way from where it is drawn, turning the short way", () => {
    const glide = new Gliding([0, 0, 0], 3);
    glide.go([1, 0, 0], -3, 100);
    glide.step(0.05);
    // from 3 over pi to -3, not back through 0
    expect(glide.yaw).toBeCloseTo(Math.PI, 5);
    glide.go([0, 0, 0], 3, 100);
    expect(glide.position[0]).toBeCloseTo(0.5, 9);
  });

  it("does not glide across the room", () => {
    const glide = new Gliding([0, 0, 0], 0);
    glide.go([9, 0, 0], 0, 500);
    expect(glide.position).toEqual([9, 0, 0]);
  });
});

describe("objects", () => {
  it("hangs from the hand that holds it, and says where its foot is", () => {
    const objects = layer();
    objects.setObjects([lantern("a", { position: [1, 0, 1] })]);
    objects.setObjects([lantern("a", { position: [1, 1.2, 1], held_by: 4 })]);
    run(objects, 0.5);
    const foot = objects.footOf("a")!;
    expect(foot.position[0]).toBeCloseTo(1, 6);
    expect(foot.position[1]).toBeCloseTo(1.2 - LANTERN_HEIGHT_M * 0.96, 6);
    // dropped with that foot, it does not jump
    objects.setObjects([lantern("a", { position: foot.position })]);
    run(objects, 0.5);
    expect(objects.footOf("a")!.position[1]).toBeCloseTo(foot.position[1], 6);
  });

  it("never puts a foot below the floor", () => {
    const objects = layer();
    objects.setObjects([lantern("a", { position: [0, 0.1, 0], held_by: 4 })]);
    expect(objects.footOf("a")!.position[1]).toBe(0);
  });

  it("finds what a ray meets and what a hand reaches", () => {
    const objects = layer();
    objects.setObjects([
      lantern("near", { position: [0, 0, -2] }),
      lantern("far", { position: [0, 0, -4] }),
    ]);
    const ray = new THREE.Ray(new THREE.Vector3(0, 0.15, 0), new THREE.Vector3(0, 0, -1));
    expect(objects.objectAt(ray)).toBe("near");
    expect(objects.objectAt(new THREE.Ray(ray.origin, new THREE.Vector3(0, 0, 1)))).toBeNull();
    expect(objects.nearest({ x: 0, y: 0.2, z: -3.9 }, 0.5)).toBe("far");
    expect(objects.nearest({ x: 0, y: 1.6, z: 0 }, 1)).toBeNull();
  });

  it("marks locks, offers and what is pointed at", () => {
    const objects = layer();
    const list = [lantern("a", { locked: true }), lantern("b", { offered_to: 9 }), lantern("c")];
    objects.setObjects(list, 2);
    expect(marks(objects)).toEqual([0, 1]);
    objects.setHover("c");
    objects.update(0, 0);
    expect(marks(objects)).toEqual([0, 1, 2]);
    // offered to the viewer: also ringed
    objects.setObjects(list, 9);
    expect(marks(objects)).toEqual([0, 1, 2, 2]);
  });

  it("uploads nothing for lanterns that stand still, and the last of every motion", () => {
    const objects = layer();
    objects.setObjects([lantern("a")]);
    run(objects, 0.1);
    const paper = objects.root.children[0] as THREE.InstancedMesh;
    const uploads = () => paper.instanceMatrix.version;
    const still = uploads();
    run(objects, 1);
    expect(uploads()).toBe(still);

    objects.setObjects([lantern("a", { position: [1, 0, 0] })]);
    run(objects, 1);
    const moved = uploads();
    expect(moved).toBeGreaterThan(still + 1);
    const at = new THREE.Matrix4();
    paper.getMatrixAt(0, at);
    expect(at.elements[12]).toBeCloseTo(1, 9);
    run(objects, 1);
    expect(uploads()).toBe(moved);

    objects.moveTo("a", [2, 0, 0], 0, 0);
    objects.update(1 / 60, 0);
    paper.getMatrixAt(0, at);
    expect(at.elements[12]).toBeCloseTo(2, 9);
  });

  it("forgets what is no longer listed", () => {
    const objects = layer();
    objects.setObjects([lantern("a"), lantern("b")]);
    objects.setObjects([lantern("b")]);
    expect(objects.footOf("a")).toBeNull();
    expect(objects.nearest({ x: 0, y: 0.1, z: 0 }, 2)).toBe("b");
  });
});
