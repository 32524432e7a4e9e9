/**
 * One texture with everyone's name and the reaction pictures. A name is drawn when it is first
 * needed and uploaded alone; the least recently seen one gives up its cell.
 */
import * as THREE from "three";
import { drawGlyph, hasGlyph, REACTION_GLYPHS } from "./glyphs";

const WIDTH = 1024;
const HEIGHT = 2048;
const CELL_W = 512;
const CELL_H = 96;
const COLUMNS = WIDTH / CELL_W;
const ROWS = 20;
const ICON = 128;
const PADDING = 26;
const FONT = '600 46px "Nunito Sans Variable", "Nunito Sans", system-ui, sans-serif';

/** Names that can be on show at once. */
export const TAG_CELLS = COLUMNS * ROWS;

/** A name in the atlas: its rectangle (u0, v0, u1, v1) and its shape. */
export interface TagCell {
  readonly rect: Float32Array;
  /** width over height */
  aspect: number;
  owner: number;
  usedAtS: number;
}

/** Owns the texture and the cells. */
export class TagAtlas {
  readonly texture: THREE.DataTexture;
  readonly icons: readonly Float32Array[];
  private readonly cells: TagCell[] = [];
  private readonly canvas = document.createElement("canvas");
  private readonly pen: CanvasRenderingContext2D;
  private readonly stamp: THREE.CanvasTexture;
  private readonly corner = new THREE.Vector2();
  private readonly region = new THREE.Box2();

  constructor(private readonly renderer: THREE.WebGLRenderer) {
    this.texture = new THREE.DataTexture(new Uint8Array(WIDTH * HEIGHT * 4), WIDTH, HEIGHT);
    this.texture.minFilter = THREE.LinearMipmapLinearFilter;
    this.texture.magFilter = THREE.LinearFilter;
    this.texture.generateMipmaps = true;
    this.texture.anisotropy = 4;
    this.texture.needsUpdate = true;
    renderer.initTexture(this.texture);
    this.canvas.width = CELL_W;
    this.canvas.height = ICON;
    const pen = this.canvas.getContext("2d", { willReadFrequently: true });
    if (!pen) throw new Error("this browser cannot draw text on a canvas");
    this.pen = pen;
    this.stamp = new THREE.CanvasTexture(this.canvas);
    for (let i = 0; i < TAG_CELLS; i++) {
      const x = (i % COLUMNS) * CELL_W;
      const y = Math.floor(i / COLUMNS) * CELL_H;
      this.cells.push({ rect: rectOf(x, y, CELL_W, CELL_H), aspect: 4, owner: -1, usedAtS: -1 });
    }
    // names drawn before the typeface arrived are drawn again with it
    void document.fonts?.load(FONT).then(() => {
      for (const cell of this.cells) cell.owner = -1;
    });
    this.icons = REACTION_GLYPHS.map((name, i) => this.drawIcon(name, i * ICON));
  }

  /** The cell with this text; drawn now if need be. Call only for people close enough to read. */
  cell(held: TagCell | null, owner: number, name: string, marks: string[], nowS: number): TagCell {
    let cell = held;
    if (!cell || cell.owner !== owner) {
      cell = this.oldest();
      cell.owner = owner;
      this.drawName(cell, name, marks);
    }
    cell.usedAtS = nowS;
    return cell;
  }

  /** Forget someone's cell, because they left or look different now. */
  release(cell: TagCell | null, owner: number): void {
    if (cell && cell.owner === owner) {
      cell.owner = -1;
      cell.usedAtS = -1;
    }
  }

  dispose(): void {
    this.texture.dispose();
    this.stamp.dispose();
  }

  private oldest(): TagCell {
    let best = this.cells[0]!;
    for (const cell of this.cells) if (cell.usedAtS < best.usedAtS) best = cell;
    return best;
  }

  private drawName(cell: TagCell, name: string, marks: string[]): void {
    const g = this.pen;
    g.clearRect(0, 0, CELL_W, ICON);
    g.font = FONT;
    g.textBaseline = "middle";
    g.fillStyle = "#f6ecdd";
    const shown = marks.filter(hasGlyph).slice(0, 3);
    const room = CELL_W - PADDING * 2 - shown.length * 58;
    let text = name;
    while (text.length > 1 && g.measureText(text).width > room) {
      text = `${[...text.replace(/…$/, "")].slice(0, -1).join("")}…`;
    }
    const wide = Math.min(room, g.measureText(text).width);
    g.fillText(text, PADDING, CELL_H / 2 + 3, room);
    shown.forEach((mark, i) => {
      drawGlyph(g, mark, PADDING + wide + 14 + i * 56, CELL_H / 2 - 23, 46);
    });
    const used = Math.min(CELL_W, PADDING * 2 + wide + shown.length * 57);
    const x = Math.round(cell.rect[0]! * WIDTH);
    const y = Math.round(cell.rect[1]! * HEIGHT);
    cell.rect[2] = (x + used) / WIDTH;
    cell.aspect = used / CELL_H;
    this.upload(x, y, CELL_W, CELL_H);
  }

  private drawIcon(name: string, x: number): Float32Array {
    const y = CELL_H * ROWS;
    this.pen.clearRect(0, 0, CELL_W, ICON);
    drawGlyph(this.pen, name, 6, 6, ICON - 12);
    this.upload(x, y, ICON, ICON);
    return rectOf(x, y, ICON, ICON);
  }

  private upload(x: number, y: number, width: number, height: number): void {
    this.stamp.needsUpdate = true;
    this.region.min.set(0, 0);
    this.region.max.set(width, height);
    this.renderer.copyTextureToTexture(
      this.stamp,
      this.texture,
      this.region,
      this.corner.set(x, y),
    );
  }
}

function rectOf(x: number, y: number, width: number, height: number): Float32Array {
  return new Float32Array([x / WIDTH, y / HEIGHT, (x + width) / WIDTH, (y + height) / HEIGHT]);
}
