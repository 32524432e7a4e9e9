/** The menu's pages about a group's room as plain data: safety, reports, moderation, writing. Pure. */
import { type PersonalBoundary, WIRE_LIMITS } from "../../protocol/control";
import type { ModerationKind } from "../../ui/actions";
import type { MenuPerson } from "./menu-pages";
import type { PanelButton, PanelSpec, PanelText } from "./panel-spec";

type Body = Pick<PanelSpec, "texts" | "buttons">;

/** What the menu knows of the group's room; null in rooms without a group. */
export interface MenuGroup {
  readonly safe: boolean;
  readonly boundary: PersonalBoundary;
  readonly forced: boolean;
  /** What one may do about others as a moderator. */
  readonly acts: readonly ModerationKind[];
  /** Texts of the norms, for citing one. */
  readonly norms: readonly string[];
  readonly mayWrite: boolean;
}

const MARGIN = 40;
const WIDE = 944;
const NORMS_SHOWN = 5;
const DRAFT_MAX = 200;
const ACT_WORDS: Record<ModerationKind, string> = {
  mute: "Mute for all",
  remove: "Put out",
  bar: "Bar",
  ban: "Ban",
};
const BOUNDARIES: readonly [PersonalBoundary["mode"], string][] = [
  ["off", "Off"],
  ["non_friends", "All but friends"],
  ["all", "Everybody"],
];
const ROWS = ["1234567890", "qwertyuiop", "asdfghjkl'", "zxcvbnm,.?"] as const;

/** The safe place, and how near others may come. */
export function safetyPage(group: MenuGroup): Body {
  const { mode, radius_m } = group.boundary;
  const texts: PanelText[] = [
    {
      text: group.safe
        ? "You are alone. Nobody sees or hears you."
        : "One press, and you are alone.",
      x: MARGIN,
      y: 206,
      size: 40,
      width: WIDE,
    },
    { text: "Personal boundary", x: MARGIN, y: 400, size: 40, width: WIDE, bold: true },
    { text: `${radius_m.toFixed(1)} m`, x: 470, y: 590, size: 44, width: 200, bold: true },
  ];
  if (group.forced) {
    texts.push({
      text: "The norms here ask for one towards everybody.",
      x: MARGIN,
      y: 700,
      size: 36,
      width: WIDE,
      tone: "quiet",
    });
  }
  return {
    texts,
    buttons: [
      {
        id: "safe",
        label: group.safe ? "Come back to the room" : "Go to the safe place",
        icon: "safe",
        tone: "leaf",
        x: MARGIN,
        y: 240,
        w: WIDE,
        h: 100,
      },
      ...BOUNDARIES.map(
        ([id, label], i): PanelButton => ({
          id: `boundary:${id}`,
          label,
          selected: mode === id,
          disabled: group.safe,
          x: MARGIN + i * 318,
          y: 424,
          w: 306,
          h: 90,
        }),
      ),
      { id: "radius:-", label: "Nearer", disabled: group.safe, x: 250, y: 534, w: 200, h: 84 },
      { id: "radius:+", label: "Wider", disabled: group.safe, x: 640, y: 534, w: 200, h: 84 },
    ],
  };
}

/** Block, report, and what a moderator may do: the last rows of somebody's page. */
export function personGroupButtons(person: MenuPerson, group: MenuGroup): PanelButton[] {
  const half = (WIDE - 14) / 2;
  const buttons: PanelButton[] = [
    {
      id: `block:${person.id}`,
      label: "Block, for good",
      icon: "hide",
      tone: "rose",
      x: MARGIN,
      y: 574,
      w: half,
      h: 90,
    },
    {
      id: `report:${person.id}`,
      label: "Report to moderators",
      x: MARGIN + half + 14,
      y: 574,
      w: half,
      h: 90,
    },
  ];
  const acts = group.acts.slice(0, 3);
  const w = acts.length === 0 ? 0 : (WIDE - 320 - 14 * acts.length) / acts.length;
  acts.forEach((kind, i) => {
    buttons.push({
      id: `${kind === "mute" ? "silence" : kind}:${person.id}`,
      label: ACT_WORDS[kind],
      tone: "rose",
      x: MARGIN + 320 + 14 + i * (w + 14),
      y: 678,
      w,
      h: 84,
    });
  });
  return buttons;
}

/** Which norm somebody broke; choosing one sends the report. */
export function reportPage(person: MenuPerson, group: MenuGroup): Body {
  const norms = group.norms.slice(0, NORMS_SHOWN);
  const choices = [
    ...norms.map((text, i) => [`norm:${i}`, text] as const),
    ["norm:", "Something else"] as const,
  ];
  return {
    texts: [
      {
        text: `Report ${person.name}: which norm is it about?`,
        x: MARGIN,
        y: 200,
        size: 40,
        width: WIDE,
        bold: true,
      },
    ],
    buttons: [
      ...choices.map(
        ([id, label], i): PanelButton => ({
          id,
          label: label.length > 52 ? `${label.slice(0, 51)}…` : label,
          x: MARGIN,
          y: 224 + i * 76,
          w: WIDE,
          h: 72,
        }),
      ),
      { id: "back", label: "Back", x: MARGIN, y: 690, w: 300, h: 74 },
    ],
  };
}

/** Keys to write a line with rays or fingertips. */
export function writePage(draft: string): Body {
  const w = 86;
  const gap = 9;
  const buttons: PanelButton[] = ROWS.flatMap((row, r) =>
    [...row].map(
      (char, i): PanelButton => ({
        id: `key:${char}`,
        label: char,
        x: MARGIN + i * (w + gap),
        y: 250 + r * 96,
        w,
        h: 86,
      }),
    ),
  );
  buttons.push(
    { id: "key:back", label: "Delete", disabled: draft === "", x: MARGIN, y: 650, w: 210, h: 96 },
    { id: "key:space", label: "Space", x: 262, y: 650, w: 460, h: 96 },
    {
      id: "send",
      label: "Send",
      icon: "chat",
      tone: "ember",
      disabled: draft.trim() === "",
      x: 734,
      y: 650,
      w: 250,
      h: 96,
    },
  );
  const shown = draft.length > 40 ? `…${draft.slice(-39)}` : draft;
  return {
    texts: [
      {
        text: shown === "" ? "Write to the group…" : `${shown}|`,
        x: MARGIN,
        y: 214,
        size: 44,
        width: WIDE,
        ...(shown === "" ? { tone: "quiet" as const } : {}),
      },
    ],
    buttons,
  };
}

/** The draft after a key. */
export function typed(draft: string, key: string): string {
  if (key === "back") return [...draft].slice(0, -1).join("");
  if (draft.length >= DRAFT_MAX) return draft;
  if (key === "space") return draft === "" || draft.endsWith(" ") ? draft : `${draft} `;
  // Sentences begin with a capital; there is no shift key to find.
  const begins = draft === "" || /[.?!] $/.test(draft);
  return draft + (begins ? key.toUpperCase() : key);
}

/** The next width of the boundary, metres. */
export function nextRadius(nowM: number, by: "+" | "-"): number {
  const next = nowM + (by === "+" ? 0.1 : -0.1);
  const { boundaryMinM, boundaryMaxM } = WIRE_LIMITS;
  return Math.min(boundaryMaxM, Math.max(boundaryMinM, Math.round(next * 10) / 10));
}
