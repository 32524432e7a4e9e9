/**
 * Words in a headset: hints and captions, low in view. They stay where they appeared and move only
 * when one has turned or walked away from them; nothing is tied to the head.
 */
import * as THREE from "three";
import type { LocalBody } from "../controls";
import { yawOf } from "../pose-math";
import { CanvasPanel } from "./canvas-panel";
import type { PanelSpec, PanelText } from "./panel-spec";

const AWAY_M = 1.25;
/** below the eyes; lower while the menu's board takes that place */
const BELOW_M = 0.52;
const BELOW_BOARD_M = 0.82;
const STRAY_RAD = 0.65;
const STRAY_M = 1.2;
const NOTE_S = 7;
const WIDTH = 940;
const LETTERS = 44;
const LINE = 52;
const PAD = 34;
const LINES_MAX = 4;

export interface CaptionWords {
  readonly name: string;
  readonly text: string;
}

/** Break text into lines of at most `most` letters, at spaces where there are any. Pure. */
export function wrap(text: string, most: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    let rest = word;
    if (line !== "" && line.length + 1 + rest.length > most) {
      lines.push(line);
      line = "";
    }
    while (rest.length > most) {
      lines.push(rest.slice(0, most));
      rest = rest.slice(most);
    }
    line = line === "" ? rest : `${line} ${rest}`;
  }
  if (line !== "") lines.push(line);
  return lines;
}

/**
 * What the panel shows: the note first, then what happens now, then the newest captions that fit;
 * null for nothing. Pure.
 */
export function notePage(
  note: string,
  captions: readonly CaptionWords[],
  cue = "",
): PanelSpec | null {
  const lines: Pick<PanelText, "text" | "tone" | "bold">[] = wrap(note, LETTERS).map((text) => ({
    text,
    tone: "ember",
  }));
  // A cue is never cut: who cannot read the end of it cannot follow.
  lines.push(...wrap(cue, LETTERS).map((text) => ({ text, bold: true })));
  const said = captions.flatMap(({ name, text }) => wrap(`${name}: ${text}`, LETTERS));
  const room = Math.max(0, LINES_MAX - lines.length);
  lines.push(...(room === 0 ? [] : said.slice(-room)).map((text) => ({ text })));
  if (lines.length === 0) return null;
  return {
    width: WIDTH,
    height: PAD * 2 + lines.length * LINE - 12,
    texts: lines.map((line, i) => ({
      ...line,
      x: PAD,
      y: PAD + 34 + i * LINE,
      size: 38,
      width: WIDTH - PAD * 2,
    })),
    buttons: [],
  };
}

/** Owns the panel; one draw call while something is to be read. */
export class NotePanel {
  private readonly panel = new CanvasPanel(1 / 1024);
  private readonly eye = new THREE.Vector3();
  private note = "";
  private noteS = 0;
  private cue = "";
  private captions: readonly CaptionWords[] = [];
  private placedYaw = 0;
  private placedX = 0;
  private placedZ = 0;
  private low = false;

  get mesh(): THREE.Object3D {
    return this.panel.mesh;
  }

  /** Say this for some seconds. */
  say(note: string): void {
    this.note = note;
    this.noteS = NOTE_S;
    this.draw();
  }

  setCaptions(captions: readonly CaptionWords[]): void {
    this.captions = captions;
    this.draw();
  }

  /** Show what happens now, for as long as it does. */
  setCue(cue: string): void {
    if (cue === this.cue) return;
    this.cue = cue;
    this.draw();
  }

  /** Advance by one frame; `menuAhead` while the menu is in the way. */
  update(dtS: number, body: LocalBody, menuAhead: boolean): void {
    if (this.noteS > 0) {
      this.noteS -= dtS;
      if (this.noteS <= 0) {
        this.note = "";
        this.draw();
      }
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

  private draw(): void {
    const page = notePage(this.note, this.captions, this.cue);
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
