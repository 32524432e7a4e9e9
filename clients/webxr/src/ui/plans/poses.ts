/** The pose library and what a group adds to it by files. */
import type { Page } from "../../app/router";
import { Problem } from "../../net/api";
import { dropPose, type GroupPose, groupPoses, putPose } from "../../net/plans";
import { BODY_POSTURES } from "../../state/plan-draft";
import { type Child, fill, h } from "../dom";
import { type GroupPart, groupFrame } from "../groups/group-frame";
import { act, choice, confirmDialog, emptyState, field, loading, note, section } from "../shell";
import { PL } from "../strings-plans";
import { toast } from "../toasts";
import { poseFigure } from "./figure";
import { fitting } from "./pose-picker";

const W = PL.library;
const FILE_MOST = 16 * 1024;

export const posesPage: Page = (root, context) =>
  groupFrame(root, context, {
    tab: "poses",
    title: () => W.title,
    needs: ["host_events"],
    show: (part) => {
      part.main.classList.add("poses-page");
      const host = h("div", { class: "stack wide" });
      const reload: () => Promise<void> = loading(host, {
        load: () => groupPoses(part.group.id),
        draw: (poses): Child[] => library(part, poses, () => reload()),
        lines: 6,
      });
      part.main.append(
        h("p", { class: "quiet" }, W.lead),
        uploadPart(part, () => reload()),
        host,
      );
    },
  });

function library(part: GroupPart, poses: GroupPose[], reload: () => Promise<void>): Child[] {
  const search = field({
    label: PL.picker.search,
    type: "search",
    attrs: { autocomplete: "off", "data-test": "pose-search" },
  });
  const posture = choice({
    label: PL.picker.posture,
    choices: [
      ["", PL.picker.anyPosture],
      ...BODY_POSTURES.map((each): [string, string] => [each, PL.editor.postures[each]]),
    ],
  });
  const count = h("p", { class: "small quiet", attrs: { role: "status" } });
  const shown = h("div", { class: "stack wide" });
  const draw = () => {
    const found = fitting(poses, search.input.value, posture.input.value);
    count.textContent = found.length === 0 ? PL.picker.none : PL.picker.found(found.length);
    const own = found.filter((pose) => pose.own);
    const families = [...new Set(found.filter((pose) => !pose.own).map(({ family }) => family))];
    fill(
      shown,
      section(
        W.own,
        "",
        own.length === 0
          ? emptyState("people", W.ownNone, W.ownNoneHelp)
          : grid(own, (pose) => card(part, pose, reload)),
      ),
      ...families.map((family) =>
        section(
          W.families[family] ?? family,
          "",
          grid(
            found.filter((pose) => !pose.own && pose.family === family),
            (pose) => card(part, pose, reload),
          ),
        ),
      ),
    );
  };
  for (const { input } of [search, posture]) input.addEventListener("input", draw);
  draw();
  return [h("div", { class: "pair" }, search.element, posture.element), count, shown];
}

function grid(poses: readonly GroupPose[], of: (pose: GroupPose) => HTMLElement): HTMLElement {
  return h("ul", { class: "pose-cards" }, ...poses.map(of));
}

function card(part: GroupPart, pose: GroupPose, reload: () => Promise<void>): HTMLElement {
  const facts = [
    PL.editor.postures[pose.posture],
    W.levels[pose.level] ?? pose.level,
    pose.sided && W.sided,
    pose.breathes && W.breathes,
  ].filter((each) => each !== false);
  const remove = act(
    W.remove,
    async () => {
      const done = await confirmDialog({
        title: W.removeTitle(pose.name),
        words: W.removeText,
        yes: W.remove,
        danger: true,
        run: () => dropPose(part.group.id, pose.id),
      });
      if (!done) return;
      toast(W.removed(pose.name));
      await reload();
    },
    { cls: "button danger", label: W.removeLabel(pose.name) },
  );
  return h(
    "li",
    { class: "pose-card", attrs: { "data-pose": pose.id } },
    poseFigure(pose).element,
    h(
      "div",
      { class: "stack" },
      h("strong", {}, pose.name),
      h("span", { class: "small quiet" }, facts.join(" · ")),
      pose.text !== "" && h("p", { class: "small" }, pose.text),
      h(
        "details",
        {},
        h(
          "summary",
          { class: "small" },
          W.more,
          h("span", { class: "only-spoken" }, `: ${pose.name}`),
        ),
        pose.steps.length > 0 && words("ol", W.steps, pose.steps),
        pose.care.length > 0 && words("ul", W.care, pose.care),
        download(pose),
      ),
      pose.own && remove,
    ),
  );
}

function words(tag: "ol" | "ul", title: string, lines: readonly string[]): HTMLElement {
  return h(
    "div",
    { class: "small" },
    h("strong", {}, title),
    h(tag, { class: `pose-${tag}` }, ...lines.map((line) => h("li", {}, line))),
  );
}

/** The pose as the file that a group would add: what to begin an own one with. */
function download(pose: GroupPose): HTMLElement {
  const { own: _own, family: _family, ...bare } = pose;
  const text = JSON.stringify(bare, null, 1);
  return h(
    "a",
    {
      class: "button",
      attrs: {
        href: `data:application/json;charset=utf-8,${encodeURIComponent(text)}`,
        download: `${pose.id}.json`,
        "aria-label": W.downloadLabel(pose.name),
      },
    },
    W.download,
  );
}

function uploadPart(part: GroupPart, reload: () => Promise<void>): HTMLElement {
  const said = h("div", {
    class: "stack wide",
    attrs: { role: "alert", "data-test": "pose-problems" },
  });
  const file = field({
    label: W.upload,
    help: W.uploadHelp,
    type: "file",
    attrs: { accept: ".json,application/json", multiple: true, "data-test": "pose-file" },
  });
  file.input.addEventListener("change", async () => {
    const files = [...(file.input.files ?? [])];
    fill(said);
    let added = false;
    for (const each of files) {
      try {
        const { id, name, pose } = await poseIn(each);
        await putPose(part.group.id, id, pose);
        toast(W.uploaded(name));
        added = true;
      } catch (error) {
        said.append(refused(each.name, error));
      }
    }
    file.input.value = "";
    if (added) await reload();
  });
  return h("div", { class: "stack wide" }, file.element, said);
}

async function poseIn(file: File): Promise<{ id: string; name: string; pose: unknown }> {
  if (file.size > FILE_MOST) throw new Error(W.tooBig(file.name));
  let pose: unknown;
  try {
    pose = JSON.parse(await file.text());
  } catch {
    throw new Error(W.notJson(file.name));
  }
  const { id, name } = (pose ?? {}) as Record<string, unknown>;
  if (typeof id !== "string" || typeof name !== "string") throw new Error(W.notPose(file.name));
  return { id, name, pose };
}

/** Why a file was not taken, with every place in it that is wrong. */
function refused(file: string, error: unknown): HTMLElement {
  const text = error instanceof Error ? error.message : String(error);
  const errors = error instanceof Problem ? error.errors : [];
  if (!(error instanceof Problem)) return note("wrong", text);
  if (errors.length === 0) return note("wrong", `${W.wrong(file)} ${text}`);
  return note(
    "wrong",
    W.wrong(file),
    h("ul", {}, ...errors.map((each) => h("li", {}, h("code", {}, each.field), ` ${each.detail}`))),
  );
}
