/** A session plan: read by whoever may come, written by hosts. Saved as a whole, by version. */
import type { Page } from "../../app/router";
import { type PlanInfo, planInfo } from "../../net/plans";
import type { Pose } from "../../state/poses";
import { whenKnown } from "../account/gate";
import { fill, h } from "../dom";
import { shortPlan } from "../events/plan-short";
import { icon } from "../icons";
import { note, pageFrame, problemNote, section, skeleton } from "../shell";
import { PL } from "../strings-plans";
import { planEditor } from "./editor";
import { posesOf, Runner } from "./runner";

const W = PL.editor;
const STEPS_SHOWN = 500;

export const planPage: Page = (root, context) => {
  const lead = h("div");
  const frame = pageFrame(root, context, { title: W.loading, wide: true, lead });
  const { plan = "" } = context.params;
  const ends: (() => void)[] = [];
  let ended = false;
  const load = async () => {
    try {
      const info = await planInfo(plan);
      const poses = await posesOf(info.group.id);
      if (ended) return;
      frame.title(info.title);
      fill(lead, back(info));
      frame.main.classList.add("plan-page");
      const parts = {
        context,
        poses,
        title: frame.title,
        onEnd: (run: () => void) => ends.push(run),
      };
      fill(frame.main, ...(info.may_edit ? planEditor(info, parts) : reading(info, poses, parts)));
    } catch (error) {
      if (ended) return;
      frame.title(PL.title);
      fill(frame.main, problemNote(error, load));
    }
  };
  fill(frame.main, skeleton(6));
  const forget = whenKnown(context, () => void load());
  return () => {
    ended = true;
    forget();
    for (const end of ends) end();
    frame.end();
  };
};

function back({ group }: PlanInfo): HTMLElement {
  return h(
    "a",
    { class: "back-link", attrs: { href: `/g/${group.slug}/plans` } },
    icon("back"),
    PL.toPlans(group.name),
  );
}

/** For whoever may not change it. */
function reading(
  info: PlanInfo,
  poses: ReadonlyMap<string, Pose>,
  parts: { onEnd(run: () => void): void },
): HTMLElement[] {
  const runner = new Runner(poses);
  runner.take(info.compiled);
  parts.onEnd(() => runner.end());
  return [
    h(
      "div",
      { class: "group-main" },
      note("info", W.readOnly),
      section(W.cues, "", ...shortPlan(info.compiled, info.ms, STEPS_SHOWN)),
    ),
    h("div", { class: "group-side plan-side" }, section(PL.runner.title, "", runner.element)),
  ];
}
