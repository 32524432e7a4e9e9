/** A class or a talk, and what each begins with: shown as it is chosen, and changed as one likes. */
import {
  AUDIENCES,
  type Audience,
  FORMATIONS,
  type Formation,
  TEMPLATES,
  type Template,
} from "../../net/events";
import { h } from "../dom";
import { cardChoice, radioCards } from "../groups/radio-cards";
import { choice, type Field } from "../shell";
import { EF } from "../strings-event-form";
import { EV } from "../strings-events";

const W = EF;

interface Begins {
  audience: Audience;
  formation: Formation;
}

/** What a template sets where nobody says otherwise; the server has the same. */
export const USUAL: Readonly<Record<Template, Begins>> = {
  class: { audience: "near", formation: "rows" },
  talk: { audience: "nobody", formation: "none" },
};

interface Chosen extends Begins {
  template: Template;
}

export interface TemplateFields {
  element: HTMLElement;
  fields: { template: Field<HTMLSelectElement>; formation: Field<HTMLSelectElement> };
  read(): Chosen;
  take(chosen: Chosen): void;
}

/** The kind first; below it what that means, which another kind sets anew. */
export function templateFields(
  given: Chosen,
  words: string = W.kind,
  chosen: (template: Template) => void = () => {},
): TemplateFields {
  const formation = choice({
    label: W.formation,
    choices: FORMATIONS.map((each): [string, string] => [each, W.formations[each]]),
    attrs: { "data-test": "event-formation" },
  });
  const audience = choice({
    label: W.audience,
    choices: AUDIENCES.map((each): [string, string] => [each, W.audiences[each]]),
    attrs: { "data-test": "event-audience" },
  });
  const set = (begins: Begins) => {
    formation.input.value = begins.formation;
    audience.input.value = begins.audience;
  };
  const changed = h("p", { class: "small quiet", attrs: { role: "status" } });
  const kind = radioCards(
    words,
    TEMPLATES.map((each) => cardChoice(each, EV.templates[each])),
    given.template,
    (template) => {
      set(USUAL[template]);
      changed.textContent = W.kindSets[template];
      chosen(template);
    },
  );
  set(given);
  return {
    element: h(
      "div",
      { class: "stack wide template-fields" },
      kind.element,
      h("div", { class: "pair" }, formation.element, audience.element),
      changed,
    ),
    fields: { template: audience, formation },
    read: () => ({
      template: kind.value(),
      formation: formation.input.value as Formation,
      audience: audience.input.value as Audience,
    }),
    take: (chosen) => {
      kind.choose(chosen.template);
      set(chosen);
      changed.textContent = "";
    },
  };
}
