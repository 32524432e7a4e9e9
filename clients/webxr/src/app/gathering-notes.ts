/**
 * What somebody in a headset is told of a gathering where they look: the cue, small marks for what
 * holds, applause of a crowd, and once what has just become of it. A page has its own bar and notes.
 */
import { ApplauseSum, type Counted } from "../state/applause";
import { onlyStage } from "../state/audience-rule";
import { clockText } from "../state/cue-view";
import { serverMoment } from "../state/gathering";
import type { GatheringActions } from "../ui/gathering-actions";
import { floorBar } from "../ui/room/gathering-panel";
import { GA } from "../ui/strings-gathering";
import { GW } from "../ui/strings-wrist";
import type { Mark } from "../xr/menu/note-page";
import type { ClassWords } from "../xr/menu/note-panel";
import { checkNames } from "./menu-led-data";

/** What it needs of the world in three dimensions. */
export interface Picture {
  note(words: string): void;
  setClass(words: ClassWords): void;
}

/** Owns its subscriptions and what was told last. */
export class GatheringNotes {
  private readonly stops: (() => void)[];
  private readonly sum: ApplauseSum;
  private applause: readonly Counted[] = [];
  private was = "";
  private hushed = "none";
  private spoke = false;
  private waited = 0;

  constructor(
    private readonly gathering: GatheringActions,
    private readonly picture: () => Picture | null,
  ) {
    const { state, clock } = gathering;
    const show = () => this.show();
    this.sum = new ApplauseSum(
      state,
      (all) => this.clap(all),
      () => this.clap([]),
    );
    this.stops = [
      clock.onBeat(show),
      clock.onCue(show),
      state.subscribe("gathering", () => this.follow()),
      state.subscribe("hands", () => this.tellFloor()),
      state.subscribe("waiting", () => this.tellDoor()),
      state.subscribe("attendees", show),
      state.subscribe("asks", () => this.tellSettled()),
    ];
    this.follow();
  }

  end(): void {
    for (const stop of this.stops) stop();
    this.sum.dispose();
  }

  /** Bring what stands there up to date. */
  show(): void {
    const { gathering, applause } = this;
    const cue = cueWords(gathering);
    const asking = askWords(gathering);
    this.picture()?.setClass({
      cue: [cue, asking].filter(Boolean).join(" — "),
      marks: marksOf(gathering),
      applause,
    });
  }

  private clap(all: readonly Counted[]): void {
    this.applause = all;
    this.show();
  }

  private say(words: string): void {
    this.picture()?.note(words);
  }

  /** What became of it, said once; that it is over is said by the server, with its reason. */
  private follow(): void {
    const { now } = this.gathering.state;
    const state = now?.state ?? "";
    if (state === "live" && this.was === "doors") this.say(GA.began(now?.title ?? ""));
    else if (state === "winding_down" && this.was === "live") this.say(GA.windingDown);
    const hush = now?.me.hush ?? "none";
    if (hush !== this.hushed && hush !== "none" && this.was !== "") this.say(GA.panel.hush[hush]);
    this.was = state;
    this.hushed = hush;
    this.show();
  }

  private tellFloor(): void {
    const { state, me } = this.gathering;
    const speaks = state.hands.floor.some(({ id }) => id === me);
    const bar = floorBar(this.gathering);
    if (speaks && !this.spoke) this.say(bar === null ? GA.panel.floor : GA.panel.floorBars[bar]);
    this.spoke = speaks;
    this.show();
  }

  private tellDoor(): void {
    const { total } = this.gathering.state.waiting;
    if (this.waited === 0 && total > 0 && leading(this.gathering)) this.say(GW.atDoor);
    this.waited = total;
    this.show();
  }

  /** How something that was asked ended: to who was asked and to who asked. */
  private tellSettled(): void {
    const { settled } = this.gathering.state;
    if (settled !== null) {
      const { ask, over } = settled;
      const words = over.text || (ask === null ? GA.asks.ends : GA.asks.mine)[over.end];
      if (words !== "") this.say(words);
    }
    this.show();
  }
}

/** Whether one is to look after the others: who leads, or who could while nobody does. */
function leading(gathering: GatheringActions): boolean {
  const { state } = gathering;
  return state.leads || (state.host === 0 && gathering.mayLead());
}

/** What holds now, the own part first. Pure. */
export function marksOf(gathering: GatheringActions): Mark[] {
  const { state } = gathering;
  const { now } = state;
  if (now === null) return [];
  const marks: Mark[] = ownMarks(gathering);
  const lead = now.state === "doors" ? "" : GW.marks.lead[now.lead];
  if (lead !== "") marks.push({ icon: "lead", text: lead });
  if (now.silence) marks.push({ icon: "micOff", text: GW.marks.silence });
  else if (onlyStage(now)) marks.push({ icon: "lead", text: GW.marks.stageOnly });
  if (!leading(gathering)) return marks;
  const names = checkNames(gathering);
  if (names.length > 0) {
    marks.push({ icon: "safe", text: GW.marks.checks(names.join(", ")), mine: true });
  }
  const { total } = state.waiting;
  if (total > 0) marks.push({ icon: "door", text: GW.marks.door(total), mine: true });
  if (state.hands.total > 0) marks.push({ icon: "hand", text: GW.marks.hands(state.hands.total) });
  return marks;
}

function ownMarks(gathering: GatheringActions): Mark[] {
  const { hands } = gathering.state;
  const floor = hands.floor.find(({ id }) => id === gathering.me);
  if (floor !== undefined) {
    const nowMs = gathering.serverNowMs();
    const bar = floorBar(gathering);
    if (bar !== null) return [{ icon: "micOff", text: GW.marks.floorBars[bar], mine: true }];
    const text =
      floor.until_ms === undefined
        ? GW.marks.floor
        : GW.marks.floorFor(clockText(serverMoment(floor.until_ms, nowMs) - nowMs));
    return [{ icon: "mic", text, mine: true }];
  }
  if (hands.mine === 0) return [];
  const text = hands.mine === 1 ? GW.marks.next : GW.marks.hand(hands.mine, hands.total);
  return [{ icon: "hand", text, mine: true }];
}

/** The cue's words, for as long as it lasts. */
function cueWords(gathering: GatheringActions): string {
  const { at } = gathering.clock;
  const during = at !== null && at.run !== "waiting" && at.run !== "over";
  const view = during ? gathering.view(at) : null;
  if (view === null || view.text === "") return "";
  const { side } = view.cue;
  return side === undefined ? view.text : `${view.text} (${GA.cue.side[side].toLowerCase()})`;
}

/** The first question that waits for an answer, and where to give it; it stays until then. */
function askWords({ state }: GatheringActions): string {
  const [ask] = state.asks.values();
  if (ask === undefined) return "";
  return `${ask.text === "" ? GA.asks.fallback[ask.kind] : ask.text} ${GA.asks.where}`;
}
