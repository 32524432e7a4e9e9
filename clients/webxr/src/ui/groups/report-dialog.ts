/** Reports a person or a line to the group's moderators; from the pages and from rooms. */
import type { NormItem } from "../../net/groups";
import { sendReport } from "../../net/moderation";
import { relate } from "../../net/ties";
import { h } from "../dom";
import { openDialog } from "../shell/dialog";
import { area, checkRow, choice, type Field, formOf } from "../shell/forms";
import { PP } from "../strings-people";
import { toast } from "../toasts";

const W = PP.report;

/** Texts of the norms one may cite; they may still be on their way. */
export type Citable = readonly string[] | Promise<readonly string[]>;

export interface ReportAsk {
  title: string;
  /** Words of a line it is about, as they stood. */
  quoted?: string;
  norms: Citable;
  send(text: string, norm: number | null): Promise<void>;
  /** Whom one may block as well; absent where there is nobody. */
  block?: { name: string; run(): Promise<void> };
  /** In the colours of a room. */
  evening?: boolean;
}

/** Ask what happened and send it; resolves once it is closed, true when it was sent. */
export async function askReport(asked: ReportAsk): Promise<boolean> {
  let sent = false;
  const norm = normChoice(asked.norms);
  const text = area({
    label: W.text,
    attrs: { rows: 4, maxlength: 2000, "data-test": "report-text" },
  });
  const also = checkRow(W.block(asked.block?.name ?? ""), false, W.blockHelp);
  also.input.dataset.test = "report-block";
  const content = (close: () => void) => [
    h("p", { class: "quiet" }, W.lead),
    asked.quoted !== undefined && h("blockquote", { class: "quoted" }, asked.quoted),
    formOf({
      submit: W.send,
      test: "report-send",
      fields: { text, norm_item: norm },
      content: [norm.element, text.element, asked.block !== undefined && also.element],
      beside: [cancel(close)],
      run: async () => {
        if (text.input.value.trim() === "") {
          text.wrong(W.textMissing);
          text.input.focus();
          return;
        }
        await asked.send(text.input.value, cited(norm));
        sent = true;
        close();
        toast(W.sent);
        if (also.input.checked) await asked.block?.run();
      },
    }),
  ];
  await openDialog(asked.title, content, { evening: asked.evening, test: "report-dialog" }).closed;
  return sent;
}

export interface ReportParts {
  group: string;
  norms: readonly NormItem[];
  /** Whom it is about. */
  about: { id: string; name: string } | null;
  /** The line it is about, as it stood. */
  line?: { id: number; text: string };
}

/** The same from a page, about an account or a line; resolves once it is closed. */
export async function openReport({ group, norms, about, line }: ReportParts): Promise<void> {
  const name = about?.name ?? "";
  await askReport({
    title: line ? W.titleLine(name) : W.title(name),
    ...(line ? { quoted: line.text } : {}),
    norms: norms.map((norm) => norm.text),
    send: (text, norm_item) =>
      sendReport(group, {
        ...(line ? { line: line.id } : about ? { account: about.id } : {}),
        ...{ text, norm_item },
      }),
    ...(about ? { block: { name, run: () => relate("blocks", about.id) } } : {}),
  });
}

/** Which norm it is about, chosen by number; the texts come when they come. */
export function normChoice(norms: Citable, chosen: number | null = null): Field<HTMLSelectElement> {
  const norm = choice({
    label: W.norm,
    choices: [["", W.noNorm]],
    attrs: { id: "act-norm" },
  });
  const offer = (texts: readonly string[]) => {
    texts.forEach((text, i) => {
      norm.input.append(h("option", { attrs: { value: i } }, `${i + 1}. ${text}`));
    });
    if (chosen !== null && chosen < texts.length) norm.input.value = `${chosen}`;
  };
  // Without their texts one can still say what happened.
  if (norms instanceof Promise) norms.then(offer, () => {});
  else offer(norms);
  return norm;
}

export function cited(norm: Field<HTMLSelectElement>): number | null {
  return norm.input.value === "" ? null : Number(norm.input.value);
}

/** The way out of a dialog with a form. */
export function cancel(close: () => void): HTMLElement {
  return h(
    "button",
    { class: "button", attrs: { type: "button" }, on: { click: close } },
    PP.cancel,
  );
}
