/** The channel on a group's page: a desk and a view, and who can be named, reported and looked up. */
import { type Member, members } from "../../net/groups";
import { type ChannelParts, ChannelView } from "../channel/channel-view";
import { ChannelDesk } from "../channel/desk";
import type { Nameable } from "../channel/mention-box";
import { h } from "../dom";
import { confirmDialog } from "../shell";
import { C } from "../strings-channel";
import { GP } from "../strings-groups";
import { type GroupPart, linkButton, section } from "./group-frame";
import { openPersonCard } from "./person-card";
import { openReport } from "./report-dialog";

/** Names are asked for once in a while, not with every letter. */
const NAMES_KEPT_MS = 60_000;

/** Build it; null for whoever may not read. */
export function channelPart(part: GroupPart): HTMLElement | null {
  const { group, account, can } = part;
  if (account === null || (!can("read") && !can("write"))) return null;
  const desk = new ChannelDesk(group.id, account.id);
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

/** Members by name and handle, for mentions. */
class Names {
  private kept: Member[] = [];
  private askedMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly group: string,
    private readonly me: string,
  ) {}

  known(id: string): Partial<Member> {
    const { handle, role } = this.kept.find((each) => each.id === id) ?? {};
    return { ...(handle === undefined ? {} : { handle }), ...(role === undefined ? {} : { role }) };
  }

  async load(): Promise<void> {
    if (performance.now() - this.askedMs < NAMES_KEPT_MS) return;
    this.kept = (await members(this.group)).items;
    this.askedMs = performance.now();
  }

  async find(typed: string): Promise<Nameable[]> {
    await this.load();
    const here = this.kept.filter((each) => this.fits(each, typed));
    if (here.length > 0 || typed.length < 2) return here;
    // A large group: those not on the first page are looked up by name.
    const { items } = await members(this.group, { q: typed });
    return items.filter((each) => each.id !== this.me);
  }

  private fits({ id, handle, name }: Member, typed: string): boolean {
    if (id === this.me) return false;
    return handle.startsWith(typed) || name.toLowerCase().startsWith(typed);
  }
}
