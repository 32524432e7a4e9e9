/** A group's norms: read, signed, changed; and what changed before. */
import type { Page } from "../../app/router";
import { type Norms, normsHistory } from "../../net/groups";
import { type Child, fill, h } from "../dom";
import { icon } from "../icons";
import { act, dateTime, loading, section } from "../shell";
import { GA } from "../strings-group-admin";
import { doorPart, isOutside } from "./door";
import { type GroupPart, groupFrame } from "./group-frame";
import { normList } from "./norm-list";
import { normsForm } from "./norms-form";

const W = GA.norms;

export const normsPage: Page = (root, context) =>
  groupFrame(root, context, {
    tab: "norms",
    title: ({ name }) => W.title(name),
    show: (part) => {
      if (isOutside(part.group)) part.main.append(doorPart(part));
      else read(part);
      if (part.group.norms.version > 0) part.main.append(history(part));
    },
  });

function read(part: GroupPart): void {
  const { group, main, can } = part;
  const { norms } = group;
  const body = h("div", { class: "stack wide" });
  const show = () => {
    const edit = act(W.edit, () => {
      fill(body, normsForm(part, show));
      body.querySelector<HTMLElement>("input, textarea")?.focus();
    });
    edit.dataset.test = "edit-norms";
    fill(
      body,
      h("p", { class: "quiet" }, W.lead),
      norms.items.length === 0 && can("edit_norms") ? h("p", {}, W.none) : normList(norms),
      norms.version > 0 &&
        h(
          "p",
          { class: "small quiet" },
          W.version(norms.version, dateTime(norms.created_ms)),
          group.standing.signed && h("span", { class: "signed" }, icon("check"), W.signed),
        ),
      can("edit_norms") && edit,
    );
  };
  show();
  main.append(body);
}

/** Versions, each with what it changed. */
function history(part: GroupPart): HTMLElement {
  const list = h("ol", { class: "history" });
  loading(list, {
    load: () => normsHistory(part.group.id),
    draw: (versions) =>
      versions.length <= 1
        ? [h("li", { class: "quiet" }, W.historyEmpty)]
        : versions.map((norms, i) => version(norms, versions[i + 1] ?? null)),
    lines: 2,
  });
  return section(W.history, "", list);
}

function version(norms: Norms, before: Norms | null): HTMLElement {
  const { gone, added } = changes(norms, before);
  const line = (cls: string, word: string, text: string): Child =>
    h("li", { class: cls }, h("strong", {}, `${word}: `), text);
  return h(
    "li",
    { class: "version" },
    h(
      "p",
      {},
      h("strong", {}, W.version(norms.version, dateTime(norms.created_ms))),
      norms.material && before !== null && h("span", { class: "tag" }, W.substance),
    ),
    before !== null && h("p", { class: "quiet" }, norms.note === "" ? W.noNote : norms.note),
    before !== null &&
      h(
        "ul",
        { class: "changes small" },
        ...added.map((text) => line("added", W.added, text)),
        ...gone.map((text) => line("gone", W.gone, text)),
        added.length + gone.length === 0 && h("li", {}, W.same),
      ),
  );
}

/** Which texts came and went between two versions. */
export function changes(now: Norms, before: Norms | null): { gone: string[]; added: string[] } {
  const old = before?.items.map(({ text }) => text) ?? [];
  const fresh = now.items.map(({ text }) => text);
  return {
    gone: old.filter((text) => !fresh.includes(text)),
    added: fresh.filter((text) => !old.includes(text)),
  };
}
