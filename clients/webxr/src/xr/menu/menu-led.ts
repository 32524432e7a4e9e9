/** What the menu knows of a gathering for whoever may lead it, and the people's pages. Pure. */
import type { Cue } from "../../protocol/control";
import type { PersonAct } from "../../state/gathering-may";
import type { FormationWord } from "../../ui/gathering-actions";
import { GA } from "../../ui/strings-gathering";
import { GW } from "../../ui/strings-wrist";
import { type Body, type Item, lines, MARGIN, paged, shortName } from "./menu-layout";
import { wrap } from "./note-page";
import type { PanelButton, PanelText } from "./panel-spec";

/** Somebody on the list of who leads. */
export interface LedPerson {
  readonly id: number;
  readonly name: string;
  /** part, mute, mat and what else is to know, "" for nothing */
  readonly words: string;
  /** would like to be looked at */
  readonly check: boolean;
  /** place in the queue from 1; 0 without a hand up */
  readonly hand: number;
  readonly acts: readonly PersonAct[];
}

/** Somebody in the waiting room. */
export interface LedWaiting {
  readonly account: string;
  readonly name: string;
  readonly words: string;
  readonly asks: boolean;
}

export interface MenuLed {
  /** who leads, in words */
  readonly who: string;
  /** the host's name, "" for nobody */
  readonly host: string;
  /** may lead from here at once, for everybody */
  readonly mayTake: boolean;
  /** first those who ask to be looked at, then hands in their order, then the others by name */
  readonly people: readonly LedPerson[];
  /** who is next in the queue of hands, "" for nobody, and how many there are */
  readonly nextHand: string;
  readonly hands: number;
  readonly checks: readonly string[];
  readonly audience: "near" | "nobody";
  readonly stageOnly: boolean;
  readonly silence: boolean;
  readonly formation: FormationWord;
  /** how many mats have somebody, in words; "" without a formation */
  readonly matWords: string;
  readonly waiting: readonly LedWaiting[];
  readonly waitingTotal: number;
  readonly steps: readonly Cue[];
  /** pose and side of a step in words, "" for neither: asked of those that are shown */
  readonly stepMore: (step: Cue) => string;
  /** which step the plan is in, -1 for none */
  readonly step: number;
  /** how much of the plan is over, 0 to 1 */
  readonly share: number;
}

export const PEOPLE_PER_PAGE = 4;

/** Everybody, a few at a time, with the next hand above. */
export function rosterPage(led: MenuLed, page: number): Body {
  const { nextHand, hands, people } = led;
  const some = nextHand !== "";
  const at = { y: 240, h: 84 };
  const floor = some ? GW.floorTo(shortName(nextHand, 14)) : GA.console.noHands;
  const tone = some ? "ember" : "plain";
  const buttons: PanelButton[] = [
    { id: "floor", label: floor, icon: "hand", disabled: !some, tone, x: MARGIN, w: 524, ...at },
    { id: "later", label: GA.console.skip, disabled: hands < 2, x: 578, w: 170, ...at },
    { id: "clear", label: GA.console.clear, disabled: hands === 0, x: 762, w: 222, ...at },
  ];
  const { shown, pager } = paged(people, PEOPLE_PER_PAGE, page);
  const texts: PanelText[] = [];
  if (people.length === 0) texts.push(...lines(GW.nobodyElse, 400, 1));
  shown.forEach((one, i) => {
    const y = 340 + i * 88;
    const narrow = one.hand > 0 && one.acts.includes("give");
    texts.push(...person(one, y, narrow ? 500 : 720));
    if (narrow) {
      buttons.push({ id: `give:${one.id}`, label: "Floor", icon: "mic", x: 566, y, w: 214, h: 78 });
    }
    buttons.push({ id: `led:${one.id}`, label: GW.more, x: 794, y, w: 190, h: 78 });
  });
  return { texts: [...texts, ...pager.texts], buttons: [...buttons, ...pager.buttons] };
}

function person(one: LedPerson, y: number, width: number): PanelText[] {
  const icon = one.check ? "safe" : one.hand > 0 ? "hand" : undefined;
  const name: PanelText = {
    ...{
      text: one.name,
      x: MARGIN,
      y: y + (one.words === "" ? 52 : 34),
      size: 40,
      width,
      bold: true,
    },
    ...(icon === undefined ? {} : { icon }),
    ...(one.check ? { tone: "ember" as const } : {}),
  };
  if (one.words === "") return [name];
  return [name, { text: one.words, x: MARGIN, y: y + 74, size: 36, width, tone: "quiet" }];
}

const ICONS: Partial<Record<PersonAct, string>> = {
  soft: "micOff",
  hard: "micOff",
  free: "mic",
  give: "hand",
  lower: "hand",
  mega: "megaphone",
  mega_off: "megaphone",
  speaker: "lead",
  co_host: "people",
  host: "lead",
};

/** What happens at once, and what they are asked first or one is asked again. */
const AT_ONCE: readonly PersonAct[] = ["soft", "hard", "free", "give", "lower", "audience"];
const AGREED: readonly PersonAct[] = ["mega", "mega_off", "speaker", "co_host", "host"];

function actItem(act: PersonAct, id: number): Item {
  const icon = ICONS[act];
  return {
    // The lead is handed over only after one was asked again.
    id: act === "host" ? `sure:host:${id}` : `${act}:${id}`,
    label: GW.acts[act],
    ...(icon === undefined ? {} : { icon }),
    ...(act === "hard" ? { tone: "rose" as const } : {}),
  };
}

/**
 * What one may do about somebody: two columns of large buttons. Where somebody was opened a moment
 * before, at the right, nothing happens to anybody by a second press.
 */
export function personPage(led: MenuLed, id: number): Body {
  const back: PanelButton = { id: "led:back", label: GW.back, x: 794, y: 240, w: 190, h: 84 };
  const one = led.people.find((each) => each.id === id);
  if (one === undefined) return { texts: lines(GW.gone, 296, 1), buttons: [back] };
  const buttons = [back];
  for (const [column, x] of [
    [AT_ONCE, MARGIN],
    [AGREED, 519],
  ] as const) {
    one.acts
      .filter((act) => column.includes(act))
      .forEach((act, i) => {
        buttons.push({ ...actItem(act, id), x, y: 376 + i * 98, w: 465, h: 86 });
      });
  }
  return {
    texts: [
      { text: one.name, x: MARGIN, y: 272, size: 46, width: 730, bold: true },
      ...wrap(one.words, 40)
        .slice(0, 2)
        .map(
          (text, i): PanelText => ({
            ...{ text, x: MARGIN, y: 316 + i * 42, size: 36, width: 740, tone: "quiet" },
          }),
        ),
    ],
    buttons,
  };
}
