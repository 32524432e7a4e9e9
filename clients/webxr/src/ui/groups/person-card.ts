/**
 * A person's card: who and where they are, and what one can do about them: befriend, mute, block,
 * report, and, with the rights, moderate. From lists, from lines and from rooms.
 */
import { answersReports, type Card, type NormItem, ROLES, type Role } from "../../net/groups";
import { kindsFor } from "../../net/moderation";
import { type Relation, relate, type Ties, tiesWith, unrelate } from "../../net/ties";
import { type Child, fill, h } from "../dom";
import { face } from "../face";
import { act, loading, openDialog, run } from "../shell";
import { GP } from "../strings-groups";
import { PP } from "../strings-people";
import { toast } from "../toasts";
import { openAct } from "./act-dialog";
import { cancel, openReport } from "./report-dialog";

const W = GP.person;

interface PersonParts {
  group: string;
  norms: readonly NormItem[];
  rooms: readonly { id: string; name: string }[];
  person: Card & { handle?: string | null; role?: Role | null; room?: { name: string } | null };
  /** One's own account and role here. */
  me: { id: string; role: Role | null };
  can(right: string): boolean;
  /** Something changed that a list may want to show. */
  changed?(): void;
  /** More to do, below the rest. */
  more?: Child;
}

/** Whether one may act on somebody: only on those below one's own role, and owners on anybody. */
export function mayActOn(mine: Role | null, theirs: Role | null): boolean {
  if (mine === null) return false;
  if (mine === "owner" || theirs === null) return true;
  return ROLES.indexOf(mine) < ROLES.indexOf(theirs);
}

/** Open the card; resolves once it is closed. */
export async function openPersonCard(parts: PersonParts): Promise<void> {
  const { person, me } = parts;
  const ties = h("div", { class: "stack wide" });
  const { closed } = openDialog(person.name, (close) => [
    h(
      "div",
      { class: "person-head" },
      face(person),
      h(
        "p",
        { class: "quiet" },
        [
          person.handle ? `@${person.handle}` : "",
          person.role ? GP.roles[person.role] : "",
          person.room ? W.inRoom(person.room.name) : "",
        ]
          .filter((word) => word !== "")
          .join(" · "),
      ),
    ),
    me.id === person.id ? h("p", {}, W.you) : ties,
    me.id !== person.id && moderation(parts, close),
    parts.more,
    h("div", { class: "row" }, cancel(close)),
  ]);
  if (me.id !== person.id) {
    loading(ties, {
      load: () => tiesWith(person.id),
      draw: (found) => tiesPart(parts, ties, found),
      lines: 2,
    });
  }
  await closed;
}

function tiesPart(parts: PersonParts, host: HTMLElement, ties: Ties): Child[] {
  const { person } = parts;
  const { id, name } = person;
  /** A button of a kind that changes how one stands; it keeps the focus as it becomes another. */
  const button = (
    kind: Relation,
    words: string,
    change: Partial<Ties>,
    work: () => Promise<void>,
    cls = "button",
  ) =>
    act(
      words,
      (pressed) =>
        void run(pressed, async () => {
          await work();
          fill(host, ...tiesPart(parts, host, { ...ties, ...change }));
          const again = host.querySelector<HTMLElement>(`[data-test=card-${kind}]`);
          (again ?? host.querySelector("button"))?.focus();
          parts.changed?.();
        }),
      { cls, test: `card-${kind}` },
    );
  const undoable = (words: string, kind: Relation, undone: string = W.undone) =>
    toast(words, {
      action: {
        label: W.undo,
        run: () =>
          void unrelate(kind, id).then(
            () => {
              toast(undone);
              parts.changed?.();
            },
            (error: Error) => toast(error.message, { wrong: true }),
          ),
      },
    });
  const friend = {
    no: () =>
      button("friends", W.befriend, { friend: "asked" }, async () => {
        await relate("friends", id);
        toast(W.friendAsked(name));
      }),
    asks: () => button("friends", W.accept, { friend: "yes" }, () => relate("friends", id)),
    asked: () => h("p", { class: "quiet" }, W.asked),
    yes: () => button("friends", W.unfriend, { friend: "no" }, () => unrelate("friends", id)),
  }[ties.friend]();
  const mute = ties.muted
    ? button("mutes", W.unmute, { muted: false }, () => unrelate("mutes", id))
    : button("mutes", W.mute, { muted: true }, async () => {
        await relate("mutes", id);
        undoable(W.muted(name), "mutes");
      });
  const apart = async () => {
    await relate("blocks", id);
    // A block ends a friendship, and taking it back does not make another.
    const words = answersReports(person.role ?? "") ? W.blockedDuty(name) : W.blocked(name);
    undoable(words, "blocks", ties.friend === "yes" ? W.undoneFriend(name) : W.undone);
  };
  const block = ties.blocked
    ? button("blocks", W.unblock, { blocked: false }, () => unrelate("blocks", id))
    : button("blocks", W.block, { blocked: true }, apart, "button danger");
  const report = act(W.report, (pressed) => {
    void run(pressed, () => openReport({ group: parts.group, norms: parts.norms, about: person }));
  });
  return [
    h("div", { class: "row person-acts" }, friend, mute, block, report),
    h("p", { class: "small quiet" }, W.blockHelp),
  ];
}

function moderation(parts: PersonParts, close: () => void): Child {
  const { person, me, can } = parts;
  if (!mayActOn(me.role, person.role ?? null)) return null;
  const kinds = kindsFor(can).filter((kind) => kind !== "bar" || parts.rooms.length > 0);
  if (kinds.length === 0) return null;
  return h(
    "div",
    { class: "stack wide moderate" },
    h("h3", {}, W.moderate),
    h(
      "div",
      { class: "row person-acts" },
      ...kinds.map((kind) => {
        const element = h(
          "button",
          { class: "button danger", attrs: { type: "button", "data-test": `do-${kind}` } },
          PP.act.button[kind],
        );
        element.addEventListener("click", () => {
          close();
          const { group, norms, rooms } = parts;
          void openAct({ group, norms, rooms, person, kind, done: () => parts.changed?.() });
        });
        return element;
      }),
    ),
  );
}
