/**
 * The menu in a headset: big buttons on the wrist of the hand that does not point, and a board
 * that opens in front of one and stays where it is. Rays and fingertips both press.
 */
import * as THREE from "three";
import type { Actions } from "../../ui/actions";
import type { LocalBody } from "../controls";
import type { HandReading } from "../hand-reader";
import { yawOf } from "../pose-math";
import { CanvasPanel } from "./canvas-panel";
import { MenuBoard } from "./menu-board";
import type { ComfortActions } from "./menu-comfort";
import type { GatheringChoices } from "./menu-gathering-press";
import { type MenuData, NO_DATA, type Tab, wristPage } from "./menu-pages";
import type { PanelButton, PanelSpec } from "./panel-spec";

const BOARD_AWAY_M = 1.3;
const BOARD_BELOW = Math.tan((13 * Math.PI) / 180);
const BOARD_M_PER_PX = 1 / 1024;
const WRIST_M_PER_PX = 0.32 / 824;
/** the wrist panel held out in front must be as easy to read as at the wrist */
const PINNED_ZOOM = 1.65;
/** facing test of the wrist: cosine of the angle between its back (or palm) and the eye */
const WRIST_SHOW = 0.62;
const WRIST_HIDE = 0.4;
const POKE_ABOVE_M = 0.012;
const POKE_READY_M = 0.05;
const LINGER_S = 0.4;

/** sine of the head's downward pitch at which the puck comes and goes */
const PUCK_SHOW = -0.42;
const PUCK_HIDE = -0.3;
const PINNED_LEASH_M = 1.5;
const BOARD_LEASH_M = 3;
const PUCK_M_PER_PX = 0.1 / 160;
const PUCK: PanelSpec = {
  width: 160,
  height: 160,
  texts: [],
  buttons: [{ id: "pin", label: "Menu", icon: "comfort", x: 10, y: 10, w: 140, h: 140 }],
};

interface Under {
  button: PanelButton | null;
}

/** Owns both panels and what is open. */
export class Menu {
  readonly root = new THREE.Group();
  private readonly wrist = new CanvasPanel(WRIST_M_PER_PX);
  private readonly board = new CanvasPanel(BOARD_M_PER_PX);
  /** a button that waits below: looking down shows it, so that one hand alone reaches the menu */
  private readonly puck = new CanvasPanel(PUCK_M_PER_PX);
  private readonly panels = [this.wrist, this.board, this.puck];
  private readonly pages: MenuBoard;
  private stopEarshot: (() => void) | null = null;
  private pinned = false;
  private lingerS = 0;
  private readonly underRay: Under = { button: null };
  private readonly underTip: Under = { button: null };
  private readonly eye = new THREE.Vector3();
  private readonly at = new THREE.Vector3();
  private readonly axis = new THREE.Vector3();
  private readonly toEye = new THREE.Vector3();
  private readonly turn = new THREE.Quaternion();
  private readonly poked = { left: false, right: false };
  private readonly selected = { left: false, right: false };
  private hoverWrist: string | null = null;
  private hoverBoard: string | null = null;
  private hoverPuck: string | null = null;

  constructor(
    private readonly actions: Actions,
    comfort: ComfortActions,
    /** says something where one looks */
    say: (words: string) => void,
    choices: GatheringChoices,
  ) {
    const changed = () => this.showBoard();
    this.pages = new MenuBoard({ actions, comfort, choices, say, changed });
    this.root.name = "menu";
    for (const panel of this.panels) this.root.add(panel.mesh);
    this.puck.show(PUCK);
    this.setData(NO_DATA);
  }

  /** Whether the board is open. */
  get open(): boolean {
    return this.board.mesh.visible;
  }

  /** Whether something of the menu stands before one's eyes. */
  get ahead(): boolean {
    return this.open || this.pinned;
  }

  /** Show this data; call when it changes, not every frame. */
  setData(data: MenuData): void {
    this.pages.setData(data);
    this.wrist.show(wristPage(data));
    if (this.open) this.showBoard();
  }

