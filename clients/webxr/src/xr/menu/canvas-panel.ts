/** A panel in the room: draws a spec on a canvas texture and answers where a ray or finger is. */
import * as THREE from "three";
import { drawIcon } from "./menu-icons";
import {
  buttonAt,
  type PanelButton,
  type PanelSpec,
  type PanelStrip,
  type PanelText,
  type Tone,
} from "./panel-spec";

const FAMILY = '"Nunito Sans Variable", "Nunito Sans", system-ui, sans-serif';
const INK: Record<Tone, string> = {
  plain: "#f6ecdd",
  ember: "#ffb77e",
  leaf: "#9fd6ac",
  rose: "#f39ab0",
  quiet: "#c9b9c6",
};
const FACE: Record<Tone, string> = {
  plain: "#3a2d42",
  ember: "#5a3a2a",
  leaf: "#2f4a3a",
  rose: "#5a2536",
  quiet: "#2a2030",
};

/** Parts of a strip: over, now, to come. */
const PARTS = { over: "#5a4a62", now: "#ff9a4d", coming: "#3f3246" };

/** Between a picture and the text after it. */
export const ICON_GAP = 12;

/** Owns one mesh, its canvas and its texture; redraws only when spec or hover change. */
export class CanvasPanel {
  readonly mesh: THREE.Mesh<THREE.PlaneGeometry, THREE.MeshBasicMaterial>;
  /** larger than life, for panels held farther away */
  zoom = 1;
  private readonly canvas = document.createElement("canvas");
  private readonly pen: CanvasRenderingContext2D;
  private readonly texture: THREE.CanvasTexture;
  private spec: PanelSpec = { width: 1, height: 1, texts: [], buttons: [] };
  private shown = "";
  private hovered: string | null = null;
  private readonly local = new THREE.Vector3();
  private readonly inverse = new THREE.Matrix4();
  private readonly ray = new THREE.Ray();

  /** metresPerPixel: physical size of a spec pixel. */
  constructor(private readonly metresPerPixel: number) {
    const pen = this.canvas.getContext("2d");
    if (!pen) throw new Error("this browser cannot draw on a canvas");
    this.pen = pen;
    this.texture = new THREE.CanvasTexture(this.canvas);
    this.texture.colorSpace = THREE.SRGBColorSpace;
    this.texture.anisotropy = 4;
    this.mesh = new THREE.Mesh(
      new THREE.PlaneGeometry(1, 1),
      new THREE.MeshBasicMaterial({
        map: this.texture,
        transparent: true,
        toneMapped: false,
        side: THREE.DoubleSide,
      }),
    );
    this.mesh.renderOrder = 30;
    this.mesh.visible = false;
  }

  /** Show this content; what is shown already is not drawn again. */
  show(spec: PanelSpec): void {
    const key = JSON.stringify(spec);
    if (key === this.shown) return;
    this.shown = key;
    const resized = spec.width !== this.canvas.width || spec.height !== this.canvas.height;
    this.spec = spec;
    // Where to point, for tests and for whoever hunts a problem.
    this.mesh.userData.spec = spec;
    if (resized) {
      this.canvas.width = spec.width;
      this.canvas.height = spec.height;
      this.texture.dispose();
    }
    this.resize();
    this.draw();
  }

  /** Apply size and zoom to the mesh. */
  resize(): void {
    const size = this.metresPerPixel * this.zoom;
    this.mesh.scale.set(this.spec.width * size, this.spec.height * size, 1);
  }

  /** Mark the button under a pointer; null for none. */
  hover(id: string | null): void {
    if (id === this.hovered) return;
    this.hovered = id;
    this.draw();
  }

  /**
   * Where a ray meets the panel: the distance along it, or -1. `under` receives what it points at.
   */
  meet(
    origin: THREE.Vector3,
    direction: THREE.Vector3,
    under: { button: PanelButton | null },
  ): number {
    under.button = null;
    if (!this.mesh.visible) return -1;
    this.inverse.copy(this.mesh.matrixWorld).invert();
    this.ray.origin.copy(origin);
    this.ray.direction.copy(direction);
    this.ray.applyMatrix4(this.inverse);
    const { origin: o, direction: d } = this.ray;
    if (Math.abs(d.z) < 1e-5) return -1;
    const t = -o.z / d.z;
    const x = o.x + d.x * t;
    const y = o.y + d.y * t;
    if (t < 0 || Math.abs(x) > 0.5 || Math.abs(y) > 0.5) return -1;
    under.button = this.at(x, y);
    return this.local.set(x, y, 0).applyMatrix4(this.mesh.matrixWorld).distanceTo(origin);
  }

  /** Height of a fingertip over the panel in metres, or Infinity beside it. */
  touch(tip: THREE.Vector3, under: { button: PanelButton | null }): number {
    under.button = null;
    if (!this.mesh.visible) return Number.POSITIVE_INFINITY;
    this.inverse.copy(this.mesh.matrixWorld).invert();
    this.local.copy(tip).applyMatrix4(this.inverse);
    if (Math.abs(this.local.x) > 0.5 || Math.abs(this.local.y) > 0.5) {
      return Number.POSITIVE_INFINITY;
    }
    under.button = this.at(this.local.x, this.local.y);
    return this.local.z;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.texture.dispose();
  }

