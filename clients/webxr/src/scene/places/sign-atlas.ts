/** Faces of zone signs, drawn once on a canvas: an icon, the zone's name, and what holds there. */
import * as THREE from "three";
import type { Zone } from "../design";

const CELL_W = 512;
const CELL_H = 224;
const COLUMNS = 2;
const FACE = '"Nunito Sans Variable", "Nunito Sans", system-ui, sans-serif';
const WORDS: Readonly<Record<Zone["kind"], string>> = {
  quiet: "Quiet place",
  stage: "Heard by all",
  private: "Stays in here",
};
const INK: Readonly<Record<Zone["kind"], string>> = {
  quiet: "#a9cdee",
  stage: "#ffb57a",
  private: "#dcb9e8",
};

/** width over height of a sign's face */
export const SIGN_ASPECT = CELL_W / CELL_H;

/** A texture with a face per zone, and where each lies: u0, v0, u1, v1. */
export function drawSigns(zones: readonly Zone[]): { texture: THREE.Texture; rects: number[][] } {
  const canvas = document.createElement("canvas");
  const rows = Math.max(1, Math.ceil(zones.length / COLUMNS));
  canvas.width = CELL_W * COLUMNS;
  canvas.height = CELL_H * rows;
  const texture = new THREE.CanvasTexture(canvas);
  texture.colorSpace = THREE.SRGBColorSpace;
  texture.anisotropy = 8;
  const g = canvas.getContext("2d");
  if (!g) throw new Error("this browser cannot draw text on a canvas");
  const rects = zones.map((_zone, i) => {
    const u = (i % COLUMNS) / COLUMNS;
    const v = 1 - Math.floor(i / COLUMNS) / rows;
    return [u, v - 1 / rows, u + 1 / COLUMNS, v];
  });
  const draw = () => {
    zones.forEach((zone, i) => {
      g.save();
      g.translate((i % COLUMNS) * CELL_W, Math.floor(i / COLUMNS) * CELL_H);
      drawFace(g, zone);
      g.restore();
    });
    texture.needsUpdate = true;
  };
  draw();
  // signs drawn before the typeface arrived are drawn again with it
  void document.fonts?.load(`700 60px ${FACE}`).then(draw);
  return { texture, rects };
}

function drawFace(g: CanvasRenderingContext2D, zone: Zone): void {
  const back = g.createLinearGradient(0, 0, 0, CELL_H);
  back.addColorStop(0, "#372b3e");
  back.addColorStop(1, "#241b29");
  g.fillStyle = back;
  g.fillRect(0, 0, CELL_W, CELL_H);
  g.strokeStyle = INK[zone.kind];
  g.lineWidth = 7;
  g.beginPath();
  g.roundRect(12, 12, CELL_W - 24, CELL_H - 24, 22);
  g.stroke();
  g.save();
  g.translate(34, 52);
  g.scale(1.2, 1.2);
  icon(g, zone.kind);
  g.restore();
  const left = 172;
  const wide = CELL_W - left - 32;
  const lines = brokenName(g, zone.name, wide);
  g.fillStyle = "#f6ecdd";
  g.textBaseline = "middle";
  const step = lines.length > 1 ? 56 : 66;
  const size = lines.length > 1 ? 50 : 60;
  lines.forEach((line, i) => {
    g.font = `700 ${size}px ${FACE}`;
    g.fillText(line, left, CELL_H / 2 - 18 + (i - (lines.length - 1) / 2) * step, wide);
  });
  g.font = `600 32px ${FACE}`;
  g.fillStyle = INK[zone.kind];
  g.fillText(WORDS[zone.kind], left, CELL_H - 48, wide);
}

/** One line, or two broken at a space; what is longer is squeezed by the canvas. */
function brokenName(g: CanvasRenderingContext2D, name: string, wide: number): string[] {
  g.font = `700 60px ${FACE}`;
  if (g.measureText(name).width <= wide || !name.includes(" ")) return [name];
  const words = name.split(" ");
  let best = [name];
  let least = Number.POSITIVE_INFINITY;
  for (let i = 1; i < words.length; i++) {
    const pair = [words.slice(0, i).join(" "), words.slice(i).join(" ")];
    const longest = Math.max(...pair.map((line) => g.measureText(line).width));
    if (longest < least) {
      least = longest;
      best = pair;
    }
  }
  return best;
}

/** Pictures in a 100 by 100 square. */
function icon(g: CanvasRenderingContext2D, kind: Zone["kind"]): void {
  g.strokeStyle = INK[kind];
  g.fillStyle = INK[kind];
  g.lineWidth = 9;
  g.lineCap = "round";
  g.beginPath();
  if (kind === "quiet") {
    // a moon
    g.arc(48, 50, 38, 0.9, Math.PI * 2 - 0.35);
    g.bezierCurveTo(46, 44, 46, 78, 72, 80);
    g.fill();
  } else if (kind === "stage") {
    // a microphone
    g.roundRect(35, 8, 30, 52, 15);
    g.fill();
    g.beginPath();
    g.arc(50, 46, 30, 0.1, Math.PI - 0.1);
    g.moveTo(50, 78);
    g.lineTo(50, 92);
    g.moveTo(32, 92);
    g.lineTo(68, 92);
    g.stroke();
  } else {
    // a padlock
    g.roundRect(20, 46, 60, 44, 10);
    g.fill();
    g.beginPath();
    g.arc(50, 44, 21, Math.PI, 0);
    g.stroke();
  }
}
