/**
 * Draws people for the page in SVG, as the room draws them in 3D: hooded head, friendly face,
 * soft torso with a pattern, mitten hands. Small faces for lists, a whole figure for the door.
 */
import { PLAIN_LOOK } from "../state/look";
import { svg } from "./dom";

export interface Colours {
  primary: string;
  secondary: string;
  pattern: number;
}

const HEX = /^#[0-9a-fA-F]{6}$/;
const safe = (colour: string, other: string) => (HEX.test(colour) ? colour : other);

/** Mix two #rrggbb colours, `share` of the second. */
export function mix(a: string, b: string, share: number): string {
  const part = (hex: string, i: number) => Number.parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16);
  const channel = (i: number) =>
    Math.round(part(a, i) + (part(b, i) - part(a, i)) * share)
      .toString(16)
      .padStart(2, "0");
  return `#${channel(0)}${channel(1)}${channel(2)}`;
}

let unique = 0;

function faceParts(primary: string, secondary: string, blink: boolean): SVGElement[] {
  const skin = mix("#e9c3a0", primary, 0.14);
  return [
    svg("circle", { cx: 32, cy: 32, r: 28, fill: primary }),
    svg("ellipse", { cx: 32, cy: 35, rx: 20.5, ry: 20, fill: secondary }),
    svg("ellipse", { cx: 32, cy: 35.5, rx: 18, ry: 17.5, fill: skin }),
    svg(
      "g",
      { class: blink ? "eyes blinking" : "eyes", fill: "#33252e" },
      svg("ellipse", { cx: 25.5, cy: 34, rx: 2.6, ry: 3.4 }),
      svg("ellipse", { cx: 38.5, cy: 34, rx: 2.6, ry: 3.4 }),
    ),
    svg("path", {
      d: "M26.5 42c3 3.2 8 3.2 11 0",
      fill: "none",
      stroke: "#8a4a3c",
      "stroke-width": 2.2,
      "stroke-linecap": "round",
    }),
    svg("circle", { cx: 21, cy: 40, r: 2.8, fill: "#d9705f", opacity: 0.28 }),
    svg("circle", { cx: 43, cy: 40, r: 2.8, fill: "#d9705f", opacity: 0.28 }),
  ];
}

/** A small round face; decoration beside a name, so hidden from screen readers. */
export function face(look: Colours, away = false): SVGElement {
  const primary = safe(look.primary, PLAIN_LOOK.primary);
  const secondary = safe(look.secondary, PLAIN_LOOK.secondary);
  return svg(
    "svg",
    { viewBox: "0 0 64 64", class: away ? "face away" : "face", "aria-hidden": "true" },
    svg("circle", { cx: 32, cy: 32, r: 31.5, fill: "var(--raised)" }),
    ...faceParts(primary, secondary, false),
  );
}

const WARM = ["#ff9a4d", "#8fb8de", "#7fbf8e", "#e0607e", "#e8c35a"];

/** Faces of people of whom only the number is known; at most five, the rest as a word. */
export function guestFaces(count: number, max = 5): HTMLElement {
  const row = document.createElement("span");
  row.className = "faces";
  row.setAttribute("aria-hidden", "true");
  for (let i = 0; i < Math.min(count, max); i++) {
    const primary = WARM[i % WARM.length]!;
    row.append(face({ primary, secondary: PLAIN_LOOK.secondary, pattern: 0 }));
  }
  return row;
}

/** Shapes of a pattern inside a 64 × 64 tile, the same eight the room draws. */
function patternShapes(pattern: number, colour: string): SVGElement[] {
  const bar = (x: number, y: number, width: number, height: number) =>
    svg("rect", { x, y, width, height, fill: colour });
  const every = <T>(step: number, make: (at: number) => T) =>
    Array.from({ length: Math.ceil(64 / step) }, (_, i) => make(i * step));
  switch (pattern) {
    case 1:
      return [bar(0, 47, 64, 2), bar(0, 52, 64, 6)];
    case 2:
      return every(11, (y) => bar(0, y + 4, 64, 4.5));
    case 3:
      return every(9, (x) => bar(x + 2, 0, 3.5, 64));
    case 4:
      return every(10, (y) => y).flatMap((_, row) =>
        every(12, (x) =>
          svg("circle", { cx: x + (row % 2) * 6 + 3, cy: row * 10 + 6, r: 2.6, fill: colour }),
        ),
      );
    case 5:
      return every(13, (y) => y).flatMap((_, row) =>
        every(12, (x) =>
          svg("path", {
            d: `M${x + 6} ${row * 13 + 2}l3.5 5.5-3.5 5.5-3.5-5.5z`,
            fill: colour,
          }),
        ),
      );
    case 6:
      return every(12, (y) =>
        svg("path", {
          d: `M-2 ${y + 8}l6-5 6 5 6-5 6 5 6-5 6 5 6-5 6 5 6-5 6 5 6-5`,
          fill: "none",
          stroke: colour,
          "stroke-width": 3.2,
        }),
      );
    case 7:
      return [svg("path", { d: "M0 38q8 6 16 0t16 0 16 0 16 0v30H0z", fill: colour })];
    default:
      return [];
  }
}

