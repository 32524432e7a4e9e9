/** Reports a person or a line to the group's moderators; from the pages and from rooms. */
import type { NormItem } from "../../net/groups";
import { sendReport } from "../../net/moderation";
import { relate } from "../../net/ties";
import { h } from "../dom";
import { area, checkRow, choice, formOf, openDialog } from "../shell";
import { GP } from "../strings-groups";
import { toast } from "../toasts";

const W = GP.report;

export interface ReportParts {
  group: string;
  norms: readonly NormItem[];
  /** Whom it is about. */
  about: { id: string; name: string } | null;
  /** The line it is about, as it stood. */
  line?: { id: number; text: string };
}

/** Open the dialog; resolves once it is closed. */
export async function openReport({ group, norms, about, line }: ReportParts): Promise<void> {
  const name = about?.name ?? "";
  const norm = choice({
    label: W.norm,
    choices: [["", W.noNorm], ...norms.map(({ text }, i): [string, string] => [`${i}`, text])],
  });
  const text = area({
    label: W.text,
    attrs: { rows: 4, maxlength: 2000, "data-test": "report-text" },
  });
  const also = checkRow(W.block(name), false, W.blockHelp);
  const { closed } = openDialog(line ? W.titleLine(name) : W.title(name), (close) => [
    h("p", { class: "quiet" }, W.lead),
    line && h("blockquote", { class: "quoted" }, line.text),
    formOf({
      submit: W.send,
      test: "report-send",
      fields: { text, norm_item: norm },
      content: [norm.element, text.element, about !== null && also.element],
      beside: [cancel(close)],
      run: async () => {
        if (text.input.value.trim() === "") {
          text.wrong(W.textMissing);
          text.input.focus();
          return;
        }
        await sendReport(group, {
          ...(line ? { line: line.id } : about ? { account: about.id } : {}),
          norm_item: norm.input.value === "" ? null : Number(norm.input.value),
          text: text.input.value,
        });
        close();
        toast(W.sent);
        if (also.input.checked && about !== null) await relate("blocks", about.id);
      },
    }),
  ]);
  await closed;
}

/** The way out of a dialog with a form. */
export function cancel(close: () => void): HTMLElement {
  return h(
    "button",
    { class: "button", attrs: { type: "button" }, on: { click: close } },
    GP.person.close,
  );
}
