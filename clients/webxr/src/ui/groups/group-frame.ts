/**
 * The frame around a group's pages: loads the group as the viewer may see it, shows its parts as
 * tabs, and says in words why there is nothing to see. Each page draws into what this hands it.
 */
import type { PageContext } from "../../app/router";
import { Problem } from "../../net/api";
import { type GroupPage, groupPage } from "../../net/groups";
import type { Account, Me } from "../../net/me";
import { type Child, fill, h } from "../dom";
import { emptyState, pageFrame, problemNote, skeleton, tabs } from "../shell";
import { EV } from "../strings-events";
import { GP } from "../strings-groups";
import { PL } from "../strings-plans";

export type Tab =
  | "home"
  | "events"
  | "plans"
  | "poses"
  | "members"
  | "norms"
  | "settings"
  | "moderation";

/** What a page of a group works with. */
export interface GroupPart {
  group: GroupPage;
  account: Account | null;
  me: Me;
  main: HTMLElement;
  context: PageContext;
  can(right: string): boolean;
  /** Load the group again and draw the page anew. */
  reload(): Promise<void>;
  /** Draw the page anew with a group that an answer brought. */
  redraw(group: GroupPage): void;
  /** Run when the page is drawn anew or ends. */
  onEnd(run: () => void): void;
}

interface GroupFrameOptions {
  tab: Tab | null;
  title(group: GroupPage): string;
  /** One of these rights lets somebody see the page; none named: everybody may. */
  needs?: readonly string[];
  wide?: boolean;
  show(part: GroupPart): void;
}

/** Show a page of the group that the address names; returns the way to end it. */
export function groupFrame(
  root: HTMLElement,
  context: PageContext,
  options: GroupFrameOptions,
): () => void {
  const name = context.params.group ?? "";
  const lead = h("div", { class: "group-lead" });
  const wide = options.wide ?? false;
  const frame = pageFrame(root, context, { title: GP.loading, wide, lead });
  let stops: (() => void)[] = [];
  let ended = false;
  const stop = () => {
    for (const run of stops) run();
    stops = [];
  };
  const draw = (group: GroupPage) => {
    stop();
    frame.title(options.title(group));
    const { me } = context.session;
    const can = (right: string) => group.standing.rights.includes(right);
    fill(lead, tabsOf(group, options.tab, can));
    showOpenTab(lead);
    if (options.needs !== undefined && !options.needs.some(can)) {
      fill(frame.main, notAllowed(group));
      return;
    }
    fill(frame.main);
    options.show({
      ...{ group, me, context, can, reload },
      account: me.account,
      main: frame.main,
      redraw: draw,
      onEnd: (run) => stops.push(run),
    });
  };
  const reload = async () => {
    try {
      const { session } = context;
      const [group] = await Promise.all([groupPage(name), session.known || session.refresh()]);
      if (!ended) draw(group);
    } catch (error) {
      if (ended) return;
      stop();
      fill(lead);
      fill(frame.main, trouble(error, context, reload));
    }
  };
  fill(frame.main, skeleton(4));
  void reload();
  return () => {
    ended = true;
    stop();
    frame.end();
  };
}

function tabsOf(group: GroupPage, open: Tab | null, can: (right: string) => boolean): HTMLElement {
  const base = `/g/${group.slug}`;
  const links: [string, string][] = [[base, GP.tabs.home]];
  if (can("see_group")) links.push([`${base}/events`, EV.tab]);
  if (can("read")) links.push([`${base}/members`, GP.tabs.members]);
  links.push([`${base}/norms`, GP.tabs.norms]);
  if (can("host_events")) {
    links.push([`${base}/plans`, PL.tab]);
    // Poses belong to plans; their tab stands there while one is at it.
    if (open === "poses") links.push([`${base}/poses`, PL.poses]);
  }
  if (can("see_reports") || can("see_audit"))
    links.push([`${base}/moderation`, GP.tabs.moderation]);
  if (can("edit_group") || can("archive_group")) {
    links.push([`${base}/settings`, GP.tabs.settings]);
  }
  return tabs(GP.tabs.label, links, open === "home" ? base : `${base}/${open}`);
}

/** On a narrow screen the tabs scroll: the open one is in sight. */
function showOpenTab(lead: HTMLElement): void {
  const nav = lead.querySelector<HTMLElement>("nav");
  const open = nav?.querySelector<HTMLElement>("[aria-current]");
  if (nav && open) nav.scrollLeft = open.offsetLeft - nav.offsetLeft - open.offsetWidth;
}

function notAllowed(group: GroupPage): HTMLElement {
  const { sign_needed } = group.standing;
  const words = sign_needed ? GP.next.sign : GP.back(group.name);
  return emptyState(
    "info",
    sign_needed ? GP.next.signFirst : GP.notAllowed,
    sign_needed ? GP.next.signFirstHelp : GP.notAllowedHelp,
    h("a", { class: "button", attrs: { href: `/g/${group.slug}` } }, words),
  );
}

function trouble(error: unknown, context: PageContext, again: () => Promise<void>): Child {
  if (!(error instanceof Problem) || error.status !== 404) return problemNote(error, again);
  const signedOut = context.session.me.account === null;
  return emptyState(
    "people",
    GP.missing,
    GP.missingHelp,
    h(
      "div",
      { class: "row" },
      signedOut && h("a", { class: "button next", attrs: { href: "/sign-in" } }, GP.signIn),
      h("a", { class: "button", attrs: { href: "/" } }, GP.toGroups),
    ),
  );
}
