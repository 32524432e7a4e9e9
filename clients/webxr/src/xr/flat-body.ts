/**
 * The body of someone at a screen: stands, walks, sits on seats, and carries the camera. Desktop and
 * touch share it; they only differ in how wishes arrive.
 */
import type { PerspectiveCamera } from "three";
import type { Seat } from "../scene/space";
import type { Posture } from "../state/avatar-state";
import { slerpInto } from "../state/interpolate";
import { type LocalBody, newBody, type Place, type PoseHold } from "./controls";
import { writeYawPitch } from "./pose-math";

const EYE_M = [1.65, 1.18, 1.02, 0.17] as const;
const SEATED_OVER_SEAT_M = 0.76;
const FLOOR_SEAT_EYE_M = 0.8;
const WALK_M_S = 1.9;
const SPRINT_M_S = 4.2;
/** how fast steps start and stop, 1/s: nobody is at full pace within one sample of their motion */
const STRIDE_RATE = 14;
const STILL_M_S = 0.02;
/** how fast the eyes come to another height, 1/s; going into a pose takes its time */
const SETTLE_RATE = 9;
const HOLD_SETTLE_RATE = 4;
const SEAT_REACH_M = 1.7;
const PITCH_MAX = 1.45;
const LYING_PITCH = 1.12;
/** So long one takes to go into a pose, slower than the server's limit of a movement. */
const HOLD_S = 0.9;
/** One's own view of the class stays at least so high while one holds a pose. */
const HOLD_VIEW_M = 0.75;

/** What the flat body needs from the stage. */
export interface Standing {
  readonly rig: {
    position: { set(x: number, y: number, z: number): unknown };
    rotation: { y: number };
  };
  readonly camera: PerspectiveCamera;
  readonly seats: readonly Seat[];
  walkable(x: number, z: number): boolean;
}

/** Wishes of one frame: -1 to 1, forward and right; already past any dead zone. */
export interface Wish {
  forward: number;
  right: number;
  sprint: boolean;
}

/** Owns position, heading, posture and eye height of a person at a screen. */
export class FlatBody {
  readonly body: LocalBody = newBody();
  x = 0;
  z = 0;
  yaw = 0;
  pitch = 0;
  thirdPerson = false;
  /** metres behind the head in third person */
  cameraBackM = 2.6;
  /** pace along the floor in the room, m/s */
  private paceX = 0;
  private paceZ = 0;
  private seat: Seat | null = null;
  private eyeM: number = EYE_M[0];
  private offsetM = 0;
  private hold: PoseHold | null = null;
  /** How far one has gone into the pose that is held, 0 to 1. */
  private held = 0;
  private readonly holdAt = new Float32Array(21);

  constructor(
    private readonly stage: Standing,
    start: Place,
  ) {
    this.stand(start);
    this.write();
  }

  /** Walk by these wishes, slide along what is in the way, then move camera and body. */
  update(dtS: number, wish: Wish): void {
    const pushing = Math.hypot(wish.forward, wish.right);
    if (pushing > 0.01) {
      this.hold = null;
      if (this.body.posture !== (0 as Posture)) this.setPosture(0 as Posture);
    }
    this.stride(dtS, wish, pushing);
    this.settle(dtS);
    this.write();
    this.writeHold(dtS);
  }

  private stride(dtS: number, wish: Wish, pushing: number): void {
    const speed = (wish.sprint ? SPRINT_M_S : WALK_M_S) / Math.max(1, pushing);
    const sin = Math.sin(this.yaw);
    const cos = Math.cos(this.yaw);
    const k = 1 - Math.exp(-STRIDE_RATE * dtS);
    this.paceX += ((-sin * wish.forward + cos * wish.right) * speed - this.paceX) * k;
    this.paceZ += ((-cos * wish.forward - sin * wish.right) * speed - this.paceZ) * k;
    if (Math.hypot(this.paceX, this.paceZ) < STILL_M_S && pushing <= 0.01) {
      this.paceX = 0;
      this.paceZ = 0;
    } else this.slide(this.paceX * dtS, this.paceZ * dtS);
  }

  /** Turn by radians, positive to the left; pitch stays within a neck's reach. */
  turn(byYaw: number, byPitch: number): void {
    this.yaw += byYaw;
    this.pitch = Math.max(-PITCH_MAX, Math.min(PITCH_MAX, this.pitch + byPitch));
  }

  /** Walk up to a distance along the floor without leaving it. */
  slide(dx: number, dz: number): void {
    if (this.stage.walkable(this.x + dx, this.z + dz)) {
      this.x += dx;
      this.z += dz;
    } else if (this.stage.walkable(this.x + dx, this.z)) {
      this.x += dx;
    } else if (this.stage.walkable(this.x, this.z + dz)) {
      this.z += dz;
    }
  }

  stand(place: Place): void {
    this.x = place.x;
    this.z = place.z;
    this.yaw = place.yaw;
    this.paceX = 0;
    this.paceZ = 0;
    this.seat = null;
    this.hold = null;
    this.body.teleports++;
  }

  /** Be there as one step of a walk, wherever one's own steps led. */
  carryTo(place: Place): void {
    this.x = place.x;
    this.z = place.z;
    this.yaw = place.yaw;
    this.seat = null;
  }

  /** Sit on the nearest seat within reach, or get up again. Says whether anything happened. */
  interact(): boolean {
    if (this.body.posture !== (0 as Posture)) {
      this.setPosture(0 as Posture);
      return true;
    }
    let best: Seat | null = null;
    let nearest = SEAT_REACH_M;
    for (const seat of this.stage.seats) {
      const d = Math.hypot(seat.x - this.x, seat.z - this.z);
      if (d < nearest) {
        nearest = d;
        best = seat;
      }
    }
    if (!best) return false;
    this.sit(best);
    return true;
  }

