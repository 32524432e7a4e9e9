/** The clearing at dusk, drawn in SVG for the lobby and the door. Owns the picture only. */
import { svg } from "./dom";

const STARS = [
  [40, 30, 1.4],
  [96, 58, 1],
  [150, 24, 1.2],
  [214, 66, 0.9],
  [262, 34, 1.5],
  [330, 52, 1],
  [392, 22, 1.3],
  [452, 60, 1],
  [508, 30, 1.4],
  [566, 56, 0.9],
] as const;

let unique = 0;

const stop = (offset: number, colour: string, opacity = 1) =>
  svg("stop", { offset, "stop-color": colour, "stop-opacity": opacity });

/** A wide picture, 600 × 340, that crops well at its sides. */
export function clearing(): SVGElement {
  const id = `dusk-${unique++}`;
  const tree = (x: number, y: number, s: number, colour: string) =>
    svg("path", {
      d: `M${x} ${y - 92 * s}l${30 * s} ${52 * s}h-${12 * s}l${22 * s} ${40 * s}h-${80 * s}l${22 * s} -${40 * s}h-${12 * s}z`,
      fill: colour,
    });
  return svg(
    "svg",
    {
      viewBox: "0 0 600 340",
      class: "clearing",
      preserveAspectRatio: "xMidYMax slice",
      "aria-hidden": "true",
    },
    svg(
      "defs",
      {},
      svg(
        "linearGradient",
        { id: `${id}-sky`, x1: 0, y1: 0, x2: 0, y2: 1 },
        stop(0, "#2b2140"),
        stop(0.45, "#5c3a5e"),
        stop(0.72, "#b4605c"),
        stop(0.88, "#f0a263"),
      ),
      svg(
        "radialGradient",
        { id: `${id}-glow` },
        stop(0, "#ffd38f", 0.95),
        stop(0.3, "#ff9a4d", 0.5),
        stop(1, "#ff9a4d", 0),
      ),
      svg(
        "linearGradient",
        { id: `${id}-ground`, x1: 0, y1: 0, x2: 0, y2: 1 },
        stop(0, "#4a3542"),
        stop(1, "#241a28"),
      ),
    ),
    svg("rect", { width: 600, height: 340, fill: `url(#${id}-sky)` }),
    ...STARS.map(([cx, cy, r]) => svg("circle", { cx, cy, r, fill: "#ffeede", opacity: 0.8 })),
    svg("circle", { cx: 396, cy: 70, r: 15, fill: "#ffe9cf", opacity: 0.92 }),
    svg("path", {
      d: "M0 226c70-40 120-34 178-12 60-44 130-40 190 2 60-34 130-36 232 4v120H0z",
      fill: "#6b4560",
      opacity: 0.75,
    }),
    tree(52, 268, 1.25, "#34243a"),
    tree(112, 262, 0.85, "#3d2b42"),
    tree(548, 268, 1.3, "#34243a"),
    tree(486, 260, 0.8, "#3d2b42"),
    svg("path", {
      d: "M0 262c120-22 210-24 300-24s190 4 300 24v78H0z",
      fill: `url(#${id}-ground)`,
    }),
    svg("ellipse", { cx: 300, cy: 276, rx: 190, ry: 86, fill: `url(#${id}-glow)`, class: "glow" }),
    svg("path", { d: "M268 290l64-14 3 8-64 14zM270 278l62 16-2 7-62-15z", fill: "#2a1a1c" }),
    svg("path", {
      d: "M303 208c2 20 26 32 26 58a27 27 0 0 1-54 0c0-13 8-19 11-29 6 5 7 10 7 15 8-9 12-24 10-44z",
      fill: "#ff9a4d",
      class: "flame",
    }),
    svg("path", {
      d: "M302 242c2 12 14 16 14 30a15 15 0 0 1-30 0c0-8 5-11 7-17 4 4 5 6 5 9 4-5 6-12 4-22z",
      fill: "#ffe1b0",
      class: "flame",
    }),
  );
}
