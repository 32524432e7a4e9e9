/** A group's page: where am I, who is here, what can I do next. */
import type { Page } from "../../app/router";
import type { GroupPage } from "../../net/groups";
import { live } from "../../net/live";
import { type Child, h } from "../dom";
import { nextEventPart } from "../events/my-events";
import { note } from "../shell";
import { GP } from "../strings-groups";
import { channelPart } from "./channel-part";
import { doorPart, isOutside } from "./door";
import { type GroupPart, groupFrame } from "./group-frame";
import { nextSteps } from "./next-steps";
import { languageName, zoneNow } from "./places-and-tongues";
import { roomsPart } from "./rooms-part";

/** Not more often than this the page is loaded again because of news. */
const NEWS_WAIT_MS = 1_500;

export const groupPage: Page = (root, context) =>
  groupFrame(root, context, {
    tab: "home",
    wide: true,
    title: ({ name }) => name,
    show: (part) => {
      const { group, main } = part;
      main.classList.add("group-home");
      const outside = isOutside(group);
      const channel = outside && group.standing.role === null ? null : channelPart(part);
      const side = h(
        "div",
        { class: "group-side" },
        outside && doorPart(part),
        nextSteps(part),
        part.can("see_group") && nextEventPart(part),
        part.can("see_group") && roomsPart(part),
      );
      main.append(about(part), side);
      if (channel !== null) main.append(channel);
      main.classList.toggle("alone", channel === null);
      listen(part);
    },
  });

/** Name, purpose and what kind of group it is. */
function about({ group }: GroupPart): HTMLElement {
  const { standing } = group;
  return h(
    "div",
    { class: "group-about" },
    group.purpose !== "" && h("p", { class: "purpose" }, group.purpose),
    h("ul", { class: "chips" }, ...facts(group).map((words) => h("li", {}, words))),
    standing.role !== null && h("p", { class: "small quiet" }, GP.youAre(GP.roles[standing.role])),
    group.archived && note("info", GP.archivedNote),
  );
}

function facts(group: GroupPage): Child[] {
  const out: string[] = [];
  if (group.members > 0) out.push(GP.membersCount(group.members, 0));
  out.push(GP.visibility[group.visibility][0]);
  if (group.language !== "") out.push(languageName(group.language));
  if (group.time_zone !== "") out.push(zoneNow(group.time_zone, Date.now()));
  return [...out, ...group.tags.map((tag) => `#${tag}`)];
}

/** Requests and reports appear while one looks; whoever is writing is not disturbed. */
function listen(part: GroupPart): void {
  if (!part.can("see_reports") && !part.can("answer_requests")) return;
  let timer = 0;
  const stop = live.hear("moderation", ({ group }) => {
    if (group !== part.group.id || document.activeElement?.tagName === "TEXTAREA") return;
    clearTimeout(timer);
    timer = window.setTimeout(() => void part.reload(), NEWS_WAIT_MS);
  });
  part.onEnd(() => {
    stop();
    clearTimeout(timer);
  });
}
