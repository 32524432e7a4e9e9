/**
 * The menu's board: which page is open, what it is about, and what its buttons do. Knows nothing of
 * where the board hangs in the room; says when it is to be drawn anew.
 */
import type { Actions, GroupActions } from "../../ui/actions";
import { type ComfortActions, pressComfort } from "./menu-comfort";
import { type GatheringChoices, pressGathering } from "./menu-gathering-press";
import { typed } from "./menu-group";
import { pressGroup } from "./menu-group-press";
import { firstPage, UNDER } from "./menu-lead";
import type { GatheringDoing } from "./menu-lead-press";
import { boardPage, type LeadPart, type MenuData, NO_DATA, type Tab, tabPages } from "./menu-pages";
import { pressVoice } from "./menu-voice";
import type { PanelSpec } from "./panel-spec";

export interface BoardOptions {
  actions: Actions;
  comfort: ComfortActions;
  choices: GatheringChoices;
  /** says something where one looks */
  say(words: string): void;
  /** something else is to be shown */
  changed(): void;
}

/** Buttons of rows that move up when the one before is done with. */
const IN_A_LIST: ReadonlySet<string> = new Set(["admit", "step-in", "turn-away", "give"]);
const HASTE_MS = 500;

export class MenuBoard {
  tab: Tab = "people";
  private data: MenuData = NO_DATA;
  private part: LeadPart = "plan";
  private page = 0;
  private person = 0;
  private draft = "";
  private sure = "";
  private norms: readonly string[] = [];
  private last = { verb: "", what: "", atMs: 0 };

  constructor(private readonly options: BoardOptions) {}

  setData(data: MenuData): void {
    this.data = data;
    this.page = Math.min(this.page, this.pages() - 1);
    // Who may not lead any more stands before their own part.
    if (this.tab === "lead" && data.gathering?.led == null) {
      this.tab = data.gathering === null ? "people" : "class";
    }
  }

  spec(): PanelSpec {
    const { tab, part, page, person, draft, sure, norms } = this;
    return boardPage(this.data, { tab, part, page, person, draft, sure, norms });
  }

  /** Turn to a page; a list begins at its front. */
  turn(tab: Tab): void {
    if (tab !== this.tab || tab === "people") this.page = 0;
    if (tab !== this.tab) this.part = "plan";
    else if (this.part === "sure") this.part = this.beforeSure();
    this.tab = tab;
  }

  /** Do what a button says. */
  press(id: string): void {
    const cut = id.indexOf(":");
    const verb = cut < 0 ? id : id.slice(0, cut);
    const what = cut < 0 ? "" : id.slice(cut + 1);
    const { actions, comfort } = this.options;
    if (this.hasty(verb, what)) return;
    if (pressVoice(actions.voice, this.data.voice, verb, what)) return;
    if (this.turnsPart(verb, what)) return;
    if (this.pressGathering(verb, what) || this.pressGroup(verb, what)) return;
    if (verb === "sound" || verb === "back") {
      if (verb === "sound") this.person = Number(what);
      this.show(verb === "sound" ? "person" : "people");
    } else if (verb === "safe") actions.safePlace?.();
    else if (verb === "hide" || verb === "show") actions.hide(Number(what), verb === "hide");
    else if (verb === "react") actions.react(what);
    else if (verb === "recenter") actions.recenter();
    else if (verb === "page") this.turnPage(Number(what));
    else pressComfort(actions, comfort, this.data, verb, what);
  }

  /** Whether a second press meets whoever has just moved up in a list. */
  private hasty(verb: string, what: string): boolean {
    const nowMs = performance.now();
    const { verb: was, what: whom, atMs } = this.last;
    const meant = !IN_A_LIST.has(verb) || verb !== was || what === whom;
    if (!meant && nowMs - atMs < HASTE_MS) return true;
    this.last = { verb, what, atMs: nowMs };
    return false;
  }

  /** Turn to a part of the page for leading, to somebody on it, or to what is asked once more. */
  private turnsPart(verb: string, what: string): boolean {
    if (verb === "led") {
      const person = Number(what);
      // Back from somebody, the list is where one left it.
      if (what === "back") this.part = UNDER[this.part] ?? "plan";
      else if (Number.isNaN(person)) this.turnTo(what as LeadPart);
      else {
        this.person = person;
        this.part = "somebody";
      }
    } else if (verb === "sure") {
      this.part = what === "" ? this.beforeSure() : "sure";
      this.sure = what;
    } else return false;
    this.options.changed();
    return true;
  }

  private turnTo(part: LeadPart): void {
    this.part = part;
    this.page = firstPage(this.data.gathering?.led ?? null, part);
  }

  private beforeSure(): LeadPart {
    return this.sure.startsWith("host") ? "somebody" : "plan";
  }

  /** Do what a button about the gathering says; false when it is about something else. */
  private pressGathering(verb: string, what: string): boolean {
    const { gathering } = this.options.actions;
    if (gathering === undefined || gathering.state.now === null) return false;
    const doing = pressGathering(gathering, this.options.choices, verb, what);
    if (doing === null) return false;
    this.follow(doing);
    if (this.part === "sure") {
      this.part = this.beforeSure();
      this.sure = "";
      this.options.changed();
    }
    return true;
  }

  /** Do what a button about the group's room says; false when it is about something else. */
  private pressGroup(verb: string, what: string): boolean {
    const { actions, changed } = this.options;
    const { group } = actions;
    if (group === undefined) return false;
    if (verb === "key") {
      this.draft = typed(this.draft, what);
      changed();
      return true;
    }
    if (verb === "send") {
      actions.chat(this.draft.trim());
      this.draft = "";
      this.show("chat");
      return true;
    }
    if (verb === "report") {
      this.person = Number(what);
      this.show("report");
      void this.loadNorms(group);
      return true;
    }
    const doing = pressGroup(group, verb, what, this.person);
    if (doing === null) return false;
    this.follow(doing);
    if (doing.done !== "") this.show("people");
    return true;
  }

  private follow({ work, done }: GatheringDoing): void {
    const { say } = this.options;
    work.then(
      (answer) => {
        const words = typeof done === "string" ? done : done(answer);
        if (words !== "") say(words);
      },
      (error: Error) => say(error.message),
    );
  }

  /** Norms to cite, once per visit; a report can be sent without. */
  private async loadNorms(group: GroupActions): Promise<void> {
    try {
      this.norms = await group.norms();
    } catch (error) {
      this.options.say(error instanceof Error ? error.message : String(error));
      return;
    }
    if (this.tab === "report") this.options.changed();
  }

  private show(tab: Tab): void {
    this.tab = tab;
    this.options.changed();
  }

  private pages(): number {
    return tabPages(this.data, this.tab, this.part);
  }

  private turnPage(by: number): void {
    this.page = Math.min(this.pages() - 1, Math.max(0, this.page + by));
    this.options.changed();
  }
}
