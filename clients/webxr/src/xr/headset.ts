/**
 * Controls inside an immersive session: tracked body, teleport and turning, menu, comfort. Owns the
 * rig while the session lasts; knows nothing of the network.
 */
import * as THREE from "three";
import type { Stage } from "../scene/stage";
import type { Posture } from "../state/avatar-state";
import { ComfortVeil } from "./comfort-veil";
import { type Controls, newBody, type Place, type PoseHold } from "./controls";
import { HandReader, type HandReading } from "./hand-reader";
import { HandView } from "./hand-view";
import { DEFAULT_SETTINGS, type HeadsetOptions, type HeadsetSettings } from "./headset-options";
import { HeadsetRig } from "./headset-rig";
import { LeadButton } from "./lead-button";
import { Menu } from "./menu/menu";
import type { MenuData } from "./menu/menu-pages";
import { NotePanel } from "./menu/note-panel";
import { upYOf, writeInRoom, writeYawPitch, yawOf } from "./pose-math";
import { calibrateStanding, newPosture, stepPosture } from "./posture";
import { pastDeadZone, TurnStick, type TurnStyle } from "./sticks";
import { newArc, throwArc } from "./teleport-arc";
import { TeleportView } from "./teleport-view";

const GLIDE_M_S = 2;
const AIM_AT = 0.6;
const AIM_RELEASE_AT = 0.3;
const SEAT_SNAP_M = 0.55;
const RAY_IDLE_M = 0.9;

/** Owns everything that exists only while the headset is on. */
export class HeadsetControls implements Controls {
  readonly body = newBody();
  readonly thirdPerson = false;
  holding = false;
  readonly menu: Menu;
  /** hints and captions, low in view */
  readonly notes = new NotePanel();
  readonly settings: HeadsetSettings;
  private readonly stage: Stage;
  private readonly rig = new HeadsetRig(this.body);
  private readonly off = new AbortController();
  private readonly hands: HandReader;
  private readonly view: HandView;
  private readonly veil = new ComfortVeil();
  private readonly arrows = new TeleportView();
  private readonly arc = newArc();
  private readonly turnStick = new TurnStick();
  private readonly postures = newPosture();
  private readonly reach = { left: 0, right: 0 };
  private readonly rays = { left: 0, right: 0 };
  private readonly ray = new THREE.Raycaster();
  private readonly canStand = (x: number, z: number): boolean => this.landable(x, z);
  private goal: Place;
  private settled = false;
  private aiming: HandReading | null = null;
  private aimedByStick = false;
  private readonly leadButton: LeadButton;
  private menuHeld = false;
  private talkHeld = false;
  private gliding = 0;
  /** 1 while one is carried along: the view narrows as in gliding */
  private carried = 0;
  private space: XRReferenceSpace | null = null;
  private data: MenuData | null = null;
  /** the person a ray points at, for name tags */
  pointed: number | null = null;

  constructor(private readonly options: HeadsetOptions) {
    this.stage = options.stage;
    this.settings = { ...DEFAULT_SETTINGS, ...options.settings };
    this.goal = options.start;
    // until the first tracked frame one stands where one stood
    this.body.pose[0] = options.start.x;
    this.body.pose[2] = options.start.z;
    writeYawPitch(this.body.pose, 3, options.start.yaw, 0);
    const { session } = options;
    const { signal } = this.off;
    this.hands = new HandReader(session, signal);
    const { primary, secondary = primary } = options;
    this.view = new HandView({ primary, secondary }, (m) => this.stage.space.soak(m));
    const say = (words: string) => this.notes.say(words);
    this.menu = new Menu(options.actions, this.comfortActions(), say, options.choices);
    this.leadButton = new LeadButton(options.actions.gathering ?? null, say);
    this.stage.scene.add(...this.things());
    session.addEventListener("end", () => options.onEnd(), { signal });
    session.addEventListener("visibilitychange", () => this.seen(session), { signal });
  }

  update(dtS: number, frame: XRFrame | null): void {
    const { renderer } = this.stage;
    const space = renderer.xr.getReferenceSpace();
    if (!frame || !space) return;
    this.watchSpace(space);
    const viewer = frame.getViewerPose(space);
    if (!viewer) {
      // the headset lost itself: hold the head, and let go of the hands at once
      this.loseHands();
      return;
    }
    const { position, orientation } = viewer.transform;
    if (this.settled) {
      // move first, by what was read last frame: head and hands then land in the same place
      this.move(dtS);
      this.veil.update(dtS, this.settings.vignette ? this.gliding : 0);
    } else {
      this.settled = true;
      this.rig.settle(position, orientation, this.goal);
    }
    this.rig.frame.y = this.settings.heightOffsetM;
    writeInRoom(this.body.pose, 0, position, orientation, this.rig.frame);
    const sources = this.options.session.inputSources;
    this.hands.read(frame, space, sources, this.rig.frame, this.body.pose);
    this.writeBody(position.y, dtS);
    this.menu.update(
      dtS,
      this.body,
      this.hands,
      this.pointer().side === "left" ? "right" : "left",
      this.reach,
    );
    this.notes.update(dtS, this.body, this.menu.ahead);
    this.point();
    this.applyRig();
    const { left, right } = this.hands;
    this.rays.left = this.rayLength(left);
    this.rays.right = this.rayLength(right);
    this.view.update(left, right, this.body.pose, this.rays, dtS);
  }

