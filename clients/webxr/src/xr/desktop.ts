/** Keyboard and mouse: WASD or arrows, drag to look, E to sit, C X Z for postures, F for the view. */
import type { Seat } from "../scene/space";
import type { Stage } from "../scene/stage";
import type { Posture } from "../state/avatar-state";
import type { Controls, Place, PoseHold } from "./controls";
import { FlatBody, type Wish } from "./flat-body";

const LOOK_RAD_PX = 0.0042;
const KEY_TURN_RAD_S = 1.7;
const KEY_PITCH_RAD_S = 1.2;
const DRAG_PX = 5;

export interface DesktopOptions {
  readonly stage: Stage;
  readonly element: HTMLElement;
  readonly start: Place;
  /** a click that was not a drag, in normalised device coordinates */
  readonly onClick?: (x: number, y: number) => void;
  /** where the mouse points, in the same coordinates; null when it left */
  readonly onPoint?: (at: { x: number; y: number } | null) => void;
}

/** Owns the listeners on page and canvas while one is at a desk. */
export class DesktopControls implements Controls {
  private readonly flat: FlatBody;
  private readonly held = new Set<string>();
  private readonly wish: Wish = { forward: 0, right: 0, sprint: false };
  private readonly off = new AbortController();
  private dragging = -1;
  private travelled = 0;

  constructor(private readonly options: DesktopOptions) {
    this.flat = new FlatBody(options.stage, options.start);
    const { signal } = this.off;
    addEventListener("keydown", (event) => this.keyDown(event), { signal });
    addEventListener("keyup", (event) => this.held.delete(event.code), { signal });
    addEventListener("blur", () => this.held.clear(), { signal });
    const { element } = options;
    element.addEventListener("pointerdown", (event) => this.pointerDown(event), { signal });
    element.addEventListener("pointermove", (event) => this.pointerMove(event), { signal });
    element.addEventListener("pointerup", (event) => this.pointerUp(event), { signal });
    element.addEventListener("pointercancel", () => this.endDrag(), { signal });
    element.addEventListener("pointerleave", () => options.onPoint?.(null), { signal });
    element.addEventListener("wheel", (event) => this.wheel(event), { signal, passive: false });
  }

  get body() {
    return this.flat.body;
  }

  get thirdPerson(): boolean {
    return this.flat.thirdPerson;
  }

  update(dtS: number, _frame: XRFrame | null): void {
    const { held, wish } = this;
    wish.forward = axis(held, "KeyW", "KeyS") + axis(held, "ArrowUp", "ArrowDown");
    wish.forward = Math.max(-1, Math.min(1, wish.forward));
    wish.right = axis(held, "KeyD", "KeyA");
    wish.sprint = held.has("ShiftLeft") || held.has("ShiftRight");
    const turn = axis(held, "ArrowLeft", "ArrowRight") * KEY_TURN_RAD_S * dtS;
    const pitch = axis(held, "PageUp", "PageDown") * KEY_PITCH_RAD_S * dtS;
    if (turn !== 0 || pitch !== 0) this.flat.turn(turn, pitch);
    this.flat.update(dtS, wish);
  }

  place(): Place {
    return this.flat.place();
  }

  moveTo(place: Place): void {
    this.flat.stand(place);
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

  /** Sit down there. */
  sitOn(seat: Seat): void {
    this.flat.sit(seat);
  }

  /** First or third person. */
  toggleView(): void {
    this.flat.thirdPerson = !this.flat.thirdPerson;
  }

  /** Sit on the nearest seat or get up. */
  interact(): boolean {
    return this.flat.interact();
  }

  /** Let the mouse turn the head without dragging, until Escape. */
  lockPointer(): void {
    void this.options.element.requestPointerLock();
  }

  dispose(): void {
    this.off.abort();
    if (document.pointerLockElement === this.options.element) document.exitPointerLock();
  }

  private keyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const { code } = event;
    if (code.startsWith("Arrow") || code.startsWith("Page")) {
      // keys move one only while the room has the focus, not a list beside it
      if (!ownsKeys(event.target, this.options.element)) return;
      event.preventDefault();
    }
    this.held.add(code);
    if (event.repeat) return;
    if (code === "KeyE") this.flat.interact();
    else if (code === "KeyC") this.togglePosture(1 as Posture);
    else if (code === "KeyX") this.togglePosture(2 as Posture);
    else if (code === "KeyZ") this.togglePosture(3 as Posture);
    else if (code === "KeyF") this.toggleView();
    else if (code === "KeyL") this.lockPointer();
    else if (code === "Home") this.flat.recenter();
  }

  private togglePosture(posture: Posture): void {
    this.flat.setPosture(this.flat.body.posture === posture ? (0 as Posture) : posture);
  }

  private pointerDown(event: PointerEvent): void {
    if (event.button !== 0 && event.button !== 2) return;
    this.dragging = event.pointerId;
    this.travelled = 0;
    this.options.element.setPointerCapture(event.pointerId);
  }

  private pointerMove(event: PointerEvent): void {
    const locked = document.pointerLockElement === this.options.element;
    if (!locked && event.pointerId !== this.dragging) {
      this.options.onPoint?.(this.deviceAt(event));
      return;
    }
    this.travelled += Math.abs(event.movementX) + Math.abs(event.movementY);
    this.flat.turn(-event.movementX * LOOK_RAD_PX, -event.movementY * LOOK_RAD_PX);
  }

  private pointerUp(event: PointerEvent): void {
    if (event.pointerId !== this.dragging) return;
    this.endDrag();
    if (this.travelled > DRAG_PX || event.button !== 0) return;
    const { x, y } = this.deviceAt(event);
    this.options.onClick?.(x, y);
  }

  /** A locked pointer is in the middle of the picture. */
  private deviceAt(event: PointerEvent): { x: number; y: number } {
    const { element } = this.options;
    if (document.pointerLockElement === element) return { x: 0, y: 0 };
    const box = element.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * 2 - 1,
      y: 1 - ((event.clientY - box.top) / box.height) * 2,
    };
  }

  private endDrag(): void {
    this.dragging = -1;
  }

  private wheel(event: WheelEvent): void {
    if (!this.flat.thirdPerson) return;
    event.preventDefault();
    const next = this.flat.cameraBackM + event.deltaY * 0.002;
    this.flat.cameraBackM = Math.max(1.2, Math.min(6, next));
  }
}

function axis(held: Set<string>, plus: string, minus: string): number {
  return (held.has(plus) ? 1 : 0) - (held.has(minus) ? 1 : 0);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function ownsKeys(target: EventTarget | null, element: HTMLElement): boolean {
  return target === document.body || target === element || target === null;
}
