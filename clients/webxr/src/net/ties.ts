/** One's own relations to somebody, from a card: friend, blocked, muted. Owns no state. */
import { ask } from "./api";
import { type Card, readCard } from "./groups";
import { askFor, many, orElse, sending, shape } from "./shapes";

export type Relation = "friends" | "blocks" | "mutes";

export async function relate(kind: Relation, account: string): Promise<void> {
  await ask(`/api/v1/me/${kind}`, sending("POST", { account }));
}

export async function unrelate(kind: Relation, account: string): Promise<void> {
  await ask(`/api/v1/me/${kind}/${encodeURIComponent(account)}`, sending("DELETE"));
}

/** How one stands to somebody. */
export interface Ties {
  friend: "no" | "yes" | "asked" | "asks";
  blocked: boolean;
  muted: boolean;
}

export async function tiesWith(account: string): Promise<Ties> {
  const cards = orElse(many(readCard), []);
  const [safety, friends] = await Promise.all([
    askFor(
      shape<{ blocks: Card[]; mutes: Card[] }>({ blocks: cards, mutes: cards }),
      "/api/v1/me/safety",
    ),
    askFor(
      shape<{ friends: Card[]; incoming: Card[]; outgoing: Card[] }>({
        friends: cards,
        incoming: cards,
        outgoing: cards,
      }),
      "/api/v1/me/friends",
    ),
  ]);
  const among = (list: Card[]) => list.some(({ id }) => id === account);
  return {
    friend: among(friends.friends)
      ? "yes"
      : among(friends.outgoing)
        ? "asked"
        : among(friends.incoming)
          ? "asks"
          : "no",
    blocked: among(safety.blocks),
    muted: among(safety.mutes),
  };
}
