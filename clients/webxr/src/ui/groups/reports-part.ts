/** The queue of reports: waiting, in work, closed; claimed, released, acted on, closed. */
import {
  actOnReport,
  kindsFor,
  type Report,
  type ReportState,
  reports,
  type SanctionKind,
} from "../../net/moderation";
import { type Child, h } from "../dom";
import { face } from "../face";
import { act, ago, area, emptyState, formOf, openDialog, pager, run, section } from "../shell";
import { GA } from "../strings-group-admin";
import { PP } from "../strings-people";
import { toast } from "../toasts";
import { openAct } from "./act-dialog";
import type { GroupPart } from "./group-frame";
import { cancel } from "./report-dialog";

const W = GA.moderation;
const STATES: readonly ReportState[] = ["open", "claimed", "closed"];

interface Queue {
  part: GroupPart;
  reload(): Promise<void>;
  acted(): void;
}

/** Build it; `acted` is called when something was done about somebody. */
export function reportsPart(
  part: GroupPart,
  acted: () => void,
): { element: HTMLElement; reload(): Promise<void> } {
  let state: ReportState = "open";
  let list = build();
  const host = h("div", { attrs: { role: "tabpanel", "aria-label": W.reports } }, list.element);
  const queue: Queue = { part, acted, reload: () => list.reload() };
  const buttons = STATES.map((each) =>
    h(
      "button",
      {
        class: "segment-button",
        attrs: {
          type: "button",
          "aria-pressed": String(each === state),
          "data-test": `state-${each}`,
        },
        on: { click: () => choose(each) },
      },
      W.states[each],
    ),
  );
  function choose(next: ReportState): void {
    state = next;
    for (const [i, button] of buttons.entries()) {
      button.setAttribute("aria-pressed", String(STATES[i] === state));
    }
    list = build();
    host.replaceChildren(list.element);
  }
  function build() {
    const shown = state;
    return pager<Report>({
      load: (cursor) => reports(part.group.id, shown, cursor),
      row: (report) => card(queue, report),
      empty: emptyState("flag", W.empty[shown], W.emptyHelp[shown]),
      label: `${W.reports}: ${W.states[shown]}`,
    });
  }
  const states = h(
    "div",
    { class: "segment-row", attrs: { role: "group", "aria-label": W.reports } },
    ...buttons,
  );
  return {
    element: section(W.reports, "reports-part", states, host),
    reload: () => list.reload(),
  };
}

function card(queue: Queue, report: Report): HTMLElement {
  const { subject, line_text, text, state } = report;
  const norm = normWords(queue.part, report);
  return h(
    "li",
    { class: "card report", attrs: { "data-report": report.id } },
    h(
      "div",
      { class: "person-head" },
      subject !== null && face(subject),
      h(
        "p",
        {},
        h("strong", {}, subject === null ? W.aboutGroup : W.about(subject.name || W.somebody)),
        // A new name must not hide from moderators whom they read about.
        subject !== null &&
          subject.name_then !== subject.name &&
          subject.name_then !== "" &&
          h("span", { class: "quiet small" }, ` ${W.thenCalled(subject.name_then)}`),
        h("br"),
        h("span", { class: "quiet small" }, whose(queue.part, report)),
      ),
    ),
    norm !== "" && h("p", { class: "small kept" }, norm),
    line_text !== "" && h("blockquote", { class: "quoted" }, line_text),
    h("p", { class: "answer" }, text),
    report.claimed_by !== null &&
      state === "claimed" &&
      h("p", { class: "small quiet" }, W.claimedBy(report.claimed_by.name || W.somebody)),
    state === "closed" && outcome(report),
    state !== "closed" && h("div", { class: "row" }, ...acts(queue, report)),
  );
}

function whose({ account }: GroupPart, { subject, reporter, created_ms }: Report): string {
  const when = ago(created_ms);
  // An owner reads what is written about them, and not who wrote it.
  if (subject !== null && subject.id === account?.id) return W.byUntold(when);
  return W.by(reporter?.name || W.somebody, when);
}

function outcome({ outcome: words, closed_by }: Report): HTMLElement {
  return h(
    "p",
    { class: "answer" },
    words,
    closed_by !== null &&
      h("span", { class: "quiet small" }, ` (${W.closedBy(closed_by.name || W.somebody)})`),
  );
}

function normWords({ group }: GroupPart, { norm_item, norms_version }: Report): string {
  if (norm_item === null) return "";
  // Norms are numbered by version: an old number may be another norm by now.
  if (norms_version !== null && norms_version !== group.norms.version) {
    return W.normOld(norm_item + 1);
  }
  const text = group.norms.items[norm_item]?.text;
  return text === undefined ? W.normOld(norm_item + 1) : W.norm(text);
}

function acts(queue: Queue, report: Report): Child[] {
  const { part, reload } = queue;
  const { group, can, account } = part;
  const step = (kind: "claim" | "release", words: string, done: string, cls = "button") =>
    act(
      words,
      (button) =>
        void run(button, async () => {
          await actOnReport(group.id, report.id, kind);
          toast(done);
          await reload();
        }),
      { cls },
    );
  const mine = report.claimed_by?.id === account?.id;
  const { subject } = report;
  // Nothing is left to be done about whoever deleted their account.
  const about = subject !== null && subject.name !== "" && subject.id !== account?.id;
  const measures = about ? kindsFor(can) : [];
  return [
    report.state === "open" && step("claim", W.claim, W.claimed, "button next"),
    report.state === "claimed" && mine && step("release", W.release, W.released),
    act(W.close, () => void closeIt(queue, report)),
    ...measures.map((kind) =>
      act(PP.act.button[kind], () => void measure(queue, report, kind), { cls: "button danger" }),
    ),
  ];
}

async function measure(queue: Queue, report: Report, kind: SanctionKind): Promise<void> {
  const { group } = queue.part;
  if (report.subject === null) return;
  const current = report.norms_version === group.norms.version;
  await openAct({
    group: group.id,
    norms: group.norms.items,
    rooms: group.rooms,
    person: report.subject,
    kind,
    report: { id: report.id, norm_item: current ? report.norm_item : null },
    done: queue.acted,
  });
}

async function closeIt({ part, reload, acted }: Queue, report: Report): Promise<void> {
  const words = area({ label: W.outcome, attrs: { maxlength: 500, "data-test": "outcome" } });
  await openDialog(W.closeTitle, (close) => [
    h("p", { class: "quiet" }, W.closeText),
    formOf({
      submit: W.close,
      test: "close-report",
      fields: { outcome: words },
      content: [words.element],
      beside: [cancel(close)],
      run: async () => {
        if (words.input.value.trim() === "") {
          words.wrong(W.outcomeMissing);
          words.input.focus();
          return;
        }
        await actOnReport(part.group.id, report.id, "close", words.input.value);
        close();
        toast(W.closed);
        acted();
        await reload();
      },
    }),
  ]).closed;
}
