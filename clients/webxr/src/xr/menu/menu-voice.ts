/** The menu's pages about voice as plain data, and what their buttons do. */
import type { TalkMode } from "../../state/settings";
import type { VoiceActions } from "../../ui/actions";
import type { MenuPerson } from "./menu-pages";
import type { PanelButton, PanelText, Tone } from "./panel-spec";

export interface MenuVoice {
  /** false while there is no voice here: then nothing of it is shown */
  readonly offered: boolean;
  readonly mic: {
    readonly label: string;
    readonly icon: "mic" | "micOff" | "ear";
    readonly open: boolean;
    readonly barred: boolean;
  };
  /** who hears one, in one sentence */
  readonly summary: string;
  readonly hearers: readonly { readonly name: string; readonly reason: string }[];
  readonly more: number;
  readonly deafened: boolean;
  /** 0 for no limit */
  readonly earmuffM: number;
  readonly mode: TalkMode;
}

export const NO_VOICE: MenuVoice = {
  offered: false,
  mic: { label: "No mic", icon: "micOff", open: false, barred: true },
  summary: "",
  hearers: [],
  more: 0,
  deafened: false,
  earmuffM: 0,
  mode: "open",
};

const MARGIN = 40;
const SHOWN = 4;
const EARMUFF_STEPS_M = [2, 4, 6, 8, 12, 16, 20, 0] as const;

type Body = { texts: PanelText[]; buttons: PanelButton[] };

/** The microphone among the five big things. */
export function micButton(voice: MenuVoice): Omit<PanelButton, "x" | "y" | "w" | "h"> {
  const { label, icon, open, barred } = voice.mic;
  const tone: Tone = open ? "leaf" : "plain";
  return { id: "mic", label, icon, tone, selected: open, disabled: barred };
}

/** Who hears one, and how one hears. */
export function voicePage(voice: MenuVoice): Body {
  const texts: PanelText[] = [
    { text: voice.summary, x: MARGIN, y: 200, size: 42, width: 944, bold: true },
  ];
  voice.hearers.slice(0, SHOWN).forEach((hearer, i) => {
    const y = 264 + i * 56;
    texts.push(
      { text: hearer.name, x: MARGIN, y, size: 40, width: 460 },
      { text: hearer.reason, x: 524, y, size: 36, width: 460, tone: "quiet" },
    );
  });
  const more = voice.more + Math.max(0, voice.hearers.length - SHOWN);
  if (more > 0) {
    texts.push({
      text: `and ${more} more`,
      x: MARGIN,
      y: 488,
      size: 36,
      width: 460,
      tone: "quiet",
    });
  }
  const reach = voice.earmuffM === 0 ? "no limit" : `${voice.earmuffM} m`;
  texts.push(
    { text: "Earmuffs", x: MARGIN, y: 664, size: 40, width: 200 },
    { text: reach, x: 476, y: 664, size: 40, width: 160, bold: true },
  );
  return { texts, buttons: [...ownButtons(voice), ...modeButtons(voice.mode)] };
}

function ownButtons(voice: MenuVoice): PanelButton[] {
  const { mic, deafened } = voice;
  return [
    {
      ...micButton(voice),
      label: mic.open ? "Turn the mic off" : "Turn the mic on",
      x: MARGIN,
      y: 508,
      w: 460,
      h: 90,
    },
    {
      id: "deafen",
      label: deafened ? "Hear people again" : "Hear nobody",
      icon: deafened ? "unheard" : "ear",
      selected: deafened,
      x: 524,
      y: 508,
      w: 460,
      h: 90,
    },
    { id: "earmuff:-1", label: "Nearer", x: 250, y: 612, w: 200, h: 80 },
    { id: "earmuff:1", label: "Farther", x: 640, y: 612, w: 200, h: 80 },
  ];
}