  /** Sit down there. */
  sit(seat: Seat): void {
    this.seat = seat;
    this.hold = null;
    this.paceX = 0;
    this.paceZ = 0;
    this.x = seat.x;
    this.z = seat.z;
    this.yaw = seat.yaw;
    this.body.posture = 1 as Posture;
    this.body.teleports++;
  }

  /** Whether a pose is held. */
  get holding(): boolean {
    return this.hold !== null;
  }

  /** Go into a pose, from whatever one does now; null lets go of it. */
  holdPose(hold: PoseHold | null): void {
    if (hold !== null) {
      const { pitch } = this;
      this.setPosture(hold.posture);
      // The view stays on the instructor, also for whoever lies down.
      this.pitch = pitch;
      // From one pose into the next one goes anew.
      this.held = 0;
    }
    this.hold = hold;
  }

  setPosture(posture: Posture): void {
    this.hold = null;
    const lying = 3 as Posture;
    if (posture === lying && this.body.posture !== lying) this.pitch = LYING_PITCH;
    if (posture !== lying && this.body.posture === lying) this.pitch = 0;
    if (this.seat && posture !== (1 as Posture)) this.leaveSeat();
    this.body.posture = posture;
  }

  setHeightOffset(metres: number): void {
    this.offsetM = Math.max(-0.8, Math.min(0.8, metres));
  }

  /** Look at the middle of the room. */
  recenter(): void {
    if (Math.hypot(this.x, this.z) > 0.05) this.yaw = Math.atan2(this.x, this.z);
    this.pitch = 0;
  }

  place(): Place {
    return { x: this.x, z: this.z, yaw: this.yaw };
  }

  private leaveSeat(): void {
    const seat = this.seat;
    this.seat = null;
    if (!seat) return;
    // step off towards the fire, or away from it where that is not clear
    for (const step of [0.6, -0.6, 0.9, -0.9]) {
      const x = seat.x - Math.sin(seat.yaw) * step;
      const z = seat.z - Math.cos(seat.yaw) * step;
      if (!this.stage.walkable(x, z)) continue;
      this.x = x;
      this.z = z;
      this.body.teleports++;
      return;
    }
  }

  private settle(dtS: number): void {
    const posture = this.body.posture as number;
    let target: number = EYE_M[posture] ?? EYE_M[0];
    if (posture === 1) {
      target = this.seat ? this.seat.heightM + SEATED_OVER_SEAT_M : FLOOR_SEAT_EYE_M;
    }
    if (posture !== 3) target += this.offsetM;
    if (this.hold !== null) target = Math.max(HOLD_VIEW_M, target);
    const rate = this.hold === null ? SETTLE_RATE : HOLD_SETTLE_RATE;
    this.eyeM += (Math.max(0.12, target) - this.eyeM) * (1 - Math.exp(-rate * dtS));
  }

  private write(): void {
    const { pose } = this.body;
    pose[0] = this.x;
    pose[1] = this.eyeM;
    pose[2] = this.z;
    writeYawPitch(pose, 3, this.yaw, this.pitch);
    this.writeHand(7, -1);
    this.writeHand(14, 1);
    this.stage.rig.position.set(this.x, 0, this.z);
    this.stage.rig.rotation.y = this.yaw;
    const { camera } = this.stage;
    if (this.thirdPerson) {
      const back = this.cameraBackM;
      const lift = this.eyeM + 0.28 - Math.sin(this.pitch) * back;
      camera.position.set(0.32, Math.max(0.25, lift), Math.cos(this.pitch) * back);
    } else {
      camera.position.set(0, this.eyeM, 0);
    }
    camera.rotation.set(this.pitch, 0, 0);
  }

  /** Others see the pose; one's own view stays where one looks. */
  private writeHold(dtS: number): void {
    const { body, hold, holdAt } = this;
    const goal = hold === null ? 0 : 1;
    this.held += Math.sign(goal - this.held) * Math.min(Math.abs(goal - this.held), dtS / HOLD_S);
    hold?.write(holdAt);
    body.leftVisible = this.held > 0;
    body.rightVisible = this.held > 0;
    if (this.held === 0) return;
    const { pose } = body;
    const share = this.held * this.held * (3 - 2 * this.held);
    for (let part = 0; part < pose.length; part += 7) {
      for (let i = part; i < part + 3; i++) pose[i]! += (holdAt[i]! - pose[i]!) * share;
      slerpInto(pose, part + 3, holdAt, part + 3, share, pose, part + 3);
    }
  }

  /** Hands rest in the lap or hang by the side; they are not tracked, so nobody draws them. */
  private writeHand(at: number, side: -1 | 1): void {
    const { pose } = this.body;
    const lying = (this.body.posture as number) === 3;
    const standing = (this.body.posture as number) === 0;
    const out = side * (standing ? 0.26 : 0.16);
    const ahead = lying ? 0.5 : standing ? 0.1 : 0.32;
    const sin = Math.sin(this.yaw);
    const cos = Math.cos(this.yaw);
    pose[at] = this.x + out * cos - ahead * sin;
    pose[at + 1] = lying ? 0.3 : Math.max(0.2, this.eyeM - (standing ? 0.78 : 0.5));
    pose[at + 2] = this.z - out * sin - ahead * cos;
    writeYawPitch(pose, at + 3, this.yaw, standing ? -1.1 : -0.2);
  }
}
