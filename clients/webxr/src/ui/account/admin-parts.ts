/** What else those who run this server see: invite links, groups from outside, what was done. */
import { audit, type GroupRow, groups, inviteAccounts, type NodeAct } from "../../net/admin";
import { fill, h } from "../dom";
import { icon } from "../icons";
import { ago, copyBox, dateTime, emptyState, formOf, numberField, pager, part } from "../shell";
import { ADMIN } from "../strings-admin";

const W = ADMIN;
const MOST_USES = 1_000;
const MOST_DAYS = 90;

export function invitesPart(main: HTMLElement): void {
  const uses = numberField({ label: W.uses, value: "1", least: 1, most: MOST_USES });
  const days = numberField({ label: W.days, value: "7", least: 1, most: MOST_DAYS });
  const made = h("div", { class: "stack wide", attrs: { "aria-live": "polite" } });
  const form = formOf({
    submit: W.inviteSubmit,
    test: "make-invite",
    fields: { uses, days },
    content: [h("div", { class: "two" }, uses.element, days.element)],
    run: async () => {
      const n = uses.read();
      const d = days.read();
      if (n === null || d === null) return;
      const { link, uses_left, expires_ms } = await inviteAccounts(n, d);
      fill(
        made,
        h("p", {}, W.made),
        copyBox(new URL(link, location.origin).href, "invite-link"),
        h("p", { class: "small quiet" }, W.madeHelp(uses_left, dateTime(expires_ms))),
      );
    },
  });
  fill(main, part(W.inviteTitle, h("p", { class: "quiet" }, W.inviteLead), form, made));
}

export function groupsPart(main: HTMLElement): void {
  const list = pager({
    load: groups,
    row: groupRow,
    empty: emptyState("people", W.groupsEmpty, W.groupsEmptyHelp),
    label: W.groups,
  });
  fill(main, list.element);
}

function groupRow(group: GroupRow): HTMLElement {
  const facts = [
    W.visibility[group.visibility],
    group.archived && W.archived,
    W.members(group.members, group.rooms),
    group.owners.length > 0 && W.owners(group.owners.join(", ")),
    W.started(ago(group.created_ms)),
  ].filter((each) => each !== false);
  // What a private group is called is all that is to be known of it from outside.
  const name =
    group.visibility === "private"
      ? group.name
      : h("a", { attrs: { href: `/g/${group.slug}` } }, group.name);
  return h(
    "li",
    { class: "person-card" },
    icon("people"),
    h(
      "span",
      { class: "person-words" },
      h("strong", {}, name),
      h("span", { class: "small quiet" }, facts.join(" · ")),
    ),
  );
}

export function auditPart(main: HTMLElement): void {
  const list = pager({
    load: audit,
    row: (act) =>
      h(
        "li",
        { class: "audit-line" },
        h("span", {}, actWords(act)),
        h(
          "time",
          {
            class: "small quiet",
            attrs: {
              datetime: new Date(act.created_ms).toISOString(),
              title: dateTime(act.created_ms),
            },
          },
          ago(act.created_ms),
        ),
      ),
    empty: emptyState("info", W.auditEmpty, W.auditEmptyHelp),
    label: W.audit,
  });
  fill(main, list.element);
}

/** What was done, as a sentence. */
export function actWords({ action, actor, subject, details }: NodeAct): string {
  const who = actor === null ? W.system : (actor.name ?? W.somebody);
  const whom = subject?.name ?? W.somebody;
  const uses = typeof details.uses === "number" ? String(details.uses) : "";
  const words = Object.hasOwn(W.acts, action) ? W.acts[action] : undefined;
  return words?.(who, whom, uses) ?? `${who}: ${action.replaceAll("_", " ")}`;
}
