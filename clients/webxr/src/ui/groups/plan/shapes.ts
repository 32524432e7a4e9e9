/** How the parts of a room look in its floor plan. A part's own place is the origin; zones draw where they are. */
import type { Design } from "../../../protocol/control.gen";
import { svg } from "../../dom";
import type { Chosen } from "./plan";

/** The shapes of a part. */
export function partShape(design: Design, { kind, index }: Chosen): SVGElement[] {
  if (kind === "zone") return zone(design, index);
  if (kind === "object") {
    const { colour } = design.objects[index]!;
    return [
      svg("circle", { r: 0.42, fill: colour, opacity: 0.28 }),
      svg("circle", { r: 0.2, fill: colour, class: "lantern" }),
    ];
  }
  const part = kind === "place" ? design.places[index]! : design.spawn[index]!;
  // Degrees turn to the left, an SVG to the right.
  const turn = `rotate(${-part.yaw_deg})`;
  if (kind === "spawn") {
    return [
      svg(
        "g",
        { transform: turn },
        svg("circle", { r: 0.26, class: "shape" }),
        svg("path", { d: "M-0.16 -0.34L0 -0.58 0.16 -0.34z", class: "nose" }),
      ),
    ];
  }
  const shape =
    design.places[index]!.kind === "mat"
      ? svg("rect", { x: -0.38, y: -0.62, width: 0.76, height: 1.24, rx: 0.14, class: "shape" })
      : svg("rect", { x: -0.27, y: -0.27, width: 0.54, height: 0.54, rx: 0.16, class: "shape" });
  const nose = design.places[index]!.kind === "mat" ? -0.42 : -0.2;
  return [
    svg(
      "g",
      { transform: turn },
      shape,
      svg("path", { d: `M-0.13 ${nose + 0.13}L0 ${nose} 0.13 ${nose + 0.13}`, class: "nose line" }),
    ),
  ];
}

function zone(design: Design, index: number): SVGElement[] {
  const { x0, z0, x1, z1, kind, name } = design.zones[index]!;
  const label = svg("text", { x: x0 + 0.2, y: z0 + 0.62, class: "zone-name" });
  label.textContent = name;
  return [
    svg("rect", {
      x: x0,
      y: z0,
      width: x1 - x0,
      height: z1 - z0,
      rx: 0.15,
      class: `shape ${kind}`,
    }),
    label,
  ];
}
