/** A group's rooms on its page: who is in, and the way in. Follows the live presence. */
import { archivedRooms, type RoomCard } from "../../net/groups";
import { live } from "../../net/live";
import { archiveRoom } from "../../net/rooms";
import { presence as presenceOf, type RoomPresence } from "../../net/talk";
import { onBlocks } from "../../net/ties";
import { fill, h } from "../dom";
import { face } from "../face";
import { act, emptyState, linkButton, run, section } from "../shell";
import { ARRANGE } from "../strings-arrange";
import { GP } from "../strings-groups";
import { toast } from "../toasts";
import type { GroupPart } from "./group-frame";
import { templatePicture } from "./template-picture";

const W = GP.rooms;
const FACES_MOST = 5;

export function roomsPart(part: GroupPart): HTMLElement {
  const { group, can } = part;
  const arrange = can("arrange_rooms");
  const add = arrange && linkButton(`/g/${group.slug}/rooms/new`, W.add);
  if (group.rooms.length === 0) {
    return section(
      W.title,
      "rooms-part",
      emptyState("screen", W.empty, arrange ? W.emptyHelp : W.emptyMember, add),
      arrange && archivedPart(part),
    );
  }
  const rows = new Map<string, HTMLElement>();
  const list = h(
    "ul",
    { class: "room-list" },
    ...group.rooms.map((room) => {
      const presence = h("span", { class: "presence" });
      drawPresence(presence, room);
      rows.set(room.id, presence);
      return roomRow(part, room, presence);
    }),
  );
  // News are for those signed in; others see how it was when they came.
  if (part.account === null) return section(W.title, "rooms-part", list);
  const follow = (found: readonly RoomPresence[]) => {
    const now = new Map(found.map((room) => [room.id, room]));
    for (const room of group.rooms) {
      const presence = rows.get(room.id);
      const here = now.get(room.id);
      if (presence && here) drawPresence(presence, { ...room, ...here });
    }
  };
  part.onEnd(
    live.hear("presence", (news) => {
      if (news.group === group.id) follow(news.rooms);
    }),
  );
  // Without an answer the faces stand as they were until the next news.
  part.onEnd(onBlocks(() => void presenceOf(group.id).then(follow, () => {})));
  return section(W.title, "rooms-part", list, add, arrange && archivedPart(part));
}

/** Rooms that were put away, folded up; nothing while there is none. */
function archivedPart(part: GroupPart): HTMLElement {
  const host = h("div", { attrs: { "data-test": "archived-rooms" } });
  let ended = false;
  part.onEnd(() => {
    ended = true;
  });
  const draw = (rooms: readonly RoomCard[]) => {
    if (ended || rooms.length === 0) return;
    const rows = rooms.map((room) => archivedRow(part, room));
    fill(
      host,
      h(
        "details",
        {},
        h("summary", {}, W.archived(rooms.length)),
        h("ul", { class: "room-list" }, ...rows),
      ),
    );
  };
  // What was not loaded is still reached by its link; the page itself is whole without.
  archivedRooms(part.group.id).then(draw, () => {});
  return host;
}

function archivedRow(part: GroupPart, room: RoomCard): HTMLElement {
  const back = act(
    W.bringBack,
    (each) =>
      void run(each, async () => {
        await archiveRoom(room.id, false);
        toast(ARRANGE.backAgain(room.name));
        await part.reload();
      }),
    { label: W.bringBackLabel(room.name) },
  );
  return h(
    "li",
    { class: "room-row", attrs: { "data-room": room.id } },
    h("span", { class: "room-thumb" }, templatePicture(room.template)),
    h("div", { class: "room-row-words" }, h("strong", { class: "room-name" }, room.name)),
    h("div", { class: "room-row-acts" }, back),
  );
}

function roomRow(part: GroupPart, room: RoomCard, presence: HTMLElement): HTMLElement {
  const { group, can } = part;
  const kind = ARRANGE.templates[room.template]?.[0] ?? "";
  return h(
    "li",
    { class: "room-row", attrs: { "data-room": room.id } },
    h("span", { class: "room-thumb", attrs: { title: kind } }, templatePicture(room.template)),
    h(
      "div",
      { class: "room-row-words" },
      h("strong", { class: "room-name" }, room.name),
      room.description !== "" && h("p", { class: "quiet small" }, room.description),
      presence,
    ),
    h(
      "div",
      { class: "room-row-acts" },
      room.may_enter
        ? h(
            "a",
            {
              class: "button next",
              attrs: { href: `/r/${room.id}`, "aria-label": W.enterLabel(room.name) },
            },
            W.enter,
          )
        : !group.archived && h("span", { class: "quiet small" }, W.closed(GP.access[room.access])),
      can("arrange_rooms") &&
        h(
          "a",
          {
            class: "button plain",
            attrs: {
              href: `/g/${group.slug}/rooms/${room.id}`,
              "aria-label": W.arrangeLabel(room.name),
            },
          },
          W.arrange,
        ),
    ),
  );
}

function drawPresence(host: HTMLElement, room: RoomCard | (RoomCard & RoomPresence)): void {
  const { present, faces, capacity } = room;
  const names = faces.map(({ name }) => name).join(", ");
  fill(
    host,
    present > 0 &&
      h(
        "span",
        { class: "faces", attrs: { title: names } },
        ...faces.slice(0, FACES_MOST).map((each) => face(each)),
      ),
    h(
      "span",
      {},
      present === 0 ? W.nobody : present >= capacity ? W.full : W.here(present),
      names !== "" && h("span", { class: "only-spoken" }, `: ${names}`),
    ),
  );
}
