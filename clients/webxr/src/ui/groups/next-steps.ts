/** What waits for somebody in a group, as cards: each one sentence and one thing to do. */
import { type Child, h } from "../dom";
import { type IconName, icon } from "../icons";
import { linkButton, section, until } from "../shell";
import { GP } from "../strings-groups";
import type { GroupPart } from "./group-frame";

const W = GP.next;

/** The cards; null when nothing waits. */
export function nextSteps({ group, can }: GroupPart): HTMLElement | null {
  const base = `/g/${group.slug}`;
  const { counts, standing } = group;
  const cards: Child[] = [];
  if (standing.sanction?.kind === "mute") {
    const { until_ms, reason } = standing.sanction;
    const end = until_ms === null ? "" : until(until_ms);
    cards.push(card("micOff", W.muted, W.sanction(reason, end)));
  }
  if (counts.requests > 0) {
    cards.push(
      card("enter", W.requests(counts.requests), "", `${base}/members#requests`, W.requestsDo),
    );
  }
  if (counts.reports > 0) {
    cards.push(card("flag", W.reports(counts.reports), "", `${base}/moderation`, W.reportsDo));
  }
  if (group.members === 1 && can("invite_members") && !group.archived) {
    cards.push(card("people", W.invite, W.inviteHelp, `${base}/members#invites`, W.inviteDo));
  }
  if (cards.length === 0) return null;
  return section(W.title, "next-part", h("ul", { class: "next-cards" }, ...cards));
}

function card(name: IconName, title: string, help: string, href = "", words = ""): HTMLElement {
  return h(
    "li",
    { class: "next-card" },
    icon(name),
    h(
      "div",
      { class: "next-words" },
      h("strong", {}, title),
      help !== "" && h("span", { class: "quiet" }, help),
    ),
    href !== "" && linkButton(href, words),
  );
}
