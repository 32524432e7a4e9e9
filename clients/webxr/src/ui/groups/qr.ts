/** A link as a QR code, dark on light whatever the page's colours: readers expect it so. */
import { encode } from "uqr";
import { svg } from "../dom";

/** The code as a picture with a name. */
export function qrPicture(text: string, label: string): SVGElement {
  const { data, size } = encode(text, { ecc: "M", border: 3 });
  let d = "";
  data.forEach((row, y) => {
    row.forEach((dark, x) => {
      if (dark) d += `M${x} ${y}h1v1h-1z`;
    });
  });
  return svg(
    "svg",
    {
      viewBox: `0 0 ${size} ${size}`,
      class: "qr",
      role: "img",
      "aria-label": label,
      "shape-rendering": "crispEdges",
    },
    svg("rect", { width: size, height: size, fill: "#ffffff" }),
    svg("path", { d, fill: "#1d1620" }),
  );
}
