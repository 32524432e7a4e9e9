/**
 * The composition root: which page the address asks for, and the way between pages and rooms.
 */
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/pages.css";
import "./styles/community.css";
import "./styles/account.css";
import "./styles/groups.css";
import "./styles/arrange.css";
import "./styles/channel.css";
import "./styles/room.css";
import "./styles/panels.css";
import "./styles/voice.css";
import "./styles/events.css";
import "./styles/answers.css";
import "./styles/plans.css";
import "./styles/waiting.css";
import "./styles/gathering-console.css";
import "./styles/now-bar.css";
import "./styles/gathering.css";
import { installDiagnostics } from "./app/diagnostics";
import { RoomFlow } from "./app/room-flow";
import { match, type PageContext } from "./app/router";
import { ROUTES } from "./app/routes";
import { Session } from "./app/session";
import { serverInfo } from "./net/api";
import { type Settings, SettingsStore } from "./state/settings";
import { Reminders } from "./ui/events/reminders";
import { nothingHere } from "./ui/shell/nothing";
import { storageOf } from "./ui/storage";
import { clearToasts } from "./ui/toasts";

const root = document.getElementById("app")!;
const settings = new SettingsStore(
  storageOf("localStorage"),
  window.matchMedia("(prefers-reduced-motion: reduce)").matches,
);
const session = new Session();
const rooms = new RoomFlow({
  root,
  settings,
  info: serverInfo(),
  session,
  debug: new URLSearchParams(location.search).has("debug"),
  go,
});
// Whoever wears a headset sees no page: there it is said once, where one looks.
const reminders = new Reminders(session, () => {
  const world = rooms.stay?.world ?? null;
  return world?.presenting ? world : null;
});

/** A waiting room sends people on like this once the door is open. */
const ENTER_AT_ONCE = "#enter";
let endPage: () => void = () => {};
/** Counts what was shown, so that a page that loads slowly does not appear over a later one. */
let shown = 0;

/** Carry the settings that style can follow into the document. */
function dress(): void {
  const values: Readonly<Settings> = settings.values;
  const { dataset } = document.documentElement;
  dataset.text = values.textSize;
  dataset.contrast = values.highContrast ? "high" : "normal";
  dataset.motion = values.reducedMotion ? "reduced" : "full";
}

/** The room of this address, or null for a page. */
function roomOf(path: string): string | null {
  const found = /^\/r\/([^/]+)\/?$/.exec(path);
  try {
    return found?.[1] === undefined ? null : decodeURIComponent(found[1]);
  } catch {
    return null;
  }
}

/** Show what the address asks for. */
function show(): void {
  const mine = ++shown;
  endPage();
  endPage = () => {};
  rooms.end();
  clearToasts();
  reminders.look();
  const room = roomOf(location.pathname);
  if (room !== null) {
    const atOnce = location.hash === ENTER_AT_ONCE;
    // Coming back to this address later is not a wish to go in.
    if (atOnce) history.replaceState(history.state, "", location.pathname + location.search);
    rooms.open(room, "", atOnce);
    return;
  }
  rooms.phase = "lobby";
  const found = match(ROUTES, location.pathname);
  const context: PageContext = {
    params: found?.params ?? {},
    query: new URLSearchParams(location.search),
    fragment: location.hash.slice(1),
    session,
    go,
    again: show,
  };
  if (found === null) {
    endPage = nothingHere(root, context);
    return;
  }
  found.route.load().then(
    (page) => {
      if (mine === shown) endPage = page(root, context);
    },
    (error: unknown) => {
      console.error(error);
      // A newer build has other files: the page itself has to be loaded anew.
      if (mine === shown) endPage = nothingHere(root, context, true);
    },
  );
}

/** Go to another address of this site. */
function go(path: string): void {
  // Where one came from, so that signing in leads back there; with the secret of an invite, if any.
  const from = location.pathname + location.search + location.hash;
  history.pushState({ from }, "", path);
  show();
  window.scrollTo(0, 0);
}

window.addEventListener("popstate", () => {
  const room = roomOf(location.pathname);
  // Back from inside a room leads to its door, which the visit's end shows by itself.
  if (rooms.leave() && room !== null) return;
  show();
});

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
  if (link === null || !plain || link.target !== "" || link.origin !== location.origin) return;
  if (link.hasAttribute("download")) return;
  if (link.pathname === location.pathname && link.hash !== "") return;
  if (match(ROUTES, link.pathname) === null && roomOf(link.pathname) === null) return;
  event.preventDefault();
  rooms.leave();
  go(link.pathname + link.search + link.hash);
});

settings.subscribe(dress);
dress();
reminders.begin();
installDiagnostics(
  () => rooms.stay,
  () => rooms.phase,
);
// Pages draw once who is signed in is known; without an answer they draw as for nobody.
session.refresh().catch(() => session.set(session.me));
const here = roomOf(location.pathname);
if (here === null || !rooms.comeBack(here)) show();
