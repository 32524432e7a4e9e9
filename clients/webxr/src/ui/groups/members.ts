/** Who is in a group, where they are, and what one may do about it; requests, links, leaving. */
import type { Page } from "../../app/router";
import {
  giveRole,
  leaveGroup,
  type Member,
  members,
  ROLES,
  type Role,
  removeMember,
} from "../../net/groups";
import { h } from "../dom";
import {
  act,
  ago,
  confirmDialog,
  emptyState,
  linkButton,
  pager,
  personCard,
  run,
  section,
} from "../shell";
import { GA } from "../strings-group-admin";
import { GP } from "../strings-groups";
import { toast } from "../toasts";
import { type GroupPart, groupFrame } from "./group-frame";
import { invitesPart } from "./invites-part";
import { mayActOn, openPersonCard } from "./person-card";
import { radioCards } from "./radio-cards";
import { requestsPart } from "./requests-part";

const W = GA.members;
const SEARCH_WAIT_MS = 250;

export const membersPage: Page = (root, context) =>
  groupFrame(root, context, {
    tab: "members",
    wide: true,
    title: ({ name }) => W.title(name),
    needs: ["read"],
    show: (part) => {
      const { main, can, group } = part;
      const invite = !group.archived && (can("invite_members") || can("invite_guests"));
      main.append(
        h(
          "div",
          { class: "group-side" },
          can("answer_requests") && requestsPart(part),
          invite && invitesPart(part),
        ),
        h("div", { class: "group-main" }, listPart(part), leavePart(part)),
      );
      // "Answer" and "Invite someone" on the group's page lead to these parts.
      const asked = context.fragment;
      if (asked !== "") document.getElementById(asked)?.scrollIntoView({ block: "start" });
    },
  });

function listPart(part: GroupPart): HTMLElement {
  let typed = "";
  let timer = 0;
  const input = h("input", {
    class: "input",
    attrs: {
      type: "search",
      "aria-label": W.search,
      placeholder: W.searchPlaceholder,
      autocomplete: "off",
      "data-test": "member-search",
    },
  });
  const list = pager<Member>({
    load: (cursor) => members(part.group.id, { q: typed, cursor }),
    row: (member) => memberRow(part, member, () => void list.reload()),
    empty: emptyState("people", W.empty, W.emptyHelp),
    label: W.list,
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      typed = input.value.trim();
      void list.reload();
    }, SEARCH_WAIT_MS);
  });
  part.onEnd(() => clearTimeout(timer));
  const count = GP.membersCount(part.group.members, part.group.size_limit);
  return section(W.list, "members-part", h("p", { class: "quiet" }, count), input, list.element);
}

function memberRow(part: GroupPart, member: Member, changed: () => void): HTMLElement {
  const { group, account } = part;
  const room = group.rooms.find(({ id }) => id === member.present_room) ?? null;
  const facts = [member.handle === "" ? "" : `@${member.handle}`, GP.roles[member.role]];
  if (!member.signed) facts.push(W.unsigned);
  if (member.joined_ms > 0) facts.push(W.since(ago(member.joined_ms)));
  return personCard(
    member,
    [
      h("span", { class: "quiet small" }, facts.filter((word) => word !== "").join(" · ")),
      room !== null &&
        h(
          "a",
          { class: "small here", attrs: { href: `/r/${room.id}` } },
          GP.person.inRoom(room.name),
        ),
    ],
    act(
      W.more,
      () =>
        void openPersonCard({
          group: group.id,
          norms: group.norms.items,
          rooms: group.rooms,
          person: { ...member, room },
          me: { id: account?.id ?? "", role: group.standing.role },
          can: part.can,
          changed,
          more: memberActs(part, member, changed),
        }),
      { label: W.card(member.name) },
    ),
  );
}

/** Role and membership, for those who may. */
function memberActs(part: GroupPart, member: Member, changed: () => void): HTMLElement | null {
  const { group, account, can } = part;
  const mine = group.standing.role;
  if (member.id === account?.id || !mayActOn(mine, member.role) || group.archived) return null;
  const close = () => document.querySelector<HTMLDialogElement>("dialog[open]")?.close();
  const role = act(W.changeRole, () => {
    close();
    void changeRole(part, member, changed);
  });
  const remove = act(
    W.remove,
    () => {
      close();
      void takeOut(part, member, changed);
    },
    { cls: "button danger" },
  );
  if (!can("assign_roles") && !can("remove_members")) return null;
  return h(
    "div",
    { class: "row person-acts" },
    can("assign_roles") && member.role !== "guest" && role,
    can("remove_members") && remove,
  );
}

async function changeRole(part: GroupPart, member: Member, changed: () => void): Promise<void> {
  const { group } = part;
  const mine = group.standing.role;
  const given = ROLES.filter(
    (role) => role !== "guest" && (mine === "owner" || mayActOn(mine, role)),
  );
  const cards = radioCards<Role>(
    GP.person.role,
    given.map((value) => ({ value, title: GP.roles[value], help: GP.roleHelp[value] })),
    member.role,
  );
  const give = async (role: Role) => {
    await giveRole(group.id, member.id, role);
    changed();
  };
  const done = await confirmDialog({
    title: W.roleTitle(member.name),
    words: "",
    yes: W.roleSave,
    extra: cards.element,
    run: () => give(cards.value()),
  });
  if (!done || cards.value() === member.role) return;
  toast(W.roleDone(member.name, GP.roles[cards.value()]), {
    action: {
      label: W.roleUndo,
      run: () =>
        void give(member.role).catch((error: Error) => toast(error.message, { wrong: true })),
    },
  });
}

async function takeOut(part: GroupPart, member: Member, changed: () => void): Promise<void> {
  const done = await confirmDialog({
    title: W.removeTitle(member.name),
    words: W.removeText,
    yes: W.removeYes,
    danger: true,
    run: () => removeMember(part.group.id, member.id),
  });
  if (!done) return;
  toast(W.removed(member.name));
  changed();
}

function leavePart(part: GroupPart): HTMLElement | null {
  const { group, context } = part;
  if (group.standing.role === null) return null;
  const words = group.visibility === "listed" ? W.leaveTextListed : W.leaveText;
  const leave = act(
    W.leave,
    (button) => {
      void run(button, async () => {
        const left = await confirmDialog({
          title: W.leaveTitle(group.name),
          words,
          yes: W.leaveYes,
          danger: true,
          extra: ownerHint(part) ?? h("span"),
          run: () => leaveGroup(group.id),
        });
        if (!left) return;
        toast(W.left(group.name));
        context.session.refresh().catch(() => {});
        context.go("/");
      });
    },
    { cls: "button danger" },
  );
  return section(W.leave, "leave-part", h("p", { class: "quiet" }, words), leave);
}

/** Owners may be the last; what they can do then. */
function ownerHint({ group }: GroupPart): HTMLElement | null {
  if (group.standing.role !== "owner") return null;
  if (group.archived) return h("p", { class: "note wrong" }, W.leaveArchived);
  return h(
    "p",
    { class: "quiet small" },
    `${W.lastOwner}? ${W.lastOwnerHelp} `,
    linkButton(`/g/${group.slug}/settings`, W.toSettings, ""),
  );
}
