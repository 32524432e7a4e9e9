/** The menu's pages as plain data, from what is known of the room. Pure. */
import { REACTION_KINDS } from "../../protocol/control";
import type { Nearness } from "../../state/commons";
import { GA } from "../../ui/strings-gathering";
import { classPage, type MenuGathering, wristItems } from "./menu-gathering";
import { groupPerson, type MenuGroup, reportPage, safetyPage, writePage } from "./menu-group";
import type { Body } from "./menu-layout";
import { type LeadPart, leadPage, leadPages } from "./menu-lead";
import { peopleList, peoplePages } from "./menu-people";
import { type MenuVoice, micButton, NO_VOICE, personPage, voicePage } from "./menu-voice";
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
  /** how far one is with them in agreeing to stand near; null where there is no such thing */
  readonly near: Nearness | null;
}

export interface MenuData {
  readonly roomName: string;
  /** everyone but oneself */
  readonly people: readonly MenuPerson[];
  readonly chat: readonly { readonly name: string; readonly text: string }[];
  /** for example "connected" or "reconnecting…" */
  readonly connection: string;
  readonly voice: MenuVoice;
  readonly group: MenuGroup | null;
  readonly gathering: MenuGathering | null;
  readonly may: { readonly safePlace: boolean };
  readonly heightOffsetM: number;
  readonly turn: string;
  readonly glide: boolean;
  readonly leftHanded: boolean;
}

export type { LeadPart } from "./menu-lead";
export { peoplePages } from "./menu-people";

export type Tab =
  | "people"
  | "person"
  | "report"
  | "voice"
  | "chat"
  | "write"
  | "safety"
  | "react"
  | "comfort"
  | "class"
  | "lead"
  | "leave";

/** Pages that belong to another page's tab. */
const UNDER: Partial<Record<Tab, Tab>> = {
  person: "people",
  report: "people",
  write: "chat",
};

/** An empty room, for the moment before anything is known. */
export const NO_DATA: MenuData = {
  roomName: "",
  people: [],
  chat: [],
  connection: "",
  voice: NO_VOICE,
  group: null,
  gathering: null,
  may: { safePlace: false },
  heightOffsetM: 0,
  turn: "snap30",
  glide: false,
  leftHanded: false,
};

const BOARD_W = 1024;
const BOARD_H = 780;
const MARGIN = 40;

/** The big things on the wrist; a control whose action does not exist is not shown. */
export function wristPage(data: MenuData): PanelSpec {
  const items: Omit<PanelButton, "x" | "y" | "w" | "h">[] = [
    micButton(data.voice),
    { id: "tab:people", label: "People", icon: "people" },
  ];
  if (data.gathering !== null) items.push(...wristItems(data.gathering));
  if (data.may.safePlace) {
    const label = data.group?.safe ? "Come back" : "Safe place";
    items.push({ id: "safe", label, icon: "safe", tone: "leaf" });
  }
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

/** Which page of the board is open, and what it is about. */
export interface Opened {
  readonly tab: Tab;
  /** which part of the page "lead" */
  readonly part: LeadPart;
  readonly page: number;
  /** whom the pages "person" and "report", and somebody's part of "lead", are about */
  readonly person: number;
  /** what was typed on the page "write" */
  readonly draft: string;
  /** what one is asked again before it is done, on the page "lead" */
  readonly sure: string;
  /** texts of the norms, for the page "report"; empty until they came */
  readonly norms: readonly string[];
}

/** The board with its tabs. */
export function boardPage(data: MenuData, opened: Opened): PanelSpec {
  const { tab } = opened;
  const frame = { width: BOARD_W, height: BOARD_H };
  if (tab === "leave") return { ...frame, ...leaveQuestion(data) };
  const body = bodyOf(data, opened);
  return {
    ...frame,
    ...body,
    buttons: [...tabs(UNDER[tab] ?? tab, data), ...body.buttons],
  };
}

/** How many pages the list has that is open. */
export function tabPages(data: MenuData, tab: Tab, part: LeadPart): number {
  if (tab === "lead") return leadPages(data.gathering?.led ?? null, part);
  return tab === "people" ? peoplePages(data) : 1;
}

function bodyOf(data: MenuData, opened: Opened): Body {
  const { tab, page, person, draft, norms } = opened;
  const { group, gathering } = data;
  const known = data.people.find(({ id }) => id === person);
  switch (tab) {
    case "person":
      if (known === undefined) break;
      return group === null ? personPage(known) : groupPerson(personPage(known), known, group);
    case "report":
      if (known === undefined || group === null) break;
      return reportPage(known, norms);
    case "voice":
      return voicePage(data.voice);
    case "chat":
      return chatLines(data);
    case "write":
      return writePage(draft);
    case "safety":
      return group === null ? peopleList(data, page) : safetyPage(group);
    case "react":
      return reactions();
    case "comfort":
      return comfort(data);
    case "class":
      if (gathering === null) break;
      return classPage(gathering);
    case "lead":
      if (gathering?.led == null) break;
      return leadPage(gathering, gathering.led, opened);
    default:
  }
  return peopleList(data, page);
}

function tabs(open: Tab, data: MenuData): PanelButton[] {
  const voice = data.voice.offered;
  const { gathering } = data;
  const names: [Tab, string, string][] = [
    ...(gathering?.led ? [["lead", GA.lead, "lead"] as [Tab, string, string]] : []),
    ...(gathering !== null
      ? [["class", GA.button[gathering.template], "lotus"] as [Tab, string, string]]
      : []),
    ["people", "People", "people"],
    ...(voice ? [["voice", "Voice", "sound"] as [Tab, string, string]] : []),
    ["chat", "Chat", "chat"],
    ...(data.group !== null ? [["safety", "Safety", "safe"] as [Tab, string, string]] : []),
    ["react", "React", "heart"],
    ["comfort", "Body", "comfort"],
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

function chatLines(data: MenuData): Body {
  const texts: PanelText[] = [];
  const writes = data.group?.mayWrite ?? false;
  const last = data.chat.slice(writes ? -5 : -6);
  if (last.length === 0) {
    texts.push({ text: "Nothing has been written yet.", x: MARGIN, y: 230, size: 44, width: 940 });
  }
  last.forEach((line, i) => {
    const y = 196 + i * 98;
    texts.push({ text: line.name, x: MARGIN, y, size: 36, width: 940, tone: "ember", bold: true });
    texts.push({ text: line.text, x: MARGIN, y: y + 46, size: 40, width: 940 });
  });
  const write: PanelButton[] = [
    { id: "tab:write", label: "Write", icon: "chat", tone: "ember", x: 684, y: 680, w: 300, h: 84 },
  ];
  return { texts, buttons: writes ? write : [] };
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
