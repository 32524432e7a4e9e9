/** What pressing a button of the gathering's pages does. Owns nothing. */
import type { MatView } from "../../state/settings";
import type { GatheringActions } from "../../ui/gathering-actions";
import { GA } from "../../ui/strings-gathering";
import { type GatheringDoing, pressLead } from "./menu-lead-press";

/** How one is shown things, kept by the page between visits. */
export interface GatheringChoices {
  setView(view: MatView): void;
  stepMusic(by: number): void;
}

const MUSIC_STEP = 0.1;
const DONE: GatheringDoing = { work: Promise.resolve(), done: "" };

/** Do what a button says; null when it is about something else. */
export function pressGathering(
  gathering: GatheringActions,
  choices: GatheringChoices,
  verb: string,
  what: string,
): GatheringDoing | null {
  const { state } = gathering;
  switch (verb) {
    case "hand":
      return { work: gathering.raiseHand(state.hands.mine === 0), done: "" };
    case "check": {
      const on = state.now?.me.check !== true;
      const told = (seen: unknown) => (seen === true ? GA.panel.checked : GA.panel.unseen);
      return { work: gathering.check(on), done: on ? told : "" };
    }
    case "unhush":
      return { work: gathering.unhush(), done: "" };
    case "yes":
    case "no":
      return { work: gathering.answer(Number(what), verb === "yes"), done: "" };
    case "pose":
      gathering.takePose();
      return DONE;
    case "mat":
      gathering.toMat();
      return DONE;
    case "stage":
      gathering.toStage();
      return DONE;
    case "view":
      choices.setView(what as MatView);
      return DONE;
    case "music":
      choices.stepMusic(what === "+" ? MUSIC_STEP : -MUSIC_STEP);
      return DONE;
    default:
      return pressLead(gathering, verb, what);
  }
}
