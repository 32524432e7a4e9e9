/**
 * A person's card: who and where they are, and what one can do about them: befriend, mute, block,
 * report, and, with the rights, moderate. From lists, from lines and from rooms.
 */
import { type Card, type NormItem, ROLES, type Role } from "../../net/groups";
import type { SanctionKind } from "../../net/moderation";
import { type Relation, relate, type Ties, tiesWith, unrelate } from "../../net/ties";
import { type Child, fill, h } from "../dom";
import { face } from "../face";
import { openDialog, problemNote, run, skeleton } from "../shell";
import { GP } from "../strings-groups";
import { toast } from "../toasts";
import { openAct } from "./act-dialog";
import { cancel, openReport } from "./report-dialog";

const W = GP.person;

export interface PersonParts {
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

const RIGHTS: readonly (readonly [SanctionKind, string])[] = [
  ["mute", "mute_members"],
  ["remove", "remove_members"],
  ["bar", "bar_members"],
  ["ban", "ban_members"],
];

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
  if (me.id !== person.id) void load(parts, ties);
  await closed;
}

async function load(parts: PersonParts, host: HTMLElement): Promise<void> {
  fill(host, skeleton(2));
  try {
    drawTies(parts, host, await tiesWith(parts.person.id));
  } catch (error) {
    fill(
      host,
      problemNote(error, () => load(parts, host)),
    );
  }
}

function drawTies(parts: PersonParts, host: HTMLElement, ties: Ties): void {
  const { person } = parts;
  const { id, name } = person;
  const draw = (change: Partial<Ties>) => {
    drawTies(parts, host, { ...ties, ...change });
    parts.changed?.();
  };
  const button = (words: string, work: () => Promise<void>, cls = "button") => {
    const element = h("button", { class: cls, attrs: { type: "button" } }, words);
    element.addEventListener("click", () => void run(element, work));
    return element;
  };
  const undoable = (words: string, kind: Relation) =>
    toast(words, {
      action: {
        label: W.undo,
        run: () =>
          void unrelate(kind, id).then(
            () => toast(W.undone),
            (error: Error) => toast(error.message, { wrong: true }),
          ),
      },
    });
  const friend = {
    no: () =>
      button(W.befriend, async () => {
        await relate("friends", id);
        toast(W.friendAsked(name));
        draw({ friend: "asked" });
      }),
    asks: () =>
      button(W.accept, async () => {
        await relate("friends", id);
        draw({ friend: "yes" });
      }),
    asked: () => h("p", { class: "quiet" }, W.asked),
    yes: () =>
      button(W.unfriend, async () => {
        await unrelate("friends", id);
        draw({ friend: "no" });
      }),
  }[ties.friend]();
  const mute = ties.muted
    ? button(W.unmute, async () => {
        await unrelate("mutes", id);
        draw({ muted: false });
      })
    : button(W.mute, async () => {
        await relate("mutes", id);
        undoable(W.muted(name), "mutes");
        draw({ muted: true });
      });
  const block = ties.blocked
    ? button(W.unblock, async () => {
        await unrelate("blocks", id);
        draw({ blocked: false });
      })
    : button(
        W.block,
        async () => {
          await relate("blocks", id);
          undoable(W.blocked(name), "blocks");
          draw({ blocked: true });
        },
        "button danger",
      );
  const report = button(W.report, () =>
    openReport({ group: parts.group, norms: parts.norms, about: person }),
  );
  fill(
    host,
    h("div", { class: "row person-acts" }, friend, mute, block, report),
    h("p", { class: "small quiet" }, W.blockHelp),
  );
}

function moderation(parts: PersonParts, close: () => void): Child {
  const { person, me, can } = parts;
  if (!mayActOn(me.role, person.role ?? null)) return null;
  const kinds = RIGHTS.filter(
    ([kind, right]) => can(right) && (kind !== "bar" || parts.rooms.length > 0),
  );
  if (kinds.length === 0) return null;
  return h(
    "div",
    { class: "stack wide moderate" },
    h("h3", {}, W.moderate),
    h(
      "div",
      { class: "row person-acts" },
      ...kinds.map(([kind]) => {
        const element = h(
          "button",
          { class: "button danger", attrs: { type: "button", "data-test": `do-${kind}` } },
          GP.act.button[kind],
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
