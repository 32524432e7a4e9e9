import { describe, expect, it } from "vitest";
import { typed } from "../../src/xr/menu/menu-group";
import {
  boardPage,
  NO_DATA,
  type Opened,
  peoplePages,
  type Tab,
  wristPage,
} from "../../src/xr/menu/menu-pages";
import { earmuffStep, NO_VOICE } from "../../src/xr/menu/menu-voice";
import { NO_WORDS, notePage, wrap } from "../../src/xr/menu/note-page";
import { buttonAt } from "../../src/xr/menu/panel-spec";
import { group, ids, room, VOICE } from "./sample-menu";

const TABS = [
  "class",
  "lead",
  "people",
  "person",
  "report",
  "voice",
  "chat",
  "write",
  "safety",
  "react",
  "comfort",
  "leave",
] as const;

const at = (tab: Tab, page = 0, person = 0): Opened => ({
  ...{ tab, part: "plan" as const, page, person, draft: "", sure: "" },
  norms: ["Be kind.", "Nobody is touched unasked.", "What is said here stays here."],
});

describe("wrist", () => {
  it("shows only what one may do, and always people and leave", () => {
    expect(ids(wristPage(NO_DATA))).toEqual(["mic", "tab:people", "tab:leave"]);
    const all = { ...NO_DATA, voice: VOICE, may: { safePlace: true } };
    expect(ids(wristPage(all))).toEqual(["mic", "tab:people", "safe", "tab:leave"]);
    expect(wristPage(NO_DATA).buttons[0]!.disabled).toBe(true);
    expect(wristPage(all).buttons[0]!.disabled).toBe(false);
  });
});

describe("board", () => {
  it("hides somebody in two presses: people, then hide beside the name", () => {
    expect(ids(wristPage(room(3)))).toContain("tab:people");
    const page = ids(boardPage(room(3), at("people", 0)));
    expect(page).toContain("hide:100");
    expect(page).toContain("show:101");
  });

  it("mutes somebody in two presses, and offers no voice where there is none", () => {
    const page = ids(boardPage(room(4), at("people", 0)));
    expect(page).toContain("mute:100");
    expect(page).toContain("unmute:102");
    // whoever is hidden is not heard anyway
    expect(page.some((id) => /^(un)?mute:101$/.test(id))).toBe(false);
    const silent = { ...room(4), voice: NO_VOICE };
    expect(ids(boardPage(silent, at("people", 0))).some((id) => id.includes("mute"))).toBe(false);
    expect(ids(boardPage(silent, at("people", 0)))).not.toContain("tab:voice");
  });

  it("says who hears one and why, and how many more", () => {
    const texts = boardPage(room(2), at("voice", 0)).texts.map((text) => text.text);
    expect(texts).toContain("3 people can hear you");
    expect(texts).toContain("Hearer 3");
    expect(texts).not.toContain("Hearer 4");
    expect(texts).toContain("and 4 more");
  });

  it("goes back to the list when the person shown has left", () => {
    const gone = boardPage(room(3), at("person", 0, 999));
    expect(ids(gone)).toContain("hide:100");
    expect(ids(boardPage(room(3), at("person", 0, 100)))).toContain("louder:100");
  });

  it("leaves in two presses", () => {
    expect(ids(wristPage(room(0)))).toContain("tab:leave");
    expect(ids(boardPage(room(0), at("leave", 0)))).toEqual(["close", "leave"]);
  });

  it("reaches everyone in a full room by paging", () => {
    const data = room(23);
    const seen = new Set<string>();
    for (let page = 0; page < peoplePages(data); page++) {
      for (const id of ids(boardPage(data, at("people", page)))) {
        if (/^(hide|show):/.test(id)) seen.add(id.split(":")[1]!);
      }
    }
    expect(seen.size).toBe(23);
  });

  it("shows the last chat lines", () => {
    const texts = boardPage(room(1), at("chat", 0)).texts.map((text) => text.text);
    expect(texts).toContain("line 19");
    expect(texts).not.toContain("line 2");
  });

  it.each(TABS)("keeps every button of %s on the panel, apart, and large enough", (tab) => {
    for (const count of [0, 4, 30]) {
      const spec = boardPage(group(room(count)), at(tab, 0, 102));
      for (const button of spec.buttons) {
        expect(button.x).toBeGreaterThanOrEqual(0);
        expect(button.y).toBeGreaterThanOrEqual(0);
        expect(button.x + button.w).toBeLessThanOrEqual(spec.width);
        expect(button.y + button.h).toBeLessThanOrEqual(spec.height);
        expect(Math.min(button.w, button.h)).toBeGreaterThanOrEqual(70);
        // its middle finds it and nothing else
        const found = buttonAt(spec, button.x + button.w / 2, button.y + button.h / 2);
        expect(found?.id).toBe(button.id);
      }
      expect(new Set(ids(spec)).size).toBe(spec.buttons.length);
    }
  });

  it("prints letters of at least 1.5 degrees at its distance", () => {
    // a pixel is 1/1024 m and the board stands 1.3 m away
    for (const tab of TABS) {
      for (const text of boardPage(group(room(4)), at(tab, 0, 100)).texts) {
        const degrees = (Math.atan(text.size / 1024 / 1.3) * 180) / Math.PI;
        expect(degrees).toBeGreaterThanOrEqual(1.5);
      }
    }
  });
});