function modeButtons(mode: TalkMode): PanelButton[] {
  const modes: [TalkMode, string][] = [
    ["open", "Open mic"],
    ["push_to_talk", "Hold to talk"],
    ["push_to_mute", "Hold to pause"],
    ["listen", "Only listen"],
  ];
  return modes.map(([id, label], i) => ({
    id: `mode:${id}`,
    label,
    selected: id === mode,
    x: MARGIN + i * 237,
    y: 702,
    w: 228,
    h: 70,
  }));
}

/** The next earmuff radius; `by` is 1 for farther, -1 for nearer. */
export function earmuffStep(nowM: number, by: number): number {
  const far = (metres: number) => (metres === 0 ? Number.POSITIVE_INFINITY : metres);
  const next =
    by > 0
      ? EARMUFF_STEPS_M.find((step) => far(step) > far(nowM))
      : [...EARMUFF_STEPS_M].reverse().find((step) => far(step) < far(nowM));
  return next ?? (by > 0 ? 0 : EARMUFF_STEPS_M[0]);
}

/** The voice buttons beside somebody's name in the list. */
export function voiceButtons(person: MenuPerson, y: number): PanelButton[] {
  if (person.hidden) return [];
  return [
    { id: `sound:${person.id}`, label: "", icon: "sound", x: 440, y, w: 92, h: 90 },
    {
      id: `${person.muted ? "unmute" : "mute"}:${person.id}`,
      label: person.muted ? "Unmute" : "Mute",
      icon: person.muted ? "unheard" : "muted",
      selected: person.muted,
      x: 544,
      y,
      w: 226,
      h: 90,
    },
  ];
}

/** One person's loudness, and the other things one may do about them. */
export function personPage(person: MenuPerson): Body {
  const loud = person.muted ? "muted" : `${Math.round(person.volume * 100)} %`;
  return {
    texts: [
      {
        text: person.name,
        x: MARGIN,
        y: 220,
        size: 52,
        width: 944,
        bold: true,
        dot: person.colour,
      },
      { text: "How loud you hear them", x: MARGIN, y: 310, size: 38, width: 944, tone: "quiet" },
      { text: loud, x: 452, y: 404, size: 44, width: 240, bold: true },
    ],
    buttons: [
      { id: `softer:${person.id}`, label: "Softer", x: MARGIN, y: 344, w: 380, h: 94 },
      { id: `louder:${person.id}`, label: "Louder", x: 604, y: 344, w: 380, h: 94 },
      {
        id: `${person.muted ? "unmute" : "mute"}:${person.id}`,
        label: person.muted ? "Unmute: hear them" : "Mute: not hear them",
        icon: person.muted ? "unheard" : "muted",
        selected: person.muted,
        x: MARGIN,
        y: 470,
        w: 944,
        h: 90,
      },
      {
        id: `hide:${person.id}`,
        label: "Hide: neither sees nor hears the other",
        icon: "hide",
        x: MARGIN,
        y: 574,
        w: 944,
        h: 90,
      },
      { id: "back", label: "Back to everyone", x: MARGIN, y: 678, w: 460, h: 84 },
    ],
  };
}

/** Do what a button about voice says; false when it is about something else. */
export function pressVoice(
  voice: VoiceActions | undefined,
  now: MenuVoice,
  verb: string,
  what: string,
): boolean {
  const id = Number(what);
  switch (verb) {
    case "mic":
      voice?.pressMic();
      return true;
    case "deafen":
      voice?.setDeafened(!now.deafened);
      return true;
    case "earmuff":
      voice?.setEarmuffs(earmuffStep(now.earmuffM, id));
      return true;
    case "mode":
      voice?.setMode(what as TalkMode);
      return true;
    case "mute":
    case "unmute":
      voice?.mute(id, verb === "mute");
      return true;
    case "louder":
    case "softer":
      voice?.setVolume(id, voice.state.volumeOf(id) + (verb === "louder" ? 0.25 : -0.25));
      return true;
    default:
      return false;
  }
}
