/** The guide's label: the pose's name and the side, in the style of name tags. One draw call. */
import * as THREE from "three";
import type { Side } from "../../state/poses";
import { BillboardLayer } from "../avatar/billboard-layer";

const WIDTH = 1024;
const HEIGHT = 96;
const PADDING = 30;
const GAP = 26;
const TAG_HEIGHT_M = 0.105;
const SCALE = 1.12;
const FONT = '600 46px "Nunito Sans Variable", "Nunito Sans", system-ui, sans-serif';
const CREAM = "#f6ecdd";
const EMBER = "#ffb070";

const SIDE_WORDS: Readonly<Record<Side, string>> = {
  left: "left side",
  right: "right side",
  both: "both sides",
};

/** Owns the picture of one label. */
export class GuideLabel {
  private readonly canvas = document.createElement("canvas");
  private readonly pen: CanvasRenderingContext2D;
  private readonly texture: THREE.CanvasTexture;
  private readonly layer: BillboardLayer;
  private readonly rect = new Float32Array([0, 0, 1, 1]);
  private aspect = 4;
  private written = "";
  private name = "";
  private side: Side | null = null;

  constructor(private readonly renderer: THREE.WebGLRenderer) {
    this.canvas.width = WIDTH;
    this.canvas.height = HEIGHT;
    const pen = this.canvas.getContext("2d");
    if (!pen) throw new Error("this browser cannot draw text on a canvas");
    this.pen = pen;
    this.texture = new THREE.CanvasTexture(this.canvas);
    this.texture.flipY = false;
    this.texture.anisotropy = 4;
    this.layer = new BillboardLayer(1, this.texture);
    this.layer.mesh.name = "guide-label";
    // a label drawn before the typeface arrived is drawn again with it
    void document.fonts?.load(FONT).then(() => {
      this.written = "";
      if (this.name !== "") this.write(this.name, this.side);
    });
  }

  get mesh(): THREE.Mesh {
    return this.layer.mesh;
  }

  /** Write the name and the side; nothing is drawn anew while both stay. */
  write(name: string, side: Side | null): void {
    this.name = name;
    this.side = side;
    const key = `${name}|${side}`;
    if (key === this.written) return;
    this.written = key;
    const g = this.pen;
    g.clearRect(0, 0, WIDTH, HEIGHT);
    g.font = FONT;
    g.textBaseline = "middle";
    const words = side === null ? "" : SIDE_WORDS[side];
    const aside = words === "" ? 0 : GAP * 2 + arrowsWidth(side) + g.measureText(words).width;
    const text = fitted(g, name, WIDTH - PADDING * 2 - aside);
    let x = PADDING;
    // arrows stand on the side they mean
    g.fillStyle = EMBER;
    if (side === "left" || side === "both") {
      arrow(g, x, -1);
      x += ARROW + GAP;
    }
    g.fillStyle = CREAM;
    g.fillText(text, x, HEIGHT / 2 + 3);
    x += g.measureText(text).width;
    if (words !== "") {
      x += GAP;
      g.fillStyle = EMBER;
      g.fillText(words, x, HEIGHT / 2 + 3);
      x += g.measureText(words).width;
      if (side !== "left") {
        x += GAP * 0.7;
        arrow(g, x, 1);
        x += ARROW;
      }
    }
    const used = Math.min(WIDTH, x + PADDING);
    this.rect[2] = used / WIDTH;
    this.aspect = used / HEIGHT;
    this.texture.needsUpdate = true;
  }

  /** Put the label up; `opacity` 0 hides it. */
  show(x: number, y: number, z: number, opacity: number): void {
    this.layer.begin(this.renderer.xr.isPresenting);
    if (opacity > 0.01) {
      this.layer.putTag(x, y, z, SCALE, this.rect, this.aspect, TAG_HEIGHT_M, opacity, 0);
    }
    this.layer.end();
    this.mesh.visible = opacity > 0.01;
  }

  dispose(): void {
    this.layer.dispose();
    this.texture.dispose();
  }
}

const ARROW = 34;

function arrowsWidth(side: Side | null): number {
  return side === "both" ? ARROW * 2 + GAP : ARROW;
}

function arrow(g: CanvasRenderingContext2D, x: number, way: 1 | -1): void {
  const y = HEIGHT / 2;
  const tip = way > 0 ? x + ARROW : x;
  const tail = way > 0 ? x : x + ARROW;
  g.lineWidth = 7;
  g.lineCap = "round";
  g.lineJoin = "round";
  g.strokeStyle = EMBER;
  g.beginPath();
  g.moveTo(tail, y);
  g.lineTo(tip - way * 3, y);
  g.moveTo(tip - way * 14, y - 13);
  g.lineTo(tip - way * 2, y);
  g.lineTo(tip - way * 14, y + 13);
  g.stroke();
}

function fitted(g: CanvasRenderingContext2D, name: string, room: number): string {
  let text = name;
  while (text.length > 1 && g.measureText(text).width > room) {
    text = `${[...text.replace(/…$/, "")].slice(0, -1).join("")}…`;
  }
  return text;
}
