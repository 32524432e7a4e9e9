/** The menu's pictures, drawn with lines on a canvas in a 100 by 100 square. */
import { drawGlyph, hasGlyph } from "../../scene/avatar/glyphs";

type Pen = (g: CanvasRenderingContext2D) => void;

function strokes(g: CanvasRenderingContext2D, ...lines: readonly (readonly number[])[]): void {
  for (const points of lines) {
    g.beginPath();
    for (let i = 0; i + 1 < points.length; i += 2) g.lineTo(points[i]!, points[i + 1]!);
    g.stroke();
  }
}

function circle(
  g: CanvasRenderingContext2D,
  x: number,
  y: number,
  r: number,
  from = 0,
  to = 6.2832,
): void {
  g.beginPath();
  g.arc(x, y, r, from, to);
  g.stroke();
}

/** The stage, and mats before it at these points. */
function mats(g: CanvasRenderingContext2D, ...points: (readonly [number, number])[]): void {
  strokes(g, [36, 12, 64, 12], ...points.map(([x, y]) => [x, y - 6, x, y + 6]));
}

const ICONS: Record<string, Pen> = {
  mic: (g) => {
    g.beginPath();
    g.roundRect(38, 14, 24, 42, 12);
    g.stroke();
    circle(g, 50, 46, 26, 0.1, Math.PI - 0.1);
    strokes(g, [50, 72, 50, 86], [36, 86, 64, 86]);
  },
  micOff: (g) => {
    g.beginPath();
    g.roundRect(38, 14, 24, 42, 12);
    g.stroke();
    circle(g, 50, 46, 26, 0.1, Math.PI - 0.1);
    strokes(g, [50, 72, 50, 86], [36, 86, 64, 86], [18, 16, 82, 80]);
  },
  ear: (g) => {
    circle(g, 50, 52, 34, Math.PI, 0);
    g.beginPath();
    g.roundRect(12, 52, 16, 32, 7);
    g.roundRect(72, 52, 16, 32, 7);
    g.stroke();
  },
  sound: (g) => {
    strokes(g, [14, 38, 30, 38, 50, 20, 50, 80, 30, 62, 14, 62, 14, 38]);
    circle(g, 52, 50, 18, -0.9, 0.9);
    circle(g, 52, 50, 34, -0.9, 0.9);
  },
  people: (g) => {
    circle(g, 36, 36, 15);
    circle(g, 36, 88, 26, Math.PI, 0);
    circle(g, 70, 42, 11);
    circle(g, 70, 86, 20, Math.PI * 1.25, 0);
  },
  safe: (g) => {
    strokes(g, [14, 52, 50, 20, 86, 52], [26, 44, 26, 84, 74, 84, 74, 44]);
    circle(g, 50, 63, 9);
  },
  leave: (g) => {
    strokes(g, [54, 18, 20, 18, 20, 82, 54, 82], [42, 50, 86, 50], [70, 34, 86, 50, 70, 66]);
  },
  chat: (g) => {
    g.beginPath();
    g.roundRect(14, 20, 72, 48, 16);
    g.stroke();
    strokes(g, [34, 68, 30, 86, 50, 69]);
  },
  comfort: (g) => {
    strokes(g, [18, 30, 82, 30], [18, 52, 82, 52], [18, 74, 82, 74]);
    g.fillStyle = g.strokeStyle;
    for (const [x, y] of [
      [38, 30],
      [64, 52],
      [32, 74],
    ] as const) {
      g.beginPath();
      g.arc(x, y, 9, 0, 6.2832);
      g.fill();
    }
  },
  close: (g) => strokes(g, [24, 24, 76, 76], [76, 24, 24, 76]),
  hide: (g) => {
    strokes(g, [12, 50, 32, 30, 50, 25, 68, 30, 88, 50, 68, 70, 50, 75, 32, 70, 12, 50]);
    strokes(g, [20, 84, 80, 16]);
  },
  eye: (g) => {
    strokes(g, [12, 50, 32, 30, 50, 25, 68, 30, 88, 50, 68, 70, 50, 75, 32, 70, 12, 50]);
    circle(g, 50, 50, 12);
  },
  lotus: (g) => {
    strokes(g, [50, 18, 64, 44, 50, 78, 36, 44, 50, 18]);
    strokes(g, [34, 40, 12, 42, 22, 66, 50, 80, 78, 66, 88, 42, 66, 40]);
  },
  lead: (g) =>
    strokes(g, [22, 88, 22, 14, 66, 14, 58, 32, 66, 50, 22, 50], [80, 36, 92, 50, 80, 64]),
  megaphone: (g) => {
    strokes(g, [16, 42, 16, 60, 34, 62, 78, 82, 78, 20, 34, 40, 16, 42]);
    strokes(g, [32, 62, 38, 84, 50, 84, 46, 68], [90, 42, 90, 60]);
  },
  door: (g) => {
    strokes(g, [26, 88, 26, 12, 74, 12, 74, 88], [12, 88, 88, 88]);
    circle(g, 61, 52, 3);
  },
  hold: (g) => strokes(g, [34, 20, 34, 80], [66, 20, 66, 80]),
  play: (g) => strokes(g, [30, 18, 80, 50, 30, 82, 30, 18]),
  next: (g) => strokes(g, [22, 18, 64, 50, 22, 82, 22, 18], [78, 18, 78, 82]),
  recenter: (g) => {
    circle(g, 50, 50, 24);
    strokes(g, [50, 8, 50, 34], [50, 66, 50, 92], [8, 50, 34, 50], [66, 50, 92, 50]);
  },
  mats: (g) => mats(g, [26, 42], [50, 42], [74, 42], [26, 76], [50, 76], [74, 76]),
  rows: (g) => mats(g, [26, 42], [50, 42], [74, 42], [26, 76], [50, 76], [74, 76]),
  arc: (g) => mats(g, [12, 42], [28, 66], [50, 78], [72, 66], [88, 42]),
  circle: (g) => mats(g, [26, 28], [14, 54], [26, 80], [50, 90], [74, 80], [86, 54], [74, 28]),
};

/** Draw an icon in the current stroke colour, `size` pixels wide, top left at (x, y). */
export function drawIcon(
  g: CanvasRenderingContext2D,
  name: string,
  x: number,
  y: number,
  size: number,
): void {
  if (hasGlyph(name) && !(name in ICONS)) {
    drawGlyph(g, name, x, y, size);
    return;
  }
  const pen = ICONS[name];
  if (!pen) return;
  g.save();
  g.translate(x, y);
  g.scale(size / 100, size / 100);
  g.lineWidth = 8;
  g.lineCap = "round";
  g.lineJoin = "round";
  pen(g);
  g.restore();
}