  place(): Place {
    return this.rig.place();
  }

  moveTo(place: Place): void {
    if (!this.settled) this.goal = place;
    else this.veil.blink(() => this.rig.jump(place));
  }

  carryTo({ x, z }: Place): void {
    const now = this.place();
    this.rig.shift(x - now.x, z - now.z);
    this.carried = 1;
  }

  /** Legs are not tracked: of a pose only its posture is told. */
  holdPose(hold: PoseHold | null): void {
    this.setPosture(hold?.posture ?? null);
    this.holding = hold !== null;
  }

  veiled(change: () => void): void {
    this.veil.blink(change);
  }

  setPosture(posture: Posture | null): void {
    this.postures.override = posture;
  }

  recenter(): void {
    const { x, z } = this.place();
    if (Math.hypot(x, z) < 0.05) return;
    this.veil.blink(() => this.rig.jump({ x, z, yaw: Math.atan2(x, z) }));
  }

  setHeightOffset(metres: number): void {
    this.settings.heightOffsetM = Math.max(-0.8, Math.min(0.8, metres));
    this.changed();
  }

  /** Show this in the menu; call when it changes. */
  setMenuData(data: MenuData): void {
    this.data = data;
    this.menu.setData({ ...data, ...this.comfortData() });
  }

  dispose(): void {
    this.off.abort();
    this.stage.scene.remove(...this.things());
    this.notes.dispose();
    this.view.dispose();
    this.menu.dispose();
    this.arrows.dispose();
    this.veil.dispose();
  }

  private things(): THREE.Object3D[] {
    return [this.view.root, this.menu.root, this.arrows.root, this.veil.mesh, this.notes.mesh];
  }

  private seen(session: XRSession): void {
    const away = session.visibilityState !== "visible";
    if (away) this.loseHands();
    this.options.onAway(away);
  }

  private loseHands(): void {
    Object.assign(this.body, { leftVisible: false, rightVisible: false });
  }

  private watchSpace(space: XRReferenceSpace): void {
    if (space === this.space) return;
    this.space = space;
    // the device moved its origin: keep one's place in the room
    space.addEventListener(
      "reset",
      () => {
        this.goal = this.place();
        this.settled = false;
      },
      { signal: this.off.signal },
    );
  }

  private writeBody(headM: number, dtS: number): void {
    const { body, hands } = this;
    body.leftVisible = hands.left.tracked;
    body.rightVisible = hands.right.tracked;
    body.leftGesture = hands.left.gesture;
    body.rightGesture = hands.right.gesture;
    body.leftHolds = hands.left.holds;
    body.rightHolds = hands.right.holds;
    body.posture = stepPosture(this.postures, headM, upYOf(body.pose, 3), dtS);
  }

  private move(dtS: number): void {
    const { left, right } = this.hands;
    const main = this.pointer();
    const other = main === right ? left : right;
    const lower = left.lowerDown || right.lowerDown;
    const leads = this.leadButton.use(lower, dtS);
    this.pressMenuButton(left.menuDown || right.menuDown || (lower && !leads));
    this.holdTalk(left.talkDown || right.talkDown);
    const turn = this.turnStick.step(this.stickFor(main, other), this.settings.turn, dtS);
    if (turn !== 0) this.turnBy(turn, this.settings.turn !== "smooth");
    this.glide(main, other, dtS);
    this.aim(main, other);
  }

  /** With one controller it does both; with two, the pointing hand turns. */
  private stickFor(main: HandReading, other: HandReading): number {
    if (this.aiming && this.aimedByStick) return 0;
    if (!this.settings.glide && Math.abs(other.stickX) > Math.abs(main.stickX)) return other.stickX;
    return main.stickX;
  }

  private glide(main: HandReading, other: HandReading, dtS: number): void {
    this.gliding = this.carried;
    this.carried = 0;
    if (!this.settings.glide) return;
    const hand = other.tracked ? other : main;
    const forward = -pastDeadZone(hand.stickY);
    const side = other.tracked ? pastDeadZone(hand.stickX) : 0;
    const push = Math.min(1, Math.hypot(forward, side));
    if (push === 0) return;
    this.gliding = push;
    const { x, z, yaw } = this.place();
    const step = GLIDE_M_S * dtS;
    const dx = (-Math.sin(yaw) * forward + Math.cos(yaw) * side) * step;
    const dz = (-Math.cos(yaw) * forward - Math.sin(yaw) * side) * step;
    if (this.stage.walkable(x + dx, z + dz)) this.rig.shift(dx, dz);
    else if (this.stage.walkable(x + dx, z)) this.rig.shift(dx, 0);
    else if (this.stage.walkable(x, z + dz)) this.rig.shift(0, dz);
  }