  /** Open the board on a page in front of one's eyes, or close it if that page is open. */
  toggle(tab: Tab, body: LocalBody): void {
    if (this.open && this.pages.tab === tab) this.close();
    else this.openTab(tab, body);
  }

  close(): void {
    this.board.mesh.visible = false;
    this.watchEarshot();
  }

  /** The server tells who hears one only while somebody reads it. */
  private watchEarshot(): void {
    const wanted = this.open && this.pages.tab === "voice";
    if (wanted) this.stopEarshot ??= this.actions.voice?.watchEarshot() ?? null;
    else {
      this.stopEarshot?.();
      this.stopEarshot = null;
    }
  }

  /**
   * Show the wrist panel in front of one instead of on the wrist, for people with one hand; called
   * by the controllers' menu button.
   */
  pin(body: LocalBody): void {
    this.pinned = !this.pinned;
    this.wrist.zoom = this.pinned ? PINNED_ZOOM : 1;
    this.wrist.resize();
    if (this.pinned) this.placeAhead(this.wrist.mesh, body, 0.7, 0.24);
    else this.wrist.mesh.visible = false;
  }

  /**
   * Advance by one frame. `pointing` holds the panel-free hand; returns nothing, but writes how far
   * each ray reaches before it meets a panel into `reach` (0: meets none).
   */
  update(
    dtS: number,
    body: LocalBody,
    hands: { left: HandReading; right: HandReading },
    carrier: "left" | "right",
    reach: { left: number; right: number },
  ): void {
    this.eye.fromArray(body.pose, 0);
    this.leaveBehind();
    this.placeWrist(dtS, body, hands[carrier], carrier);
    this.hoverWrist = null;
    this.hoverBoard = null;
    this.hoverPuck = null;
    this.placePuck(body);
    reach.left = this.usePointer(hands.left, carrier === "left", body);
    reach.right = this.usePointer(hands.right, carrier === "right", body);
    this.wrist.hover(this.hoverWrist);
    this.board.hover(this.hoverBoard);
    this.puck.hover(this.hoverPuck);
  }

  /** Do what a button says. Public so that keyboards and tests can press without a ray. */
  press(id: string, body: LocalBody): void {
    // the pinned panel has done its work once something is chosen from it
    if (this.pinned && /^(tab:|safe)/.test(id)) this.pin(body);
    if (id.startsWith("tab:")) this.toggle(id.slice(4) as Tab, body);
    else if (id === "close") this.close();
    else if (id === "pin") this.pin(body);
    else if (id === "leave") this.actions.leave();
    else this.pages.press(id);
  }

  dispose(): void {
    this.stopEarshot?.();
    for (const panel of this.panels) panel.dispose();
  }

  private showBoard(): void {
    this.board.show(this.pages.spec());
  }

  private openTab(tab: Tab, body: LocalBody): void {
    const reopened = !this.open;
    this.pages.turn(tab);
    this.showBoard();
    if (reopened) this.placeAhead(this.board.mesh, body, BOARD_AWAY_M, BOARD_BELOW * BOARD_AWAY_M);
    this.watchEarshot();
  }

  /** Put a panel in front of the head, upright to the eye; it does not follow afterwards. */
  private placeAhead(mesh: THREE.Object3D, body: LocalBody, awayM: number, belowM: number): void {
    this.eye.fromArray(body.pose, 0);
    const yaw = yawOf(body.pose, 3);
    mesh.position.set(
      this.eye.x - Math.sin(yaw) * awayM,
      Math.max(0.35, this.eye.y - belowM),
      this.eye.z - Math.cos(yaw) * awayM,
    );
    mesh.lookAt(this.eye);
    mesh.visible = true;
    mesh.updateMatrixWorld(true);
  }

