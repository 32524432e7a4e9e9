/** Rooms anybody may enter: which there are and who is in them. Asks the API; owns no connection. */
import { listRooms, Problem, type RoomDoor } from "../net/api";
import { clearing } from "./clearing";
import { fill, h } from "./dom";
import { guestFaces } from "./face";
import { icon } from "./icons";
import { S } from "./strings";

const REFRESH_MS = 10_000;

/** The list of those rooms, kept fresh; `found` hears how many there are. */
export function openRooms(found: (count: number) => void): {
  element: HTMLElement;
  end(): void;
} {
  const list = h("ul", { class: "rooms" });
  fill(list, h("li", { class: "quiet" }, S.lobby.loading));
  let ended = false;
  let shown = "";
  const refresh = async () => {
    try {
      const rooms = await listRooms();
      if (ended) return;
      const news = JSON.stringify(rooms);
      // Replacing equal cards would take the focus away from whoever is on one.
      if (news !== shown) fill(list, ...cards(rooms));
      shown = news;
      found(rooms.length);
    } catch (error) {
      if (ended) return;
      shown = "";
      const text = error instanceof Problem ? error.message : String(error);
      fill(list, trouble(text, refresh));
    }
  };
  void refresh();
  const timer = setInterval(() => {
    if (!document.hidden) void refresh();
  }, REFRESH_MS);
  const end = () => {
    ended = true;
    clearInterval(timer);
  };
  return { element: list, end };
}
/** The mark of the house, a link to the lobby. */
export function brand(): HTMLElement {
  return h(
    "a",
    { class: "brand", attrs: { href: "/" } },
    h("img", { attrs: { src: "/hearth.svg", alt: "", width: 32, height: 32 } }),
    S.app,
  );
}

function cards(rooms: RoomDoor[]): HTMLElement[] {
  if (rooms.length === 0) {
    return [
      h(
        "li",
        { class: "note" },
        icon("info"),
        h("div", {}, h("strong", {}, S.lobby.noRooms), h("p", {}, S.lobby.noRoomsHelp)),
      ),
    ];
  }
  return rooms.map((room) => {
    const full = room.present >= room.capacity;
    return h(
      "li",
      {},
      h(
        "a",
        {
          class: "room-card",
          attrs: { href: `/r/${encodeURIComponent(room.id)}`, "data-room": room.id },
        },
        h("span", { class: "room-picture" }, clearing()),
        h(
          "span",
          { class: "room-words" },
          h("strong", { class: "room-name" }, room.name),
          room.description !== "" && h("span", { class: "quiet" }, room.description),
          h(
            "span",
            { class: "presence" },
            room.present > 0 && guestFaces(room.present),
            h("span", {}, full ? S.lobby.full : S.lobby.present(room.present)),
          ),
        ),
        h("span", { class: "go" }, icon("go")),
        h("span", { class: "only-spoken" }, S.lobby.enter(room.name)),
      ),
    );
  });
}

function trouble(text: string, again: () => Promise<void>): HTMLElement {
  const button = h("button", { class: "button", attrs: { type: "button" } }, S.lobby.retry);
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    void again().finally(() => button.removeAttribute("aria-busy"));
  });
  return h(
    "li",
    { class: "note wrong" },
    icon("wrong"),
    h("div", { class: "stack" }, text, button),
  );
}
