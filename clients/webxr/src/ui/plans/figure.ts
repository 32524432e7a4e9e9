/**
 * A pose as a small picture: the bones of its keyframes, drawn flat. The figure faces the reader as
 * a mirror does, so that its right is at the reader's right, as in the room.
 */
import { type Pose, stanceAt } from "../../state/poses";
import {
  BONE_NAMES,
  type BoneName,
  layOut,
  newBody,
  newStance,
  pointOn,
} from "../../state/skeleton";
import { svg } from "../dom";

/** From where it is seen: a little from the side, a little from above. */
const YAW = 0.6;
const PITCH = 0.22;
const MARGIN_M = 0.16;
/** A small pose is not blown up beyond this. */
const LEAST_M = 1.3;
const HEAD_M = 0.115;
const RIM_M = 0.035;

type Point = readonly [x: number, y: number, near: number];
type Limb = readonly [from: string, to: string, side: "l" | "r" | "", width: number];

const LIMBS: readonly Limb[] = [
  ["hips", "chest", "", 0.2],
  ["chest", "neck", "", 0.13],
  ["neck", "crown", "", 0.09],
  ...(["l", "r"] as const).flatMap((side): Limb[] => [
    ["chest", `upper_arm_${side}`, side, 0.1],
    [`upper_arm_${side}`, `lower_arm_${side}`, side, 0.09],
    [`lower_arm_${side}`, `hand_${side}`, side, 0.075],
    [`hand_${side}`, `fingers_${side}`, side, 0.07],
    ["hips", `upper_leg_${side}`, side, 0.13],
    [`upper_leg_${side}`, `lower_leg_${side}`, side, 0.12],
    [`lower_leg_${side}`, `foot_${side}`, side, 0.095],
    [`foot_${side}`, `toes_${side}`, side, 0.08],
  ]),
];
/** Ends of limbs that are no joints: on which bone, where. */
const TIPS: Readonly<Record<string, readonly [BoneName, number, number, number]>> = {
  crown: ["head", 0, 0.1, -0.02],
  fingers_l: ["hand_l", 0, -0.12, 0],
  fingers_r: ["hand_r", 0, -0.12, 0],
  toes_l: ["foot_l", 0, -0.06, -0.17],
  toes_r: ["foot_r", 0, -0.06, -0.17],
};

export interface Figure {
  element: SVGElement;
  /** Show another moment of its movement, 0 to 1. */
  move(moment: number): void;
}

/** Build it; with `left` the left side leads. Decorative: its name stands beside it. */
export function poseFigure(pose: Pose, left = false): Figure {
  const stance = newStance();
  const body = newBody();
  const element = svg("svg", { class: "pose-figure", "aria-hidden": "true" });
  const lead = pose.sided ? (left ? "l" : "r") : "";
  const at = (moment: number) => {
    stanceAt(pose, moment, left, stance);
    layOut(stance, body);
    return pointsOf(body);
  };
  element.setAttribute("viewBox", frameOf(pose.keys.map((key) => at(key.at))));
  const move = (moment: number) => element.replaceChildren(...drawing(at(moment), lead));
  move(pose.keys[0]?.at ?? 0);
  return { element, move };
}

function flat(x: number, y: number, z: number): Point {
  const across = x * Math.cos(YAW) + z * Math.sin(YAW);
  const near = x * Math.sin(YAW) - z * Math.cos(YAW);
  return [across, -(y * Math.cos(PITCH) - near * Math.sin(PITCH)), near];
}

function pointsOf(body: Float32Array): Map<string, Point> {
  const points = new Map<string, Point>();
  for (const [i, name] of BONE_NAMES.entries()) {
    points.set(name, flat(body[i * 7]!, body[i * 7 + 1]!, body[i * 7 + 2]!));
  }
  const tip = new Float32Array(3);
  for (const [name, [bone, x, y, z]] of Object.entries(TIPS)) {
    pointOn(body, BONE_NAMES.indexOf(bone) * 7, x, y, z, tip, 0);
    points.set(name, flat(tip[0]!, tip[1]!, tip[2]!));
  }
  return points;
}

function frameOf(moments: readonly Map<string, Point>[]): string {
  const all = moments.flatMap((points) => [...points.values()]);
  // The floor below it belongs to the picture.
  const ys = [...all.map(([, y]) => y), 0.02];
  const xs = all.map(([x]) => x);
  const [left, right] = [Math.min(...xs) - MARGIN_M, Math.max(...xs) + MARGIN_M];
  const [top, bottom] = [Math.min(...ys) - MARGIN_M, Math.max(...ys) + MARGIN_M];
  const size = Math.max(right - left, bottom - top, LEAST_M);
  const x = (left + right - size) / 2;
  return [x, bottom - size, size, size].map((n) => n.toFixed(3)).join(" ");
}

function drawing(points: ReadonlyMap<string, Point>, lead: string): SVGElement[] {
  const of = (name: string) => points.get(name) ?? ([0, 0, 0] as const);
  const limbs = LIMBS.map(([from, to, side, width]) => {
    const [a, b] = [of(from), of(to)];
    const ends = {
      x1: a[0].toFixed(3),
      y1: a[1].toFixed(3),
      x2: b[0].toFixed(3),
      y2: b[1].toFixed(3),
    };
    const led = side !== "" && side === lead;
    return {
      near: (a[2] + b[2]) / 2,
      line: svg(
        "g",
        {},
        // A rim, so that an arm before the body is told from it.
        svg("line", { ...ends, "stroke-width": width + RIM_M, class: "limb rim" }),
        svg("line", { ...ends, "stroke-width": width, class: led ? "limb lead" : "limb" }),
      ),
    };
  });
  const head = of("crown");
  limbs.push({
    near: head[2] + 0.05,
    line: svg("circle", {
      cx: head[0].toFixed(3),
      cy: head[1].toFixed(3),
      r: HEAD_M,
      class: "head",
    }),
  });
  limbs.sort((a, b) => a.near - b.near);
  const hips = of("hips");
  const floor = svg("ellipse", {
    cx: hips[0].toFixed(3),
    cy: 0.02,
    rx: 0.6,
    ry: 0.6 * Math.sin(PITCH),
    class: "floor",
  });
  return [floor, ...limbs.map(({ line }) => line)];
}
