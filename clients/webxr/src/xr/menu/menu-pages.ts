/** The menu's pages as plain data, from what is known of the room. Pure. */
import { REACTION_KINDS } from "../../protocol/control";
import {
  type MenuVoice,
  micButton,
  NO_VOICE,
  personPage,
  voiceButtons,
  voicePage,
} from "./menu-voice";
import type { PanelButton, PanelSpec, PanelText } from "./panel-spec";

export interface MenuPerson {
  readonly id: number;
  readonly name: string;
  readonly colour: string;
  readonly away: boolean;
  readonly hidden: boolean;
  /** metres, null when not known */
  readonly distanceM: number | null;
  /** one has muted them oneself */
  readonly muted: boolean;
  /** how loud one hears them, 0 to 2 */
  readonly volume: number;
  /** words about their microphone, "" for none */
  readonly mic: string;
}

export interface MenuData {
  readonly roomName: string;
  /** everyone but oneself */
  readonly people: readonly MenuPerson[];
  readonly chat: readonly { readonly name: string; readonly text: string }[];
  /** for example "connected" or "reconnecting…" */
  readonly connection: string;
  readonly voice: MenuVoice;
  readonly may: {
    readonly safePlace: boolean;
    readonly host: boolean;
  };
  readonly heightOffsetM: number;
  readonly turn: string;
  readonly glide: boolean;
  readonly leftHanded: boolean;
}

export type Tab = "people" | "person" | "voice" | "chat" | "react" | "comfort" | "leave";

/** An empty room, for the moment before anything is known. */
export const NO_DATA: MenuData = {
  roomName: "",
  people: [],
  chat: [],
  connection: "",
  voice: NO_VOICE,
  may: { safePlace: false, host: false },
  heightOffsetM: 0,
  turn: "snap30",
  glide: false,
  leftHanded: false,
};

const BOARD_W = 1024;
const BOARD_H = 780;
const MARGIN = 40;
const PER_PAGE = 5;

/** The five big things on the wrist; a control whose action does not exist is not shown. */
export function wristPage(data: MenuData): PanelSpec {
  const items: Omit<PanelButton, "x" | "y" | "w" | "h">[] = [
    micButton(data.voice),
    { id: "tab:people", label: "People", icon: "people" },
  ];
  if (data.may.safePlace) {
    items.push({ id: "safe", label: "Safe place", icon: "safe", tone: "leaf" });
  }
  if (data.may.host) items.push({ id: "host", label: "Host", icon: "host", tone: "ember" });
  items.push({ id: "tab:leave", label: "Leave", icon: "leave", tone: "rose" });
  const size = 148;
  const gap = 14;
  const buttons = items.map((item, i) => ({
    ...item,
    x: gap + i * (size + gap),
    y: gap,
    w: size,
    h: size,
  }));
  return { width: gap + items.length * (size + gap), height: size + gap * 2, texts: [], buttons };
}

/** The board with its tabs; `person` is whom the page "person" is about. */
export function boardPage(data: MenuData, tab: Tab, page: number, person = 0): PanelSpec {
  const frame = { width: BOARD_W, height: BOARD_H };
  if (tab === "leave") return { ...frame, ...leaveQuestion(data) };
  const body = bodyOf(data, tab, page, person);
  return {
    ...frame,
    texts: body.texts,
    buttons: [...tabs(tab === "person" ? "people" : tab, data.voice.offered), ...body.buttons],
  };
}

function bodyOf(data: MenuData, tab: Tab, page: number, person: number): Body {
  switch (tab) {
    case "person": {
      const known = data.people.find(({ id }) => id === person);
      return known === undefined ? peopleList(data, page) : personPage(known);
    }
    case "voice":
      return voicePage(data.voice);
    case "chat":
      return chatLines(data);
    case "react":
      return reactions();
    case "comfort":
      return comfort(data);
    default:
      return peopleList(data, page);
  }
}

type Body = Pick<PanelSpec, "texts" | "buttons">;

