/** The small marks on a name tag, from what the roster says of a person. Pure. */
import type { Person } from "../protocol/control";
import type { Mic } from "../protocol/control-voice";

/** Roles that a tag tells of; being a member is nothing special. */
const TOLD: readonly string[] = ["owner", "leader", "moderator", "host"];

/** Marks in order of weight: a tag has room for few. `mine.unheard` = one has muted them oneself. */
export function marksOf(
  person: { mic: Mic; away: boolean; role?: Person["role"]; new?: boolean },
  mine: { unheard: boolean; friend: boolean },
): string[] {
  const marks: string[] = [];
  if (person.role === "listener") marks.push("listener");
  else if (person.role !== undefined && TOLD.includes(person.role)) marks.push("host");
  if (mine.unheard) marks.push("unheard");
  else if (person.mic !== "on" && person.mic !== "none") marks.push("muted");
  if (person.away) marks.push("away");
  if (mine.friend) marks.push("friend");
  if (person.new === true) marks.push("new");
  return marks;
}
