/** One of a few, each with a title and what it means; a picture where one helps. */
import { type Child, h } from "../dom";

interface CardChoice<T extends string> {
  value: T;
  title: string;
  help?: string;
  picture?: Node;
}

let count = 0;

/** A choice of two words: what it is called, and what it means. */
export const cardChoice = <T extends string>(
  value: T,
  [title, help]: readonly [title: string, help: string],
): CardChoice<T> => ({ value, title, help });

/** Radio buttons as cards. */
export function radioCards<T extends string>(
  legend: string,
  choices: readonly CardChoice<T>[],
  value: T,
  changed: (value: T) => void = () => {},
): { element: HTMLElement; value(): T; choose(value: T): void } {
  const name = `cards-${++count}`;
  let chosen = value;
  const inputs = new Map<T, HTMLInputElement>();
  const cards = choices.map((choice) => {
    const input = h("input", {
      attrs: { type: "radio", name, value: choice.value, checked: choice.value === value },
    });
    input.addEventListener("change", () => {
      chosen = choice.value;
      changed(chosen);
    });
    inputs.set(choice.value, input);
    const words: Child = h(
      "span",
      { class: "card-words" },
      h("strong", {}, choice.title),
      choice.help !== undefined && h("span", { class: "quiet small" }, choice.help),
    );
    return h(
      "label",
      { class: choice.picture ? "radio-card pictured" : "radio-card" },
      input,
      h("span", { class: "radio-face" }, choice.picture, words),
    );
  });
  const pictured = choices.some(({ picture }) => picture !== undefined);
  const element = h(
    "fieldset",
    { class: "field" },
    h("legend", { class: "legend" }, legend),
    h("div", { class: pictured ? "radio-cards pictures" : "radio-cards" }, ...cards),
  );
  return {
    element,
    value: () => chosen,
    choose: (to) => {
      chosen = to;
      const input = inputs.get(to);
      if (input !== undefined) input.checked = true;
    },
  };
}
