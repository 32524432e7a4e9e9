/** The guide figure's mesh, bent by the bones of a stance. One draw call. */
import * as THREE from "three";
import type { BodyPosture } from "../../state/poses";
import { BONE_COUNT, BONES, layOut, newBody, type Stance } from "../../state/skeleton";
import { type GuideUniforms, guideMaterial } from "./guide-material";
import { guideShape } from "./guide-shape";
import { REST, STOOL_M } from "./mould";

const CHEST = BONES.findIndex((bone) => bone.name === "chest");
const SPINE = BONES.findIndex((bone) => bone.name === "spine");
/** from the hips' joints to what one sits on */
const UNDER_HIPS_M = 0.095;
/** lower seats are cushions, and those are left to the mind */
const CHAIR_FROM_M = 0.25;
/** how much a full breath widens the chest */
const SWELL = 0.07;

/** Owns the skinned mesh; a pose is told to it as a stance in its own frame. */
export class GuideBody {
  readonly mesh: THREE.SkinnedMesh;
  readonly uniforms: GuideUniforms = {
    shown: { value: 1 },
    lead: { value: new THREE.Vector2() },
  };
  /** joints of the stance last taken: seven numbers a bone */
  readonly joints = newBody();
  private readonly bones: readonly THREE.Bone[];
  private readonly at = new THREE.Vector3();
  private readonly turn = new THREE.Quaternion();
  private readonly size = new THREE.Vector3();

  constructor(soak: (material: THREE.Material) => void) {
    const material = guideMaterial(this.uniforms);
    soak(material);
    this.mesh = new THREE.SkinnedMesh(guideShape(), material);
    this.mesh.name = "guide";
    this.mesh.frustumCulled = false;
    this.bones = [...BONES, { name: "stool" }].map((bone) => {
      const made = new THREE.Bone();
      made.name = bone.name;
      return made;
    });
    // the bones hang nowhere: their matrices are written straight into the figure's own frame
    const atRest = BONES.map(({ name }) => {
      const { x, y, z } = REST[name];
      return new THREE.Matrix4().makeTranslation(-x, -y, -z);
    });
    this.mesh.bindMode = THREE.DetachedBindMode;
    const inverses = [...atRest, new THREE.Matrix4()];
    this.mesh.bind(new THREE.Skeleton([...this.bones], inverses), new THREE.Matrix4());
  }

  /** Take a stance; `fullness` of the breath 0 to 1 widens the chest. */
  take(stance: Stance, fullness: number): void {
    layOut(stance, this.joints);
    for (let i = 0; i < BONE_COUNT; i++) {
      const o = i * 7;
      const j = this.joints;
      this.at.fromArray(j, o);
      this.turn.fromArray(j, o + 3);
      const wide =
        i === CHEST ? 1 + SWELL * fullness : i === SPINE ? 1 + SWELL * 0.6 * fullness : 1;
      this.size.set(1 + (wide - 1) * 0.5, 1, wide);
      this.bones[i]!.matrixWorld.compose(this.at, this.turn, this.size);
    }
  }

  /** Put a stool under a stance that sits as on a chair; none under any other. */
  seat(posture: BodyPosture): void {
    const topM = this.joints[1]! - UNDER_HIPS_M;
    const high = posture === "seated" && topM > CHAIR_FROM_M;
    this.at.set(this.joints[0]!, high ? topM : -1, this.joints[2]! - 0.02);
    this.turn.identity();
    this.size.setScalar(high ? 1 : 0).setY(high ? topM / STOOL_M : 0);
    this.bones[BONE_COUNT]!.matrixWorld.compose(this.at, this.turn, this.size);
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    (this.mesh.material as THREE.Material).dispose();
    this.mesh.skeleton.dispose();
  }
}
