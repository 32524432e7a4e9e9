/** What pressing a button of the page for leading does. Owns nothing. */
import type { FormationWord, GatheringActions, LeadActWord } from "../../ui/gathering-actions";
import { GA } from "../../ui/strings-gathering";
import { GW } from "../../ui/strings-wrist";

/** What is under way, and what is said once it is done. */
export interface GatheringDoing {
  work: Promise<unknown>;
  /** The words, or what makes them of the answer. */
  done: string | ((answer: unknown) => string);
}

const STEP_IN_S = 90;

/** Do what a button says; null when it is about something else. */
export function pressLead(
  gathering: GatheringActions,
  verb: string,
  what: string,
): GatheringDoing | null {
  const { state } = gathering;
  const id = Number(what);
  switch (verb) {
    case "lead": {
      const act = what as LeadActWord;
      return { work: gathering.lead(act), done: GA.console.spoken[act] };
    }
    case "jump":
      return { work: gathering.lead("jump", what), done: GA.console.spoken.jump };
    case "take":
      return { work: gathering.giveRole(gathering.me, "host"), done: GW.took };
    case "floor":
      return { work: gathering.floor("next"), done: "" };
    case "later": {
      const first = state.hands.hands[0];
      if (first === undefined) return { work: Promise.resolve(), done: "" };
      return { work: gathering.floor("skip", first.id), done: "" };
    }
    case "clear":
      return { work: gathering.floor("clear"), done: "" };
    case "form":
      return { work: gathering.form(what as FormationWord), done: GA.console.formed };
    case "faceall":
      return { work: gathering.recentreAll(), done: GA.console.recentred };
    case "hears": {
      const audience = what as "near" | "nobody";
      return { work: gathering.voiceRule({ audience }), done: GW.rules[audience] };
    }
    case "stage-only": {
      const on = state.now?.stage_only !== true;
      const done = on ? GW.rules.stageOnly : GW.rules.stageOnlyOff;
      return { work: gathering.voiceRule({ stage_only: on }), done };
    }
    case "silence": {
      // The same word mutes somebody on another page: there it names whom.
      if (what !== "") return null;
      const silence = state.now?.silence !== true;
      const done = silence ? GW.rules.silence : GW.rules.silenceOff;
      return { work: gathering.voiceRule({ silence }), done };
    }
    case "admit":
      return { work: gathering.admit(what, true), done: GW.admitted };
    case "step-in":
      return { work: gathering.admit(what, true, STEP_IN_S), done: GW.steppedIn };
    case "turn-away":
      return { work: gathering.admit(what, false), done: GW.turnedAway };
    default:
      return about(gathering, verb, id);
  }
}

/** Do something about somebody. */
function about(gathering: GatheringActions, verb: string, id: number): GatheringDoing | null {
  const name = gathering.nameOf(id);
  const asked = GA.console.asked(name);
  switch (verb) {
    case "soft":
    case "hard":
      return { work: gathering.hush(id, verb), done: GW.acted[verb](name) };
    case "free":
      return { work: gathering.hush(id, "none"), done: GW.acted.free(name) };
    case "give": {
      // Whoever has a hand up is not asked again: they have asked themselves.
      const up = gathering.state.hands.hands.some((hand) => hand.id === id);
      return { work: gathering.floor("give", id), done: up ? "" : asked };
    }
    case "lower":
      return { work: gathering.floor("lower", id), done: "" };
    case "mega":
      return { work: gathering.megaphone(id, true), done: asked };
    case "mega_off":
      return { work: gathering.megaphone(id, false), done: "" };
    case "audience":
      return { work: gathering.giveRole(id, "audience"), done: GW.acted.audience(name) };
    case "speaker": {
      // Who helps to lead becomes a speaker at once.
      const done = gathering.state.roleOf(id) === "co_host" ? "" : asked;
      return { work: gathering.giveRole(id, "speaker"), done };
    }
    case "co_host":
    case "host":
      return { work: gathering.giveRole(id, verb), done: asked };
    default:
      return null;
  }
}
