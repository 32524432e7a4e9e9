/** Small pictures drawn by hand on a canvas: reactions over heads and marks on name tags. */

type Pen = (g: CanvasRenderingContext2D) => void;

const CREAM = "#f6ecdd";
const EMBER = "#ff9a4d";
const LEAF = "#7fbf8e";
const SKY = "#8fb8de";
const ROSE = "#e0607e";
const INK = "#2b2230";

function disc(g: CanvasRenderingContext2D, x: number, y: number, r: number, fill: string): void {
  g.fillStyle = fill;
  g.beginPath();
  g.arc(x, y, r, 0, Math.PI * 2);
  g.fill();
}

function line(g: CanvasRenderingContext2D, points: readonly number[], width: number): void {
  g.lineWidth = width;
  g.lineCap = "round";
  g.lineJoin = "round";
  g.beginPath();
  for (let i = 0; i + 1 < points.length; i += 2) {
    if (i === 0) g.moveTo(points[i]!, points[i + 1]!);
    else g.lineTo(points[i]!, points[i + 1]!);
  }
  g.stroke();
}

function heartPath(g: CanvasRenderingContext2D): void {
  g.beginPath();
  g.moveTo(50, 84);
  g.bezierCurveTo(8, 54, 12, 20, 34, 20);
  g.bezierCurveTo(44, 20, 50, 30, 50, 34);
  g.bezierCurveTo(50, 30, 56, 20, 66, 20);
  g.bezierCurveTo(88, 20, 92, 54, 50, 84);
}

/** An open palm with fingers up; the base of waving, clapping and raising. */
function palm(g: CanvasRenderingContext2D, fill: string): void {
  g.strokeStyle = fill;
  line(g, [35, 58, 31, 32], 11);
  line(g, [46, 54, 45, 22], 11);
  line(g, [57, 54, 59, 23], 11);
  line(g, [67, 58, 72, 33], 11);
  line(g, [34, 72, 19, 55], 11);
  g.fillStyle = fill;
  g.beginPath();
  g.roundRect(29.5, 48, 43, 38, 17);
  g.fill();
}

/** A fist with its thumb up and a coloured cuff. */
function thumb(g: CanvasRenderingContext2D, cuff: string): void {
  g.fillStyle = "#ffd3a1";
  g.strokeStyle = "#ffd3a1";
  line(g, [46, 54, 53, 22], 15);
  g.beginPath();
  g.roundRect(32, 46, 46, 38, 13);
  g.fill();
  g.fillStyle = cuff;
  g.beginPath();
  g.roundRect(16, 48, 14, 36, 6);
  g.fill();
}

