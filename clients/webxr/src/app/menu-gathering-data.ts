/** What the headset's menu shows of a gathering, gathered from its state, the plan's clock and settings. Pure. */
import { clockText } from "../state/cue-view";
import type { GatheringTopic } from "../state/gathering";
import type { Settings, SettingsStore } from "../state/settings";
import { planLengthMs } from "../state/timeline";
import type { GatheringActions } from "../ui/gathering-actions";
import { shorten } from "../ui/room/cue-bar";
import { handWords } from "../ui/room/gathering-panel";
import { GA } from "../ui/strings-gathering";
import type { MenuGathering } from "../xr/menu/menu-gathering";
import type { GatheringChoices } from "../xr/menu/menu-gathering-press";
import { menuLed } from "./menu-led-data";

/** What of a gathering's state the menu shows. */
export const MENU_TOPICS: readonly GatheringTopic[] = [
  ...(["gathering", "plan", "timeline", "hands", "asks"] as const),
  ...(["attendees", "waiting", "formation"] as const),
];

export function menuGathering(
  gathering: GatheringActions | undefined,
  settings: Readonly<Settings>,
): MenuGathering | null {
  const now = gathering?.state.now ?? null;
  if (gathering === undefined || now === null) return null;
  const { state, clock } = gathering;
  const { at } = clock;
  const view = gathering.view(at);
  const run = at?.run ?? "waiting";
  const status = (state.hasPlan && GA.runs[run]) || GA.states[now.state];
  const length = clockText(planLengthMs(state.cues));
  const next = view?.next ?? null;
  return {
    template: now.template,
    leads: state.leads,
    state: now.state,
    run,
    plan: state.hasPlan,
    where: at === null ? status : `${status} · ${GA.console.at(clockText(at.planMs), length)}`,
    cue: view?.text ?? "",
    next:
      view === null
        ? ""
        : next === null
          ? GA.cue.last
          : coming(run === "running", view.cueLeftMs, next.text),
    handUp: state.hands.mine !== 0,
    handWords: handWords(gathering, state.hands),
    check: now.me.check,
    softHush: now.me.hush === "soft",
    view: settings.matView,
    music: settings.reducedSound ? 0 : settings.musicVolume,
    pose: gathering.pose(view?.pose)?.name ?? "",
    awayFromMat: gathering.awayFromMat,
    awayFromStage: gathering.awayFromStage,
    ask: firstAsk(gathering),
    led: menuLed(gathering),
  };
}

/** The next step, and when it comes; while the plan stands still nobody can say when. */
function coming(runs: boolean, leftMs: number, text: string): string {
  const words = shorten(text || GA.cue.still, 36);
  return runs ? GA.cue.next(clockText(leftMs), words) : GA.cue.nextHeld(words);
}

function firstAsk(gathering: GatheringActions): MenuGathering["ask"] {
  const [ask] = gathering.state.asks.values();
  if (ask === undefined) return null;
  return {
    id: ask.ask,
    title: GA.asks.titles[ask.kind],
    text: ask.text === "" ? GA.asks.fallback[ask.kind] : ask.text,
    yes: GA.asks.yes[ask.kind],
    no: GA.asks.no[ask.kind],
  };
}

/** What the menu changes of how one is shown things. */
export function gatheringChoices(settings: SettingsStore): GatheringChoices {
  return {
    setView: (view) => settings.set("matView", view),
    stepMusic: (by) => {
      settings.set("reducedSound", false);
      settings.set("musicVolume", Math.round((settings.values.musicVolume + by) * 10) / 10);
    },
  };
}