function tabs(open: Tab, voice: boolean): PanelButton[] {
  const names: [Tab, string, string][] = [
    ["people", "People", "people"],
    ...(voice ? [["voice", "Voice", "sound"] as [Tab, string, string]] : []),
    ["chat", "Chat", "chat"],
    ["react", "React", "heart"],
    ["comfort", "Comfort", "comfort"],
  ];
  const w = (856 - 6 * names.length) / names.length;
  const list: PanelButton[] = names.map(([tab, label, icon], i) => ({
    id: `tab:${tab}`,
    label,
    icon,
    selected: tab === open,
    tone: "quiet",
    x: MARGIN + i * (w + 6),
    y: 14,
    w,
    h: 124,
  }));
  list.push({ id: "close", label: "", icon: "close", tone: "quiet", x: 902, y: 30, w: 92, h: 92 });
  return list;
}

/** How many pages the people list has. */
export function peoplePages(data: MenuData): number {
  return Math.max(1, Math.ceil(data.people.length / PER_PAGE));
}

function peopleList(data: MenuData, page: number): Body {
  const texts: PanelText[] = [];
  const buttons: PanelButton[] = [];
  if (data.people.length === 0) {
    texts.push(
      { text: "No one else is here yet.", x: MARGIN, y: 230, size: 46, width: 940, bold: true },
      {
        text: "Share the room's link, and they will sit by the fire.",
        x: MARGIN,
        y: 300,
        size: 38,
        width: 940,
        tone: "quiet",
      },
    );
    return { texts, buttons };
  }
  const pages = peoplePages(data);
  const at = Math.min(Math.max(0, page), pages - 1);
  const words = data.voice.offered ? 336 : 540;
  data.people.slice(at * PER_PAGE, (at + 1) * PER_PAGE).forEach((person, i) => {
    const y = 150 + i * 104;
    texts.push({
      text: person.name,
      x: MARGIN,
      y: y + 38,
      size: 44,
      width: words,
      bold: true,
      dot: person.colour,
      ...(person.hidden ? { tone: "quiet" as const } : {}),
    });
    texts.push({
      text: whereabouts(person),
      x: MARGIN + 52,
      y: y + 80,
      size: 36,
      width: words,
      tone: "quiet",
    });
    const full = person.hidden || !data.voice.offered;
    if (!full) buttons.push(...voiceButtons(person, y));
    buttons.push({
      id: `${person.hidden ? "show" : "hide"}:${person.id}`,
      label: person.hidden ? "Show again" : "Hide",
      icon: person.hidden ? "eye" : "hide",
      x: full ? 690 : 782,
      y,
      w: full ? 294 : 202,
      h: 90,
    });
  });
  if (pages > 1) {
    buttons.push(
      { id: "page:-1", label: "Earlier", disabled: at === 0, x: MARGIN, y: 676, w: 220, h: 80 },
      { id: "page:1", label: "More", disabled: at === pages - 1, x: 764, y: 676, w: 220, h: 80 },
    );
    texts.push({
      text: `${at + 1} of ${pages}`,
      x: 462,
      y: 730,
      size: 36,
      width: 200,
      tone: "quiet",
    });
  }
  return { texts, buttons };
}

function whereabouts(person: MenuPerson): string {
  if (person.hidden) return "hidden, both ways";
  const near = person.distanceM === null ? "in the room" : distanceWords(person.distanceM);
  const where = person.away ? "away" : near;
  return person.mic === "" ? where : `${where} · ${person.mic}`;
}

function distanceWords(metres: number): string {
  return metres < 1.5 ? "beside you" : `${Math.round(metres)} m away`;
}

function chatLines(data: MenuData): Body {
  const texts: PanelText[] = [];
  const last = data.chat.slice(-6);
  if (last.length === 0) {
    texts.push({ text: "Nothing has been written yet.", x: MARGIN, y: 230, size: 44, width: 940 });
  }
  last.forEach((line, i) => {
    const y = 196 + i * 98;
    texts.push({ text: line.name, x: MARGIN, y, size: 36, width: 940, tone: "ember", bold: true });
    texts.push({ text: line.text, x: MARGIN, y: y + 46, size: 40, width: 940 });
  });
  return { texts, buttons: [] };
}

