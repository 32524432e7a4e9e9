/** Norms as they are read: numbered, each with what the server itself does to keep it. */
import type { Norms } from "../../net/groups";
import { h } from "../dom";
import { icon } from "../icons";
import { GP } from "../strings-groups";

export function normList(norms: Norms): HTMLElement {
  if (norms.items.length === 0) return h("p", { class: "quiet" }, GP.door.normsNone);
  return h(
    "ol",
    { class: "norm-list", attrs: { "data-test": "norms" } },
    ...norms.items.map(({ text, mechanism }) =>
      h(
        "li",
        {},
        h("span", {}, text),
        mechanism !== null &&
          h(
            "span",
            { class: "kept small" },
            icon("safe"),
            h(
              "span",
              {},
              h("strong", {}, GP.mechanisms[mechanism][0]),
              `. ${GP.mechanisms[mechanism][1]}`,
            ),
          ),
      ),
    ),
  );
}
