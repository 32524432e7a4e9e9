/** One's groups on the first page: what is new, who is there now. Kept fresh by the stream of news. */
import type { Session } from "../../app/session";
import type { Face } from "../../net/groups";
import { live } from "../../net/live";
import type { OwnGroup } from "../../net/me";
import { presence, type RoomPresence } from "../../net/talk";
import { fill, h } from "../dom";
import { face, guestFaces } from "../face";
import { icon } from "../icons";
import { emptyState, linkButton } from "../shell";
import { A } from "../strings-account";
import { GP } from "../strings-groups";

const W = A.home;
const MOST_FACES = 5;
/** Groups whose faces are asked for when the page opens; the others show numbers. */
const MOST_ASKED = 8;

interface Here {
  present: number;
  faces: Face[];
}

export function myGroups(session: Session): { element: HTMLElement; end(): void } {
  const list = h("ul", { class: "rooms", attrs: { "data-test": "my-groups" } });
  const element = h("div", { class: "stack wide" }, list);
  const here = new Map<string, Here>();
  let shown = "";
  let ended = false;
  const draw = () => {
    const { groups } = session.me;
    const news = JSON.stringify([groups, [...here]]);
    // Replacing equal cards would take the focus away from whoever is on one.
    if (ended || news === shown) return;
    shown = news;
    if (groups.length === 0) {
      const start = linkButton("/start", W.start, "button next");
      fill(element, emptyState("people", W.mineEmpty, W.mineEmptyHelp, start));
      return;
    }
    const focused = list.contains(document.activeElement)
      ? document.activeElement?.getAttribute("href")
      : null;
    fill(list, ...sorted(groups).map((group) => card(group, here.get(group.id))));
    if (focused != null)
      list.querySelector<HTMLElement>(`[href="${CSS.escape(focused)}"]`)?.focus();
    fill(element, list);
  };
  const seen = (group: string, rooms: RoomPresence[]) => {
    const present = rooms.reduce((sum, room) => sum + room.present, 0);
    here.set(group, { present, faces: rooms.flatMap(({ faces }) => faces).slice(0, MOST_FACES) });
    draw();
  };
  const again = () => void session.refresh().catch(() => {});
  const stops = [
    session.subscribe(draw),
    live.hear("presence", ({ group, rooms }) => seen(group, rooms)),
    live.hear("counts", ({ group, unread, mentions }) => {
      const own = session.me.groups.find(({ id }) => id === group);
      if (own === undefined) again();
      else if (own.unread !== unread || own.mentions !== mentions) {
        const groups = session.me.groups.map((each) =>
          each.id === group ? { ...each, unread, mentions } : each,
        );
        session.set({ ...session.me, groups });
      }
    }),
    live.onGap(again),
  ];
  draw();
  for (const { id } of session.me.groups
    .filter(({ present }) => present > 0)
    .slice(0, MOST_ASKED)) {
    // Without an answer the card keeps its number.
    presence(id).then(
      (rooms) => seen(id, rooms),
      () => {},
    );
  }
  const end = () => {
    ended = true;
    for (const stop of stops) stop();
  };
  return { element, end };
}

/** Where somebody is now first, then where something is new, then by name; archived ones last. */
export function sorted(groups: readonly OwnGroup[]): OwnGroup[] {
  const weight = (group: OwnGroup) =>
    group.archived ? 3 : group.present > 0 ? 0 : group.unread > 0 ? 1 : 2;
  return [...groups].sort((a, b) => weight(a) - weight(b) || a.name.localeCompare(b.name));
}

function card(group: OwnGroup, now: Here | undefined): HTMLElement {
  const present = now?.present ?? group.present;
  const role = group.role as keyof typeof GP.roles | null;
  return h(
    "li",
    {},
    h(
      "a",
      { class: "group-card", attrs: { href: `/g/${group.slug}`, "data-group": group.slug } },
      h("strong", { class: "room-name" }, group.name),
      h(
        "span",
        { class: "group-marks" },
        group.mentions > 0 && h("span", { class: "count" }, W.mentions(group.mentions)),
        group.unread > 0 && h("span", { class: "count quiet-count" }, W.unread(group.unread)),
      ),
      h(
        "span",
        { class: "presence" },
        present > 0 && faces(present, now?.faces ?? []),
        h("span", { class: present > 0 ? "" : "quiet" }, W.here(present)),
      ),
      h(
        "span",
        { class: "small quiet group-facts" },
        role !== null && h("span", {}, GP.roles[role] ?? ""),
        group.archived && h("span", {}, W.archived),
        !group.signed && h("span", { class: "mark" }, icon("info"), W.signAgain),
      ),
    ),
  );
}

function faces(present: number, known: Face[]): HTMLElement {
  if (known.length === 0) return guestFaces(present, MOST_FACES);
  return h(
    "span",
    { class: "faces", attrs: { title: known.map(({ name }) => name).join(", ") } },
    ...known.map((each) => face(each)),
  );
}
