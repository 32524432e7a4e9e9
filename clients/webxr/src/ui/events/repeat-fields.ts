/** Whether an event repeats, as plain choices, with the next dates that the server works out. */
import { previewRule } from "../../net/events";
import {
  NEVER,
  nthOf,
  type Repeat,
  type RepeatEnd,
  type RepeatKind,
  repeatOf,
  ruleText,
  WEEKDAYS,
  type Weekday,
  weekdayOf,
} from "../../state/recurrence";
import { fill, h } from "../dom";
import { choice, type Field, field, numberField } from "../shell";
import { EF } from "../strings-event-form";
import { EV } from "../strings-events";
import { shortWhen } from "./when";

const W = EF;
const SHOWN = 5;
const WAIT_MS = 400;
const TIMES_MOST = 520;

/** When the first one is, as far as it is typed: local to the zone. */
export interface First {
  day: string;
  time: string;
  zone: string;
  minutes: number;
}

export interface RepeatFields {
  element: HTMLElement;
  /** The rule; null where something is missing, which is marked. */
  read(): string | null;
  /** The first day or its zone changed. */
  follow(): void;
  take(rule: string): void;
  /** By the name that the API has for it. */
  rule: Field<HTMLSelectElement>;
}

export function repeatFields(group: string, rule: string, first: () => First): RepeatFields {
  let repeat = repeatOf(rule, first().day, first().zone);
  /** Days that somebody chose stay; others follow the first day. */
  let chosen = repeat.days.length > 0;
  const kind = choice({ label: W.repeat, choices: [], attrs: { "data-test": "repeat" } });
  const days = h("div", { class: "weekday-row" });
  const daysField = h(
    "fieldset",
    { class: "field" },
    h("legend", { class: "legend" }, W.days),
    days,
  );
  const otherText = h("p", { class: "small quiet" });
  const end = choice({
    label: W.end,
    choices: Object.entries(W.ends),
    attrs: { "data-test": "repeat-end" },
  });
  const endDay = field({ label: W.endDay, type: "date", attrs: { "data-test": "repeat-until" } });
  const endTimes = numberField({ label: W.endTimes, value: "8", least: 1, most: TIMES_MOST });
  const ends = h("div", { class: "pair" }, end.element, endDay.element, endTimes.element);
  const preview = h("div", { class: "rule-preview", attrs: { "aria-live": "polite" } });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let round = 0;

  const current = (): Repeat => ({
    kind: kind.input.value as RepeatKind,
    days: chosen ? repeat.days : [weekdayOf(first().day)],
    end: endOf(end.input.value, endDay.input.value, endTimes.input.value),
    text: repeat.text,
  });
  const draw = () => {
    const { day } = first();
    const now = kind.input.value as RepeatKind;
    fill(
      kind.input,
      ...kinds(day, repeat.text).map(([value, words]) => h("option", { attrs: { value } }, words)),
    );
    kind.input.value = now;
    if (kind.input.value !== now) kind.input.value = now === "last" ? "nth" : "never";
    const value = kind.input.value as RepeatKind;
    const weekly = value === "weekly" || value === "fortnightly";
    daysField.hidden = !weekly;
    if (weekly) drawDays();
    otherText.hidden = value !== "other";
    otherText.textContent = W.otherHelp(repeat.text);
    ends.hidden = value === "never" || value === "other";
    endDay.element.hidden = end.input.value !== "until";
    endTimes.element.hidden = end.input.value !== "times";
    preview.hidden = value === "never";
    ask();
  };
  const drawDays = () => {
    const on = current().days;
    for (const [day, input] of boxes) input.checked = on.includes(day);
  };
  const boxes = WEEKDAYS.map((day) => {
    const { element, input } = dayBox(day);
    input.addEventListener("change", () => {
      const rest = current().days.filter((each) => each !== day);
      const next = input.checked ? [...rest, day] : rest;
      // Without any it is the first day's again.
      chosen = next.length > 0;
      repeat = { ...repeat, days: next };
      drawDays();
      ask();
    });
    days.append(element);
    return [day, input] as const;
  });
  const ask = () => {
    clearTimeout(timer);
    round++;
    if (preview.hidden) return;
    const mine = round;
    timer = setTimeout(() => void show(mine), WAIT_MS);
  };
  const show = async (mine: number) => {
    const { day, time, zone, minutes } = first();
    const asked = ruleText(current(), day, zone);
    if (day === "" || time === "" || asked === "") return fill(preview);
    try {
      const found = await previewRule(group, {
        ...{ starts: `${day}T${time}:00`, zone, minutes, rule: asked },
      });
      if (mine !== round) return;
      kind.wrong("");
      fill(
        preview,
        h("strong", {}, W.preview),
        found.length === 0
          ? h("p", {}, W.previewNone)
          : h(
              "ol",
              { class: "rule-dates", attrs: { "data-test": "rule-dates" } },
              ...found
                .slice(0, SHOWN)
                .map(({ starts_ms }) => h("li", {}, shortWhen(starts_ms, zone))),
            ),
      );
    } catch (error) {
      if (mine !== round) return;
      fill(preview, h("p", { class: "small" }, error instanceof Error ? error.message : ""));
    }
  };
  const take = (text: string) => {
    repeat = repeatOf(text, first().day, first().zone);
    chosen = repeat.days.length > 0;
    fill(
      kind.input,
      ...kinds(first().day, repeat.text).map(([value, words]) =>
        h("option", { attrs: { value } }, words),
      ),
    );
    kind.input.value = repeat.kind;
    end.input.value = repeat.end.kind;
    if (repeat.end.kind === "until") endDay.input.value = repeat.end.day;
    if (repeat.end.kind === "times") endTimes.input.value = `${repeat.end.times}`;
    draw();
  };
  for (const { input } of [kind, end, endDay, endTimes]) {
    input.addEventListener("input", draw);
  }
  take(rule);
  return {
    element: h("div", { class: "stack wide" }, kind.element, daysField, otherText, ends, preview),
    rule: kind,
    follow: draw,
    take,
    read: () => {
      const { day, zone } = first();
      const wanted = current();
      if (wanted.kind === "never") return "";
      if (wanted.kind === "other") return repeat.text;
      if (end.input.value === "times" && endTimes.read() === null) return null;
      if (end.input.value === "until" && endDay.input.value === "") {
        endDay.wrong(W.endDayMissing);
        endDay.input.focus();
        return null;
      }
      return ruleText(wanted, day, zone);
    },
  };
}

