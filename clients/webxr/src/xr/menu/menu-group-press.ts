/** What pressing a button about people of a group's room does. Owns nothing. */
import { usualMinutes } from "../../net/moderation";
import type { GroupActions } from "../../ui/actions";
import { nextRadius } from "./menu-group";

const REPORT_WORDS = "Reported from a headset.";
const ACT_WORDS = "Decided in the room.";

export interface Doing {
  work: Promise<void>;
  /** What to say once it is done; "" when the page itself shows it. */
  done: string;
}

/** Do what a button says; null when it is about something else. */
export function pressGroup(
  group: GroupActions,
  verb: string,
  what: string,
  person: number,
): Doing | null {
  const id = Number(what);
  const { boundary } = group.commons;
  switch (verb) {
    case "block":
      return { work: group.block(id), done: group.afterBlock(id) };
    case "near":
      return { work: group.near(id, true), done: "" };
    case "far":
      return { work: group.near(id, false), done: "" };
    case "norm": {
      const norm = what === "" ? null : id;
      const work = group.report(person, REPORT_WORDS, norm);
      return { work, done: "The moderators will look at it." };
    }
    case "silence":
    case "remove":
    case "bar":
    case "ban": {
      const kind = verb === "silence" ? "mute" : verb;
      const minutes = usualMinutes(kind);
      const work = group.sanction(id, kind, { reason: ACT_WORDS, norm: null, minutes });
      return { work, done: "Done. It stands in the audit list." };
    }
    case "boundary": {
      const mode = what as typeof boundary.mode;
      return { work: group.setBoundary({ ...boundary, mode }), done: "" };
    }
    case "radius": {
      const radius_m = nextRadius(boundary.radius_m, what === "+" ? "+" : "-");
      return { work: group.setBoundary({ ...boundary, radius_m }), done: "" };
    }
    default:
      return null;
  }
}
