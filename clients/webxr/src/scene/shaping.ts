/** Shaping of hand-made geometry: paint vertices, jitter, merge into one mesh. */
import * as THREE from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";

type Painter = (p: THREE.Vector3, n: THREE.Vector3, out: THREE.Color) => void;

/** Give every vertex a colour from its position and normal. Returns the same geometry. */
export function paint(geometry: THREE.BufferGeometry, painter: Painter): THREE.BufferGeometry {
  const position = geometry.getAttribute("position");
  const normal = geometry.getAttribute("normal");
  const colours = new Float32Array(position.count * 3);
  const p = new THREE.Vector3();
  const n = new THREE.Vector3();
  const colour = new THREE.Color();
  for (let i = 0; i < position.count; i++) {
    p.fromBufferAttribute(position, i);
    n.fromBufferAttribute(normal, i);
    painter(p, n, colour);
    colour.toArray(colours, i * 3);
  }
  geometry.setAttribute("color", new THREE.BufferAttribute(colours, 3));
  return geometry;
}

/** Paint a vertical gradient between two heights. */
export function gradient(
  geometry: THREE.BufferGeometry,
  low: number,
  high: number,
): THREE.BufferGeometry {
  geometry.computeBoundingBox();
  const box = geometry.boundingBox!;
  const a = new THREE.Color(low);
  const b = new THREE.Color(high);
  const height = Math.max(1e-4, box.max.y - box.min.y);
  return paint(geometry, (p, _n, out) => {
    out.copy(a).lerp(b, (p.y - box.min.y) / height);
  });
}

/** Move each distinct corner a little, the same way wherever it is shared. */
export function jitter(
  geometry: THREE.BufferGeometry,
  amountM: number,
  random: () => number,
): THREE.BufferGeometry {
  const position = geometry.getAttribute("position");
  const moved = new Map<string, [number, number, number]>();
  for (let i = 0; i < position.count; i++) {
    const key = [position.getX(i), position.getY(i), position.getZ(i)]
      .map((v) => v.toFixed(3))
      .join();
    let by = moved.get(key);
    if (!by) {
      by = [
        (random() - 0.5) * 2 * amountM,
        (random() - 0.5) * 2 * amountM,
        (random() - 0.5) * 2 * amountM,
      ];
      moved.set(key, by);
    }
    position.setXYZ(
      i,
      position.getX(i) + by[0],
      position.getY(i) + by[1],
      position.getZ(i) + by[2],
    );
  }
  geometry.computeVertexNormals();
  return geometry;
}

/** Faceted copy: every triangle has its own flat normal. */
export function facet(geometry: THREE.BufferGeometry): THREE.BufferGeometry {
  const flat = geometry.index ? geometry.toNonIndexed() : geometry;
  flat.computeVertexNormals();
  return flat;
}

/** Join painted parts into one geometry with position, normal and colour. */
export function join(parts: THREE.BufferGeometry[]): THREE.BufferGeometry {
  const plain = parts.map((part) => {
    const flat = part.index ? part.toNonIndexed() : part;
    for (const name of Object.keys(flat.attributes)) {
      if (name !== "position" && name !== "normal" && name !== "color") flat.deleteAttribute(name);
    }
    return flat;
  });
  const merged = mergeGeometries(plain, false);
  if (!merged) throw new Error("geometry parts do not fit together");
  return merged;
}

/** Join parts, keeping indices (cheaper for smooth shapes). */
export function joinIndexed(parts: THREE.BufferGeometry[]): THREE.BufferGeometry {
  const merged = mergeGeometries(parts, false);
  if (!merged) throw new Error("geometry parts do not fit together");
  return merged;
}

/** Free every geometry and material below an object. */
export function disposeTree(root: THREE.Object3D): void {
  root.traverse((object) => {
    const mesh = object as Partial<THREE.Mesh>;
    mesh.geometry?.dispose();
    const materials = Array.isArray(mesh.material) ? mesh.material : [mesh.material];
    for (const material of materials) material?.dispose();
  });
}
