/** What somebody with a right did, as a sentence, in English. */
import type { AuditLine } from "../net/moderation";

const GONE = "Somebody who is gone";

/** One line of the audit trail in words; `room` is the name of the room it is about, if known. */
export function auditWords(line: AuditLine, room: string): string {
  const { details } = line;
  const who = line.actor?.name || GONE;
  const whom = line.subject?.name || "somebody who is gone";
  const of = (key: string) => {
    const value = details[key];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  const what = of("title") !== "" ? `“${of("title")}”` : "an event";
  const where = room !== "" ? room : of("name") !== "" ? of("name") : "a room";
  const sentences: Record<string, string> = {
    group_started: `${who} started the group`,
    group_edited: `${who} changed how the group describes itself or who may join`,
    group_archived: `${who} archived the group`,
    group_brought_back: `${who} brought the group back`,
    norms_changed: `${who} put version ${of("version")} of the norms in force`,
    joined: `${whom} joined`,
    left: `${whom} left`,
    member_removed: `${who} took ${whom} out of the group`,
    role_changed: `${who} made ${whom} ${of("to")} (was ${of("from")})`,
    transferred: `${who} handed the group over to ${whom}`,
    request_accepted: `${who} accepted ${whom}`,
    request_declined: `${who} declined ${whom}`,
    invite_made: `${who} made a link for ${of("kind") === "guest" ? "guests" : "members"}`,
    invite_revoked: `${who} took a link back`,
    room_made: `${who} made ${where}`,
    room_changed: `${who} changed the door of ${where}`,
    room_arranged: `${who} arranged ${where}`,
    room_undone: `${who} went back to an earlier design of ${where}`,
    room_archived: `${who} archived ${where}`,
    room_reopened: `${who} opened ${where} again`,
    line_deleted: `${who} took away a line of ${whom}`,
    muted: `${who} muted ${whom}`,
    put_out: `${who} put ${whom} out of a room`,
    barred: `${who} barred ${whom} from ${where}`,
    banned: `${who} banned ${whom}`,
    lifted: `${who} lifted it from ${whom}`,
    report_claimed: `${who} took a report`,
    report_released: `${who} let go of a report`,
    report_closed: `${who} closed a report`,
    event_made: `${who} planned ${what}`,
    event_changed: `${who} changed ${what}`,
    event_cancelled: `${who} cancelled ${what}`,
    event_deleted: `${who} deleted the draft of ${what}`,
    occurrence_changed: `${who} changed one day of ${what}`,
    occurrence_cancelled: `${who} cancelled one day of ${what}`,
    occurrence_restored: `${who} let one day of ${what} take place after all`,
  };
  return sentences[line.action] ?? `${who}: ${line.action.replaceAll("_", " ")}`;
}
