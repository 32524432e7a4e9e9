/** The plan editor: cues on one side, the plan as a student follows it on the other; saved as one. */
import type { PageContext } from "../../app/router";
import { Problem } from "../../net/api";
import { archivePlan, type PlanInfo, planInfo, savePlan } from "../../net/plans";
import { compiled, type Hint, hintsOf, PlanDraft, stands, totalMs } from "../../state/plan-draft";
import type { Pose } from "../../state/poses";
import { fill, h } from "../dom";
import { guard } from "../groups/guard";
import { act, confirmDialog, emptyState, field, linkButton, note, run, section } from "../shell";
import { PL } from "../strings-plans";
import { toast } from "../toasts";
import { CueList } from "./cue-list";
import { Runner } from "./runner";
import { placeText } from "./times";
import { versionsPart } from "./versions";

const W = PL.editor;
const HINTS_SHOWN = 5;

interface EditorParts {
  context: PageContext;
  poses: ReadonlyMap<string, Pose>;
  title(words: string): void;
  onEnd(run: () => void): void;
}

/** What the page of a plan shows to whoever may change it. */
export function planEditor(given: PlanInfo, parts: EditorParts): HTMLElement[] {
  const { poses, context } = parts;
  let info = given;
  const draft = new PlanDraft({ title: info.title, cues: info.cues });
  const runner = new Runner(poses);
  const cues = new CueList(draft, poses, (index) => {
    const cue = compiled(draft.now.cues)?.[index];
    if (cue !== undefined) runner.to(cue.from_ms);
  });
  const name = field({ label: W.name, attrs: { maxlength: 80, "data-test": "plan-title" } });
  name.input.addEventListener("input", () => draft.rename(name.input.value));
  const reason = field({
    label: W.note,
    attrs: { maxlength: 120, placeholder: W.notePlaceholder },
  });
  const hints = h("div", { attrs: { "aria-live": "polite" } });
  const none = emptyState("text", W.none, W.noneHelp);
  const total = h("strong", { attrs: { "data-test": "plan-total" } });
  const state = h("span", { class: "quiet small", attrs: { role: "status" } });
  const conflict = h("div", { attrs: { role: "alert" } });
  const undo = act(W.undo, () => draft.undo());
  const redo = act(W.redo, () => draft.redo());
  const save = act(W.save, () => void saving(), { cls: "button next big", test: "save-plan" });
  const add = act(
    W.add,
    () => {
      const made = draft.add(draft.now.cues.length - 1);
      if (made === null) toast(W.full);
      else cues.show(made);
    },
    { test: "add-cue" },
  );
  let ran = "";
  const sided = (pose: string) => poses.get(pose)?.sided ?? false;
  const draw = () => {
    const { now } = draft;
    if (name.input.value !== now.title) name.input.value = now.title;
    cues.draw();
    none.hidden = now.cues.length > 0;
    total.textContent = W.total(placeText(totalMs(now.cues)));
    undo.disabled = !draft.canUndo;
    redo.disabled = !draft.canRedo;
    save.disabled = draft.clean || !stands(now.cues) || now.title.trim() === "";
    state.textContent = draft.clean ? W.allSaved : W.unsaved;
    fill(hints, hintsNote(hintsOf(now.cues, sided)));
    const text = JSON.stringify(now.cues);
    if (text !== ran) runner.take(compiled(now.cues));
    ran = text;
  };
  const took = (next: PlanInfo) => {
    info = next;
    draft.saved({ title: next.title, cues: next.cues });
    parts.title(next.title);
    reason.input.value = "";
    fill(conflict);
    void versions.reload();
  };
  /** Save on top of what is kept now; what was not touched here stays as it is there. */
  const write = async (kept: PlanInfo) => {
    const { now } = draft;
    const untouched = JSON.stringify(now.cues) === JSON.stringify(info.cues);
    const wish = {
      version: kept.version,
      title: now.title.trim() === info.title ? kept.title : now.title.trim(),
      cues: untouched ? kept.cues : now.cues,
      note: reason.input.value.trim(),
    };
    took(await savePlan(info.id, wish));
    toast(W.saved);
  };
  const saving = () =>
    run(save, async () => {
      state.textContent = W.saving;
      try {
        await write(info);
      } catch (error) {
        draw();
        if (!(error instanceof Problem) || error.code !== "stale_version") throw explained(error);
        fill(conflict, clash(info.id, took, write));
        conflict.scrollIntoView({ block: "center" });
      }
    });
  const versions = versionsPart({
    plan: () => info,
    poses,
    unsaved: () => !draft.clean,
    took,
    stale: async () => {
      if (draft.clean) took(await planInfo(info.id));
      else fill(conflict, clash(info.id, took, write));
    },
  });
  parts.onEnd(draft.subscribe(draw));
  parts.onEnd(guard(W, () => !draft.clean));
  parts.onEnd(() => runner.end());
  parts.onEnd(undoKeys(draft));
  draw();
  return [
    h(
      "div",
      { class: "group-main" },
      name.element,
      section(
        W.cues,
        "",
        h(
          "div",
          { class: "row" },
          total,
          undo,
          redo,
          h("a", { class: "button narrow-only", attrs: { href: "#as-student" } }, PL.runner.title),
        ),
        none,
        cues.element,
        cues.spoken,
        add,
        hints,
      ),
      reason.element,
      conflict,
      h("div", { class: "save-bar" }, save, state),
      versions.element,
      archivePart(() => info, context),
    ),
    h(
      "div",
      { class: "group-side plan-side", attrs: { id: "as-student" } },
      section(
        PL.runner.title,
        "",
        h("p", { class: "small quiet" }, PL.runner.help),
        runner.element,
      ),
    ),
  ];
}

