// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Session } from "../../../src/app/session";
import { type Me, NOBODY } from "../../../src/net/me";
import { Reminders } from "../../../src/ui/events/reminders";
import { shortWhen } from "../../../src/ui/events/when";

const MINUTE = 60_000;
/** In the language of whoever runs the tests. */
const left = (n: number, unit: Intl.RelativeTimeFormatUnit = "minute") =>
  new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(n, unit);
const START = Date.parse("2026-12-01T17:30Z");

/** A day as the server writes it. */
const day = (event: string, title: string, change: Record<string, unknown> = {}) => ({
  ...{ event, original: "20261201T183000", title, template: "class" },
  room: { id: `room-${event}`, name: "Studio" },
  group: { id: "g", slug: "g", name: "G" },
  ...{ starts_ms: START, ends_ms: START + 60 * MINUTE, zone: "Europe/Berlin" },
  ...{ host_starts: "2026-12-01T18:30+01:00", state: "scheduled", moved: false, note: "" },
  ...{ capacity: 8, going: 1, waiting: 0, host: null, mine: null, may_host: false },
  ...{ change_version: 0, recurring: false, plan: null, doors_ms: START - 15 * MINUTE },
  ...change,
});

const me: Me = {
  ...NOBODY,
  account: {
    ...{ id: "ada", handle: "ada", kind: "member", operator: false, name: "Ada" },
    ...{ primary: "#e07a4f", secondary: "#7fbf8e", pattern: 0, language: "", time_zone: "" },
  },
  groups: [
    {
      ...{ id: "g", slug: "g", name: "G", role: "member", archived: false, signed: true },
      ...{ unread: 0, mentions: 0, present: 0 },
    },
  ],
};

/** The browser's stream of news, spoken into by the test. */
class News extends EventTarget {
  static open: News[] = [];
  constructor() {
    super();
    News.open.push(this);
  }
  close(): void {}
}

/** A page, whose reader wears a headset while `worn` says so. */
async function page(...days: ReturnType<typeof day>[]) {
  let answer = days;
  vi.stubGlobal("fetch", async () => Response.json({ items: answer, next: null }));
  vi.stubGlobal("EventSource", News);
  const seen = { worn: false, notes: [] as string[] };
  const headset = { note: (words: string) => seen.notes.push(words) };
  const session = new Session(async () => me);
  const reminders = new Reminders(session, () => (seen.worn ? headset : null));
  reminders.begin();
  await session.refresh();
  const element = document.querySelector<HTMLElement>("[data-test=reminder]")!;
  const settle = () => vi.advanceTimersByTimeAsync(0);
  await settle();
  return {
    ...{ element, seen, reminders, settle },
    words: () =>
      element.hidden ? null : (element.querySelector(".reminder-words")?.textContent ?? ""),
    spoken: () => document.querySelector("[role=status]")?.textContent,
    link: () => element.querySelector("a")?.getAttribute("href"),
    away: () => element.querySelector<HTMLElement>("[data-test=reminder-away]")!.click(),
    pass: (minutes: number) => vi.advanceTimersByTimeAsync(minutes * MINUTE),
    hear: async (what: string, now: typeof days, room = "") => {
      answer = now;
      const data = JSON.stringify({ ...now[0], what, room });
      News.open.at(-1)?.dispatchEvent(new MessageEvent("event", { data }));
      await settle();
    },
  };
}

