/** A personal boundary seen from above, to scale: oneself, the ring, and somebody at its edge. */
import { svg } from "../dom";
import { mix } from "../face";

/** What the picture shows, in metres from oneself; wide rings run out above and below. */
const VIEW = { left: 1.3, right: 2.6, half: 1.15 };
const HEAD_M = 0.16;
const SHOULDERS_M = 0.26;

interface Look {
  primary: string;
  secondary: string;
}

const SOMEBODY: Look = { primary: "#8fb8de", secondary: "#f6ecdd" };
const EMBER: Look = { primary: "#ff9a4d", secondary: "#f6ecdd" };

/** Draw it; units are metres, oneself is at the origin and looks to the right. */
export function boundaryPicture(radiusM: number, own: Look | null): SVGElement {
  const { left, right, half } = VIEW;
  return svg(
    "svg",
    { viewBox: `${-left} ${-half} ${left + right} ${2 * half}`, "aria-hidden": "true" },
    svg("circle", { class: "boundary-floor", r: radiusM }),
    svg("circle", { class: "boundary-ring", r: radiusM }),
    svg("path", { class: "boundary-line", d: `M0 0H${radiusM}` }),
    fromAbove(0, 0, own ?? EMBER, 90),
    fromAbove(radiusM, 0, SOMEBODY, -90),
  );
}

/** Head and shoulders of somebody who looks towards `turn` degrees (0 is up). */
function fromAbove(x: number, y: number, look: Look, turn: number): SVGElement {
  return svg(
    "g",
    { transform: `translate(${x} ${y}) rotate(${turn})` },
    svg("ellipse", { rx: SHOULDERS_M, ry: 0.14, fill: mix(look.primary, "#1d1620", 0.18) }),
    svg("circle", { r: HEAD_M, fill: look.primary }),
    svg("circle", { cy: -0.05, r: 0.08, fill: look.secondary }),
  );
}
