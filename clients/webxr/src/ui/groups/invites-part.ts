/** Links that lead into a group: makes them, shows each once, lists those that stand, takes back. */
import { type Invite, invites, makeInvite, revokeInvite } from "../../net/groups";
import { fill, h } from "../dom";
import {
  act,
  choice,
  confirmDialog,
  copyBox,
  emptyState,
  formOf,
  loading,
  note,
  numberField,
  section,
  until,
} from "../shell";
import { GA } from "../strings-group-admin";
import { toast } from "../toasts";
import type { GroupPart } from "./group-frame";
import { qrPicture } from "./qr";
import { cardChoice, radioCards } from "./radio-cards";

const W = GA.invites;
const USES_MOST = 1000;
const DAYS_MOST = 90;

type Kind = Invite["kind"];

export function invitesPart(part: GroupPart): HTMLElement {
  const made = h("div", { class: "stack wide", attrs: { "aria-live": "polite" } });
  const list = h("ul", { class: "list" });
  const again = loading(list, {
    load: () => invites(part.group.id),
    draw: (found, load) =>
      found.length === 0
        ? [h("li", {}, emptyState("link", W.empty, W.emptyHelp))]
        : found.map((each) => row(part, each, load)),
  });
  const show = (link: string) => {
    const whole = new URL(link, location.origin).href;
    const code = h("details", {}, h("summary", {}, W.qr), qrPicture(whole, W.qr));
    fill(made, h("p", {}, W.made), copyBox(whole, "invite-link"), code);
    void again();
  };
  const element = section(
    W.title,
    "invites-part",
    h("p", { class: "quiet" }, W.lead),
    form(part, show),
    made,
    list,
  );
  element.id = "invites";
  return element;
}

function form({ group, can }: GroupPart, made: (link: string) => void): HTMLElement {
  const kinds = (["member", "guest"] as const).filter((kind) =>
    kind === "member" ? can("invite_members") : can("invite_guests"),
  );
  const room = choice({
    label: W.room,
    choices: group.rooms.map(({ id, name }): [string, string] => [id, name]),
  });
  const uses = numberField({ label: W.uses, value: "10", least: 1, most: USES_MOST });
  const days = numberField({ label: W.days, value: "7", least: 1, most: DAYS_MOST });
  const hint = h("div", {});
  const draw = (kind: Kind) => {
    room.element.hidden = kind !== "guest" || group.rooms.length === 0;
    const words =
      kind === "member"
        ? ""
        : !group.guests_allowed
          ? W.guestsOff
          : group.rooms.length === 0
            ? W.noRooms
            : "";
    fill(hint, words !== "" && note("info", words));
  };
  const kind = radioCards<Kind>(
    W.kind,
    kinds.map((value) => cardChoice(value, W.kinds[value])),
    kinds[0] ?? "member",
    draw,
  );
  draw(kind.value());
  return formOf({
    submit: W.make,
    test: "make-invite",
    fields: { uses, days, room },
    content: [
      kinds.length > 1 && kind.element,
      hint,
      room.element,
      h("div", { class: "pair" }, uses.element, days.element),
    ],
    run: async () => {
      const n = uses.read();
      const d = days.read();
      if (n === null || d === null) return;
      const invite = await makeInvite(group.id, {
        kind: kind.value(),
        uses: n,
        days: d,
        ...(kind.value() === "guest" ? { room: room.input.value } : {}),
      });
      made(invite.link ?? "");
    },
  });
}

function row({ group }: GroupPart, invite: Invite, changed: () => Promise<void>): HTMLElement {
  const room = group.rooms.find(({ id }) => id === invite.room)?.name;
  const words = W.item(invite.kind, invite.uses_left, until(invite.expires_ms));
  const revoke = act(
    W.revoke,
    async () => {
      const done = await confirmDialog({
        title: W.revokeTitle,
        words: W.revokeText[invite.kind],
        yes: W.revokeYes,
        danger: true,
        run: () => revokeInvite(group.id, invite.id),
      });
      if (!done) return;
      toast(W.revoked);
      await changed();
    },
    { label: `${W.revoke}: ${words}` },
  );
  return h(
    "li",
    { class: "list-row" },
    h("span", {}, words, room !== undefined && h("span", { class: "quiet" }, ` ${W.inRoom(room)}`)),
    revoke,
  );
}
