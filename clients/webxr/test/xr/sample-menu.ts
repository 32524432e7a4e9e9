/** A room and a class as the menu may have to show them, with long names and much to say. */
import type { MenuGathering } from "../../src/xr/menu/menu-gathering";
import type { MenuLed } from "../../src/xr/menu/menu-led";
import { type MenuData, NO_DATA } from "../../src/xr/menu/menu-pages";
import { type MenuVoice, NO_VOICE } from "../../src/xr/menu/menu-voice";
import type { PanelSpec } from "../../src/xr/menu/panel-spec";

export const VOICE: MenuVoice = {
  ...NO_VOICE,
  offered: true,
  mic: { label: "3 can hear you", icon: "mic", open: true, barred: false },
  summary: "3 people can hear you",
  hearers: Array.from({ length: 6 }, (_, i) => ({ name: `Hearer ${i}`, reason: "near you" })),
  more: 2,
};

export function room(count: number): MenuData {
  return {
    ...NO_DATA,
    roomName: "Campfire",
    people: Array.from({ length: count }, (_, i) => ({
      id: 100 + i,
      name: `Person ${i}`,
      colour: "#ffffff",
      away: false,
      hidden: i === 1,
      distanceM: i,
      muted: i === 2,
      volume: 1,
      mic: "mic on",
      near: (["no", "asked", "asks", "yes"] as const)[i % 4]!,
    })),
    voice: VOICE,
    chat: Array.from({ length: 20 }, (_, i) => ({ name: "A", text: `line ${i}` })),
  };
}

/** The first somebody with everything there may be about them, the others with less and less. */
export const LED: MenuLed = {
  who: "You lead",
  host: "Ada",
  mayTake: true,
  people: Array.from({ length: 11 }, (_, i) => ({
    id: 100 + i,
    name: i === 0 ? "Wilhelmina Featherstonehaugh-Cholmondeley" : `Person ${i}`,
    words: i === 0 ? "hand up, first · speaker · asks to be looked at · mat m12 · late" : "",
    check: i === 0,
    hand: i < 3 ? i + 1 : 0,
    acts:
      i === 0
        ? ["soft", "hard", "give", "lower", "mega", "speaker", "co_host", "host"]
        : ["soft", "hard", "give", "mega", "speaker"],
  })),
  nextHand: "Wilhelmina Featherstonehaugh",
  hands: 3,
  checks: ["Bo"],
  audience: "near",
  stageOnly: true,
  silence: false,
  formation: "rows",
  matWords: "12 of 20 mats have somebody.",
  waiting: Array.from({ length: 12 }, (_, i) => ({
    account: `account-${i}`,
    name: i === 0 ? "Wilhelmina Featherstonehaugh" : `Guest ${i}`,
    words: i === 0 ? "asks to step in, 12:45 · late" : "waits 0:45",
    asks: i === 0,
  })),
  waitingTotal: 70,
  steps: Array.from({ length: 14 }, (_, i) => ({
    ...{ id: `step-${i}`, from_ms: i * 300_000, ms: 300_000, silence: false, alternatives: [] },
    text: i === 0 ? "Shift your weight to the left foot, slowly, and look ahead" : `Step ${i}`,
    ...(i % 2 === 0 ? { pose: "revolved-triangle" } : {}),
  })),
  stepMore: ({ pose }) =>
    pose === undefined ? "" : "Revolved triangle with a very long name · Your right side",
  step: 9,
  share: 0.65,
};

export const CLASS: MenuGathering = {
  template: "class",
  leads: true,
  state: "live",
  run: "running",
  plan: true,
  where: "On now · 1:48 of 11:00",
  cue: "Shift your weight to the left foot, slowly, and look softly ahead. ".repeat(4),
  next: "Next in 1:43: And the other side.",
  handUp: false,
  handWords: "You are 2nd of 5. Up for 0:31.",
  check: false,
  softHush: true,
  view: "mirror",
  music: 0.6,
  pose: "Tree",
  awayFromMat: true,
  awayFromStage: true,
  ask: null,
  led: LED,
};

/** The same room as a group's, with everything a moderator may do. */
export const group = (data: MenuData): MenuData => ({
  ...data,
  group: {
    safe: false,
    boundary: { mode: "non_friends", radius_m: 0.6 },
    forced: true,
    acts: ["mute", "remove", "bar", "ban"],
    mayWrite: true,
  },
  gathering: CLASS,
});

export const ids = (spec: PanelSpec) => spec.buttons.map(({ id }) => id);