/** Complaints about single cues, in one sentence each. */
function explained(error: unknown): unknown {
  if (!(error instanceof Problem) || error.errors.length === 0) return error;
  const [{ field: where, detail }] = error.errors as [{ field: string; detail: string }];
  const cue = /cues[.[](\d+)/.exec(where)?.[1];
  return new Error(cue === undefined ? detail : `${W.open(Number(cue) + 1, detail)}`);
}

function hintsNote(hints: readonly Hint[]): HTMLElement | null {
  if (hints.length === 0) return null;
  const wrong = hints.some(({ kind }) => kind === "backwards" || kind === "too_long");
  return note(
    wrong ? "wrong" : "info",
    h("strong", {}, W.hints),
    h("ul", {}, ...hints.slice(0, HINTS_SHOWN).map((hint) => h("li", {}, hintWords(hint)))),
  );
}

function hintWords(hint: Hint): string {
  if (hint.kind === "too_long") return W.hint.too_long;
  if (hint.kind === "one_side") {
    return W.hint.one_side(hint.index + 1, W.sides[hint.side].toLowerCase());
  }
  return W.hint[hint.kind](hint.index + 1);
}

/** What to do when somebody else saved meanwhile. */
function clash(
  id: string,
  took: (info: PlanInfo) => void,
  write: (kept: PlanInfo) => Promise<void>,
): HTMLElement {
  const theirs = act(W.staleTheirs, (button) => {
    void run(button, async () => {
      took(await planInfo(id));
      toast(W.tookTheirs);
    });
  });
  const mine = act(
    W.staleMine,
    (button) => void run(button, async () => write(await planInfo(id))),
    { cls: "button next", test: "stale-mine" },
  );
  return note(
    "wrong",
    h("p", { attrs: { "data-test": "stale" } }, W.stale),
    h("div", { class: "row" }, theirs, mine),
  );
}

function undoKeys(draft: PlanDraft): () => void {
  const keys = (event: KeyboardEvent) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
    if (typing || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    if (event.shiftKey) draft.redo();
    else draft.undo();
  };
  document.addEventListener("keydown", keys);
  return () => document.removeEventListener("keydown", keys);
}

function archivePart(plan: () => PlanInfo, context: PageContext): HTMLElement {
  const home = () => `/g/${plan().group.slug}/plans`;
  const away = act(
    W.archive,
    async () => {
      const { id, title } = plan();
      const done = await confirmDialog({
        title: W.archiveTitle(title),
        words: W.archiveText,
        yes: W.archive,
        danger: true,
        run: () => archivePlan(id),
      });
      if (!done) return;
      context.go(home());
      toast(W.archived(title));
    },
    { cls: "button danger" },
  );
  return h("div", { class: "row" }, linkButton(home(), PL.title), away);
}
