/**
 * The menu's page for leading as plain data, in parts like the console on a page: the plan, people,
 * voice, mats and the door, and the question before what cannot be taken back. Pure.
 */
import type { FormationWord } from "../../ui/gathering-actions";
import { GA } from "../../ui/strings-gathering";
import { GW } from "../../ui/strings-wrist";
import type { MenuGathering } from "./menu-gathering";
import { type Body, type Item, lines, MARGIN, paged, pagesOf, row, WIDE } from "./menu-layout";
import { type MenuLed, PEOPLE_PER_PAGE, personPage, rosterPage } from "./menu-led";
import { STEPS_PER_PAGE, stepsPage, strip } from "./menu-steps";
import type { PanelButton, PanelText } from "./panel-spec";

/** Parts of the page, and the pages behind them. */
export type LeadPart =
  | "plan"
  | "steps"
  | "people"
  | "somebody"
  | "voice"
  | "mats"
  | "door"
  | "sure";

const C = GA.console;
const QUIET: Partial<PanelText> = { size: 36, tone: "quiet" };
const WAITING_PER_PAGE = 5;

/** What the part is about: somebody, or what one is asked again before it is done. */
export interface LeadAt {
  readonly part: LeadPart;
  readonly page: number;
  readonly person: number;
  readonly sure: string;
}

/** How many pages the list of a part has. */
export function leadPages(led: MenuLed | null, part: LeadPart): number {
  // Behind somebody's page the list stays where one left it.
  if (part === "people" || part === "somebody") {
    return pagesOf(led?.people.length ?? 0, PEOPLE_PER_PAGE);
  }
  if (part === "steps") return pagesOf(led?.steps.length ?? 0, STEPS_PER_PAGE);
  return part === "door" ? pagesOf(led?.waiting.length ?? 0, WAITING_PER_PAGE) : 1;
}

/** On which page of a part one begins: where the plan is now, or at the front. */
export function firstPage(led: MenuLed | null, part: LeadPart): number {
  return part === "steps" ? Math.floor(Math.max(0, led?.step ?? 0) / STEPS_PER_PAGE) : 0;
}

export function leadPage(gathering: MenuGathering, led: MenuLed, at: LeadAt): Body {
  if (at.part === "sure") return surePage(led, at.sure);
  const body = partPage(gathering, led, at);
  return { ...body, buttons: [...parts(led, at.part), ...body.buttons] };
}

function partPage(gathering: MenuGathering, led: MenuLed, { part, page, person }: LeadAt): Body {
  switch (part) {
    case "steps":
      return stepsPage(gathering, led, page);
    case "people":
      return rosterPage(led, page);
    case "somebody":
      return personPage(led, person);
    case "voice":
      return voicePage(led);
    case "mats":
      return matsPage(led);
    case "door":
      return doorPage(led, page);
    default:
      return planPage(gathering, led);
  }
}

/** Pages behind a part. */
export const UNDER: Partial<Record<LeadPart, LeadPart>> = { somebody: "people", steps: "plan" };

function parts(led: MenuLed, open: LeadPart): PanelButton[] {
  const wants = { people: Math.max(led.hands, led.checks.length), door: led.waitingTotal };
  const item = (part: keyof typeof GW.parts, n = 0): Item => ({
    id: `led:${part}`,
    label: GW.counted(GW.parts[part], n),
    selected: part === (UNDER[open] ?? open),
    tone: n > 0 ? "ember" : "quiet",
  });
  return row(150, 74, [
    item("plan"),
    item("people", wants.people),
    item("voice"),
    item("mats"),
    item("door", wants.door),
  ]);
}

// --- the plan --------------------------------------------------------------------------------

/** Hold and next large, the rest below. */
function planPage(gathering: MenuGathering, led: MenuLed): Body {
  const { state, run, plan } = gathering;
  const texts: PanelText[] = [
    {
      text: `${gathering.where} · ${led.who}`,
      x: MARGIN,
      y: plan ? 288 : 268,
      width: WIDE,
      ...QUIET,
    } as PanelText,
    ...lines(plan ? gathering.cue : C.noPlan, 334, 2, { bold: true }),
    ...lines(gathering.next, 426, 1, QUIET),
  ];
  if (led.checks.length > 0) {
    const text = `${C.checks}: ${led.checks.join(", ")}`;
    texts.push({ text, x: MARGIN, y: 676, size: 36, width: WIDE, tone: "ember" });
  }
  const live = state === "live" && plan && run !== "over";
  return {
    texts,
    ...(plan ? { strip: strip(led, 236, 12, WIDE) } : {}),
    buttons: [
      ...(state === "doors" ? row(444, 112, [START]) : live ? big(run) : []),
      ...(plan ? row(568, 72, live ? [...small(run), STEPS] : [STEPS]) : []),
      ...ends(state, led),
    ],
  };
}

const A = C.acts;
const START: Item = { id: "lead:start", label: A.start, icon: "next", tone: "ember" };
const STEPS: Item = { id: "led:steps", label: GW.steps };