/** Pictures in a 100 by 100 square, by name. */
const GLYPHS: Record<string, Pen> = {
  wave: (g) => {
    g.translate(50, 50);
    g.rotate(0.25);
    g.translate(-50, -50);
    palm(g, "#ffd3a1");
    g.strokeStyle = EMBER;
    line(g, [86, 28, 91, 38], 5);
    line(g, [10, 30, 5, 40], 5);
  },
  heart: (g) => {
    heartPath(g);
    g.fillStyle = ROSE;
    g.fill();
    g.strokeStyle = "rgba(255,255,255,0.55)";
    line(g, [27, 42, 29, 33, 35, 29], 5);
  },
  laugh: (g) => {
    disc(g, 50, 50, 40, "#ffc96b");
    g.strokeStyle = INK;
    line(g, [26, 42, 34, 35, 42, 42], 5);
    line(g, [58, 42, 66, 35, 74, 42], 5);
    g.fillStyle = INK;
    g.beginPath();
    g.arc(50, 54, 22, 0, Math.PI);
    g.closePath();
    g.fill();
    disc(g, 50, 71, 8, ROSE);
  },
  clap: (g) => {
    g.save();
    g.translate(-9, 8);
    g.rotate(-0.18);
    palm(g, "#e8b07e");
    g.restore();
    g.save();
    g.translate(20, 4);
    g.rotate(0.16);
    palm(g, "#ffd3a1");
    g.restore();
    g.strokeStyle = EMBER;
    line(g, [50, 4, 50, 12], 5);
    line(g, [30, 8, 34, 15], 5);
    line(g, [70, 8, 66, 15], 5);
  },
  yes: (g) => thumb(g, LEAF),
  no: (g) => {
    g.translate(0, 104);
    g.scale(1, -1);
    thumb(g, ROSE);
  },
  hand: (g) => palm(g, "#ffd3a1"),
  muted: (g) => {
    g.fillStyle = CREAM;
    g.beginPath();
    g.roundRect(38, 14, 24, 44, 12);
    g.fill();
    g.strokeStyle = CREAM;
    g.lineWidth = 7;
    g.beginPath();
    g.arc(50, 46, 25, 0.1, Math.PI - 0.1);
    g.stroke();
    line(g, [50, 72, 50, 84], 7);
    g.strokeStyle = ROSE;
    line(g, [16, 14, 84, 86], 10);
  },
  unheard: (g) => {
    g.strokeStyle = CREAM;
    line(g, [14, 38, 28, 38, 48, 20, 48, 80, 28, 62, 14, 62, 14, 38], 7);
    g.strokeStyle = ROSE;
    line(g, [62, 36, 90, 64], 9);
    line(g, [90, 36, 62, 64], 9);
  },
  listener: (g) => {
    g.strokeStyle = SKY;
    g.lineWidth = 8;
    g.beginPath();
    g.arc(50, 40, 28, Math.PI * 0.95, Math.PI * 0.35);
    g.bezierCurveTo(58, 74, 60, 92, 40, 90);
    g.stroke();
    g.lineWidth = 7;
    g.beginPath();
    g.arc(50, 42, 12, Math.PI, Math.PI * 0.3);
    g.stroke();
  },
  away: (g) => {
    disc(g, 48, 50, 34, SKY);
    g.globalCompositeOperation = "destination-out";
    disc(g, 64, 38, 29, "#000");
    g.globalCompositeOperation = "source-over";
    g.strokeStyle = CREAM;
    line(g, [62, 22, 80, 22, 62, 42, 80, 42], 6);
  },
  host: (g) => {
    g.fillStyle = EMBER;
    g.beginPath();
    g.moveTo(50, 8);
    g.bezierCurveTo(54, 30, 82, 40, 78, 66);
    g.bezierCurveTo(76, 84, 62, 92, 50, 92);
    g.bezierCurveTo(36, 92, 22, 82, 22, 64);
    g.bezierCurveTo(22, 48, 36, 46, 38, 28);
    g.bezierCurveTo(46, 30, 50, 20, 50, 8);
    g.fill();
    disc(g, 50, 72, 13, "#ffe0a8");
  },
  new: (g) => {
    g.strokeStyle = LEAF;
    line(g, [50, 90, 50, 46], 8);
    g.fillStyle = LEAF;
    g.beginPath();
    g.ellipse(32, 36, 24, 13, 0.5, 0, Math.PI * 2);
    g.ellipse(68, 28, 24, 13, -0.5, 0, Math.PI * 2);
    g.fill();
  },
  friend: (g) => {
    heartPath(g);
    g.strokeStyle = ROSE;
    g.lineWidth = 9;
    g.stroke();
  },
  sparkle: (g) => {
    g.fillStyle = EMBER;
    g.beginPath();
    for (let i = 0; i < 16; i++) {
      const r = i % 2 === 0 ? (i % 4 === 0 ? 44 : 26) : 13;
      const a = (i / 16) * Math.PI * 2 - Math.PI / 2;
      g.lineTo(50 + Math.cos(a) * r, 50 + Math.sin(a) * r);
    }
    g.fill();
  },
};

/** Reaction pictures in atlas order; the last one stands in for kinds this client does not know. */
export const REACTION_GLYPHS = [
  "wave",
  "clap",
  "heart",
  "laugh",
  "yes",
  "no",
  "hand",
  "sparkle",
] as const;

/** Say whether a picture of this name exists. */
export function hasGlyph(name: string): boolean {
  return name in GLYPHS;
}

/** Draw a picture with its top left at (x, y), `size` pixels wide. */
export function drawGlyph(
  g: CanvasRenderingContext2D,
  name: string,
  x: number,
  y: number,
  size: number,
): void {
  const pen = GLYPHS[name];
  if (!pen) return;
  g.save();
  g.translate(x, y);
  g.scale(size / 100, size / 100);
  pen(g);
  g.restore();
}
