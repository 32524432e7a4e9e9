/** A group's session plans, and plans to begin with. */
import type { Page } from "../../app/router";
import { groupPlans, makePlan, type PlanCard, planStarters, type Starter } from "../../net/plans";
import { type Child, h } from "../dom";
import { type GroupPart, groupFrame } from "../groups/group-frame";
import { icon } from "../icons";
import { act, emptyState, linkButton, loading, run, section } from "../shell";
import { PL } from "../strings-plans";
import { toast } from "../toasts";

export const plansPage: Page = (root, context) =>
  groupFrame(root, context, {
    tab: "plans",
    title: () => PL.title,
    needs: ["host_events"],
    show: (part) => {
      const list = h("ul", { class: "list plan-list", attrs: { "data-test": "plans" } });
      loading(list, {
        load: () => groupPlans(part.group.id),
        draw: (plans) =>
          plans.length === 0
            ? [h("li", {}, emptyState("text", PL.none, PL.noneHelp))]
            : plans.map(row),
      });
      part.main.append(
        h("p", { class: "quiet" }, PL.lead),
        list,
        startersPart(part),
        h("div", { class: "row" }, linkButton(`/g/${part.group.slug}/poses`, PL.poses)),
      );
    },
  });

function row(plan: PlanCard): HTMLElement {
  return h(
    "li",
    {},
    h(
      "a",
      { class: "plan-row", attrs: { href: `/plans/${plan.id}`, "data-plan": plan.id } },
      icon("text"),
      h(
        "span",
        { class: "person-words" },
        h("strong", {}, plan.title),
        h("span", { class: "small quiet" }, `${PL.length(plan.ms)} · ${PL.steps(plan.cues)}`),
      ),
      icon("go"),
    ),
  );
}

function startersPart(part: GroupPart): HTMLElement {
  const list = h("ul", { class: "starters" });
  const begin = (button: HTMLElement, wish: { title: string; starter?: string; cues?: [] }) =>
    run(button, async () => {
      const plan = await makePlan(part.group.id, wish);
      part.context.go(`/plans/${plan.id}`);
      toast(PL.made);
    });
  loading(list, {
    load: planStarters,
    draw: (found): Child[] => found.map((each) => starter(each, begin)),
  });
  const empty = act(PL.empty, (button) => void begin(button, { title: PL.emptyTitle, cues: [] }), {
    test: "empty-plan",
  });
  return section(PL.starters, "", list, empty);
}

function starter(
  each: Starter,
  begin: (button: HTMLElement, wish: { title: string; starter: string }) => Promise<boolean>,
): HTMLElement {
  const { id, title, text, ms } = each;
  return h(
    "li",
    { class: "starter" },
    h("strong", {}, title),
    h("span", { class: "small quiet" }, PL.length(ms)),
    text !== "" && h("p", { class: "small" }, text),
    act(PL.use, (button) => void begin(button, { title, starter: id }), {
      label: PL.useLabel(title),
      test: `starter-${id}`,
    }),
  );
}
