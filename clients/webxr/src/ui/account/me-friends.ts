/** Friends: who asks, who is one, whom one asked. */
import type { Card } from "../../net/groups";
import { live } from "../../net/live";
import { type Friends, friends } from "../../net/own";
import { relate, unrelate } from "../../net/ties";
import { type Child, h } from "../dom";
import { act, confirmDialog, emptyState, loading, part, personCard, run } from "../shell";
import { A } from "../strings-account";
import { toast } from "../toasts";
import type { MePart } from "./me";

const W = A.friends;

export const friendsPart: MePart = (main, _context, _me, onEnd) => {
  const again = loading(main, { load: friends, draw: parts, lines: 4 });
  onEnd(live.hear("friends", () => void again()));
  onEnd(live.onGap(() => void again()));
};

function parts({ friends: own, incoming, outgoing }: Friends, load: () => Promise<void>): Child[] {
  const doing = (button: HTMLElement, work: () => Promise<void>, words: string) => {
    void run(button, async () => {
      await work();
      await load();
      toast(words);
    });
  };
  const asks = (card: Card) =>
    personCard(
      card,
      [],
      act(
        W.accept,
        (button) => doing(button, () => relate("friends", card.id), W.accepted(card.name)),
        { cls: "button next", label: W.acceptLabel(card.name) },
      ),
      act(W.decline, (button) => doing(button, () => unrelate("friends", card.id), W.declined), {
        label: W.declineLabel(card.name),
      }),
    );
  const friend = (card: Card) =>
    personCard(
      card,
      [],
      act(W.remove, () => void remove(card, load), { label: W.removeLabel(card.name) }),
    );
  const asked = (card: Card) =>
    personCard(
      card,
      [],
      act(W.takeBack, (button) => doing(button, () => unrelate("friends", card.id), W.tookBack), {
        label: W.takeBackLabel(card.name),
      }),
    );
  return [
    incoming.length > 0 && part(W.incoming, h("ul", { class: "list" }, ...incoming.map(asks))),
    part(
      W.list,
      h("p", { class: "quiet" }, W.lead),
      own.length > 0
        ? h("ul", { class: "list", attrs: { "data-test": "friends" } }, ...own.map(friend))
        : emptyState("people", W.empty, W.emptyHelp),
    ),
    outgoing.length > 0 && part(W.outgoing, h("ul", { class: "list" }, ...outgoing.map(asked))),
  ];
}

async function remove(card: Card, load: () => Promise<void>): Promise<void> {
  const done = await confirmDialog({
    title: W.removeTitle(card.name),
    words: W.removeText,
    yes: W.removeYes,
    run: () => unrelate("friends", card.id),
  });
  if (!done) return;
  await load();
  toast(W.removed(card.name));
}
