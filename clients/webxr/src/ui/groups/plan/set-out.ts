/** Sets out mats or seats by number: how many, of which kind, in which form. */
import { WIRE_LIMITS } from "../../../protocol/control.gen";
import { fill, h } from "../../dom";
import { act, field, section } from "../../shell";
import { ARRANGE as A } from "../../strings-arrange";
import { radioCards } from "../radio-cards";
import { FORMS } from "./arrange";
import type { Plan } from "./plan";

export function setOutPart(plan: Plan): HTMLElement {
  const { places } = plan.design;
  const kind = radioCards(
    A.kind,
    (["mat", "seat"] as const).map((value) => ({ value, title: A.kinds[value] })),
    places[0]?.kind ?? "seat",
  );
  const form = radioCards(
    A.form,
    FORMS.map((value) => ({ value, title: A.forms[value] })),
    plan.design.template === "campfire" || plan.design.template === "terrace" ? "circle" : "rows",
  );
  for (const { element } of [kind, form]) element.classList.add("short");
  const count = field({
    label: A.count,
    type: "number",
    value: `${places.length || 12}`,
    attrs: { min: 0, max: WIRE_LIMITS.places, inputmode: "numeric" },
  });
  const told = h("p", { class: "small", attrs: { role: "status" } });
  const go = act(A.setOut, () => {
    const wanted = Math.max(
      0,
      Math.min(WIRE_LIMITS.places, Math.round(Number(count.input.value) || 0)),
    );
    count.input.value = `${wanted}`;
    plan.arrange({ kind: kind.value(), count: wanted, form: form.value() });
    const got = plan.design.places.length;
    fill(told, got < wanted ? A.fewer(got, wanted) : A.setOutHelp);
  });
  go.dataset.test = "set-out";
  fill(told, A.setOutHelp);
  return section(
    A.places,
    "",
    kind.element,
    form.element,
    count.element,
    h("div", { class: "row" }, go, told),
  );
}
