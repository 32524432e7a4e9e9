/** Words of a gathering as one has them in a headset, where lines are short. In English. */
import type { PersonAct } from "../state/gathering-may";

const number = (n: number, one: string, several: string) =>
  n === 1 ? `1 ${one}` : `${n} ${several}`;

export const GW = {
  asked: "Asked",
  /** Parts of the page Lead, with how many want something there. */
  parts: { plan: "Plan", people: "People", voice: "Voice", mats: "Mats", door: "Door" },
  counted: (word: string, n: number) => (n === 0 ? word : `${word} ${n}`),
  more: "Open",
  back: "Back",
  asRoom: "Room’s own",
  no: "No",
  skip: "Skip one",
  toMat: "To my mat",
  toStage: "To the stage",
  floorTo: (name: string) => `Floor to ${name}`,
  nobodyElse: "Nobody else is here yet.",
  gone: "They are not here any more.",
  hand: (place: number) => (place === 1 ? "hand up, first" : `hand up, number ${place}`),
  hasFloor: "has the floor",
  acts: {
    soft: "Mute softly",
    hard: "Mute hard",
    free: "Let speak again",
    give: "Give the floor",
    lower: "Lower the hand",
    mega: "Offer a megaphone",
    mega_off: "Megaphone off",
    speaker: "Ask on stage",
    co_host: "Ask to help lead",
    host: "Hand the lead over",
    audience: "Off the stage",
  } satisfies Record<PersonAct, string>,
  /** Said once it is done; a mark or a row shows the others. */
  acted: {
    soft: (name: string) => `${name} is muted softly and may undo it.`,
    hard: (name: string) => `${name} is muted until those who lead undo it.`,
    free: (name: string) => `${name} may speak again.`,
    audience: (name: string) => `${name} is off the stage.`,
  },
  handOverTitle: "Hand the lead over?",
  handOverWords: (name: string) =>
    `${name} is asked. You both lead until they say yes; then you help to lead.`,
  handOverYes: "Ask them",
  takeTitle: "Lead this from here?",
  takeWords: (name: string) =>
    name === ""
      ? "Nobody leads just now. You would lead at once, for everybody."
      : `${name} leads now. You would lead at once, and they would help to lead.`,
  take: "Lead from here",
  took: "You lead.",
  nearHelp: "Whom the audience hears besides the stage:",
  near: "Mats nearby",
  nobody: "Nobody",
  stageOnly: "Mute all but the stage",
  stageOnlyHelp: "Nobody’s own mute changes; off, all is as before.",
  silence: "Silence",
  silenceHelp: "All voices rest but yours; all keep a distance.",
  rules: {
    near: "Neighbours hear each other.",
    nobody: "The stage is heard, nothing else.",
    stageOnly: "Only the stage is heard.",
    stageOnlyOff: "As before.",
    silence: "Silence, but for a whisper of yours.",
    silenceOff: "Voices are back.",
  },
  doorHelp: "Where doors open one by one, people wait here until somebody who leads lets them in.",
  page: (at: number, of: number) => `${at} of ${of}`,
  doorMore: (n: number) => `and ${n} more wait`,
  waits: (time: string) => `waits ${time}`,
  late: "late",
  asks: (time: string) => `asks to step in, ${time}`,
  admit: "Let in",
  stepIn: "For 90 s",
  turnAway: "Not now",
  admitted: "They come in.",
  steppedIn: "They come in for 90 seconds.",
  turnedAway: "They are told to wait.",
  /** Small marks that stand for as long as they hold. */
  marks: {
    floor: "You have the floor",
    floorFor: (time: string) => `You have the floor: ${time}`,
    next: "Your hand is next",
    hand: (place: number, of: number) => `Your hand: ${place} of ${of}`,
    lead: {
      host: "",
      host_away: "Whoever leads lost their line. It goes on.",
      successor_asked: "Somebody is asked to take over. It goes on.",
      autopilot: "Nobody leads: the plan goes on by itself.",
      nobody: "Nobody leads just now.",
    },
    silence: "Silence",
    stageOnly: "Only the stage is heard",
    checks: (names: string) => `Look at ${names}`,
    door: (n: number) => number(n, "waits at the door", "wait at the door"),
    hands: (n: number) => number(n, "hand up", "hands up"),
  },
  atDoor: "Somebody waits at the door. You let them in on the wrist: Lead, Door.",
} as const;
