/** The menu's pages about a group's room as plain data: safety, reports, moderation, writing. Pure. */

import type { SanctionKind } from "../../net/moderation";
import { type PersonalBoundary, WIRE_LIMITS } from "../../protocol/control";
import type { Body } from "./menu-layout";
import type { MenuPerson } from "./menu-pages";
import type { PanelButton, PanelText } from "./panel-spec";

/** What the menu knows of the group's room; null in rooms without a group. */
export interface MenuGroup {
  readonly safe: boolean;
  readonly boundary: PersonalBoundary;
  readonly forced: boolean;
  /** What one may do about others as a moderator. */
  readonly acts: readonly SanctionKind[];
  readonly mayWrite: boolean;
}

const MARGIN = 40;
const WIDE = 944;
const NORMS_SHOWN = 5;
const DRAFT_MAX = 200;
const ACT_WORDS: Record<SanctionKind, string> = {
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

const GAP = 14;

/** Buttons side by side over the whole width. */
function row(y: number, h: number, items: readonly Item[]): PanelButton[] {
  const w = (WIDE - GAP * (items.length - 1)) / items.length;
  return items.map((item, i) => ({ ...item, x: MARGIN + i * (w + GAP), y, w, h }));
}

type Item = Omit<PanelButton, "x" | "y" | "w" | "h">;

/**
 * Somebody's page in a group's room: voice as elsewhere, standing near, block and report, and what a
 * moderator may do. A block takes the place of hiding: it holds everywhere, and stays.
 */
export function groupPerson(page: Body, person: MenuPerson, group: MenuGroup): Body {
  const { id } = person;
  const loud = /^(softer|louder):/;
  const voice = page.buttons
    .filter((button) => loud.test(button.id) || /^(un)?mute:/.test(button.id))
    .map((button) => ({ ...button, y: loud.test(button.id) ? 232 : 326, h: 82 }));
  const [name, , volume] = page.texts;
  const acts = group.acts.map((kind) => ({
    id: `${kind === "mute" ? "silence" : kind}:${id}`,
    label: ACT_WORDS[kind],
    tone: "rose" as const,
  }));
  return {
    texts: [
      { ...name!, y: 204, size: 48 },
      { ...volume!, y: 288 },
    ],
    buttons: [
      ...voice,
      ...row(420, 82, nearItems(person)),
      ...row(514, 82, [
        { id: `block:${id}`, label: "Block, for good", icon: "hide", tone: "rose" },
        { id: `report:${id}`, label: "Report to moderators" },
      ]),
      ...row(608, 76, acts),
      { id: "back", label: "Back to everyone", x: MARGIN, y: 696, w: 460, h: 76 },
    ],
  };
}

function nearItems({ id, name, near }: MenuPerson): Item[] {
  switch (near) {
    case "no":
      return [{ id: `near:${id}`, label: "Let come near" }];
    case "asked":
      return [{ id: `far:${id}`, label: "Asked to be near; take back" }];
    case "asks":
      return [
        { id: `near:${id}`, label: `Let ${name} come near`, tone: "leaf" },
        { id: `far:${id}`, label: "No" },
      ];
    case "yes":
      return [{ id: `far:${id}`, label: "Near is fine with you both: take back" }];
    default:
      return [];
  }
}

/** Which norm somebody broke; choosing one sends the report. */
export function reportPage(person: MenuPerson, texts: readonly string[]): Body {
  const norms = texts.slice(0, NORMS_SHOWN);
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
