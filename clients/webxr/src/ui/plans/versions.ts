/**
 * The versions a plan had: who saved each, what it said, and a way back to any of them. What is
 * brought back becomes the newest, so nothing is lost.
 */
import { Problem } from "../../net/api";
import {
  bringBack,
  type OldPlan,
  oldPlan,
  type PlanInfo,
  type PlanVersion,
  planVersions,
  undoPlan,
} from "../../net/plans";
import { type Difference, difference } from "../../state/plan-versions";
import type { Pose } from "../../state/poses";
import { type Child, fill, h } from "../dom";
import { icon } from "../icons";
import {
  act,
  ago,
  confirmDialog,
  dateTime,
  emptyState,
  loading,
  note,
  openDialog,
  problemNote,
  section,
  skeleton,
} from "../shell";
import { PL } from "../strings-plans";
import { toast } from "../toasts";
import { words } from "./runner";
import { placeText } from "./times";

const W = PL.versions;
/** More are a press away. */
const SHOWN = 6;

interface VersionsParts {
  plan(): PlanInfo;
  poses: ReadonlyMap<string, Pose>;
  /** Whether something was written here that is not saved. */
  unsaved(): boolean;
  took(plan: PlanInfo): void;
  /** Somebody else saved the plan meanwhile. */
  stale(): Promise<void>;
}

export function versionsPart(parts: VersionsParts): {
  element: HTMLElement;
  reload(): Promise<void>;
} {
  const list = h("ul", { class: "list", attrs: { "data-test": "versions" } });
  let all = false;
  const undo = act(W.undo, async () => {
    const done = await confirmDialog({
      title: W.undoTitle,
      words: parts.unsaved() ? `${W.undoText} ${W.unsaved}` : W.undoText,
      yes: W.undo,
      run: () => changing(parts, ({ id, version }) => undoPlan(id, version)),
    });
    if (done) toast(W.undone);
  });
  const older = act(
    W.older,
    async () => {
      all = true;
      await reload();
      list.querySelectorAll<HTMLElement>("button")[SHOWN - 1]?.focus();
    },
    { test: "older-versions" },
  );
  const reload = loading(list, {
    load: () => planVersions(parts.plan().id),
    draw: (versions) => {
      undo.hidden = versions.length < 2;
      older.hidden = all || versions.length <= SHOWN;
      if (versions.length < 2) return [h("li", {}, emptyState("text", W.none, W.noneHelp))];
      const shown = all ? versions : versions.slice(0, SHOWN);
      return shown.map((each, i) => row(each, i === 0, parts));
    },
    lines: 2,
  });
  const acts = h("div", { class: "row" }, older, undo);
  return { element: section(W.title, "", list, acts), reload };
}

/** Change the plan on the server; whoever was too late hears of it and may try again. */
async function changing(
  parts: VersionsParts,
  change: (plan: PlanInfo) => Promise<PlanInfo>,
): Promise<void> {
  try {
    parts.took(await change(parts.plan()));
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "stale_version") throw error;
    await parts.stale();
    throw new Error(W.stale);
  }
}

function row(kept: PlanVersion, current: boolean, parts: VersionsParts): HTMLElement {
  const { version, title, cues, note: why, created_ms, by } = kept;
  const look = act(W.look, () => void showVersion(kept, parts), {
    label: W.lookAt(version),
    test: `look-${version}`,
  });
  return h(
    "li",
    { class: "list-row" },
    h(
      "span",
      { class: "person-words" },
      h("span", {}, h("strong", {}, W.version(version)), current && tag(W.current)),
      h(
        "span",
        { class: "small", attrs: { title: dateTime(created_ms) } },
        W.saved(by, ago(created_ms)),
      ),
      h(
        "span",
        { class: "quiet small" },
        [title, PL.steps(cues), why].filter((each) => each !== "").join(" · "),
      ),
    ),
    !current && look,
  );
}

const tag = (text: string) => h("span", { class: "tag" }, text);

/** Show a version whole, and bring it back if that is wished. */
async function showVersion(kept: PlanVersion, parts: VersionsParts): Promise<void> {
  const body = h("div", { class: "stack" }, skeleton(5));
  let back = false;
  const { element, closed } = openDialog(
    W.version(kept.version),
    (close) => {
      const problem = h("p", { class: "small wrong-text", attrs: { role: "alert", hidden: true } });
      const yes = h(
        "button",
        { class: "button next", attrs: { type: "button", "data-test": "bring-back" } },
        W.bringBack,
      );
      yes.disabled = true;
      yes.addEventListener("click", () => {
        if (yes.getAttribute("aria-busy") === "true") return;
        yes.setAttribute("aria-busy", "true");
        problem.hidden = true;
        changing(parts, ({ id, version }) => bringBack(id, kept.version, version)).then(
          () => {
            back = true;
            close();
          },
          (error: Error) => {
            yes.removeAttribute("aria-busy");
            fill(problem, icon("wrong"), " ", error.message);
            problem.hidden = false;
          },
        );
      });
      const load = async (): Promise<void> => {
        try {
          const old = await oldPlan(parts.plan().id, kept.version);
          fill(body, ...shown(old, parts));
          yes.disabled = false;
        } catch (error) {
          fill(body, problemNote(error, load));
        }
      };
      void load();
      const no = h(
        "button",
        { class: "button", attrs: { type: "button", autofocus: true }, on: { click: close } },
        W.close,
      );
      return [
        body,
        h("p", { class: "small quiet" }, parts.unsaved() ? W.unsaved : W.bringBackHelp),
        problem,
        h("div", { class: "row" }, no, yes),
      ];
    },
    { test: "old-version" },
  );
  element.classList.add("wide-dialog");
  await closed;
  if (back) toast(W.broughtBack(kept.version));
}

function shown(old: OldPlan, { plan, poses }: VersionsParts): Child[] {
  const found = difference(old.cues, plan().cues);
  return [
    h(
      "p",
      {},
      h("strong", {}, old.title),
      h("br"),
      h(
        "span",
        { class: "quiet small" },
        `${W.saved(old.by, dateTime(old.created_ms))} · ${PL.length(old.ms)}`,
      ),
    ),
    note("info", h("p", {}, differs(found))),
    old.hints > 0 && note("wrong", W.posesGone(old.hints)),
    old.compiled.length === 0
      ? h("p", { class: "quiet" }, W.empty)
      : h(
          "ol",
          { class: "plan-short old-plan", attrs: { tabindex: 0, "aria-label": W.steps } },
          ...old.compiled.map((cue, i) => {
            const since = found.cues[i] ?? "same";
            return h(
              "li",
              {},
              h("span", { class: "small quiet plan-time" }, placeText(cue.from_ms)),
              h("span", {}, words(cue, poses), since !== "same" && tag(W.since[since])),
            );
          }),
        ),
  ];
}

/** In a sentence what would be otherwise. */
function differs({ changed, gone, added, moved }: Difference): string {
  const facts = [
    changed > 0 && W.changed(changed),
    gone > 0 && W.gone(gone),
    added > 0 && W.added(added),
    moved && W.moved,
  ].filter((each) => each !== false);
  return facts.length === 0 ? W.alike : `${W.differs} ${facts.join(", ")}.`;
}
