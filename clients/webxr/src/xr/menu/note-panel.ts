/**
 * Words in a headset: hints and captions, low in view. They stay where they appeared and move only
 * when one has turned or walked away from them; nothing is tied to the head.
 */
import * as THREE from "three";
import type { LocalBody } from "../controls";
import { yawOf } from "../pose-math";
import { CanvasPanel } from "./canvas-panel";
import { type CaptionWords, NO_WORDS, type NoteWords, notePage } from "./note-page";

const AWAY_M = 1.25;
/** below the eyes; lower while the menu's board takes that place */
const BELOW_M = 0.52;
const BELOW_BOARD_M = 0.82;
const STRAY_RAD = 0.65;
const STRAY_M = 1.2;
const NOTE_S = 7;
/** Longer words are there for as long as they take to read. */
const READ_S_PER_LETTER = 0.06;

/** What a class says for as long as it holds. */
export type ClassWords = Pick<NoteWords, "cue" | "marks" | "applause">;

/** Owns the panel; one draw call while something is to be read. */
export class NotePanel {
  private readonly panel = new CanvasPanel(1 / 1024);
  private readonly eye = new THREE.Vector3();
  private words: NoteWords = NO_WORDS;
  private noteS = 0;
  private placedYaw = 0;
  private placedX = 0;
  private placedZ = 0;
  private low = false;

  get mesh(): THREE.Object3D {
    return this.panel.mesh;
  }

  /** Say this for some seconds. */
  say(note: string): void {
    this.noteS = Math.max(NOTE_S, note.length * READ_S_PER_LETTER);
    this.draw({ note });
  }

  setCaptions(captions: readonly CaptionWords[]): void {
    this.draw({ captions });
  }

  /** Show what happens now, what holds and what the room gives, for as long as it does. */
  setClass(words: ClassWords): void {
    this.draw(words);
  }

  /** Advance by one frame; `menuAhead` while the menu is in the way. */
  update(dtS: number, body: LocalBody, menuAhead: boolean): void {
    if (this.noteS > 0) {
      this.noteS -= dtS;
      if (this.noteS <= 0) this.draw({ note: "" });
    }
    const { mesh } = this.panel;
    if (!mesh.visible) return;
    const yaw = yawOf(body.pose, 3);
    const turned = Math.abs(
      Math.atan2(Math.sin(yaw - this.placedYaw), Math.cos(yaw - this.placedYaw)),
    );
    const walked = Math.hypot(body.pose[0]! - this.placedX, body.pose[2]! - this.placedZ);
    if (turned > STRAY_RAD || walked > STRAY_M || menuAhead !== this.low) {
      this.low = menuAhead;
      this.place(body, yaw);
    }
  }

  dispose(): void {
    this.panel.dispose();
  }

  private draw(change: Partial<NoteWords>): void {
    this.words = { ...this.words, ...change };
    const page = notePage(this.words);
    const { mesh } = this.panel;
    if (page !== null) {
      this.panel.show(page);
      // Appearing counts as having strayed: it is put before the eyes of the next frame.
      if (!mesh.visible) this.placedX = Number.POSITIVE_INFINITY;
    }
    mesh.visible = page !== null;
  }

  private place(body: LocalBody, yaw: number): void {
    const { mesh } = this.panel;
    this.eye.fromArray(body.pose, 0);
    this.placedYaw = yaw;
    this.placedX = this.eye.x;
    this.placedZ = this.eye.z;
    const below = this.low ? BELOW_BOARD_M : BELOW_M;
    mesh.position.set(
      this.eye.x - Math.sin(yaw) * AWAY_M,
      Math.max(0.25, this.eye.y - below),
      this.eye.z - Math.cos(yaw) * AWAY_M,
    );
    mesh.lookAt(this.eye);
    mesh.updateMatrixWorld(true);
  }
}