/** The choices that fit a first day. */
function kinds(day: string, other: string): [RepeatKind, string][] {
  const { nth, last } = nthOf(day === "" ? "2026-01-01" : day);
  const weekday = day === "" ? "" : EV.weekdays[weekdayOf(day)];
  const out: [RepeatKind, string][] = [
    ["never", W.repeats.never],
    ["weekly", W.repeats.weekly],
    ["fortnightly", W.repeats.fortnightly],
    ["daily", W.repeats.daily],
  ];
  if (day !== "" && nth < 5) out.push(["nth", W.repeats.nth(nth, weekday)]);
  if (day !== "" && last) out.push(["last", W.repeats.last(weekday)]);
  if (other !== "") out.push(["other", W.repeats.other]);
  return out;
}

function endOf(kind: string, day: string, times: string): RepeatEnd {
  if (kind === "until" && day !== "") return { kind, day };
  const n = Number(times);
  if (kind === "times" && Number.isInteger(n) && n > 0) return { kind, times: n };
  return NEVER.end;
}

function dayBox(day: Weekday): { element: HTMLElement; input: HTMLInputElement } {
  const input = h("input", { attrs: { type: "checkbox", value: day } });
  const name = EV.weekdays[day];
  const element = h(
    "label",
    { class: "weekday" },
    input,
    h("span", { attrs: { "aria-hidden": true } }, name.slice(0, 2)),
    h("span", { class: "only-spoken" }, name),
  );
  return { element, input };
}
