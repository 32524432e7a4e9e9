/** The rig of a headset: where local-floor lies in the room. Moves and turns about one's own head. */
import type { Object3D } from "three";
import type { LocalBody, Place } from "./controls";
import { type RigFrame, writeInRoom, yawOf } from "./pose-math";

interface Vec {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** Owns the rig's numbers; `apply` copies them to the scene. */
export class HeadsetRig {
  readonly frame: RigFrame = { x: 0, y: 0, z: 0, yaw: 0 };

  constructor(private readonly body: LocalBody) {}

  /** Where the head stands. */
  place(): Place {
    const { pose } = this.body;
    return { x: pose[0]!, z: pose[2]!, yaw: yawOf(pose, 3) };
  }

  /** Choose the rig so that this tracked head stands at the goal and looks along its yaw. */
  settle(position: Vec, turn: Vec & { readonly w: number }, goal: Place): void {
    const { frame } = this;
    const head = this.body.pose;
    frame.x = 0;
    frame.z = 0;
    frame.yaw = 0;
    writeInRoom(head, 0, position, turn, frame);
    frame.yaw = goal.yaw - yawOf(head, 3);
    writeInRoom(head, 0, position, turn, frame);
    frame.x = goal.x - head[0]!;
    frame.z = goal.z - head[2]!;
    writeInRoom(head, 0, position, turn, frame);
    this.body.teleports++;
  }

  /** Jump with the head to a place. */
  jump(to: Place): void {
    const now = this.place();
    this.turnBy(to.yaw - now.yaw);
    this.shift(to.x - now.x, to.z - now.z);
    this.body.teleports++;
  }

  /** Turn one's view about one's own head, positive to the left. */
  turnBy(radians: number): void {
    const { frame, body } = this;
    const x = body.pose[0]!;
    const z = body.pose[2]!;
    const c = Math.cos(radians);
    const s = Math.sin(radians);
    const dx = frame.x - x;
    const dz = frame.z - z;
    frame.x = x + dx * c + dz * s;
    frame.z = z - dx * s + dz * c;
    frame.yaw += radians;
  }

  /** Slide along the floor. */
  shift(dx: number, dz: number): void {
    this.frame.x += dx;
    this.frame.z += dz;
    this.body.pose[0] = this.body.pose[0]! + dx;
    this.body.pose[2] = this.body.pose[2]! + dz;
  }

  /** Copy to the scene. */
  apply(rig: Object3D): void {
    const { x, y, z, yaw } = this.frame;
    rig.position.set(x, y, z);
    rig.rotation.set(0, yaw, 0);
    rig.updateMatrixWorld(true);
  }
}