  private at(x: number, y: number): PanelButton | null {
    return buttonAt(this.spec, (x + 0.5) * this.spec.width, (0.5 - y) * this.spec.height);
  }

  private draw(): void {
    const g = this.pen;
    const { width, height } = this.spec;
    g.clearRect(0, 0, width, height);
    g.fillStyle = "rgba(29, 22, 32, 0.93)";
    g.strokeStyle = "#5a4a62";
    g.lineWidth = 3;
    g.beginPath();
    g.roundRect(2, 2, width - 4, height - 4, 28);
    g.fill();
    g.stroke();
    if (this.spec.strip) this.drawStrip(this.spec.strip);
    for (const text of this.spec.texts) this.drawText(text);
    for (const button of this.spec.buttons) this.drawButton(button);
    this.texture.needsUpdate = true;
  }

  private drawText(text: PanelText): void {
    const g = this.pen;
    let x = text.x;
    if (text.dot) {
      g.fillStyle = text.dot;
      g.beginPath();
      g.arc(x + 18, text.y - text.size * 0.32, 17, 0, Math.PI * 2);
      g.fill();
      x += 52;
    }
    g.font = `${text.bold ? 700 : 500} ${text.size}px ${FAMILY}`;
    g.textAlign = "left";
    g.textBaseline = "alphabetic";
    const ink = INK[text.tone ?? "plain"];
    let width = text.width;
    if (text.icon) {
      g.strokeStyle = ink;
      drawIcon(g, text.icon, x, text.y - text.size * 0.84, text.size);
      x += text.size + ICON_GAP;
      width -= text.size + ICON_GAP;
    }
    g.fillStyle = ink;
    g.fillText(shorten(g, text.text, width), x, text.y);
  }

  private drawStrip({ x, y, w, h, parts, part, at }: PanelStrip): void {
    const g = this.pen;
    const whole = parts.reduce((sum, each) => sum + each, 0) || 1;
    // Between hundreds of parts there is no room for gaps.
    const gap = parts.length * 4 > w ? 0 : Math.min(3, w / parts.length / 4);
    let from = x;
    parts.forEach((each, i) => {
      const wide = (each / whole) * w;
      g.fillStyle = i === part ? PARTS.now : i < part ? PARTS.over : PARTS.coming;
      g.fillRect(from, y, Math.max(1, wide - gap), h);
      from += wide;
    });
    g.fillStyle = INK.plain;
    g.beginPath();
    g.roundRect(x + Math.min(w, Math.max(0, at)) - 3, y - 5, 6, h + 10, 3);
    g.fill();
  }

  private drawButton(button: PanelButton): void {
    const g = this.pen;
    const tone = button.tone ?? "plain";
    const lit = this.hovered === button.id && !button.disabled;
    g.globalAlpha = button.disabled ? 0.45 : 1;
    g.fillStyle = lit ? "#ff9a4d" : button.selected ? "#6a4a3a" : FACE[tone];
    g.strokeStyle = lit ? "#ffe0b8" : button.selected ? "#ff9a4d" : "#6a5872";
    g.lineWidth = lit || button.selected ? 5 : 2.5;
    g.beginPath();
    g.roundRect(button.x, button.y, button.w, button.h, 22);
    g.fill();
    g.stroke();
    const ink = lit ? "#2b2230" : INK[tone === "quiet" ? "plain" : tone];
    g.fillStyle = ink;
    g.strokeStyle = ink;
    g.textAlign = "center";
    g.textBaseline = "middle";
    const midX = button.x + button.w / 2;
    const midY = button.y + button.h / 2;
    if (!button.icon) {
      size(g, button.label, 36, button.w - 16);
      g.fillText(shorten(g, button.label, button.w - 16), midX, midY + 2);
    } else if (button.h > 120) {
      const art = Math.min(button.h * 0.48, button.w * 0.5);
      drawIcon(g, button.icon, midX - art / 2, button.y + button.h * 0.12, art);
      size(g, button.label, button.w < 200 ? 31 : 38, button.w - 12);
      g.fillText(shorten(g, button.label, button.w - 12), midX, button.y + button.h * 0.8);
    } else {
      const art = Math.min(40, button.h * 0.48);
      const room = button.w - art - 30;
      size(g, button.label, 36, room);
      const label = shorten(g, button.label, room);
      const wide = label ? g.measureText(label).width + 14 : 0;
      const from = midX - (art + wide) / 2;
      drawIcon(g, button.icon, from, midY - art / 2, art);
      g.textAlign = "left";
      g.fillText(label, from + art + 14, midY + 2);
    }
    g.globalAlpha = 1;
  }
}

/** The largest of two letter sizes at which the text fits, set on the pen. */
function size(g: CanvasRenderingContext2D, text: string, large: number, width: number): void {
  g.font = `650 ${large}px ${FAMILY}`;
  const wide = g.measureText(text).width;
  if (wide > width) g.font = `650 ${Math.max(large * 0.72, (large * width) / wide)}px ${FAMILY}`;
}

function shorten(g: CanvasRenderingContext2D, text: string, width: number): string {
  if (g.measureText(text).width <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && g.measureText(`${letters.join("")}…`).width > width) letters.pop();
  return `${letters.join("")}…`;
}
