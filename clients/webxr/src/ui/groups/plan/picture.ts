/** The room in 3D beside its floor plan, following it. Where there is no 3D, words say so. */
import type { Preview } from "../../../scene/preview";
import { h } from "../../dom";
import { ARRANGE as A } from "../../strings-arrange";
import type { Plan } from "./plan";

/** Not more often than this while something is dragged. */
const SHOW_EVERY_MS = 120;

export function pictureOf(plan: Plan): { element: HTMLElement; dispose(): void } {
  const canvas = h("canvas", {
    class: "picture",
    attrs: { role: "img", "aria-label": A.pictureLabel },
  });
  const words = h("p", { class: "quiet small picture-words" }, A.pictureLoading);
  const element = h("div", { class: "picture-box" }, canvas, words);
  let preview: Preview | null = null;
  let ended = false;
  let timer = 0;
  const show = () => {
    if (timer !== 0 || preview === null) return;
    timer = window.setTimeout(() => {
      timer = 0;
      preview?.show(plan.design);
    }, SHOW_EVERY_MS);
  };
  const none = () => {
    canvas.hidden = true;
    words.textContent = A.pictureNone;
    element.classList.add("none");
  };
  import("../../../scene/preview").then(
    ({ createPreview }) => {
      if (ended) return;
      try {
        preview = createPreview(canvas);
        preview.show(plan.design);
        words.hidden = true;
      } catch {
        none();
      }
    },
    () => none(),
  );
  const stop = plan.subscribe(show);
  return {
    element,
    dispose: () => {
      ended = true;
      stop();
      clearTimeout(timer);
      preview?.dispose();
    },
  };
}
