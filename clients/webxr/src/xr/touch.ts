/** Touch screens: left thumb walks, right thumb looks, a tap walks there, big buttons do the rest. */
import * as THREE from "three";
import type { Seat } from "../scene/space";
import type { Stage } from "../scene/stage";
import type { Posture } from "../state/avatar-state";
import type { Controls, Place, PoseHold } from "./controls";
import { FlatBody, type Wish } from "./flat-body";
import { pastDeadZone } from "./sticks";

const LOOK_RAD_PX = 0.0062;
const STICK_RADIUS_PX = 58;
const TAP_MS = 280;
const TAP_PX = 12;
const WALK_TO_STOP_M = 0.12;
const WALK_TO_MAX_M = 15;

export interface TouchOptions {
  readonly stage: Stage;
  readonly element: HTMLElement;
  /** where stick and buttons are put; the stage's element lies beneath */
  readonly overlay: HTMLElement;
  readonly start: Place;
  /** a tap; return true when it took something and must not walk */
  readonly onTap?: (x: number, y: number) => boolean;
}

/** Owns the touch listeners, the visible stick and the two buttons. */
export class TouchControls implements Controls {
  private readonly flat: FlatBody;
  private readonly wish: Wish = { forward: 0, right: 0, sprint: false };
  private readonly off = new AbortController();
  private readonly stick = document.createElement("div");
  private readonly knob = document.createElement("div");
  private readonly buttons = document.createElement("div");
  private readonly sit: HTMLButtonElement;
  private readonly ray = new THREE.Raycaster();
  private readonly point = new THREE.Vector2();
  private readonly floor = new THREE.Plane(new THREE.Vector3(0, 1, 0), 0);
  private readonly hit = new THREE.Vector3();
  private stickId = -1;
  private lookId = -1;
  private startX = 0;
  private startY = 0;
  private lastX = 0;
  private lastY = 0;
  private downMs = 0;
  private goal: { x: number; z: number } | null = null;

  constructor(private readonly options: TouchOptions) {
    this.flat = new FlatBody(options.stage, options.start);
    this.dressStick();
    this.sit = this.button("Sit", () => this.flat.interact() || this.toggleFloorSeat());
    this.button("View", () => {
      this.flat.thirdPerson = !this.flat.thirdPerson;
    });
    options.overlay.append(this.stick, this.buttons);
    const { signal } = this.off;
    const { element } = options;
    element.addEventListener("pointerdown", (event) => this.down(event), { signal });
    element.addEventListener("pointermove", (event) => this.move(event), { signal });
    element.addEventListener("pointerup", (event) => this.up(event), { signal });
    element.addEventListener("pointercancel", (event) => this.release(event), { signal });
  }

  get body() {
    return this.flat.body;
  }

  get thirdPerson(): boolean {
    return this.flat.thirdPerson;
  }

  update(dtS: number, _frame: XRFrame | null): void {
    if (this.goal) this.followGoal();
    this.flat.update(dtS, this.wish);
    const label = (this.flat.body.posture as number) === 0 ? "Sit" : "Stand";
    if (this.sit.textContent !== label) this.sit.textContent = label;
  }

  place(): Place {
    return this.flat.place();
  }

  moveTo(place: Place): void {
    this.goal = null;
    this.flat.stand(place);
  }

  /** Sit down there. */
  sitOn(seat: Seat): void {
    this.goal = null;
    this.flat.sit(seat);
  }

  carryTo(place: Place): void {
    this.flat.carryTo(place);
  }

  holdPose(hold: PoseHold | null): void {
    this.flat.holdPose(hold);
  }

  get holding(): boolean {
    return this.flat.holding;
  }

  veiled(change: () => void): void {
    change();
  }

  setPosture(posture: Posture | null): void {
    this.flat.setPosture(posture ?? (0 as Posture));
  }

  recenter(): void {
    this.flat.recenter();
  }

  setHeightOffset(metres: number): void {
    this.flat.setHeightOffset(metres);
  }

  dispose(): void {
    this.off.abort();
    this.stick.remove();
    this.buttons.remove();
  }

  private toggleFloorSeat(): void {
    this.flat.setPosture(1 as Posture);
  }

  private followGoal(): void {
    const goal = this.goal!;
    const dx = goal.x - this.flat.x;
    const dz = goal.z - this.flat.z;
    const far = Math.hypot(dx, dz);
    if (far < WALK_TO_STOP_M) {
      this.goal = null;
      this.wish.forward = 0;
      this.wish.right = 0;
      return;
    }
    // walk towards the goal without turning the view
    const sin = Math.sin(this.flat.yaw);
    const cos = Math.cos(this.flat.yaw);
    const slow = Math.min(1, far / 0.6);
    this.wish.forward = ((-sin * dx - cos * dz) / far) * slow;
    this.wish.right = ((cos * dx - sin * dz) / far) * slow;
  }

