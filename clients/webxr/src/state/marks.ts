/** The small marks on a name tag, from what the roster says of a person. Pure. */
import type { Mic } from "../protocol/control-voice";

/** Marks in order of weight: a tag has room for few. `unheard` = one has muted them oneself. */
export function marksOf(person: { mic: Mic; away: boolean }, unheard: boolean): string[] {
  const marks: string[] = [];
  if (unheard) marks.push("unheard");
  else if (person.mic !== "on" && person.mic !== "none") marks.push("muted");
  if (person.away) marks.push("away");
  return marks;
}
