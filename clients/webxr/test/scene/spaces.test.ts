import * as THREE from "three";
import { describe, expect, it } from "vitest";
import { boundsOf, HALF_WIDTH_M, LIGHTS, SIZES, TEMPLATES } from "../../src/scene/design";
import type { Space } from "../../src/scene/space";
import { spaceDesign } from "../../src/scene/spaces/registry";

/** What a place may cost when all of it is in view; people and design layers come on top. */
const MAX_CALLS = 32;
const MAX_TRIANGLES = 120_000;
const HEAD_LOW_M = 1.15;
const HEAD_HIGH_M = 2.15;

function build(
  template: string,
  size: (typeof SIZES)[number],
  light: (typeof LIGHTS)[number],
): Space {
  return spaceDesign(template).build({
    bounds: boundsOf(size),
    light,
    quality: "high",
    reducedMotion: false,
    pixelRatio: 1,
  });
}

function cost(space: Space): { calls: number; triangles: number } {
  let calls = 0;
  let triangles = 0;
  space.root.traverse((object) => {
    const mesh = object as THREE.Mesh;
    if (!mesh.isMesh && !(object as THREE.Points).isPoints) return;
    calls++;
    const { geometry } = mesh;
    const corners = geometry.index?.count ?? geometry.getAttribute("position").count;
    const times =
      (mesh as unknown as THREE.InstancedMesh).isInstancedMesh === true
        ? (mesh as unknown as THREE.InstancedMesh).count
        : geometry instanceof THREE.InstancedBufferGeometry
          ? geometry.instanceCount
          : 1;
    if (mesh.isMesh) triangles += (corners / 3) * times;
  });
  return { calls, triangles };
}

/** Corners of solid (depth-writing) meshes at head height above the walkable floor. */
function atHeadHeight(space: Space, halfM: number): number {
  let found = 0;
  const p = new THREE.Vector3();
  const matrix = new THREE.Matrix4();
  space.root.updateMatrixWorld(true);
  space.root.traverse((object) => {
    const mesh = object as THREE.InstancedMesh;
    if (!(object as THREE.Mesh).isMesh || mesh.geometry instanceof THREE.InstancedBufferGeometry)
      return;
    if ((mesh.material as THREE.Material).transparent || mesh.parent?.name === "sky") return;
    const position = mesh.geometry.getAttribute("position");
    for (let k = 0; k < (mesh.isInstancedMesh ? mesh.count : 1); k++) {
      if (mesh.isInstancedMesh) mesh.getMatrixAt(k, matrix);
      else matrix.identity();
      matrix.premultiply(mesh.matrixWorld);
      for (let i = 0; i < position.count; i++) {
        p.fromBufferAttribute(position, i).applyMatrix4(matrix);
        const inside = Math.abs(p.x) < halfM - 0.2 && Math.abs(p.z) < halfM - 0.2;
        if (inside && p.y > HEAD_LOW_M && p.y < HEAD_HIGH_M && space.walkable(p.x, p.z)) found++;
      }
    }
  });
  return found;
}

describe.each(TEMPLATES)("%s", (template) => {
  it.each(SIZES)("keeps its budget and its floor clear, %s", (size) => {
    const space = build(template, size, "dusk");
    const { calls, triangles } = cost(space);
    console.info(`${template} ${size}: ${calls} draw calls, ${Math.round(triangles)} triangles`);
    expect(calls).toBeLessThanOrEqual(MAX_CALLS);
    expect(triangles).toBeLessThanOrEqual(MAX_TRIANGLES);
    expect(atHeadHeight(space, HALF_WIDTH_M[size])).toBe(0);
    space.dispose();
  });

  it.each(SIZES)("lets people walk all over a %s floor, and not beyond", (size) => {
    const half = HALF_WIDTH_M[size];
    const space = build(template, size, "day");
    let free = 0;
    let all = 0;
    for (let x = -half + 0.25; x < half; x += 0.5) {
      for (let z = -half + 0.25; z < half; z += 0.5) {
        all++;
        if (space.walkable(x, z)) free++;
      }
    }
    // round the fire there are logs, and the clearing's corners are rounded
    expect(free / all).toBeGreaterThan(template === "campfire" ? 0.84 : 0.99);
    expect(space.walkable(half + 0.05, 0)).toBe(false);
    expect(space.walkable(0, -half - 0.05)).toBe(false);
    expect(space.walkable(Number.NaN, 0)).toBe(false);
    expect(space.walkable(space.arrival.x, space.arrival.z)).toBe(true);
    space.dispose();
  });

  it("has lamps at night and none by day", () => {
    const [day, night] = [build(template, "small", "day"), build(template, "small", "night")];
    expect(day.lamps).toBe(0);
    expect(night.lamps).toBe(1);
    const lit = (space: Space) => {
      let sum = 0;
      space.root.traverse((object) => {
        if ((object as THREE.PointLight).isPointLight)
          sum += (object as THREE.PointLight).intensity;
      });
      return sum;
    };
    expect(lit(night)).toBeGreaterThan(lit(day));
  });

  it.each(LIGHTS)("builds in every light: %s", (light) => {
    const space = build(template, "medium", light);
    expect(space.exposure).toBeGreaterThan(0.5);
    space.update(0.016, 1);
    space.dispose();
  });
});
