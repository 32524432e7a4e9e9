/** What one can do about a person in a group's room: friend, block, report, and moderate. */
import { kindsFor, type SanctionKind } from "../../net/moderation";
import type { Nearness } from "../../state/commons";
import type { GroupActions } from "../actions";
import { type Child, fill, h } from "../dom";
import { askAct } from "../groups/act-dialog";
import { askReport } from "../groups/report-dialog";
import { type IconName, icon } from "../icons";
import { G } from "../strings-group-room";
import { PP } from "../strings-people";
import { toast } from "../toasts";

const ACT_ICONS: Record<SanctionKind, IconName> = {
  mute: "micOff",
  remove: "leave",
  bar: "close",
  ban: "wrong",
};

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
    const acts = kindsFor((right) => commons.may(right));
    // A companion has no body of its own that anybody could come near.
    const near = commons.you?.companion === false ? commons.nearTo(this.id) : null;
    const duty = this.group.onDuty(this.id);
    const look = `${friend}${member}${near}${duty}${acts.join()}`;
    if (look === this.look) return;
    this.look = look;
    const focused = document.activeElement;
    const held = this.element.contains(focused) ? (focused as HTMLElement).dataset.test : undefined;
    fill(
      this.element,
      ...(near === null ? [] : this.near(near)),
      // Ending a friendship is for quieter moments: one's own page has it.
      member &&
        !friend &&
        button(G.person.befriend, "people", "befriend", () => this.run(this.ask())),
      button(
        G.person.block,
        "hide",
        "block",
        () => this.block(),
        duty ? G.person.blockDutyLabel(this.name()) : G.person.blockLabel(this.name()),
      ),
      button(
        G.person.report,
        "flag",
        "report",
        () => void reportIn(this.group, this.id, this.name()),
      ),
      acts.length > 0 && h("p", { class: "quiet small person-more-title" }, G.person.moderate),
      ...acts.map((kind) =>
        button(PP.act.button[kind], ACT_ICONS[kind], `act-${kind}`, () => void this.act(kind)),
      ),
    );
    if (held !== undefined) this.focus(held);
  }

  /** Give the focus to what stands where it was. */
  private focus(test: string): void {
    const same = this.element.querySelector<HTMLElement>(`[data-test="${test}"]`);
    (same ?? this.element.querySelector<HTMLElement>("button"))?.focus({ preventScroll: true });
  }

  /** What there is to say about standing near: asked for by either, or agreed. */
  private near(how: Nearness): Child[] {
    const set = (on: boolean) => () => this.run(this.group.near(this.id, on));
    const words = (text: string) => h("p", { class: "quiet small person-more-title" }, text);
    switch (how) {
      case "no":
        return [
          button(G.near.let, "people", "near-on", set(true), `${G.near.let}. ${G.near.help}`),
        ];
      case "asked":
        return [words(G.near.askedHelp), button(G.near.asked, "back", "near-off", set(false))];
      case "asks":
        return [
          words(`${G.near.asks(this.name())} ${G.near.asksHelp}`),
          button(G.near.let, "check", "near-on", set(true)),
          button(G.near.no, "close", "near-off", set(false)),
        ];
      case "yes":
        return [button(G.near.yes, "back", "near-off", set(false))];
    }
  }

  private async ask(): Promise<void> {
    await this.group.befriend(this.id);
    toast(G.person.asked(this.name()));
  }

  private block(): void {
    const words = this.group.afterBlock(this.id);
    this.run(this.group.block(this.id).then(() => toast(words)));
  }

  private async act(kind: SanctionKind): Promise<void> {
    const { group, id } = this;
    const name = this.name();
    const run = (why: Parameters<typeof group.sanction>[2]) => group.sanction(id, kind, why);
    const done = await askAct({ kind, name, norms: group.norms(), run, evening: true });
    if (done) toast(PP.act.done[kind](name));
  }

  private run(work: Promise<void>): void {
    work.catch((error: Error) => toast(error.message, { wrong: true }));
  }
}

/** Ask what somebody did and send it to the moderators, from inside the room. */
export async function reportIn(group: GroupActions, id: number, name: string): Promise<void> {
  await askReport({
    title: PP.report.title(name),
    norms: group.norms(),
    send: (text, norm) => group.report(id, text, norm),
    block: {
      name,
      run: async () => {
        const words = group.afterBlock(id);
        await group.block(id);
        toast(words);
      },
    },
    evening: true,
  });
}

function button(
  label: string,
  name: IconName,
  test: string,
  run: () => void,
  spoken?: string,
): HTMLElement {
  return h(
    "button",
    {
      class: "button",
      attrs: { type: "button", "data-test": test, "aria-label": spoken, title: spoken },
      on: { click: run },
    },
    icon(name),
    label,
  );
}