function big(run: MenuGathering["run"]): PanelButton[] {
  const hold = run === "running";
  return row(444, 112, [
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
  { id: "lead:skip", label: GW.skip },
];

function ends(state: MenuGathering["state"], led: MenuLed): PanelButton[] {
  const items: Item[] = led.mayTake ? [{ id: "sure:take", label: C.take }] : [];
  if (state === "live") items.push({ id: "sure:wind_down", label: A.wind_down });
  items.push({ id: "sure:end", label: A.end, tone: "rose" });
  // Never larger for being alone.
  return row(692, 76, [...items, ...items, ...items].slice(0, 3))
    .map((place, i) => ({
      ...place,
      ...items[i - (3 - items.length)]!,
    }))
    .slice(3 - items.length);
}

// --- voice, mats, the door -------------------------------------------------------------------

function voicePage({ audience, stageOnly, silence }: MenuLed): Body {
  return {
    texts: [
      ...lines(GW.nearHelp, 276, 1),
      ...lines(GW.stageOnlyHelp, 552, 1, QUIET),
      ...lines(GW.silenceHelp, 732, 1, QUIET),
    ],
    buttons: [
      ...row(300, 92, [
        { id: "hears:near", label: GW.near, selected: audience === "near" },
        { id: "hears:nobody", label: GW.nobody, selected: audience === "nobody" },
      ]),
      ...row(420, 92, [
        { id: "stage-only", label: GW.stageOnly, icon: "lead", selected: stageOnly },
      ]),
      ...row(600, 92, [{ id: "silence", label: GW.silence, icon: "micOff", selected: silence }]),
    ],
  };
}

const KINDS = ["none", "rows", "arc", "circle"] as const satisfies readonly FormationWord[];

/** How the mats lie, and where everybody faces. */
function matsPage({ formation, matWords }: MenuLed): Body {
  const kinds = KINDS.map((kind) => ({
    id: `form:${kind}`,
    label: kind === "none" ? GW.asRoom : C.formations[kind],
    ...(kind === "none" ? {} : { icon: kind }),
    selected: kind === formation,
  }));
  return {
    texts: [
      ...lines(C.formationHelp, 432, 3, QUIET),
      { text: matWords, x: MARGIN, y: 590, size: 36, width: WIDE },
      ...lines(C.recentreHelp, 756, 1, QUIET),
    ],
    buttons: [
      ...row(244, 140, kinds),
      ...row(618, 92, [{ id: "faceall", label: C.recentre, icon: "recenter" }]),
    ],
  };
}

/** Who waits to be let in, the longest first. */
function doorPage({ waiting, waitingTotal }: MenuLed, page: number): Body {
  const more = waitingTotal - waiting.length;
  const { shown, pager } = paged(
    waiting,
    WAITING_PER_PAGE,
    page,
    more > 0 ? GW.doorMore(more) : "",
  );
  const texts: PanelText[] = [...pager.texts];
  const buttons: PanelButton[] = [...pager.buttons];
  if (waiting.length === 0) {
    texts.push(
      ...lines(C.doorNobody, 296, 1, { bold: true }),
      ...lines(GW.doorHelp, 352, 2, QUIET),
    );
  }
  shown.forEach(({ account, name, words, asks }, i) => {
    const y = 240 + i * 90;
    texts.push(
      {
        ...{ text: name, x: MARGIN, y: y + 34, size: 40, width: 416, bold: true },
        ...(asks ? { icon: "hand" } : {}),
      },
      { text: words, x: MARGIN, y: y + 74, size: 36, width: 416, tone: "quiet" },
    );
    const at = { y, h: 80 };
    buttons.push(
      { id: `admit:${account}`, label: GW.admit, tone: "ember", x: 470, w: 150, ...at },
      { id: `step-in:${account}`, label: GW.stepIn, x: 634, w: 166, ...at },
      { id: `turn-away:${account}`, label: GW.turnAway, x: 814, w: 170, ...at },
    );
  });
  return { texts, buttons };
}

// --- once more -------------------------------------------------------------------------------

/** What cannot be taken back is asked once more. */
function surePage(led: MenuLed, sure: string): Body {
  const { title, words, yes } = question(led, sure);
  return {
    texts: [
      { text: title, x: MARGIN, y: 220, size: 52, width: WIDE, bold: true },
      ...lines(words, 300, 4),
    ],
    buttons: row(540, 150, [{ id: "sure:", label: GW.no }, yes]),
  };
}

function question(led: MenuLed, sure: string): { title: string; words: string; yes: Item } {
  const [what, whom] = sure.split(":");
  if (what === "host") {
    const name = led.people.find(({ id }) => id === Number(whom))?.name ?? "";
    const yes: Item = { id: sure, label: GW.handOverYes, tone: "ember" };
    return { title: GW.handOverTitle, words: GW.handOverWords(name), yes };
  }
  if (what === "take") {
    const yes: Item = { id: "take", label: C.take, tone: "ember" };
    const words = led.host === "" ? C.takeFree : C.takeFrom(led.host);
    return { title: C.takeTitle, words, yes };
  }
  if (what === "end") {
    const yes: Item = { id: "lead:end", label: C.endYes, tone: "rose" };
    return { title: C.endTitle, words: C.endWords, yes };
  }
  const yes: Item = { id: "lead:wind_down", label: C.windYes, tone: "ember" };
  return { title: C.windTitle, words: C.windWords, yes };
}
