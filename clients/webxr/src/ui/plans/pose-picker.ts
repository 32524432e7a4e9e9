/** Chooses a pose: by its name, by posture, by its picture. */
import { BODY_POSTURES } from "../../state/plan-draft";
import type { Pose } from "../../state/poses";
import { fill, h } from "../dom";
import { act, choice, field, openDialog } from "../shell";
import { PL } from "../strings-plans";
import { poseFigure } from "./figure";

const W = PL.picker;
/** Pictures are drawn for so many; a word more in the search finds the rest. */
const MOST = 60;

/** Poses whose name or words fit what was typed, those whose name begins with it first. */
export function fitting<T extends Pose>(poses: readonly T[], typed: string, posture: string): T[] {
  const wanted = typed.trim().toLowerCase();
  const found = poses.filter(
    (pose) =>
      (posture === "" || pose.posture === posture) &&
      (pose.name.toLowerCase().includes(wanted) || pose.id.includes(wanted.replaceAll(" ", "-"))),
  );
  const first = (pose: Pose) => (pose.name.toLowerCase().startsWith(wanted) ? 0 : 1);
  return found.sort((a, b) => first(a) - first(b) || a.name.localeCompare(b.name));
}

/** Ask; null when nothing was chosen. */
export async function pickPose(poses: readonly Pose[]): Promise<Pose | null> {
  let chosen: Pose | null = null;
  const search = field({
    label: W.search,
    type: "search",
    attrs: { autocomplete: "off", "data-test": "pose-search" },
  });
  const posture = choice({
    label: W.posture,
    choices: [
      ["", W.anyPosture],
      ...BODY_POSTURES.map((each): [string, string] => [each, PL.editor.postures[each]]),
    ],
  });
  const count = h("p", { class: "small quiet", attrs: { role: "status" } });
  const list = h("ul", { class: "pose-grid" });
  const { element, closed } = openDialog(
    W.title,
    (close) => {
      const draw = () => {
        const found = fitting(poses, search.input.value, posture.input.value);
        count.textContent = found.length === 0 ? W.none : W.found(found.length);
        fill(
          list,
          ...found.slice(0, MOST).map((pose) => {
            const button = h(
              "button",
              { class: "pose-choice", attrs: { type: "button", "data-pose": pose.id } },
              poseFigure(pose).element,
              h("span", {}, pose.name),
            );
            button.addEventListener("click", () => {
              chosen = pose;
              close();
            });
            return h("li", {}, button);
          }),
        );
      };
      for (const { input } of [search, posture]) input.addEventListener("input", draw);
      draw();
      return [
        h("div", { class: "pair" }, search.element, posture.element),
        count,
        list,
        h("div", { class: "row" }, act(W.close, close)),
      ];
    },
    { test: "pose-picker" },
  );
  element.classList.add("wide-dialog");
  search.input.focus();
  await closed;
  return chosen;
}
