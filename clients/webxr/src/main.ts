/**
 * The composition root: which page the address asks for, and the way from lobby to door to room and
 * back. Everything with three.js in it is loaded on entering a room.
 */
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/pages.css";
import "./styles/room.css";
import "./styles/panels.css";
import "./styles/voice.css";
import { installDiagnostics, type PagePhase } from "./app/diagnostics";
import { type KeptPlace, PlaceKeeper, tabStore } from "./app/place-keeper";
import { Stay } from "./app/stay";
import { type Appearance, join, serverInfo } from "./net/api";
import type { Admission } from "./net/connection";
import { myLook } from "./net/me";
import { type Settings, SettingsStore } from "./state/settings";
import { checkDevice, type DeviceCheck, deviceKind } from "./ui/device";
import { showDoor, type WayIn } from "./ui/door";
import { showLobby } from "./ui/lobby";
import { loadProfile } from "./ui/profile";
import { S } from "./ui/strings";
import { clearToasts } from "./ui/toasts";

const root = document.getElementById("app")!;
const debug = new URLSearchParams(location.search).has("debug");
const info = serverInfo();
const settings = new SettingsStore(
  storage(),
  window.matchMedia("(prefers-reduced-motion: reduce)").matches,
);

let endPage: () => void = () => {};
let stay: Stay | null = null;
let phase: PagePhase = "lobby";

function storage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** Carry the settings that style can follow into the document. */
function dress(): void {
  const values: Readonly<Settings> = settings.values;
  const { dataset } = document.documentElement;
  dataset.text = values.textSize;
  dataset.contrast = values.highContrast ? "high" : "normal";
  dataset.motion = values.reducedMotion ? "reduced" : "full";
}

/** The room of this address, or null for the lobby. */
function roomOf(path: string): string | null {
  const match = /^\/r\/([^/]+)\/?$/.exec(path);
  try {
    return match?.[1] === undefined ? null : decodeURIComponent(match[1]);
  } catch {
    return null;
  }
}

function go(note = ""): void {
  endPage();
  clearToasts();
  const room = roomOf(location.pathname);
  if (room === null) {
    phase = "lobby";
    endPage = showLobby(root);
  } else openDoor(room, note);
}

function openDoor(roomId: string, note: string): void {
  endPage = showDoor(root, {
    roomId,
    note,
    info,
    warm: () => {
      if (checkDevice().webgl) void import("./app/world");
    },
    me: myLook,
    enter: async (profile, check, way) => {
      phase = "joining";
      try {
        const device = deviceKind(check, way.intoVr);
        const admission = await join(roomId, profile, device, way.how);
        enter(roomId, profile, check, way, admission, null);
      } catch (error) {
        phase = "lobby";
        throw error;
      }
    },
  });
}

function enter(
  roomId: string,
  profile: Appearance,
  check: DeviceCheck,
  way: WayIn,
  admission: Admission,
  kept: KeptPlace | null,
): void {
  endPage();
  clearToasts();
  // So that the browser's own "back" leads to the door and not out of the site.
  if (history.state?.inside !== true) history.pushState({ inside: true }, "", location.href);
  phase = "joining";
  stay = new Stay({
    root,
    roomId,
    profile,
    check,
    settings,
    intoVr: way.intoVr,
    group: way.group,
    companion: way.how === "companion",
    debug,
    info,
    onEnd: (text) => {
      stay = null;
      phase = "left";
      history.replaceState(null, "", location.href);
      openDoor(roomId, text === "" ? S.door.left : text);
    },
  });
  endPage = () => stay?.leave();
  stay.start(admission, kept);
}

/** After a reload: back to one's place if the server still keeps it. */
function comeBack(): boolean {
  const room = roomOf(location.pathname);
  const kept = room === null ? null : new PlaceKeeper(tabStore()).recall(room, Date.now());
  if (room === null || kept === null) return false;
  const credential = { resume: kept.token };
  const way = { intoVr: false, group: kept.group };
  enter(room, loadProfile(), checkDevice(), way, { url: kept.url, credential }, kept);
  return true;
}

window.addEventListener("popstate", () => {
  if (stay !== null) {
    const { pathname } = location;
    stay.leave();
    if (roomOf(pathname) === null) go();
    return;
  }
  go();
});

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
  if (link === null || !plain || link.target !== "" || link.origin !== location.origin) return;
  if (link.pathname !== "/" && roomOf(link.pathname) === null) return;
  event.preventDefault();
  history.pushState(null, "", link.pathname + location.search);
  go();
  window.scrollTo(0, 0);
});

settings.subscribe(dress);
dress();
installDiagnostics(
  () => stay,
  () => phase,
);
if (!comeBack()) go();
