import { Matrix4, Quaternion, Vector3 } from "three";
import { expect, it } from "vitest";
import { writePose } from "../../src/scene/avatar/body-layer";

it("draws a part exactly where its pose says", () => {
  const q = new Quaternion(0.3, -0.5, 0.2, 0.7).normalize();
  const pose = new Float32Array(21);
  pose.set([1.5, 1.1, -3.25, q.x, q.y, q.z, q.w], 7);
  const out = new Float32Array(16);
  writePose(out, 0, pose, 7);
  const wanted = new Matrix4().compose(new Vector3(1.5, 1.1, -3.25), q, new Vector3(1, 1, 1));
  for (let i = 0; i < 16; i++) expect(out[i]).toBeCloseTo(wanted.elements[i]!, 6);
});
