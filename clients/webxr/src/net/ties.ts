/** One's own relations to somebody, from a card: friend, blocked, muted. Owns who hears of blocks. */
import { ask } from "./api";
import type { Card } from "./groups";
import { friends as friendsOfMine, safety as safetyOfMine } from "./own";
import { sending } from "./shapes";

export type Relation = "friends" | "blocks" | "mutes";

const hearers = new Set<() => void>();

/** Hear when this page blocked somebody, or took it back: what it may show is less or more now. */
export function onBlocks(run: () => void): () => void {
  hearers.add(run);
  return () => hearers.delete(run);
}

function related(kind: Relation): void {
  if (kind === "blocks") for (const run of hearers) run();
}

/** Somebody in a room, as the room knows them: whoever is there need not know their account. */
export interface Present {
  room: string;
  participant: number;
}

export async function relate(kind: Relation, whom: string | Present): Promise<void> {
  const named = typeof whom === "string" ? { account: whom } : whom;
  await ask(`/api/v1/me/${kind}`, sending("POST", named));
  related(kind);
}

export async function unrelate(kind: Relation, account: string): Promise<void> {
  await ask(`/api/v1/me/${kind}/${encodeURIComponent(account)}`, sending("DELETE"));
  related(kind);
}

/** How one stands to somebody. */
export interface Ties {
  friend: "no" | "yes" | "asked" | "asks";
  blocked: boolean;
  muted: boolean;
}

export async function tiesWith(account: string): Promise<Ties> {
  const [safety, friends] = await Promise.all([safetyOfMine(), friendsOfMine()]);
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
