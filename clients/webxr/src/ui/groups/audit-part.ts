/** What was done in a group by whoever may do more than others, the newest first. */
import { type AuditLine, auditTrail } from "../../net/moderation";
import { h } from "../dom";
import { ago, dateTime, emptyState, pager, section } from "../shell";
import { auditWords } from "../strings-audit";
import { GA } from "../strings-group-admin";
import type { GroupPart } from "./group-frame";

const W = GA.moderation;

export function auditPart(part: GroupPart): { element: HTMLElement; reload(): Promise<void> } {
  const list = pager<AuditLine>({
    load: (cursor) => auditTrail(part.group.id, cursor),
    row: (line) => row(part, line),
    empty: emptyState("text", W.auditEmpty, W.auditEmptyHelp),
    className: "audit",
    label: W.audit,
  });
  return { element: section(W.audit, "audit-part", list.element), reload: () => list.reload() };
}

function row({ group }: GroupPart, line: AuditLine): HTMLElement {
  const { details, created_ms } = line;
  const room = group.rooms.find(({ id }) => id === details.room)?.name;
  const reason = typeof details.reason === "string" ? details.reason : "";
  return h(
    "li",
    {},
    h("span", {}, auditWords(line, room ?? "")),
    reason !== "" && h("span", { class: "quiet answer" }, reason),
    h("time", { class: "quiet small", attrs: { title: dateTime(created_ms) } }, ago(created_ms)),
  );
}
