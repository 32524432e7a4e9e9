/** The menu's page with every step of the plan: when each begins, and a way to it. Pure. */
import type { Cue } from "../../protocol/control";
import { clockText } from "../../state/cue-view";
import { GA } from "../../ui/strings-gathering";
import { GW } from "../../ui/strings-wrist";
import type { MenuGathering } from "./menu-gathering";
import { type Body, lines, MARGIN, paged } from "./menu-layout";
import type { MenuLed } from "./menu-led";
import type { PanelButton, PanelStrip, PanelText } from "./panel-spec";

export const STEPS_PER_PAGE = 4;

/** The plan in time, over a width. */
export function strip(led: MenuLed, y: number, h: number, w: number): PanelStrip {
  const { steps, step, share } = led;
  return {
    ...{ x: MARGIN, y, w, h },
    parts: steps.map(({ ms }) => ms),
    part: step,
    at: Math.round(share * w),
  };
}

/** A few steps at a time; where the plan runs one may go to each. */
export function stepsPage(gathering: MenuGathering, led: MenuLed, page: number): Body {
  const { steps, step } = led;
  const back: PanelButton = { id: "led:back", label: GW.back, x: 794, y: 240, w: 190, h: 84 };
  if (steps.length === 0) return { texts: lines(GA.console.noPlan, 296, 1), buttons: [back] };
  const buttons = [back];
  const texts: PanelText[] = [
    { text: gathering.where, x: MARGIN, y: 268, size: 36, width: 730, tone: "quiet" },
  ];
  // Before the start and after the end there is nowhere to go to.
  const goes = gathering.state === "live" && gathering.run !== "over";
  const { shown, pager } = paged(steps, STEPS_PER_PAGE, page);
  shown.forEach((each, i) => {
    const y = 340 + i * 88;
    const now = each === steps[step];
    texts.push(...stepTexts(each, led.stepMore(each), y, now));
    if (!goes) return;
    buttons.push({ id: `jump:${each.id}`, label: GA.console.acts.jump, x: 794, y, w: 190, h: 78 });
  });
  return {
    texts: [...texts, ...pager.texts],
    buttons: [...buttons, ...pager.buttons],
    strip: strip(led, 290, 22, 730),
  };
}

function stepTexts(step: Cue, more: string, y: number, now: boolean): PanelText[] {
  const words = step.text === "" ? GA.cue.still : step.text;
  const tone = now ? "ember" : "quiet";
  const first = y + (more === "" ? 52 : 34);
  const texts: PanelText[] = [
    { text: clockText(step.from_ms), x: MARGIN, y: first, size: 36, width: 130, tone },
    {
      ...{ text: words, x: 180, y: first, size: 38, width: 600, bold: true },
      ...(now ? { tone: "ember" as const } : {}),
    },
  ];
  if (more !== "") texts.push({ text: more, x: 180, y: y + 74, size: 36, width: 600, tone });
  return texts;
}
