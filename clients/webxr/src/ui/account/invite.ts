/** Where an invite link leads: a look at the group and its norms, then an account, or a name for a guest. */
import type { Page, PageContext } from "../../app/router";
import { type Norms, signNorms } from "../../net/groups";
import { enterAsGuest, type InviteDoor, lookAtInvite, register } from "../../net/identity";
import { type Me, mayKeep } from "../../net/me";
import { type Child, fill, h } from "../dom";
import { normList } from "../groups/norm-list";
import { icon } from "../icons";
import { loadProfile, saveProfile } from "../profile";
import {
  card,
  dateTime,
  emptyState,
  type Frame,
  formOf,
  linkButton,
  note,
  pageFrame,
  part,
  pressAndHold,
  problemNote,
  skeleton,
  until,
} from "../shell";
import { A } from "../strings-account";
import { toast } from "../toasts";
import { codesPart } from "./codes";
import { whenKnown } from "./gate";
import { invitePaste } from "./invite-paste";
import { joinByInvite } from "./join-by-invite";
import { nameField, nameGiven, optionalLook, personForm } from "./person-form";

const W = A.invite;

/** What the parts of this page work with. */
interface Open {
  frame: Frame;
  context: PageContext;
  token: string;
  door: InviteDoor;
}

export const invitePage: Page = (root, context) => {
  const token = context.fragment;
  const frame = pageFrame(root, context, { title: token === "" ? W.none : W.title });
  if (token === "") {
    fill(frame.main, h("p", {}, W.noneHelp), invitePaste(context));
    return frame.end;
  }
  let stop = () => {};
  const look = async () => {
    fill(frame.main, skeleton(4));
    try {
      const door = await lookAtInvite(token);
      stop = whenKnown(context, (me) => show({ frame, context, token, door }, me));
    } catch (error) {
      frame.title(W.failed);
      fill(frame.main, problemNote(error, look), h("p", { class: "quiet" }, W.noneHelp));
      frame.main.append(invitePaste(context));
    }
  };
  void look();
  return () => {
    stop();
    frame.end();
  };
};

function show(open: Open, me: Me): void {
  const { frame, door } = open;
  const { group, room } = door;
  frame.title(
    door.kind === "guest" && room !== null
      ? W.toRoom(room.name)
      : group !== null
        ? W.toGroup(group.name)
        : W.toServer,
  );
  fill(frame.main, face(door), ...waysIn(open, me));
}

/** What the link leads to, at a glance. */
function face(door: InviteDoor): HTMLElement {
  const { group } = door;
  return h(
    "div",
    { class: "stack wide" },
    group === null && h("p", {}, W.serverLead),
    group !== null &&
      h(
        "div",
        { class: "card" },
        h("strong", { class: "group-name" }, group.name),
        group.purpose !== "" && h("p", {}, group.purpose),
        group.members > 0 &&
          h("p", { class: "presence quiet" }, icon("people"), W.members(group.members)),
      ),
    door.expires_ms > 0 && h("p", { class: "quiet small" }, W.expires(until(door.expires_ms))),
  );
}

function waysIn(open: Open, me: Me): Child[] {
  const { door } = open;
  if (me.account === null) {
    return door.kind === "guest" ? asGuest(open) : withAccount(open);
  }
  if (door.kind === "guest") {
    const { room } = door;
    return [
      note("info", me.account.kind === "member" ? W.signedInGuest : A.home.guest),
      room !== null &&
        h("div", {}, linkButton(`/r/${room.id}`, W.openRoom(room.name), "button next")),
    ];
  }
  if (me.account.kind === "guest")
    return mayKeep(me)
      ? [note("info", W.keepFirst, linkButton("/me/keep", W.keep, "button next"))]
      : [note("info", W.broughtFirst)];
  const { group } = door;
  if (group === null) {
    return [emptyState("info", W.already, W.alreadyHelp, linkButton("/", W.home, "button next"))];
  }
  if (me.groups.some(({ id }) => id === group.id)) {
    return [
      note(
        "info",
        W.member(group.name),
        linkButton(`/g/${group.slug}`, W.openGroup(group.name), "button next"),
      ),
    ];
  }
  return [joinByInvite(open.context, open.token, door)];
}

function norms({ norms: agreed }: InviteDoor): Child {
  return agreed !== null && agreed.items.length > 0 && part(W.norms, normList(agreed));
}

function withAccount(open: Open): Child[] {
  const { frame, context, token, door } = open;
  const form = personForm({
    submit: W.registerSubmit,
    test: "register",
    withLook: true,
    beside: [linkButton("/sign-in", W.have)],
    run: async ({ look, handle, password }) => {
      const { me, codes } = await register({ ...look, invite: token, handle, password });
      context.session.set(me);
      const done = () => {
        window.scrollTo(0, 0);
        if (door.group === null) context.go("/");
        else show(open, me);
      };
      if (codes.length === 0) done();
      else fill(frame.main, codesPart(codes, me.account?.handle ?? "", done));
      window.scrollTo(0, 0);
    },
  });
  return [norms(door), card(W.register, form)];
}

function asGuest({ context, token, door }: Open): Child[] {
  const name = nameField(loadProfile().name);
  const { element, look } = optionalLook(name);
  let busy = false;
  const comeIn = async (signing: Norms | null) => {
    if (busy || !nameGiven(name)) return;
    busy = true;
    try {
      look.name = name.input.value.trim();
      const { me } = await enterAsGuest({ ...look, invite: token });
      saveProfile(look);
      context.session.set(me);
      // Unsigned one comes in as a listener, and is told so at the door.
      if (signing !== null && door.group !== null) {
        await signNorms(door.group.id, signing).catch((error: Error) => {
          toast(error.message, { wrong: true });
        });
      }
      context.go(door.room === null ? "/" : `/r/${door.room.id}`);
    } finally {
      busy = false;
    }
  };
  const have = linkButton("/sign-in", W.have);
  const form = (submit: string, test: string) =>
    formOf({
      ...{ submit, test, fields: { name }, content: [name.element, element], beside: [have] },
      run: () => comeIn(null),
    });
  const intro = h("p", { class: "quiet" }, guestHelp(door));
  if (door.norms === null) return [card(W.guest, intro, form(W.guestSubmit, "guest"))];
  const agreed = door.norms;
  const agree = pressAndHold({
    label: W.guestAgree,
    test: "guest",
    done: () => {
      comeIn(agreed).catch((error: Error) => toast(error.message, { wrong: true }));
    },
  });
  // Elsewhere than in a listed group whoever did not sign stays outside.
  if (door.group?.visibility !== "listed") {
    return [
      norms(door),
      card(W.guest, intro, name.element, element, h("div", { class: "row" }, have)),
      card(W.guestSignFirst, agree),
    ];
  }
  return [
    norms(door),
    card(W.guest, intro, form(W.guestListen, "guest-listen")),
    card(W.guestSign, agree),
  ];
}

function guestHelp({ event, room }: InviteDoor): string {
  const name = room?.name ?? "";
  if (event === null) return W.guestHelp(name);
  const { title, starts_ms } = event;
  return starts_ms === null ? W.partyOver : W.partyHelp(title, dateTime(starts_ms), name);
}
