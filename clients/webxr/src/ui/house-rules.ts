/** What the norms of a room's group ask for, said at its door and inside. Pure. */
import { G } from "./strings-group-room";

/** A sentence for each that people should know of; this page may not know them all. */
export function houseRules(mechanisms: readonly string[] | undefined): string[] {
  return (mechanisms ?? []).flatMap((each) => {
    const words = Object.hasOwn(G.mechanisms, each) ? G.mechanisms[each] : undefined;
    return words === undefined ? [] : [words];
  });
}