beforeEach(() => {
  document.body.innerHTML = '<main id="app"></main><div id="toasts"></div>';
  history.replaceState(null, "", "/");
  sessionStorage.clear();
  vi.useFakeTimers({ now: START - 40 * MINUTE });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("reminders on a page", () => {
  it("count down without being spoken each minute, and lead to the event", async () => {
    const { words, spoken, link, pass } = await page(day("e1", "Slow yoga"));
    expect(words()).toBe(`Slow yoga begins ${left(40)}.`);
    expect(spoken()).toBe(`Slow yoga begins ${left(40)}.`);
    expect(link()).toBe("/e/e1/20261201T183000");
    await pass(9);
    expect(words()).toBe(`Slow yoga begins ${left(31)}.`);
    expect(spoken()).toBe(`Slow yoga begins ${left(40)}.`);
    await pass(21);
    expect(words()).toBe(`Slow yoga begins ${left(10)}.`);
    expect(spoken()).toBe(`Slow yoga begins ${left(10)}.`);
  });

  it("keep the focus on their button while the minutes pass, and on what they become", async () => {
    const { element, words, pass } = await page(day("e1", "Slow yoga"));
    const button = element.querySelector<HTMLElement>("[data-test=reminder-away]")!;
    button.focus();
    await pass(5);
    expect(words()).toBe(`Slow yoga begins ${left(35)}.`);
    expect(document.activeElement).toBe(button);
    await pass(26);
    expect(words()).toBe(`Slow yoga begins ${left(9)}.`);
    expect(document.activeElement).toBe(element.querySelector("a"));
  });

  it("put away stay away, also on the next page, and come back at their next stage", async () => {
    const first = await page(day("e1", "Slow yoga"), day("e2", "Talk"));
    first.away();
    expect(first.words()).toBe(`Talk begins ${left(40)}.`);
    first.away();
    expect(first.words()).toBeNull();
    document.body.innerHTML = '<main id="app"></main>';
    const second = await page(day("e1", "Slow yoga"));
    expect(second.words()).toBeNull();
    await second.pass(31);
    expect(second.words()).toBe(`Slow yoga begins ${left(9)}.`);
  });

  it("in the room of a running class are about what comes next", async () => {
    history.replaceState(null, "", "/r/room-e1");
    const live = day("e1", "Slow yoga", { state: "live", starts_ms: START - 45 * MINUTE });
    const { words } = await page(live, day("e2", "Talk"));
    expect(words()).toBe(`Talk begins ${left(40)}.`);
  });

  it("lead into the room once its doors are open", async () => {
    const { words, link, hear } = await page(day("e1", "Slow yoga"));
    await hear("doors", [day("e1", "Slow yoga", { state: "doors" })]);
    expect(words()).toBe("The doors of Slow yoga are open.");
    expect(link()).toBe("/r/room-e1");
  });

  it("show titles as text, whatever they are", async () => {
    const title = "<img src=x onerror=alert(1)>";
    const { element, words } = await page(day("e1", title));
    expect(words()).toBe(`${title} begins ${left(40)}.`);
    expect(element.querySelector("img")).toBeNull();
  });
});

describe("reminders in a headset", () => {
  it("are said once each, and not to whoever wears none", async () => {
    const { seen, pass } = await page(day("e1", "Slow yoga"));
    await pass(2);
    expect(seen.notes).toEqual([]);
    seen.worn = true;
    await pass(0.5);
    expect(seen.notes).toEqual([`Slow yoga begins ${left(38)}.`]);
    await pass(20);
    expect(seen.notes).toHaveLength(1);
    await pass(9);
    expect(seen.notes.slice(1)).toEqual([`Slow yoga begins ${left(10)}.`]);
    await pass(8);
    expect(seen.notes).toHaveLength(2);
  });

  it("are not said once they were put away", async () => {
    const { seen, away, pass } = await page(day("e1", "Slow yoga"));
    away();
    seen.worn = true;
    await pass(1);
    expect(seen.notes).toEqual([]);
  });

  it("say what became of an event, too", async () => {
    const { seen, hear } = await page(day("e1", "Slow yoga"));
    seen.worn = true;
    await hear("cancelled", [day("e1", "Slow yoga", { state: "cancelled" })]);
    expect(seen.notes).toEqual(["Slow yoga is cancelled."]);
    expect(document.querySelector(".toast .words")?.textContent).toBe("Slow yoga is cancelled.");
    await hear("restored", [day("e1", "Slow yoga")]);
    await hear("moved", [day("e1", "Slow yoga")], "Garden");
    const when = shortWhen(START);
    expect(seen.notes.slice(1)).toEqual([
      `Slow yoga takes place after all: ${when}.`,
      `Slow yoga begins ${left(40)}.`,
      `Slow yoga is now ${when}, in Garden.`,
    ]);
  });
});