  private down(event: PointerEvent): void {
    const box = this.options.element.getBoundingClientRect();
    this.options.element.setPointerCapture(event.pointerId);
    const left = event.clientX - box.left < box.width * 0.42;
    const low = event.clientY - box.top > box.height * 0.4;
    if (left && low && this.stickId < 0) {
      this.stickId = event.pointerId;
      this.startX = event.clientX;
      this.startY = event.clientY;
      this.goal = null;
      this.showStick(event.clientX - box.left, event.clientY - box.top);
    } else if (this.lookId < 0) {
      this.lookId = event.pointerId;
      this.lastX = event.clientX;
      this.lastY = event.clientY;
      this.downMs = event.timeStamp;
      this.point.set(event.clientX, event.clientY);
    }
  }

  private move(event: PointerEvent): void {
    if (event.pointerId === this.stickId) {
      const dx = (event.clientX - this.startX) / STICK_RADIUS_PX;
      const dy = (event.clientY - this.startY) / STICK_RADIUS_PX;
      const size = Math.max(1, Math.hypot(dx, dy));
      this.wish.right = pastDeadZone(dx / size, 0.15);
      this.wish.forward = -pastDeadZone(dy / size, 0.15);
      this.wish.sprint = Math.hypot(dx, dy) > 1.7;
      const kx = (dx / size) * STICK_RADIUS_PX * 0.6;
      const ky = (dy / size) * STICK_RADIUS_PX * 0.6;
      this.knob.style.transform = `translate(${kx}px, ${ky}px)`;
    } else if (event.pointerId === this.lookId) {
      const turn = (event.clientX - this.lastX) * LOOK_RAD_PX;
      const nod = (event.clientY - this.lastY) * LOOK_RAD_PX;
      this.lastX = event.clientX;
      this.lastY = event.clientY;
      this.flat.turn(turn, nod);
    }
  }

  private up(event: PointerEvent): void {
    const looked = event.pointerId === this.lookId;
    const moved = Math.hypot(event.clientX - this.point.x, event.clientY - this.point.y);
    if (looked && event.timeStamp - this.downMs < TAP_MS && moved < TAP_PX) this.tap(event);
    this.release(event);
  }

  private release(event: PointerEvent): void {
    if (event.pointerId === this.stickId) {
      this.stickId = -1;
      this.wish.forward = 0;
      this.wish.right = 0;
      this.wish.sprint = false;
      this.knob.style.transform = "";
      this.restStick();
    }
    if (event.pointerId === this.lookId) this.lookId = -1;
  }

  private tap(event: PointerEvent): void {
    const box = this.options.element.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 2 - 1;
    const y = 1 - ((event.clientY - box.top) / box.height) * 2;
    if (this.options.onTap?.(x, y)) return;
    this.ray.setFromCamera(this.point.set(x, y), this.options.stage.camera);
    const at = this.ray.ray.intersectPlane(this.floor, this.hit);
    if (!at || !this.options.stage.walkable(at.x, at.z)) return;
    if (Math.hypot(at.x - this.flat.x, at.z - this.flat.z) > WALK_TO_MAX_M) return;
    this.goal = { x: at.x, z: at.z };
  }

  private dressStick(): void {
    Object.assign(this.stick.style, {
      position: "absolute",
      width: "116px",
      height: "116px",
      borderRadius: "50%",
      border: "2px solid rgba(246,236,221,0.4)",
      background: "rgba(29,22,32,0.28)",
      pointerEvents: "none",
      display: "grid",
      placeItems: "center",
    });
    Object.assign(this.knob.style, {
      width: "48px",
      height: "48px",
      borderRadius: "50%",
      background: "rgba(246,236,221,0.75)",
    });
    this.stick.setAttribute("aria-hidden", "true");
    this.stick.append(this.knob);
    this.restStick();
    this.buttons.className = "touch-buttons";
    Object.assign(this.buttons.style, {
      position: "absolute",
      right: "max(16px, env(safe-area-inset-right))",
      bottom: "calc(96px + env(safe-area-inset-bottom))",
      display: "grid",
      gap: "12px",
    });
  }

  private restStick(): void {
    Object.assign(this.stick.style, {
      left: "calc(20px + env(safe-area-inset-left))",
      top: "auto",
      bottom: "calc(96px + env(safe-area-inset-bottom))",
      opacity: "0.6",
    });
  }

  private showStick(x: number, y: number): void {
    Object.assign(this.stick.style, {
      left: `${x - 58}px`,
      top: `${y - 58}px`,
      bottom: "auto",
      opacity: "1",
    });
  }

  private button(label: string, act: () => void): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    Object.assign(button.style, {
      width: "64px",
      height: "64px",
      borderRadius: "50%",
      border: "1px solid #43364a",
      background: "rgba(42,32,48,0.86)",
      color: "#f6ecdd",
      font: "inherit",
      fontSize: "15px",
      pointerEvents: "auto",
      touchAction: "manipulation",
    });
    button.addEventListener("click", act, { signal: this.off.signal });
    this.buttons.append(button);
    return button;
  }
}