  private aim(main: HandReading, other: HandReading): void {
    const hand = this.aiming ?? this.startsAiming(main) ?? this.startsAiming(other);
    if (!hand) return;
    const held = this.aimedByStick ? hand.stickY < -AIM_RELEASE_AT : hand.selecting;
    if (!hand.rayTracked || this.reach[hand.side] > 0) {
      this.stopAiming();
      return;
    }
    this.aiming = hand;
    const { x, z } = this.place();
    throwArc(this.arc, hand.origin, hand.direction, { x, z }, this.canStand);
    if (held) {
      this.snapToSeat();
      this.arrows.show(this.arc);
      return;
    }
    this.snapToSeat();
    if (this.arc.valid) {
      const to = { x: this.arc.x, z: this.arc.z, yaw: yawOf(this.body.pose, 3) };
      this.veil.blink(() => this.rig.jump(to));
    }
    this.stopAiming();
  }

  private startsAiming(hand: HandReading): HandReading | null {
    if (!hand.rayTracked || this.veil.busy || this.reach[hand.side] > 0) return null;
    const byStick = hand.stickY < -AIM_AT && !(this.settings.glide && hand !== this.pointer());
    if (!byStick && !hand.selecting) return null;
    this.aimedByStick = byStick;
    return hand;
  }

  private stopAiming(): void {
    this.aiming = null;
    this.arrows.hide();
  }

  private snapToSeat(): void {
    if (!this.arc.landed) return;
    for (const seat of this.stage.seats) {
      if (Math.hypot(seat.x - this.arc.x, seat.z - this.arc.z) > SEAT_SNAP_M) continue;
      this.arc.x = seat.x;
      this.arc.z = seat.z;
    }
  }

  private landable(x: number, z: number): boolean {
    if (this.stage.walkable(x, z)) return true;
    return this.stage.seats.some((seat) => Math.hypot(seat.x - x, seat.z - z) < SEAT_SNAP_M);
  }

  private pressMenuButton(down: boolean): void {
    if (down && !this.menuHeld) this.menu.pin(this.body);
    this.menuHeld = down;
  }

  private holdTalk(down: boolean): void {
    if (down !== this.talkHeld) this.options.actions.voice?.hold(down);
    this.talkHeld = down;
  }

  private point(): void {
    const hand = this.pointer();
    this.pointed = null;
    if (hand.rayTracked && this.reach[hand.side] === 0) {
      this.ray.set(hand.origin, hand.direction);
      this.ray.far = 14;
      this.pointed = this.stage.avatars.pick(this.ray);
    }
    this.stage.avatars.highlight(this.pointed);
  }

  /** The hand that points; the other one carries the wrist menu. */
  private pointer(): HandReading {
    const { left, right } = this.hands;
    const wanted = this.settings.leftHanded ? left : right;
    const other = wanted === left ? right : left;
    return wanted.rayTracked || !other.rayTracked ? wanted : other;
  }

  private rayLength(hand: HandReading): number {
    if (this.reach[hand.side] > 0) return this.reach[hand.side];
    if (this.aiming === hand) return 0;
    return hand === this.pointer() ? RAY_IDLE_M : 0;
  }

  private turnBy(radians: number, snap: boolean): void {
    this.rig.turnBy(radians);
    // a snap counts as a jump, so that others see no spin
    if (snap) this.body.teleports++;
  }

  private applyRig(): void {
    this.rig.frame.y = this.settings.heightOffsetM;
    this.rig.apply(this.stage.rig);
  }

  private comfortActions() {
    return {
      setTurn: (turn: TurnStyle) => {
        this.settings.turn = turn;
        this.changed();
      },
      setGlide: (on: boolean) => {
        this.settings.glide = on;
        this.changed();
      },
      setLeftHanded: (on: boolean) => {
        this.settings.leftHanded = on;
        this.changed();
      },
      calibrateStanding: () => {
        calibrateStanding(this.postures, this.body.pose[1]! - this.rig.frame.y);
      },
      stepTurn: (radians: number) => this.veil.blink(() => this.turnBy(radians, true)),
    };
  }

  private comfortData() {
    const { turn, glide, leftHanded, heightOffsetM } = this.settings;
    return { turn, glide, leftHanded, heightOffsetM };
  }

  private changed(): void {
    if (this.data) this.setMenuData(this.data);
    this.options.onSettings?.(this.settings);
  }
}
