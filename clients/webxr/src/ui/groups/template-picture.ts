/** Small pictures of the kinds of places, drawn for the page: what each is known by. */
import { svg } from "../dom";

const sky = (id: string, top: string, low: string) => [
  svg(
    "linearGradient",
    { id, x1: 0, y1: 0, x2: 0, y2: 1 },
    svg("stop", { offset: 0, "stop-color": top }),
    svg("stop", { offset: 1, "stop-color": low }),
  ),
  svg("rect", { width: 160, height: 100, fill: `url(#${id})` }),
];
const box = (x: number, y: number, w: number, h: number, fill: string, rx = 0) =>
  svg("rect", { x, y, width: w, height: h, fill, rx });
const path = (d: string, fill: string) => svg("path", { d, fill });
const dot = (cx: number, cy: number, r: number, fill: string, opacity = 1) =>
  svg("circle", { cx, cy, r, fill, opacity });

let unique = 0;

const PICTURES: Record<string, (id: string) => SVGElement[]> = {
  campfire: (id) => [
    ...sky(id, "#241c3a", "#6b4a5c"),
    ...[
      [24, 16],
      [60, 10],
      [104, 18],
      [138, 12],
    ].map(([x, y]) => dot(x!, y!, 1.2, "#f6ecdd")),
    path("M0 58 14 30 26 58 38 24 52 60H0zM108 60 122 26 134 58 146 34 160 60z", "#231f2e"),
    path("M0 60q80-14 160 0v40H0z", "#3c3038"),
    dot(80, 74, 30, "#ff9a4d", 0.16),
    path("M80 48c12 12 13 19 9 27H71c-4-8 0-14 5-17 0 5 2 6 3 6 2-6 0-10 1-16z", "#ff9a4d"),
    path("M80 60c5 6 6 10 4 15h-8c-2-4 1-8 4-15z", "#ffd27a"),
    box(64, 75, 32, 5, "#5c4030", 2),
    box(24, 78, 24, 7, "#6b4a38", 3),
    box(112, 78, 24, 7, "#6b4a38", 3),
  ],
  studio: () => [
    box(0, 0, 160, 100, "#ead9bf"),
    ...[18, 56, 94].map((x) => box(x, 14, 32, 44, "#fbf3e4", 2)),
    ...[18, 56, 94].flatMap((x) => [
      box(x + 15, 14, 2, 44, "#c9ac83"),
      box(x, 34, 32, 2, "#c9ac83"),
    ]),
    path("M0 64h160v36H0z", "#b98a5e"),
    path("M0 64h160v3H0z", "#a2764c"),
    ...[20, 66, 112].map((x) => box(x, 74, 30, 12, x === 66 ? "#e0607e" : "#7fa08a", 5)),
    dot(140, 40, 9, "#7fbf8e"),
    box(137, 48, 6, 16, "#a0714e", 2),
  ],
  gallery: () => [
    box(0, 0, 160, 100, "#efe9e2"),
    path("M0 70h160v30H0z", "#b9aca2"),
    ...(
      [
        [16, 18, 34, 40, "#8fb8de"],
        [62, 14, 40, 46, "#ff9a4d"],
        [114, 20, 30, 36, "#a77bd1"],
      ] as const
    ).flatMap(([x, y, w, hgt, fill]) => [
      box(x - 2, y - 2, w + 4, hgt + 4, "#4a3c40"),
      box(x, y, w, hgt, fill),
      path(
        `M${x} ${y + hgt}l${w / 3} ${-hgt / 2.4} ${w / 4} ${hgt / 6} ${w / 4} ${-hgt / 3}L${x + w} ${y + hgt}z`,
        "#fff6e6",
      ),
    ]),
    box(60, 78, 44, 7, "#5f5147", 3),
    box(64, 84, 4, 8, "#4a3c34"),
    box(96, 84, 4, 8, "#4a3c34"),
  ],
  classroom: () => [
    box(0, 0, 160, 100, "#dfe3d4"),
    box(34, 12, 92, 40, "#33523f", 3),
    svg("path", {
      d: "M46 26h34M46 34h24M92 40l9-16 9 16z",
      fill: "none",
      stroke: "#eaf2e4",
      "stroke-width": 2.4,
      "stroke-linecap": "round",
    }),
    path("M0 60h160v40H0z", "#b7966c"),
    ...[18, 52, 86, 120].map((x) => box(x, 66, 24, 8, "#e8c35a", 3)),
    ...[8, 46, 90, 128].map((x) => box(x, 84, 26, 9, "#e8c35a", 3)),
  ],
  terrace: (id) => [
    ...sky(id, "#5b4a7d", "#f0a070"),
    dot(116, 50, 13, "#ffd9a0"),
    path("M0 62 30 40 58 60 92 36 128 62 160 46v40H0z", "#5d4a66"),
    path("M0 74h160v26H0z", "#8a6a55"),
    ...[8, 38, 68, 98, 128].map((x) => box(x, 56, 3, 20, "#f3e2c8")),
    box(0, 54, 160, 4, "#f3e2c8", 2),
    ...[52, 80, 108].map((x) => svg("ellipse", { cx: x, cy: 86, rx: 9, ry: 5, fill: "#d9705f" })),
    svg("path", { d: "M0 12q80 24 160 0", fill: "none", stroke: "#3a2c40", "stroke-width": 1.4 }),
    ...[24, 56, 88, 120].map((x) => dot(x, 20 + (x === 56 || x === 88 ? 2 : 0), 3.4, "#ffd27a")),
  ],
};

/** The picture of a template; decoration beside its name. */
export function templatePicture(template: string): SVGElement {
  const draw = PICTURES[template] ?? PICTURES.campfire!;
  return svg(
    "svg",
    {
      viewBox: "0 0 160 100",
      class: "template-picture",
      preserveAspectRatio: "xMidYMid slice",
      "aria-hidden": "true",
    },
    ...draw(`sky-${unique++}`),
  );
}
