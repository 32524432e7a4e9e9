/** The versions a plan had; the current one can be let go of for the one before. */
import { type PlanInfo, type PlanVersion, planVersions, undoPlan } from "../../net/plans";
import { h } from "../dom";
import { act, ago, confirmDialog, dateTime, loading, section } from "../shell";
import { PL } from "../strings-plans";
import { toast } from "../toasts";

const W = PL.editor;
const SHOWN = 10;

interface VersionsParts {
  plan(): PlanInfo;
  took(plan: PlanInfo): void;
}

export function versionsPart(parts: VersionsParts): {
  element: HTMLElement;
  reload(): Promise<void>;
} {
  const list = h("ul", { class: "list" });
  const undo = act(W.undoVersion, async () => {
    const done = await confirmDialog({
      title: W.undoVersionTitle,
      words: W.undoVersionText,
      yes: W.undoVersion,
      run: async () => {
        const { id, version } = parts.plan();
        parts.took(await undoPlan(id, version));
      },
    });
    if (done) toast(W.undone);
  });
  const reload = loading(list, {
    load: () => planVersions(parts.plan().id),
    draw: (versions) => {
      undo.hidden = versions.length < 2;
      if (versions.length < 2) return [h("li", { class: "quiet" }, W.versionsNone)];
      return versions.slice(0, SHOWN).map((each, i) => row(each, i === 0));
    },
    lines: 2,
  });
  return { element: section(W.versions, "", list, undo), reload };
}

function row(kept: PlanVersion, current: boolean): HTMLElement {
  const { version, title, cues, note, created_ms } = kept;
  const facts = [PL.steps(cues), note, ago(created_ms)].filter((each) => each !== "");
  return h(
    "li",
    { class: "list-row" },
    h(
      "span",
      {},
      h("strong", {}, W.version(version)),
      current && h("span", { class: "tag" }, W.current),
      h("br"),
      h(
        "span",
        { class: "quiet small", attrs: { title: dateTime(created_ms) } },
        `${title}: ${facts.join(", ")}`,
      ),
    ),
  );
}
