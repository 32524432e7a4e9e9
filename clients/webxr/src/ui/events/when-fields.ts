/** When an event is: day, time, length and the zone whose clocks it keeps to. */
import { dayAfter, dayOf, knownZone, sameClock, zonedMs } from "../../state/zoned";
import { h } from "../dom";
import { choice, type Field, field, numberField } from "../shell";
import { EF } from "../strings-event-form";
import type { First } from "./repeat-fields";
import { placeOf, shortWhen, viewerZone } from "./when";

const W = EF;
const MINUTES_LEAST = 5;
const MINUTES_MOST = 720;

export interface WhenFields {
  element: HTMLElement;
  first(): First;
  /** Start, zone and length; null where something is missing, which is marked. */
  read(): { starts: string; zone: string; minutes: number } | null;
  take(starts: string, zone: string, minutes: number): void;
  fields: { starts: Field; zone: Field<HTMLSelectElement>; minutes: Field };
}

/** Without `starts` it is tomorrow evening; without `fixed` the zone can be chosen. */
export function whenFields(
  given: { starts: string; zone: string; minutes: number },
  options: { fixed: boolean; changed(): void },
): WhenFields {
  const day = field({ label: W.date, type: "date", attrs: { "data-test": "event-day" } });
  const time = field({ label: W.time, type: "time", attrs: { "data-test": "event-time" } });
  const minutes = numberField({
    label: W.minutes,
    value: `${given.minutes}`,
    least: MINUTES_LEAST,
    most: MINUTES_MOST,
    attrs: { step: 5, "data-test": "event-minutes" },
  });
  const zone = choice({
    label: W.zone,
    value: given.zone,
    choices: zoneChoices(given.zone),
  });
  const hint = h("p", { class: "small quiet", attrs: { "aria-live": "polite" } });
  const first = (): First => ({
    day: day.input.value,
    time: time.input.value,
    zone: zone.input.value,
    minutes: Number(minutes.input.value) || given.minutes,
  });
  const tell = () => {
    const { day: on, time: at, zone: where } = first();
    if (on === "" || at === "" || !knownZone(where)) {
      hint.textContent = "";
      return;
    }
    const ms = zonedMs(`${on}T${at}`, where);
    const words: string[] = options.fixed ? [] : [W.zoneHelp];
    if (!sameClock(ms, where, viewerZone())) words.push(W.forYou(shortWhen(ms)));
    if (ms < Date.now()) words.push(W.past);
    hint.textContent = words.join(" ");
  };
  const take = (starts: string, where: string, length: number) => {
    const [on = "", at = ""] = starts.split("T");
    day.input.value = on;
    time.input.value = at.slice(0, 5);
    if (![...zone.input.options].some(({ value }) => value === where)) {
      zone.input.append(h("option", { attrs: { value: where } }, where));
    }
    zone.input.value = where;
    minutes.input.value = `${length}`;
    tell();
  };
  for (const { input } of [day, time, minutes, zone]) {
    input.addEventListener("input", () => {
      tell();
      options.changed();
    });
  }
  take(given.starts || `${tomorrow(given.zone)}T18:30`, given.zone, given.minutes);
  return {
    element: h(
      "div",
      { class: "stack wide" },
      h("div", { class: "pair" }, day.element, time.element),
      h("div", { class: "pair" }, minutes.element, !options.fixed && zone.element),
      options.fixed && h("p", { class: "small quiet" }, `${W.zone}: ${placeOf(given.zone)}`),
      hint,
    ),
    first,
    take,
    fields: { starts: day, zone, minutes },
    read: () => {
      const missing = day.input.value === "" ? day : time.input.value === "" ? time : null;
      if (missing !== null) {
        missing.wrong(missing === day ? W.dateMissing : W.timeMissing);
        missing.input.focus();
        return null;
      }
      const length = minutes.read();
      if (length === null) return null;
      const { day: on, time: at, zone: where } = first();
      return { starts: `${on}T${at}:00`, zone: where, minutes: length };
    },
  };
}

const tomorrow = (zone: string) => dayAfter(dayOf(Date.now(), zone), 1);

/** Every zone by its place, the given and the reader's own at the top. */
function zoneChoices(given: string): [string, string][] {
  const first = [...new Set([given, viewerZone()])];
  const rest = Intl.supportedValuesOf("timeZone").filter((each) => !first.includes(each));
  return [...first, ...rest].map((each) => [
    each,
    each.replaceAll("_", " ").replaceAll("/", " / "),
  ]);
}
