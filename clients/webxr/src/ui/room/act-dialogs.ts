/**
 * The two questions about a person that need words: a report to the moderators, and an act of a
 * moderator. Each is a modal dialog that ends with what was done, or with nothing.
 */
import type { ActReason, GroupActions, ModerationKind } from "../actions";
import { fill, h } from "../dom";
import { icon } from "../icons";
import { G } from "../strings-group-room";

const WORDS_MAX = 1000;

interface Asked {
  title: string;
  lead: string;
  words: string;
  send: string;
  danger: boolean;
  extra: (HTMLElement | null)[];
  norms: Promise<readonly string[]>;
  submit(words: string, norm: number | null): Promise<void>;
}

/** Ask what happened and send it to the moderators; resolves once the dialog is closed. */
export function reportDialog(actions: GroupActions, id: number, name: string): Promise<boolean> {
  const block = h("input", { attrs: { type: "checkbox", "data-test": "report-block" } });
  return ask({
    title: G.report.title(name),
    lead: G.report.lead,
    words: G.report.text,
    send: G.report.send,
    danger: false,
    extra: [h("label", { class: "check-row" }, block, G.report.also(name))],
    norms: actions.norms(),
    submit: async (words, norm) => {
      await actions.report(id, words, norm);
      if (block.checked) await actions.block(id);
    },
  });
}

/** Ask why and for how long, then do it; resolves once the dialog is closed. */
export function sanctionDialog(
  actions: GroupActions,
  kind: ModerationKind,
  id: number,
  name: string,
): Promise<boolean> {
  const length = h(
    "select",
    { class: "input", attrs: { id: "act-length", "data-test": "act-length" } },
    ...G.act.lengths.map(([value, label]) => h("option", { attrs: { value } }, label)),
  );
  const lasts = kind !== "remove";
  // A breath for the one in the room, a week apart for the one who leaves the group.
  length.value = kind === "ban" ? "10080" : "10";
  return ask({
    title: `${G.act.title[kind]}: ${name}`,
    lead: G.act.lead[kind] ?? "",
    words: G.act.reason,
    send: G.act.go,
    danger: true,
    extra: [
      lasts
        ? h(
            "div",
            { class: "field" },
            h("label", { attrs: { for: "act-length" } }, G.act.minutes),
            length,
          )
        : null,
    ],
    norms: actions.norms(),
    submit: (reason, norm) => {
      const minutes = lasts && length.value !== "" ? Number(length.value) : null;
      return actions.sanction(id, kind, { reason, norm, minutes } satisfies ActReason);
    },
  });
}

function ask(asked: Asked): Promise<boolean> {
  const norm = h("select", { class: "input", attrs: { id: "act-norm" } });
  norm.append(h("option", { attrs: { value: "" } }, G.report.noNorm));
  asked.norms.then(
    (texts) =>
      texts.forEach((text, i) => {
        norm.append(h("option", { attrs: { value: i } }, `${i + 1}. ${text}`));
      }),
    () => {},
  );
  const words = h("textarea", {
    class: "input",
    attrs: { id: "act-words", rows: 4, maxlength: WORDS_MAX, required: true },
  });
  const problem = h("p", { class: "small wrong-text", attrs: { role: "alert", hidden: true } });
  const send = h(
    "button",
    {
      class: asked.danger ? "button danger" : "button next",
      attrs: { type: "submit", "data-test": "act-send" },
    },
    asked.send,
  );
  const cancel = h("button", { class: "button", attrs: { type: "button" } }, G.act.cancel);
  const form = h(
    "form",
    { class: "stack", attrs: { method: "dialog" } },
    h("h2", { attrs: { id: "act-title" } }, asked.title),
    h("p", { class: "quiet" }, asked.lead),
    h("div", { class: "field" }, h("label", { attrs: { for: "act-norm" } }, G.report.norm), norm),
    h("div", { class: "field" }, h("label", { attrs: { for: "act-words" } }, asked.words), words),
    ...asked.extra.filter((each) => each !== null),
    problem,
    h("div", { class: "row" }, cancel, send),
  );
  const dialog = h(
    "dialog",
    {
      class: "dialog evening",
      attrs: { "aria-labelledby": "act-title", "data-test": "act-dialog" },
    },
    form,
  );
  return new Promise((resolve) => {
    let done = false;
    cancel.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(done);
    });
    // Letters typed here are words, not walking.
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (send.getAttribute("aria-busy") === "true") return;
      send.setAttribute("aria-busy", "true");
      problem.hidden = true;
      asked.submit(words.value.trim(), norm.value === "" ? null : Number(norm.value)).then(
        () => {
          done = true;
          dialog.close();
        },
        (error: Error) => {
          send.removeAttribute("aria-busy");
          fill(problem, icon("wrong"), error.message);
          problem.hidden = false;
        },
      );
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
