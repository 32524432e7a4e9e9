/** A breath pattern: one of a few that people know, or four numbers. */
import type { Breath } from "../../protocol/control.gen";
import { h } from "../dom";
import { choice, numberField } from "../shell";
import { PL } from "../strings-plans";

const W = PL.editor;
const PARTS = ["in_s", "hold_s", "out_s", "rest_s"] as const;
const MOST_S = 30;
const USUAL: Breath = { in_s: 4, hold_s: 0, out_s: 6, rest_s: 0 };

const keyOf = (breath: Breath) => PARTS.map((part) => breath[part]).join(" ");

export function breathFields(
  given: Breath | null,
  changed: (breath: Breath | null) => void,
): { element: HTMLElement; take(breath: Breath | null): void } {
  const kind = choice({
    label: W.breath,
    choices: [["", W.breathNone], ...Object.entries(W.breaths), ["own", W.breathOwn]],
  });
  const numbers = PARTS.map((part) => {
    const made = numberField({
      label: W.breathUnit(W.breathParts[part]),
      value: `${USUAL[part]}`,
      least: 0,
      most: MOST_S,
      attrs: { step: 0.5 },
    });
    made.input.addEventListener("input", () => tell());
    return made;
  });
  const own = h("div", { class: "breath-numbers" }, ...numbers.map(({ element }) => element));
  const read = (): Breath | null => {
    if (kind.input.value === "") return null;
    const from =
      kind.input.value === "own"
        ? numbers.map(({ input }) => Math.min(MOST_S, Math.max(0, Number(input.value) || 0)))
        : kind.input.value.split(" ").map(Number);
    const [in_s = 0, hold_s = 0, out_s = 0, rest_s = 0] = from;
    return { in_s, hold_s, out_s, rest_s };
  };
  const tell = () => changed(read());
  kind.input.addEventListener("input", () => {
    own.hidden = kind.input.value !== "own";
    tell();
  });
  const take = (breath: Breath | null) => {
    const key = breath === null ? "" : keyOf(breath);
    const known = key === "" || Object.hasOwn(W.breaths, key);
    kind.input.value = known ? key : "own";
    own.hidden = known;
    for (const [i, { input }] of numbers.entries()) {
      input.value = `${(breath ?? USUAL)[PARTS[i]!]}`;
    }
  };
  take(given);
  return { element: h("div", { class: "stack wide" }, kind.element, own), take };
}
