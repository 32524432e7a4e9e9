/** The channel on a group's page: a desk and a view, and who can be named, reported and looked up. */
import { type ChannelParts, ChannelView } from "../channel/channel-view";
import { ChannelDesk } from "../channel/desk";
import { Drafts } from "../channel/drafts";
import { h } from "../dom";
import { confirmDialog, linkButton, section } from "../shell";
import { storageOf } from "../storage";
import { C } from "../strings-channel";
import { GP } from "../strings-groups";
import type { GroupPart } from "./group-frame";
import { Names } from "./names";
import { openPersonCard } from "./person-card";
import { openReport } from "./report-dialog";

/** Build it; null for whoever may not read. */
export function channelPart(part: GroupPart): HTMLElement | null {
  const { group, account, can } = part;
  if (account === null || (!can("read") && !can("write"))) return null;
  const desk = new ChannelDesk(group.id, account.id, (text) => {
    // What was written waits in the field until they have signed; the page shows what to sign.
    new Drafts(storageOf("localStorage"), account.id, group.id).write(text);
    void part.reload();
  });
  const names = new Names(group.id, account.id);
  const report: ChannelParts["report"] = (line) => {
    const { author, id, text } = line;
    void openReport({
      group: group.id,
      norms: group.norms.items,
      about: author,
      line: { id, text },
    });
  };
  const view = new ChannelView({
    desk,
    me: { id: account.id, handle: account.handle ?? "" },
    may: can,
    closed: closedFor(part),
    people: (typed) => names.find(typed),
    person: async (author) => {
      // Without the list of members there is still a card, only with less on it.
      await names.load().catch(() => {});
      await openPersonCard({
        group: group.id,
        norms: group.norms.items,
        rooms: group.rooms,
        person: { ...author, ...names.known(author.id) },
        me: { id: account.id, role: group.standing.role },
        can,
      });
    },
    report,
    sure: (title, words, yes) =>
      confirmDialog({ title, words, yes, danger: true, run: async () => {} }),
  });
  desk.start();
  part.onEnd(() => {
    view.dispose();
    desk.end();
  });
  return section(GP.channel.title, "channel-part", view.element);
}

function closedFor({ group, can }: GroupPart): HTMLElement | string | null {
  if (can("write")) return null;
  const { standing } = group;
  if (group.archived) return C.archived;
  if (standing.sanction?.kind === "mute") return C.muted;
  if (!standing.signed) {
    const link = linkButton(`/g/${group.slug}/norms`, GP.channel.toSign);
    return h("div", { class: "row" }, h("span", {}, C.listener), link);
  }
  return C.guest;
}
