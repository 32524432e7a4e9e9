/** A session plan in short: how long, and its first steps. Where it may not be read, nothing. */

import { type PlanInfo, planInfo } from "../../net/plans";
import type { Cue } from "../../protocol/control.gen";
import { type Child, h } from "../dom";
import { EV } from "../strings-events";
import { countdown } from "./when";

const W = EV.page;

/** Fill `host` with the plan's steps; what went wrong leaves it with nothing but its length. */
export async function fillPlan(
  host: HTMLElement,
  plan: string,
  most: number,
): Promise<PlanInfo | null> {
  try {
    const found = await planInfo(plan);
    host.replaceChildren(...(shortPlan(found.compiled, found.ms, most) as Node[]));
    return found;
  } catch {
    host.replaceChildren();
    return null;
  }
}

/** Steps that say something, by when they begin. */
export function shortPlan(cues: readonly Cue[], ms: number, most: number): Child[] {
  const told = cues.filter(({ text, pose }) => text !== "" || pose !== undefined);
  const minutes = Math.max(1, Math.round(ms / 60_000));
  const left = told.length - most;
  return [
    h("p", { class: "quiet" }, W.planMinutes(minutes, told.length)),
    h(
      "ol",
      { class: "plan-short" },
      ...told
        .slice(0, most)
        .map(({ text, pose, from_ms }) =>
          h(
            "li",
            {},
            h("span", { class: "small quiet plan-time" }, countdown(from_ms)),
            h("span", {}, text || (pose ?? "").replaceAll("-", " ")),
          ),
        ),
    ),
    ...(left > 0 ? [h("p", { class: "small quiet" }, W.planMore(left))] : []),
  ];
}