/** A swatch that shows a pattern in the chosen colours. */
export function patternSwatch(look: Colours): SVGElement {
  const id = `swatch-${unique++}`;
  return svg(
    "svg",
    { viewBox: "0 0 64 64", class: "swatch-pattern", "aria-hidden": "true" },
    svg("clipPath", { id }, svg("rect", { width: 64, height: 64, rx: 16 })),
    svg(
      "g",
      { "clip-path": `url(#${id})` },
      svg("rect", { width: 64, height: 64, fill: safe(look.primary, PLAIN_LOOK.primary) }),
      ...patternShapes(look.pattern, safe(look.secondary, PLAIN_LOOK.secondary)),
    ),
  );
}

/** The whole figure, 200 × 240; feet left out, as in the room. */
export function figure(look: Colours): SVGElement {
  const primary = safe(look.primary, "#ff9a4d");
  const secondary = safe(look.secondary, PLAIN_LOOK.secondary);
  const id = `torso-${unique++}`;
  const torso = "M62 122c10-14 66-14 76 0 12 20 18 62 15 92-14 12-92 12-106 0-3-30 3-72 15-92z";
  const hand = mix(secondary, "#e9c3a0", 0.12);
  const mitten = (x: number, y: number, turn: number, cls: string) =>
    svg(
      "g",
      { class: cls },
      svg(
        "g",
        { transform: `translate(${x} ${y}) rotate(${turn})` },
        svg("path", {
          d: "M-13-4c0-9 6-14 13-14s13 5 13 14v12c0 7-5 11-13 11s-13-4-13-11z",
          fill: hand,
        }),
        svg("path", { d: "M11 2c6-6 12-4 12 1 0 5-7 9-12 10z", fill: hand }),
        svg("path", { d: "M-13 9h26v5c0 5-5 8-13 8s-13-3-13-8z", fill: primary }),
      ),
    );
  const shade = svg(
    "linearGradient",
    { id: `${id}-shade`, x1: 0, y1: 0, x2: 0, y2: 1 },
    svg("stop", { offset: 0.35, "stop-color": "#1d1620", "stop-opacity": 0 }),
    svg("stop", { offset: 1, "stop-color": "#1d1620", "stop-opacity": 0.42 }),
  );
  return svg(
    "svg",
    { viewBox: "0 0 200 240", class: "figure", "aria-hidden": "true" },
    svg("defs", {}, shade, svg("clipPath", { id }, svg("path", { d: torso }))),
    svg("ellipse", { cx: 100, cy: 226, rx: 66, ry: 9, fill: "#120b14", opacity: 0.35 }),
    svg(
      "g",
      { class: "breathing" },
      svg("path", { d: torso, fill: primary }),
      svg(
        "g",
        { "clip-path": `url(#${id})` },
        svg(
          "g",
          { transform: "translate(42 112) scale(1.82 1.72)" },
          ...patternShapes(look.pattern, secondary),
        ),
        svg("rect", { x: 40, y: 106, width: 120, height: 120, fill: `url(#${id}-shade)` }),
        svg("ellipse", { cx: 100, cy: 117, rx: 27, ry: 10, fill: secondary }),
      ),
      mitten(36, 158, -14, "hand-left"),
      mitten(166, 140, 16, "hand-right"),
      svg(
        "g",
        { transform: "translate(43 8) scale(1.78)" },
        ...faceParts(primary, secondary, true),
      ),
    ),
  );
}
