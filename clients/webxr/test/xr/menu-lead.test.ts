import { describe, expect, it } from "vitest";
import type { MenuGathering } from "../../src/xr/menu/menu-gathering";
import { firstPage } from "../../src/xr/menu/menu-lead";
import type { MenuLed } from "../../src/xr/menu/menu-led";
import {
  boardPage,
  type LeadPart,
  type MenuData,
  type Opened,
  tabPages,
  wristPage,
} from "../../src/xr/menu/menu-pages";
import { buttonAt } from "../../src/xr/menu/panel-spec";
import { CLASS, group, ids, LED, room } from "./sample-menu";

const PARTS = [
  ...(["plan", "steps", "people", "somebody"] as const),
  ...(["voice", "mats", "door", "sure"] as const),
];
const LETTER_WIDE = 0.62;

const having = (more: Partial<MenuGathering> = {}): MenuData => ({
  ...group(room(3)),
  gathering: { ...CLASS, ...more },
});
const led = (more: Partial<MenuLed>) => having({ led: { ...LED, ...more } });
const at = (part: LeadPart, more: Partial<Opened> = {}): Opened => ({
  ...{ tab: "lead", part, page: 0, person: 100, draft: "", sure: "host:100", norms: [] },
  ...more,
});
const lead = (data: MenuData, part: LeadPart, more: Partial<Opened> = {}) =>
  boardPage(data, at(part, more));

describe("a gathering on the wrist", () => {
  it("is among the big things: leading for whoever may, one's own part for the others", () => {
    expect(ids(wristPage(having()))).toContain("tab:lead");
    expect(ids(wristPage(having()))).not.toContain("tab:class");
    const member = wristPage(having({ leads: false, led: null }));
    expect(ids(member)).toContain("tab:class");
    expect(ids(member)).not.toContain("tab:lead");
    expect(ids(wristPage(room(3)))).not.toContain("tab:class");
  });

  it("has both for whoever may lead a class in which they take part", () => {
    const both = ids(wristPage(having({ leads: false })));
    expect(both).toEqual(expect.arrayContaining(["tab:lead", "tab:class"]));
  });

  it("never hides a question from whoever leads", () => {
    const ask = { id: 9, title: "A mat for you", text: "Go there?", yes: "Go there", no: "Stay" };
    const asked = wristPage(having({ ask })).buttons.find(({ id }) => id === "tab:class");
    expect(asked?.label).toBe("Asked");
    const page = boardPage(having({ ask }), { ...at("plan"), tab: "class" });
    const [no, yes] = ["no:9", "yes:9"].map((id) => page.buttons.find((each) => each.id === id)!);
    expect([no?.w, no?.h]).toEqual([yes?.w, yes?.h]);
    expect(ids(page)).not.toContain("hand");
  });

  it("opens no page for leading to whoever may not", () => {
    const member = having({ leads: false, led: null });
    expect(ids(boardPage(member, { ...at("plan"), tab: "people" }))).not.toContain("tab:lead");
    expect(ids(lead(member, "plan"))).not.toContain("lead:next");
  });
});