describe("earmuffs", () => {
  it("step outwards to no limit and inwards to arm's length, and stay there", () => {
    expect([2, 8, 20, 0].map((m) => earmuffStep(m, 1))).toEqual([4, 12, 0, 0]);
    expect([0, 20, 4, 2].map((m) => earmuffStep(m, -1))).toEqual([20, 16, 2, 2]);
    expect(earmuffStep(7, 1)).toBe(8);
    expect(earmuffStep(7, -1)).toBe(6);
  });
});

describe("notes", () => {
  it("break at spaces, and break a word that is longer than a line", () => {
    expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrap("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
    expect(wrap("", 10)).toEqual([]);
  });

  it("show the hint first and the newest of the captions that fit", () => {
    expect(notePage(NO_WORDS)).toBeNull();
    const said = ["first", "second", "third", "fourth"].map((text) => ({ name: "Ada", text }));
    const note = notePage({ ...NO_WORDS, note: "Mind the fire.", captions: said })!;
    const lines = note.texts.map(({ text }) => text);
    expect(lines).toEqual(["Mind the fire.", "Ada: second", "Ada: third", "Ada: fourth"]);
  });

  it("can be read from where they hang", () => {
    const captions = [{ name: "Ada", text: "hello" }];
    const marks = [{ icon: "micOff", text: "Silence" }];
    for (const text of notePage({ ...NO_WORDS, note: "A hint", captions, marks })!.texts) {
      const degrees = (Math.atan(text.size / 1024 / 1.25) * 180) / Math.PI;
      expect(degrees).toBeGreaterThanOrEqual(1.5);
    }
  });
});

describe("a group's room", () => {
  it("blocks in place of hiding, also on somebody's page", () => {
    expect(ids(boardPage(group(room(3)), at("people")))).toContain("block:100");
    const page = ids(boardPage(group(room(3)), at("person", 0, 100)));
    expect(page).toContain("block:100");
    expect(page).toContain("report:100");
    expect(page.filter((id) => id.startsWith("hide"))).toEqual([]);
  });

  it("offers a moderator whatever they may do, each about the person shown", () => {
    const page = ids(boardPage(group(room(3)), at("person", 0, 100)));
    const acts = page.filter((id) => /^(silence|remove|bar|ban):100$/.test(id));
    expect(acts).toEqual(["silence:100", "remove:100", "bar:100", "ban:100"]);
  });

  it("says how far two are in agreeing to stand near", () => {
    const near = (person: number) =>
      ids(boardPage(group(room(5)), at("person", 0, person))).filter((id) =>
        /^(near|far):/.test(id),
      );
    expect(near(100)).toEqual(["near:100"]);
    expect(near(102)).toEqual(["near:102", "far:102"]);
    expect(near(103)).toEqual(["far:103"]);
  });

  it("reports in two presses once somebody is chosen", () => {
    expect(ids(boardPage(group(room(3)), at("report", 0, 100)))).toContain("norm:0");
  });

  it("writes with capitals at the start of sentences and within its limit", () => {
    const line = ["h", "i", ".", "space", "y", "o", "back"].reduce(typed, "");
    expect(line).toBe("Hi. Y");
    expect(typed("a".repeat(200), "b")).toHaveLength(200);
  });

  it("offers nothing of a group elsewhere", () => {
    const plain = ids(boardPage(room(3), at("people")));
    expect(plain).not.toContain("tab:safety");
    expect(ids(boardPage(room(3), at("chat")))).not.toContain("tab:write");
  });
});
