/** The way into a group for whoever is not in yet: its norms, a signature, and how one joins. */
import { Problem } from "../../net/api";
import { type GroupPage, joinGroup, leaveGroup, signNorms } from "../../net/groups";
import { mayKeep } from "../../net/me";
import { type Child, h } from "../dom";
import {
  act,
  ago,
  area,
  type Field,
  linkButton,
  note,
  pressAndHold,
  run,
  section,
  until,
} from "../shell";
import { SH } from "../shell/strings";
import { GP } from "../strings-groups";
import { toast } from "../toasts";
import type { GroupPart } from "./group-frame";
import { normList } from "./norm-list";

const W = GP.door;

/** Whether somebody still stands before the door: not a member, or not signed. */
export function isOutside({ standing }: GroupPage): boolean {
  return standing.role === null || standing.sign_needed || standing.state === "waiting";
}

/** Build what somebody outside sees. */
export function doorPart(part: GroupPart): HTMLElement {
  const { group } = part;
  const { standing } = group;
  const ban = standing.sanction?.kind === "ban" ? standing.sanction : null;
  if (ban !== null) {
    const end = ban.until_ms === null ? W.forGood : W.until(until(ban.until_ms));
    return section(W.banned, "door-part", note("wrong", `${ban.reason} ${end}`));
  }
  const norms = section(W.norms, "", normList(group.norms));
  if (standing.role === null) return section(W.title, "door-part", ...waysIn(part, norms));
  // Whoever joined signed; a guest has not yet.
  const guest = standing.role === "guest";
  const changed = group.norms.version > 1 && !guest;
  const again = changed ? GP.next.signAgain : GP.next.sign;
  // Elsewhere than in a listed group nobody listens unsigned.
  const shut = group.visibility !== "listed";
  const help = guest ? W.guestWaits : changed ? W.changedWaits : W.waitingHelp;
  return section(
    shut && !changed ? W.waiting : again,
    "door-part",
    h("p", {}, shut ? help : GP.next.signHelp),
    norms,
    ...signature(part, W.signHold, () => sign(part)),
  );
}

function waysIn(part: GroupPart, norms: HTMLElement): Child[] {
  const { group, account } = part;
  const open = group.rooms.some(({ access, may_enter }) => access === "everyone" && may_enter);
  const listens = open && note("info", account === null ? W.listenerOut : W.listener);
  if (group.archived) return [note("info", GP.archivedNote), norms];
  if (account?.kind === "guest") {
    const room = part.me.session?.room ?? null;
    return [
      note("info", `${W.guest}. ${mayKeep(part.me) ? W.guestHelp : W.broughtHelp}`),
      h(
        "div",
        { class: "row" },
        room !== null && linkButton(`/r/${room}`, W.guestRoom, "button next"),
        mayKeep(part.me) && linkButton("/me/keep", SH.keepPlace),
      ),
      norms,
    ];
  }
  if (group.standing.state === "requested") return [...requested(part), norms];
  if (group.joining === "invite") {
    return [note("info", `${W.invite}. ${W.inviteHelp}`), listens, norms];
  }
  const full = group.size_limit > 0 && group.members >= group.size_limit;
  if (full) return [note("info", `${W.full}. ${W.fullHelp}`), listens, norms];
  if (account === null) {
    return [
      h("p", {}, group.joining === "open" ? W.open : W.request),
      norms,
      h("p", { class: "quiet" }, W.signInToHelp),
      linkButton("/sign-in", W.signInTo, "button next big"),
      listens,
    ];
  }
  const answer = group.joining === "request" ? question(group) : null;
  const { declined_ms } = group.standing;
  return [
    declined_ms !== null && note("info", `${W.declined(ago(declined_ms))}. ${W.declinedHelp}`),
    h("p", {}, group.joining === "open" ? W.open : W.request),
    norms,
    answer?.element,
    ...signature(part, answer === null ? W.signJoin : W.signAsk, () => join(part, answer)),
    listens,
  ];
}

function question({ question: asked }: GroupPage): Field<HTMLTextAreaElement> {
  return area({
    label: asked ?? W.question,
    help: asked === null ? "" : W.question,
    attrs: { maxlength: 500, rows: 3, "data-test": "join-answer" },
  });
}

function requested(part: GroupPart): Child[] {
  const withdraw = act(W.withdraw, (button) => {
    void run(button, async () => {
      await leaveGroup(part.group.id);
      toast(W.withdrawn);
      await part.reload();
    });
  });
  return [note("info", `${W.requested}. ${W.requestedHelp}`), withdraw];
}

function signature(part: GroupPart, label: string, work: () => Promise<void>): Child[] {
  let busy = false;
  const done = async () => {
    if (busy) return;
    busy = true;
    try {
      await work();
    } catch (error) {
      await refused(part, error);
    }
    busy = false;
  };
  return [
    h("p", { class: "quiet small" }, W.signedBy),
    pressAndHold({ label, test: "sign", done: () => void done() }),
  ];
}

async function refused(part: GroupPart, error: unknown): Promise<void> {
  if (error instanceof Problem && error.code === "stale_version") {
    toast(W.changed);
    await part.reload();
  } else toast(error instanceof Error ? error.message : String(error), { wrong: true });
}

async function sign(part: GroupPart): Promise<void> {
  const page = await signNorms(part.group.id, part.group.norms);
  toast(W.signed);
  entered(part, page);
}

async function join(part: GroupPart, answer: Field<HTMLTextAreaElement> | null): Promise<void> {
  const { group } = part;
  const words = answer?.input.value ?? "";
  if (answer !== null && group.question !== null && words.trim() === "") {
    answer.wrong(W.questionMissing);
    answer.input.focus();
    return;
  }
  const { version, hash } = group.norms;
  const page = await joinGroup(group.id, {
    answer: words,
    ...(version > 0 ? { signature: { version, hash } } : {}),
  });
  if (page.standing.role !== null) toast(W.joined(page.name));
  entered(part, page);
}

/** One's own groups and rights are others now. */
function entered(part: GroupPart, page: GroupPage): void {
  part.context.session.refresh().catch(() => {});
  part.redraw(page);
  window.scrollTo(0, 0);
}
