/** Finding groups that want to be found, by the HTTP API. Owns no state. */
import { type GroupCard, readGroupCard } from "./groups";
import { askFor, type Listing, listing, query } from "./shapes";

export interface Search {
  /** A part of a name or purpose. */
  q: string;
  /** A whole interest. */
  tag: string;
}

export const listedGroups = (
  { q, tag }: Search,
  cursor: string | null,
): Promise<Listing<GroupCard>> =>
  askFor(listing(readGroupCard), query("/api/v1/groups", { q, tag, cursor, limit: 12 }));
