/** The first page: what this place is, one's groups, groups to find, and the rooms open to anybody. */
import type { Page, PageContext } from "../../app/router";
import { type Me, mayKeep } from "../../net/me";
import { clearing } from "../clearing";
import { type Child, fill, h } from "../dom";
import { myEventsPart } from "../events/my-events";
import { openRooms } from "../lobby";
import { emptyState, type Frame, linkButton, note, pageFrame, part } from "../shell";
import { S } from "../strings";
import { A } from "../strings-account";
import { discover } from "./discover";
import { whenKnown } from "./gate";
import { invitePaste } from "./invite-paste";
import { myGroups } from "./my-groups";

const W = A.home;

export const home: Page = (root, context) => {
  const frame = pageFrame(root, context, { title: S.app, hideTitle: true });
  frame.main.classList.add("home");
  let stops: (() => void)[] = [];
  let drawnFor: string | null = "";
  const draw = (me: Me) => {
    // The groups look after themselves; only another person needs another page.
    const who = me.account === null ? null : `${me.account.id} ${me.account.kind}`;
    if (who === drawnFor) return;
    drawnFor = who;
    for (const stop of stops) stop();
    stops = me.account === null ? signedOut(frame, context, me) : signedIn(frame, context, me);
  };
  const forget = whenKnown(context, draw);
  const unsubscribe = context.session.subscribe(() => {
    if (context.session.known) draw(context.session.me);
  });
  if (context.session.known) context.session.refresh().catch(() => {});
  return () => {
    forget();
    unsubscribe();
    for (const stop of stops) stop();
    frame.end();
  };
};

function signedOut(frame: Frame, context: PageContext, me: Me): (() => void)[] {
  const paste = invitePaste(context);
  const invited = h(
    "details",
    { class: "invited" },
    h("summary", { class: "button" }, W.invited),
    h("div", { class: "stack wide" }, h("p", { class: "quiet" }, W.invitedHelp), paste),
  );
  const rooms = roomsPart();
  const found = discover({ quietWhenNone: true });
  fill(
    frame.main,
    h(
      "div",
      { class: "welcome" },
      clearing(),
      h("div", { class: "welcome-words evening" }, h("p", { class: "hero" }, W.title)),
    ),
    h("p", {}, W.lead),
    me.setup_needed && note("info", h("strong", {}, W.setup), W.setupHelp),
    h("div", { class: "home-ways" }, linkButton("/sign-in", W.signIn, "button next big"), invited),
    rooms.element,
    found.element,
    footer(),
  );
  return [rooms.end];
}

function signedIn(frame: Frame, context: PageContext, me: Me): (() => void)[] {
  const { account } = me;
  const guest = account?.kind === "guest";
  const groups = myGroups(context.session);
  const rooms = roomsPart();
  const events = me.groups.length > 0 ? myEventsPart(account?.id ?? "") : null;
  const mine: Child[] = guest
    ? [guestNote(me), events?.element]
    : [
        h(
          "div",
          { class: "home-head" },
          h("p", { class: "hero" }, W.hello(account?.name ?? "")),
          linkButton("/start", W.start),
        ),
        events?.element,
        part(W.mine, groups.element),
      ];
  fill(
    frame.main,
    ...mine,
    !guest && discover({ quietWhenNone: false }).element,
    rooms.element,
    footer(),
  );
  return [rooms.end, groups.end, () => events?.end()];
}

function guestNote(me: Me): HTMLElement {
  const room = me.session?.room ?? null;
  const keeps = mayKeep(me);
  return emptyState(
    "info",
    W.guest,
    keeps ? W.guestHelp : W.broughtHelp,
    h(
      "div",
      { class: "row" },
      keeps && linkButton("/me/keep", W.guestKeep, "button next"),
      room !== null && linkButton(`/r/${room}`, W.guestRoom),
    ),
  );
}

function roomsPart(): { element: HTMLElement; end(): void } {
  const help = h("p", { class: "quiet", attrs: { hidden: true } }, W.roomsHelp);
  const rooms = openRooms((count) => {
    help.hidden = count === 0;
  });
  const element = part(W.rooms, help, rooms.element);
  element.classList.add("rooms-section");
  return { element, end: rooms.end };
}

const footer = () => h("p", { class: "quiet small" }, S.lobby.footer);
