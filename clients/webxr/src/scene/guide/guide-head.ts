/** The head of the guide figure: hair tied up, a small smile. */
import * as THREE from "three";
import { type Mould, REST } from "./mould";
import { BAND, BLUSH, DARK, HAIR, SKIN, SKIN_LOW } from "./palette";

/** Add the head. */
export function head(mould: Mould): void {
  const middle = REST.head.clone().add(new THREE.Vector3(0, 0.085, -0.008));
  mould.ball({
    bone: "head",
    at: middle,
    half: [0.105, 0.122, 0.114],
    rows: 14,
    sides: 20,
    colour: (p) => (p.y > 0.62 || p.z > 0.1 + Math.max(0, -p.y) * 0.5 ? HAIR : SKIN),
  });
  // hair stands off a little, so that its edge is a soft step; tied up behind
  mould.ball({
    bone: "head",
    at: middle.clone().add(new THREE.Vector3(0, 0.018, 0.018)),
    half: [0.111, 0.118, 0.11],
    rows: 12,
    sides: 18,
    colour: () => HAIR,
  });
  mould.ball({
    bone: "head",
    at: middle.clone().add(new THREE.Vector3(0, 0.092, 0.082)),
    half: [0.046, 0.044, 0.044],
    rows: 8,
    sides: 10,
    colour: () => HAIR,
  });
  for (const side of [-1, 1]) {
    const eye = middle.clone().add(new THREE.Vector3(0.04 * side, -0.004, -0.104));
    ball(mould, eye, [0.0115, 0.0155, 0.008], DARK);
    ball(
      mould,
      eye.clone().add(new THREE.Vector3(0.0035, 0.0055, -0.006)),
      [0.004, 0.004, 0.003],
      BAND,
    );
    ball(
      mould,
      middle.clone().add(new THREE.Vector3(0.062 * side, -0.04, -0.088)),
      [0.018, 0.012, 0.008],
      BLUSH,
    );
    ball(
      mould,
      middle.clone().add(new THREE.Vector3(0.104 * side, -0.012, 0.012)),
      [0.014, 0.024, 0.018],
      SKIN,
    );
  }
  ball(
    mould,
    middle.clone().add(new THREE.Vector3(0, -0.022, -0.113)),
    [0.012, 0.01, 0.011],
    SKIN_LOW,
  );
  // a smile: five small beads on a curve
  for (let i = -2; i <= 2; i++) {
    const at = new THREE.Vector3(i * 0.0085, -0.056 + i * i * 0.0019, -0.1 + i * i * 0.001);
    ball(mould, middle.clone().add(at), [0.0058, 0.0042, 0.005], DARK);
  }
}

function ball(
  mould: Mould,
  at: THREE.Vector3,
  half: readonly [number, number, number],
  colour: THREE.Color,
): void {
  mould.ball({ bone: "head", at, half, rows: 5, sides: 8, colour: () => colour });
}
