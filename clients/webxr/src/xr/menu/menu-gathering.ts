/** The menu's pages of a gathering as plain data: one's own part in it. Leading is in `menu-lead.ts`. Pure. */
import type { MatView } from "../../state/settings";
import { GA } from "../../ui/strings-gathering";
import { GW } from "../../ui/strings-wrist";
import { type Body, type Item, lines, MARGIN, row, WIDE } from "./menu-layout";
import type { MenuLed } from "./menu-led";
import type { PanelButton, PanelText } from "./panel-spec";

/** What the menu knows of the gathering; null while there is none. */
export interface MenuGathering {
  readonly template: "class" | "talk";
  /** whether one is among those who lead; whoever may lead has `led` */
  readonly leads: boolean;
  readonly state: "doors" | "live" | "winding_down" | "ended";
  readonly run: "waiting" | "running" | "holding" | "paused" | "over";
  /** whether there is a plan to be led through */
  readonly plan: boolean;
  readonly where: string;
  readonly cue: string;
  readonly next: string;
  readonly handUp: boolean;
  readonly handWords: string;
  readonly check: boolean;
  readonly softHush: boolean;
  readonly view: MatView;
  /** 0 to 1; 0 also with less sound */
  readonly music: number;
  /** the pose one could take, "" for none */
  readonly pose: string;
  readonly awayFromMat: boolean;
  readonly awayFromStage: boolean;
  readonly ask: {
    readonly id: number;
    readonly title: string;
    readonly text: string;
    readonly yes: string;
    readonly no: string;
  } | null;
  /** what one may lead; null for whoever may not */
  readonly led: MenuLed | null;
}

/** The buttons among the big things on the wrist. */
export function wristItems(gathering: MenuGathering): Item[] {
  const { ask, leads, led, template } = gathering;
  const items: Item[] = [];
  if (led !== null) items.push({ id: "tab:lead", label: GA.lead, icon: "lead", tone: "ember" });
  // Who leads finds their own part on the board; a question is never behind another page.
  if (!leads || ask !== null) {
    items.push({
      id: "tab:class",
      label: ask === null ? GA.button[template] : GW.asked,
      icon: "lotus",
      ...(ask === null ? {} : { tone: "ember" as const }),
    });
  }
  return items;
}

const VIEWS: readonly [MatView, string][] = [
  ["mirror", "Mirror"],
  ["facing", "Facing"],
  ["follow", "Behind"],
  ["off", "Off"],
];

/** One's own part: what one is asked first, then hand, care, view, pose, music. */
export function classPage(gathering: MenuGathering): Body {
  const { ask } = gathering;
  if (ask !== null) return askPage(ask);
  const t = GA.panel;
  const texts: PanelText[] = [
    ...lines(gathering.cue === "" ? gathering.where : gathering.cue, 192, 2, { bold: true }),
    { text: gathering.handWords, x: MARGIN, y: 396, size: 36, width: WIDE, tone: "quiet" },
    { text: "View", x: MARGIN, y: 470, size: 38, width: 170 },
    { text: t.sound, x: MARGIN, y: 574, size: 38, width: 170 },
    { text: t.percent(gathering.music), x: 540, y: 574, size: 40, width: 160, bold: true },
  ];
  const view = VIEWS.map(
    ([id, label], i): PanelButton => ({
      ...{ id: `view:${id}`, label, selected: gathering.view === id },
      ...{ x: 220 + i * 194, y: 414, w: 182, h: 88 },
    }),
  );
  return {
    texts,
    buttons: [
      ...row(262, 92, [
        {
          id: "hand",
          label: gathering.handUp ? t.lower : t.raise,
          icon: "hand",
          selected: gathering.handUp,
        },
        { id: "check", label: t.check, icon: "safe", selected: gathering.check },
      ]),
      ...view,
      { id: "music:-", label: "Softer", x: 220, y: 518, w: 280, h: 88 },
      { id: "music:+", label: "Louder", x: 704, y: 518, w: 280, h: 88 },
      ...row(630, 100, own(gathering)),
    ],
  };
}

function own(gathering: MenuGathering): Item[] {
  const t = GA.panel;
  const items: Item[] = [];
  if (gathering.softHush) items.push({ id: "unhush", label: t.unhush, icon: "mic", tone: "leaf" });
  if (gathering.awayFromMat) items.push({ id: "mat", label: GW.toMat, icon: "recenter" });
  if (gathering.awayFromStage) items.push({ id: "stage", label: GW.toStage, icon: "lead" });
  const label = gathering.pose === "" ? t.take : gathering.pose;
  items.push({ id: "pose", label, icon: "lotus", disabled: gathering.pose === "" });
  // Words are read more surely than pictures: where there is little room they go first.
  return items.length < 3 ? items : items.map(({ icon: _, ...item }) => item);
}

function askPage(ask: NonNullable<MenuGathering["ask"]>): Body {
  return {
    texts: [
      { text: ask.title, x: MARGIN, y: 220, size: 52, width: WIDE, bold: true },
      ...lines(ask.text, 300, 4),
    ],
    buttons: row(540, 150, [
      { id: `no:${ask.id}`, label: ask.no },
      { id: `yes:${ask.id}`, label: ask.yes, tone: "ember" },
    ]),
  };
}