const REACTION_WORDS: Record<(typeof REACTION_KINDS)[number], string> = {
  wave: "Wave",
  clap: "Clap",
  heart: "Love",
  laugh: "Laugh",
  yes: "Yes",
  no: "No",
  hand: "Raise hand",
  sparkle: "Wow",
};

function reactions(): Body {
  const buttons = REACTION_KINDS.map(
    (kind, i): PanelButton => ({
      id: `react:${kind}`,
      label: REACTION_WORDS[kind],
      icon: kind,
      x: MARGIN + (i % 4) * 239,
      y: 170 + Math.floor(i / 4) * 290,
      w: 226,
      h: 266,
    }),
  );
  return { texts: [], buttons };
}

function comfort(data: MenuData): Body {
  const height = `${data.heightOffsetM >= 0 ? "+" : ""}${Math.round(data.heightOffsetM * 100)} cm`;
  const turns: [string, string][] = [
    ["snap30", "30°"],
    ["snap45", "45°"],
    ["smooth", "Smooth"],
  ];
  const texts: PanelText[] = [
    { text: "Height", x: MARGIN, y: 208, size: 40, width: 200 },
    { text: height, x: 476, y: 208, size: 40, width: 200, bold: true },
    { text: "Turning", x: MARGIN, y: 318, size: 40, width: 200 },
    { text: "Posture", x: MARGIN, y: 428, size: 40, width: 200 },
  ];
  const buttons: PanelButton[] = [
    { id: "height:-", label: "Lower", x: 250, y: 152, w: 200, h: 90 },
    { id: "height:+", label: "Higher", x: 640, y: 152, w: 200, h: 90 },
    { id: "recenter", label: "Face the fire", icon: "recenter", x: MARGIN, y: 590, w: 460, h: 90 },
    { id: "calibrate", label: "I stand now", x: 524, y: 590, w: 460, h: 90 },
    ...turns.map(
      ([id, label], i): PanelButton => ({
        id: `turn:${id}`,
        label,
        selected: data.turn === id,
        x: 250 + i * 248,
        y: 262,
        w: 238,
        h: 90,
      }),
    ),
    ...["Auto", "Stand", "Sit", "Kneel", "Lie"].map(
      (label, i): PanelButton => ({
        id: `posture:${i - 1}`,
        label,
        x: 250 + i * 148,
        y: 372,
        w: 138,
        h: 90,
      }),
    ),
    {
      id: "glide",
      label: data.glide ? "Gliding: on" : "Gliding: off",
      selected: data.glide,
      x: MARGIN,
      y: 482,
      w: 460,
      h: 90,
    },
    {
      id: "swap",
      label: data.leftHanded ? "Left-handed" : "Right-handed",
      x: 524,
      y: 482,
      w: 460,
      h: 90,
    },
    { id: "step:left", label: "Turn left", x: MARGIN, y: 694, w: 300, h: 74 },
    { id: "step:round", label: "Turn round", x: 362, y: 694, w: 300, h: 74 },
    { id: "step:right", label: "Turn right", x: 684, y: 694, w: 300, h: 74 },
  ];
  return { texts, buttons };
}

function leaveQuestion(data: MenuData): Body {
  const from = data.roomName ? `Leave ${data.roomName}?` : "Leave the room?";
  return {
    texts: [
      { text: from, x: MARGIN, y: 250, size: 56, width: 940, bold: true },
      {
        text: "You can come back by the same link.",
        x: MARGIN,
        y: 330,
        size: 40,
        width: 940,
        tone: "quiet",
      },
    ],
    buttons: [
      { id: "close", label: "Stay", x: MARGIN, y: 440, w: 460, h: 150 },
      { id: "leave", label: "Leave", icon: "leave", tone: "rose", x: 524, y: 440, w: 460, h: 150 },
    ],
  };
}
