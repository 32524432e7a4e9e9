/** What one can do about a person in a group's room: friend, block, report, and moderate. */
import type { GroupActions, ModerationKind } from "../actions";
import { fill, h } from "../dom";
import { type IconName, icon } from "../icons";
import { G } from "../strings-group-room";
import { toast } from "../toasts";
import { reportDialog, sanctionDialog } from "./act-dialogs";

const MODERATION: readonly (readonly [ModerationKind, string, string, IconName])[] = [
  ["mute", "mute_members", G.person.muteAll, "micOff"],
  ["remove", "remove_members", G.person.remove, "leave"],
  ["bar", "bar_members", G.person.bar, "close"],
  ["ban", "ban_members", G.person.ban, "wrong"],
];

/** The buttons, for a row that is opened. */
export class PersonGroupActions {
  readonly element = h("div", { class: "person-more" });
  private look = "";

  constructor(
    private readonly group: GroupActions,
    private readonly id: number,
    private readonly name: () => string,
  ) {}

  update(): void {
    const { commons } = this.group;
    const friend = commons.friends.has(this.id);
    const member = commons.you !== null && commons.you.role !== "guest" && !commons.you.listener;
    const acts = MODERATION.filter(([, right]) => commons.may(right));
    const look = `${friend}${member}${acts.length}`;
    if (look === this.look) return;
    this.look = look;
    fill(
      this.element,
      // Ending a friendship is for quieter moments: one's own page has it.
      member &&
        !friend &&
        button(G.person.befriend, "people", "befriend", () => this.run(this.ask())),
      button(G.person.block, "hide", "block", () => this.block()),
      button(G.person.report, "flag", "report", () => void this.report()),
      acts.length > 0 && h("p", { class: "quiet small person-more-title" }, G.person.moderate),
      ...acts.map(([kind, , label, name]) =>
        button(label, name, `act-${kind}`, () => void this.act(kind)),
      ),
    );
  }

  private async ask(): Promise<void> {
    await this.group.befriend(this.id);
    toast(G.person.asked(this.name()));
  }

  private block(): void {
    const name = this.name();
    this.run(this.group.block(this.id).then(() => toast(G.person.blocked(name))));
  }

  private async report(): Promise<void> {
    if (await reportDialog(this.group, this.id, this.name())) toast(G.person.reported);
  }

  private async act(kind: ModerationKind): Promise<void> {
    const name = this.name();
    if (await sanctionDialog(this.group, kind, this.id, name)) toast(G.act.done(name));
  }

  private run(work: Promise<void>): void {
    work.catch((error: Error) => toast(error.message, { wrong: true }));
  }
}

function button(label: string, name: IconName, test: string, run: () => void): HTMLElement {
  return h(
    "button",
    { class: "button", attrs: { type: "button", "data-test": test }, on: { click: run } },
    icon(name),
    label,
  );
}
