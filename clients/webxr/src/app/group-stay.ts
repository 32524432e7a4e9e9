/**
 * What being in a group's room brings besides: whom one hears follows one's ties, and the page says
 * what one is here, what the norms ask for, and who would like to stand near. Owns its subscriptions.
 */
import { houseRules } from "../ui/house-rules";
import type { RoomPage } from "../ui/room/room-page";
import { G } from "../ui/strings-group-room";
import { toast } from "../ui/toasts";
import type { Voice } from "../voice/voice";
import type { GroupRoom } from "./group-actions";
import { NearNews } from "./near-news";
import type { Visit } from "./visit";

/** What it needs of the world in three dimensions. */
interface Picture {
  look(look: Parameters<NonNullable<Visit["events"]>["look"]>[0]): void;
  note(words: string): void;
}

export interface GroupStayOptions {
  visit: Visit;
  voice: Voice;
  page: RoomPage;
  group: GroupRoom;
  world(): Picture | null;
}

export class GroupStay {
  private readonly stops: (() => void)[];
  private readonly news = new NearNews();
  private rules = "";
  private safe = false;

  constructor(private readonly options: GroupStayOptions) {
    const { commons, state } = options.visit;
    this.stops = [
      commons.subscribe("ties", () => this.followTies()),
      commons.subscribe("ties", () => this.tellNear()),
      state.subscribe("people", () => this.tellNear()),
      commons.subscribe("you", () => this.tellStanding()),
      commons.subscribe("safety", () => this.tellSafe()),
      state.subscribe("room", () => this.tellRules()),
    ];
  }

  end(): void {
    for (const stop of this.stops) stop();
  }

  /** Say what the norms ask for to somebody who has just put a headset on. */
  noteRules(): void {
    if (this.rules !== "") this.options.world()?.note(this.rules);
  }

  private followTies(): void {
    const { visit, voice, world } = this.options;
    const { commons, state } = visit;
    state.friends = commons.friends;
    // What one muted on another device, or at an earlier visit, is muted here too.
    for (const id of state.people.keys()) {
      const on = commons.muted.has(id);
      if (voice.state.muted.has(id) !== on) voice.state.setMuted(id, on);
    }
    for (const person of state.remark()) world()?.look(person);
  }

  private tellNear(): void {
    const { visit, page, world } = this.options;
    const { commons, state } = visit;
    if (commons.you?.companion !== false) return;
    const { asks, agreed } = this.news.take(commons, state.people);
    for (const name of asks) {
      const run = () => page.show("people");
      toast(G.near.told(name), { action: { label: G.near.answer, run } });
      world()?.note(`${G.near.told(name)} ${G.near.where}`);
    }
    for (const name of agreed) {
      toast(G.near.agreed(name));
      world()?.note(G.near.agreed(name));
    }
  }

  /** What one is here, where that is not simply somebody among others. */
  private tellStanding(): void {
    const { visit, page } = this.options;
    const { you } = visit.commons;
    const group = visit.state.room?.group?.slug ?? "";
    if (you?.companion === true) page.tellAll(G.companion);
    else if (you?.listener === true) {
      page.tellAll(G.listening, { label: G.toNorms, href: `/g/${group}/norms` });
    } else page.tellAll("");
  }

  /** One is in the safe place by another device's doing, or since before: nobody is gone. */
  private tellSafe(): void {
    const { visit, group, world } = this.options;
    const { safe } = visit.commons;
    if (safe === this.safe) return;
    this.safe = safe;
    if (!safe || group.changingSafe) return;
    toast(G.safe.went, { action: { label: G.safe.back, run: () => void group.setSafe(false) } });
    world()?.note(G.safe.went);
  }

  private tellRules(): void {
    const rules = houseRules(this.options.visit.state.room?.mechanisms).join(" ");
    if (rules === this.rules) return;
    this.rules = rules;
    if (rules === "") return;
    toast(rules);
    this.noteRules();
  }
}
