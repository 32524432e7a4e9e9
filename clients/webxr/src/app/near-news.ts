/** Who asked to stand near, and with whom one came to agree: each is news once. Pure. */
import type { Commons } from "../state/commons";

interface Named {
  readonly name: string;
}

export interface NearStory {
  asks: string[];
  agreed: string[];
}

export class NearNews {
  private readonly asks = new Set<number>();
  private readonly agreed = new Set<number>();

  /** What is new, by name; of somebody who is not known yet, once they are. */
  take(commons: Commons, people: ReadonlyMap<number, Named>): NearStory {
    return {
      asks: fresh(commons.nearAsks, this.asks, people),
      agreed: fresh(commons.near, this.agreed, people),
    };
  }
}

function fresh(
  now: ReadonlySet<number>,
  told: Set<number>,
  people: ReadonlyMap<number, Named>,
): string[] {
  for (const id of told) if (!now.has(id)) told.delete(id);
  const names: string[] = [];
  for (const id of now) {
    const name = people.get(id)?.name;
    if (told.has(id) || name === undefined) continue;
    told.add(id);
    names.push(name);
  }
  return names;
}
