/** One's own account, part by part. */
import type { Page, PageContext } from "../../app/router";
import { type Me, mayKeep } from "../../net/me";
import { fill } from "../dom";
import { type Frame, linkButton, tabs } from "../shell";
import { A } from "../strings-account";
import { gatedPage } from "./gate";
import { calendarPart } from "./me-calendar";
import { dataPart } from "./me-data";
import { devicesPart } from "./me-devices";
import { friendsPart } from "./me-friends";
import { keepPart } from "./me-keep";
import { profilePart } from "./me-profile";
import { safetyPart } from "./me-safety";
import { waysPart } from "./me-ways";

/** One part: fills `main`; `onEnd` takes what ends it. */
export type MePart = (
  main: HTMLElement,
  context: PageContext,
  me: Me,
  onEnd: (run: () => void) => void,
) => void;
type Tab = keyof typeof A.me.tabs;

const PARTS: Record<Tab, MePart> = {
  profile: profilePart,
  safety: safetyPart,
  friends: friendsPart,
  calendar: calendarPart,
  devices: devicesPart,
  "sign-in": waysPart,
  data: dataPart,
  keep: keepPart,
};
const OF_MEMBERS: readonly Tab[] = [
  "profile",
  "safety",
  "friends",
  "calendar",
  "devices",
  "sign-in",
  "data",
];
const OF_GUESTS: readonly Tab[] = ["keep", "profile", "safety", "data"];

const address = (tab: Tab) => (tab === "profile" ? "/me" : `/me/${tab}`);

export const mePage: Page = (root, context) => {
  const asked = context.params.tab ?? "profile";
  const tab = Object.hasOwn(PARTS, asked) ? (asked as Tab) : "profile";
  const title = tab === "profile" ? A.me.title : A.me.tabs[tab];
  return gatedPage(root, context, { title, who: "anybody" }, (frame, me, onEnd) =>
    show(frame, context, me, tab, onEnd),
  );
};

function show(
  frame: Frame,
  context: PageContext,
  me: Me,
  tab: Tab,
  onEnd: (run: () => void) => void,
): void {
  const guest = me.account?.kind === "guest";
  // Whoever is brought to an event makes no account of it.
  const own = guest ? OF_GUESTS.filter((each) => each !== "keep" || mayKeep(me)) : OF_MEMBERS;
  const links = own.map((each) => [address(each), A.me.tabs[each]] as const);
  const part = document.createElement("div");
  part.className = "stack wide parts";
  fill(frame.main, tabs(A.me.parts, links, address(tab)), part);
  // On a narrow screen the open part may be beyond the edge of the row.
  frame.main
    .querySelector("[aria-current]")
    ?.scrollIntoView({ block: "nearest", inline: "center" });
  if (own.includes(tab) || (tab === "keep" && !guest)) PARTS[tab](part, context, me, onEnd);
  else if (!mayKeep(me)) fill(part, A.me.broughtHelp);
  else fill(part, A.me.guestOnlyHelp, linkButton("/me/keep", A.keep.title, "button next"));
}