  private placeWrist(
    dtS: number,
    body: LocalBody,
    hand: HandReading,
    carrier: "left" | "right",
  ): void {
    const { mesh } = this.wrist;
    if (this.pinned) return;
    if (!hand.tracked) {
      mesh.visible = false;
      return;
    }
    const at = carrier === "left" ? 7 : 14;
    this.turn.fromArray(body.pose, at + 3);
    this.at.fromArray(body.pose, at);
    this.axis.set(0, 1, 0).applyQuaternion(this.turn);
    const toEye = this.toEye.copy(this.eye).sub(this.at).normalize();
    // looking at the back of the hand like at a watch, or into the palm
    const facing = Math.abs(this.axis.dot(toEye));
    this.lingerS = facing > WRIST_SHOW ? LINGER_S : this.lingerS - dtS;
    mesh.visible = facing > WRIST_HIDE && this.lingerS > 0;
    if (!mesh.visible) return;
    // above the wrist, towards the eye, upright: legible whatever the hand does
    mesh.position.copy(this.at).addScaledVector(toEye, 0.06);
    mesh.position.y += 0.09;
    mesh.lookAt(this.eye);
    mesh.updateMatrixWorld(true);
  }

  /** Panels that one has walked or jumped away from close by themselves. */
  private leaveBehind(): void {
    if (this.pinned && this.wrist.mesh.position.distanceTo(this.eye) > PINNED_LEASH_M) {
      this.pinned = false;
      this.wrist.zoom = 1;
      this.wrist.resize();
      this.wrist.mesh.visible = false;
    }
    if (this.open && this.board.mesh.position.distanceTo(this.eye) > BOARD_LEASH_M) this.close();
  }

  /** The puck appears where one looks down to, and stays there until one looks up again. */
  private placePuck(body: LocalBody): void {
    const { mesh } = this.puck;
    const down = forwardY(body.pose);
    if (mesh.visible) mesh.visible = down < PUCK_HIDE && !this.pinned && !this.open;
    else if (down < PUCK_SHOW && !this.pinned && !this.open) {
      this.placeAhead(mesh, body, 0.46, 0.42);
    }
  }

  private mark(panel: CanvasPanel, button: PanelButton | null): void {
    if (!button) return;
    if (panel === this.wrist) this.hoverWrist = button.id;
    else if (panel === this.board) this.hoverBoard = button.id;
    else this.hoverPuck = button.id;
  }

  private usePointer(hand: HandReading, carries: boolean, body: LocalBody): number {
    const { side } = hand;
    const started = hand.selecting && !this.selected[side];
    this.selected[side] = hand.selecting;
    if (hand.tipTracked && this.poke(hand, carries, body)) return 0.001;
    if (!hand.rayTracked) return 0;
    let reach = 0;
    let button: PanelButton | null = null;
    for (const panel of this.panels) {
      if (panel === this.wrist && carries && !this.pinned) continue;
      const t = panel.meet(hand.origin, hand.direction, this.underRay);
      if (t < 0 || (reach > 0 && t > reach)) continue;
      reach = t;
      button = this.underRay.button;
      this.mark(panel, button);
    }
    if (started && button && !button.disabled) this.press(button.id, body);
    return reach;
  }

  /** A fingertip presses when it passes through the panel from the front. */
  private poke(hand: HandReading, carries: boolean, body: LocalBody): boolean {
    const { side } = hand;
    for (const panel of this.panels) {
      if (panel === this.wrist && carries && !this.pinned) continue;
      const above = panel.touch(hand.tip, this.underTip);
      if (above > POKE_READY_M || above < -0.06) continue;
      const { button } = this.underTip;
      this.mark(panel, button);
      const through = above < POKE_ABOVE_M;
      if (through && !this.poked[side] && button && !button.disabled) this.press(button.id, body);
      this.poked[side] = through || (this.poked[side] && above < POKE_READY_M);
      return true;
    }
    this.poked[side] = false;
    return false;
  }
}

/** How far the head looks up (1) or down (-1). */
function forwardY(pose: Float32Array): number {
  return -2 * (pose[4]! * pose[5]! - pose[6]! * pose[3]!);
}