describe("leading from the wrist", () => {
  const all = [
    having(),
    having({ state: "doors", run: "waiting" }),
    led({ people: [], waiting: [] }),
  ];

  it.each(PARTS)("keeps every button of the part %s on the panel, apart, and large", (part) => {
    for (const data of all) {
      const spec = lead(data, part);
      for (const button of spec.buttons) {
        expect(button.x).toBeGreaterThanOrEqual(0);
        expect(button.x + button.w).toBeLessThanOrEqual(spec.width);
        expect(button.y + button.h).toBeLessThanOrEqual(spec.height);
        expect(Math.min(button.w, button.h)).toBeGreaterThanOrEqual(70);
        const corners = [1, button.w - 1].flatMap((x) => [1, button.h - 1].map((y) => [x, y]));
        for (const [x, y] of corners) {
          expect(buttonAt(spec, button.x + x!, button.y + y!)?.id).toBe(button.id);
        }
      }
      expect(new Set(ids(spec)).size).toBe(spec.buttons.length);
    }
  });

  it.each(PARTS)("prints no text of the part %s over a button or too small to read", (part) => {
    for (const data of all) {
      const spec = lead(data, part);
      for (const text of spec.texts) {
        const degrees = (Math.atan(text.size / 1024 / 1.3) * 180) / Math.PI;
        expect(degrees).toBeGreaterThanOrEqual(1.5);
        expect(text.y).toBeLessThan(spec.height - 8);
        const wide = Math.min(text.width, text.text.length * text.size * LETTER_WIDE);
        for (const [x, y] of [
          [text.x + 2, text.y - text.size * 0.7],
          [text.x + wide - 2, text.y - text.size * 0.7],
          [text.x + 2, text.y],
          [text.x + wide - 2, text.y],
        ]) {
          expect(buttonAt(spec, x!, y!)?.id, text.text).toBeUndefined();
        }
      }
    }
  });

  it("goes from part to part, and says where somebody wants something", () => {
    for (const part of PARTS.slice(0, -1)) {
      expect(ids(lead(having(), part))).toEqual(
        expect.arrayContaining(["led:plan", "led:voice", "led:mats", "led:door"]),
      );
    }
    const label = (data: MenuData, id: string) =>
      lead(data, "plan").buttons.find((button) => button.id === id)?.label;
    expect(label(having(), "led:people")).toBe("People 3");
    expect(label(having(), "led:door")).toBe("Door 70");
    const calm = led({ hands: 0, checks: [], waitingTotal: 0 });
    expect([label(calm, "led:people"), label(calm, "led:door")]).toEqual(["People", "Door"]);
  });

  it("holds and goes on with the largest buttons, and begins with one", () => {
    expect(ids(lead(having(), "plan"))).toEqual(
      expect.arrayContaining(["lead:hold", "lead:next", "lead:back", "lead:forward", "lead:skip"]),
    );
    expect(ids(lead(having({ run: "holding" }), "plan"))).toContain("lead:resume");
    const before = ids(lead(having({ state: "doors", run: "waiting" }), "plan"));
    expect(before).toContain("lead:start");
    expect(before).not.toContain("lead:next");
    expect(before).not.toContain("sure:wind_down");
  });

  it("asks once more before it ends for all, is handed over, or is taken", () => {
    expect(ids(lead(having(), "plan"))).not.toContain("lead:end");
    const sure = (what: string) => ids(lead(having(), "sure", { sure: what }));
    expect(sure("end")).toEqual(expect.arrayContaining(["sure:", "lead:end"]));
    expect(sure("wind_down")).toEqual(expect.arrayContaining(["sure:", "lead:wind_down"]));
    expect(sure("take")).toEqual(expect.arrayContaining(["sure:", "take"]));
    expect(ids(lead(having(), "somebody"))).not.toContain("host:100");
    expect(ids(lead(having(), "somebody"))).toContain("sure:host:100");
    expect(sure("host:100")).toEqual(expect.arrayContaining(["sure:", "host:100"]));
  });

  it("offers to lead from here to those alone who may at once", () => {
    expect(ids(lead(having(), "plan"))).toContain("sure:take");
    expect(ids(lead(led({ mayTake: false }), "plan"))).not.toContain("sure:take");
  });

  it("reaches everybody and everyone at the door by paging", () => {
    const seen = (part: "people" | "door" | "steps", verb: string) => {
      const found = new Set<string>();
      for (let page = 0; page < tabPages(having(), "lead", part); page++) {
        for (const id of ids(lead(having(), part, { page }))) {
          if (id.startsWith(`${verb}:`)) found.add(id);
        }
      }
      return found.size;
    };
    expect(seen("door", "admit")).toBe(LED.waiting.length);
    expect(seen("steps", "jump")).toBe(LED.steps.length);
    // "led:" turns to the five parts as well
    expect(seen("people", "led")).toBe(LED.people.length + 5);
  });

  it("opens the steps where the plan is, and shows which one it is in", () => {
    expect(firstPage(LED, "steps")).toBe(2);
    expect(firstPage(LED, "people")).toBe(0);
    const page = lead(having(), "steps", { page: 2 });
    const now = page.texts.filter(({ tone, bold }) => tone === "ember" && bold);
    expect(now.map(({ text }) => text)).toEqual(["Step 9"]);
    expect(page.strip?.part).toBe(9);
    expect(page.strip?.at).toBe(Math.round(0.65 * page.strip!.w));
  });

  it("goes to no step before the start and after the end", () => {
    const jumps = (more: Partial<MenuGathering>) =>
      ids(lead(having(more), "steps")).filter((id) => id.startsWith("jump:")).length;
    expect(jumps({ state: "doors", run: "waiting" })).toBe(0);
    expect(jumps({ run: "over" })).toBe(0);
    expect(jumps({ run: "paused" })).toBeGreaterThan(0);
    const before = lead(having({ state: "doors", run: "waiting" }), "plan");
    expect(ids(before)).toContain("led:steps");
    expect(before.strip).toBeDefined();
    const bare = lead(having({ plan: false, cue: "", next: "" }), "plan");
    expect(ids(bare)).not.toContain("led:steps");
    expect(bare.strip).toBeUndefined();
  });

  it("says how many more wait than the server names", () => {
    const texts = lead(having(), "door").texts.map(({ text }) => text);
    expect(texts.some((text) => text.endsWith("58 more wait"))).toBe(true);
  });

  it("shows of somebody what may be done about them, and nothing else", () => {
    const some = led({ people: [{ ...LED.people[0]!, acts: ["free", "mega_off"] }] });
    const acts = ids(lead(some, "somebody")).filter((id) => id.endsWith(":100"));
    expect(acts).toEqual(["free:100", "mega_off:100"]);
    const gone = lead(having(), "somebody", { person: 999 });
    expect(ids(gone).filter((id) => id.endsWith(":999"))).toEqual([]);
    expect(ids(gone)).toContain("led:back");
  });

  it("says that words were cut", () => {
    const texts = lead(having(), "plan").texts.map(({ text }) => text);
    expect(texts.some((text) => text.endsWith("…"))).toBe(true);
  });
});
