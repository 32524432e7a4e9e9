/** The menu's pages of a gathering as plain data: one's own part in it, and leading it. Pure. */
import type { MatView } from "../../state/settings";
import type { FormationWord } from "../../ui/gathering-actions";
import { GA } from "../../ui/strings-gathering";
import { wrap } from "./note-panel";
import type { PanelButton, PanelSpec, PanelText } from "./panel-spec";

type Body = Pick<PanelSpec, "texts" | "buttons">;
type Item = Omit<PanelButton, "x" | "y" | "w" | "h">;

/** What the menu knows of the gathering; null while there is none. */
export interface MenuGathering {
  readonly template: "class" | "talk";
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
  /** who is next in the queue of hands, "" for nobody, and how many there are */
  readonly nextHand: string;
  readonly hands: number;
  readonly checks: readonly string[];
  readonly silence: boolean;
  readonly formation: FormationWord;
  /** how many mats have somebody, in words; "" without a formation */
  readonly matWords: string;
}

const MARGIN = 40;
const WIDE = 944;
const GAP = 14;
const LETTERS = 50;

/** Buttons side by side over the whole width. */
function row(y: number, h: number, items: readonly Item[]): PanelButton[] {
  const w = (WIDE - GAP * (items.length - 1)) / items.length;
  return items.map((item, i) => ({ ...item, x: MARGIN + i * (w + GAP), y, w, h }));
}

/** Text over several lines, cut at `most` of them. */
function lines(text: string, y: number, most: number, look: Partial<PanelText> = {}): PanelText[] {
  const all = wrap(text, LETTERS);
  const shown = all.slice(0, most);
  if (all.length > most) shown[most - 1] += "…";
  return shown.map((line, i) => ({
    ...{ text: line, x: MARGIN, y: y + i * 48, size: 38, width: WIDE },
    ...look,
  }));
}

/** The button among the big things on the wrist. */
export function wristItem(gathering: MenuGathering): Item {
  return gathering.leads
    ? { id: "tab:lead", label: GA.lead, icon: "lead", tone: "ember" }
    : {
        id: "tab:class",
        label: gathering.ask === null ? GA.button[gathering.template] : "Asked",
        icon: "lotus",
        ...(gathering.ask === null ? {} : { tone: "ember" as const }),
      };
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
  if (gathering.awayFromMat) items.push({ id: "mat", label: t.toMat, icon: "recenter" });
  if (gathering.awayFromStage) items.push({ id: "stage", label: t.toStageShort, icon: "lead" });
  const label = gathering.pose === "" ? t.take : gathering.pose;
  items.push({ id: "pose", label, icon: "lotus", disabled: gathering.pose === "" });
  return items;
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

/** Leading: hold and next large, the rest below. */
export function leadPage(gathering: MenuGathering): Body {
  const { state, run, plan } = gathering;
  const texts: PanelText[] = [
    { text: gathering.where, x: MARGIN, y: 186, size: 36, width: WIDE, tone: "quiet" },
    ...lines(plan ? gathering.cue : GA.console.noPlan, 232, 2, { bold: true }),
    { text: gathering.next, x: MARGIN, y: 330, size: 36, width: WIDE, tone: "quiet" },
  ];
  const { checks } = gathering;
  if (checks.length > 0) {
    const text = `${GA.console.checks}: ${checks.join(", ")}`;
    texts.push({ text, x: MARGIN, y: 758, size: 36, width: WIDE, tone: "ember" });
  }
  const live = state === "live" && plan && run !== "over";
  return {
    texts,
    buttons: [
      ...(state === "doors" ? row(352, 130, [START]) : live ? big(run) : []),
      ...(live ? row(492, 70, small(run)) : []),
      ...row(572, 70, people(gathering)),
      ...ends(gathering),
    ],
  };
}

const A = GA.console.acts;
const START: Item = { id: "lead:start", label: A.start, icon: "next", tone: "ember" };

function big(run: MenuGathering["run"]): PanelButton[] {
  const hold = run === "running";
  return row(352, 130, [
    {
      id: hold ? "lead:hold" : "lead:resume",
      label: hold ? A.hold : A.resume,
      icon: hold ? "hold" : "play",
    },
    { id: "lead:next", label: A.next, icon: "next", tone: "ember" },
  ]);
}

const small = (run: MenuGathering["run"]): Item[] => [
  run === "paused"
    ? { id: "lead:pause", label: A.pause, disabled: true }
    : { id: "lead:pause", label: A.pause },
  { id: "lead:back", label: A.back },
  { id: "lead:forward", label: A.forward },
  { id: "lead:skip", label: "Skip one" },
];

function people(gathering: MenuGathering): Item[] {
  const { nextHand, hands, silence } = gathering;
  const label = nextHand === "" ? GA.console.noHands : `${nextHand} (${hands})`;
  return [
    { id: "floor", label, icon: "hand", disabled: nextHand === "" },
    { id: "silence", label: GA.console.silence, selected: silence },
    { id: "tab:mats", label: GA.console.tabs.mats, icon: "mats" },
  ];
}

function ends({ state, checks }: MenuGathering): PanelButton[] {
  const items: Item[] = state === "live" ? [{ id: "ask-end:wind_down", label: A.wind_down }] : [];
  items.push({ id: "ask-end:end", label: A.end, tone: "rose" });
  // Who asks to be looked at stands below.
  return checks.length > 0 ? row(652, 70, items) : row(692, 76, items);
}

const KINDS = ["none", "rows", "arc", "circle"] as const satisfies readonly FormationWord[];

/** How the mats lie, and where everybody faces. */
export function matsPage({ formation, matWords }: MenuGathering): Body {
  const c = GA.console;
  const kinds = KINDS.map((kind) => ({
    id: `form:${kind}`,
    label: c.formations[kind],
    ...(kind === "none" ? {} : { icon: kind }),
    selected: kind === formation,
  }));
  const help: Partial<PanelText> = { size: 36, tone: "quiet" };
  return {
    texts: [
      { text: c.formation, x: MARGIN, y: 206, size: 44, width: WIDE, bold: true },
      ...lines(c.formationHelp, 420, 3, help),
      { text: matWords, x: MARGIN, y: 570, size: 36, width: WIDE },
      ...lines(c.recentreHelp, 748, 1, help),
    ],
    buttons: [
      ...row(232, 140, kinds),
      ...row(610, 92, [{ id: "faceall", label: c.recentre, icon: "recenter" }]),
    ],
  };
}

/** Ending cannot be taken back: it is asked once more. */
export function endPage(act: string): Body {
  const ends = act === "end";
  const c = GA.console;
  return {
    texts: [
      {
        text: ends ? c.endTitle : c.windTitle,
        x: MARGIN,
        y: 220,
        size: 52,
        width: WIDE,
        bold: true,
      },
      ...lines(ends ? c.endWords : c.windWords, 300, 4),
    ],
    buttons: row(540, 150, [
      { id: "ask-end:", label: "No" },
      { id: `lead:${act}`, label: ends ? c.endYes : c.windYes, tone: ends ? "rose" : "ember" },
    ]),
  };
}
