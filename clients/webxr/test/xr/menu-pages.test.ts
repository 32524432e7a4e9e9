import { describe, expect, it } from "vitest";
import type { MenuGathering } from "../../src/xr/menu/menu-gathering";
import { typed } from "../../src/xr/menu/menu-group";
import {
  boardPage,
  type MenuData,
  NO_DATA,
  type Opened,
  peoplePages,
  type Tab,
  wristPage,
} from "../../src/xr/menu/menu-pages";
import { earmuffStep, type MenuVoice, NO_VOICE } from "../../src/xr/menu/menu-voice";
import { notePage, wrap } from "../../src/xr/menu/note-panel";
import { buttonAt, type PanelSpec } from "../../src/xr/menu/panel-spec";

const VOICE: MenuVoice = {
  ...NO_VOICE,
  offered: true,
  mic: { label: "3 hear you", icon: "mic", open: true, barred: false },
  summary: "3 people hear whatever you say",
  hearers: Array.from({ length: 6 }, (_, i) => ({ name: `Hearer ${i}`, reason: "near you" })),
  more: 2,
};

function room(count: number): MenuData {
  return {
    ...NO_DATA,
    roomName: "Campfire",
    people: Array.from({ length: count }, (_, i) => ({
      id: 100 + i,
      name: `Person ${i}`,
      colour: "#ffffff",
      away: false,
      hidden: i === 1,
      distanceM: i,
      muted: i === 2,
      volume: 1,
      mic: "mic on",
      near: (["no", "asked", "asks", "yes"] as const)[i % 4]!,
    })),
    voice: VOICE,
    chat: Array.from({ length: 20 }, (_, i) => ({ name: "A", text: `line ${i}` })),
  };
}

const CLASS: MenuGathering = {
  template: "class",
  leads: true,
  state: "live",
  run: "running",
  plan: true,
  where: "On now · 1:48 of 11:00",
  cue: "Shift your weight to the left foot, slowly, and look softly ahead. ".repeat(4),
  next: "Next in 1:43: And the other side.",
  handUp: false,
  handWords: "You are 2nd of 5. Up for 0:31.",
  check: false,
  softHush: true,
  view: "mirror",
  music: 0.6,
  pose: "Tree",
  awayFromMat: true,
  awayFromStage: true,
  ask: null,
  nextHand: "Bo",
  hands: 2,
  checks: ["Bo"],
  silence: false,
  formation: "rows",
  matWords: "12 of 20 mats have somebody.",
};

const TABS = [
  "class",
  "lead",
  "mats",
  "ending",
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

/** The same room as a group's, with everything a moderator may do. */
const group = (data: MenuData): MenuData => ({
  ...data,
  group: {
    safe: false,
    boundary: { mode: "non_friends", radius_m: 0.6 },
    forced: true,
    acts: ["mute", "remove", "bar", "ban"],
    mayWrite: true,
  },
  gathering: CLASS,
});

const at = (tab: Tab, page = 0, person = 0): Opened => ({
  ...{ tab, page, person, draft: "" },
  norms: ["Be kind.", "Nobody is touched unasked.", "What is said here stays here."],
});

function ids(spec: PanelSpec): string[] {
  return spec.buttons.map((button) => button.id);
}

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
    expect(texts).toContain("3 people hear whatever you say");
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
    expect(notePage("", [])).toBeNull();
    const said = ["first", "second", "third", "fourth"].map((text) => ({ name: "Ada", text }));
    const lines = notePage("Mind the fire.", said)!.texts.map(({ text }) => text);
    expect(lines).toEqual(["Mind the fire.", "Ada: second", "Ada: third", "Ada: fourth"]);
  });

  it("can be read from where they hang", () => {
    for (const text of notePage("A hint", [{ name: "Ada", text: "hello" }])!.texts) {
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

describe("a gathering", () => {
  const leading = (more: Partial<MenuGathering> = {}): MenuData => ({
    ...group(room(3)),
    gathering: { ...CLASS, ...more },
  });

  it("is among the big things, for those who lead as leading", () => {
    expect(ids(wristPage(leading()))).toContain("tab:lead");
    const member = wristPage(leading({ leads: false }));
    expect(ids(member)).toContain("tab:class");
    expect(ids(member)).not.toContain("tab:lead");
    expect(ids(boardPage(leading({ leads: false }), at("people")))).not.toContain("tab:lead");
    expect(ids(wristPage(room(3)))).not.toContain("tab:class");
  });

  it("holds and goes on with the largest buttons, and begins with one", () => {
    expect(ids(boardPage(leading(), at("lead")))).toEqual(
      expect.arrayContaining(["lead:hold", "lead:next", "lead:back", "lead:forward", "lead:skip"]),
    );
    expect(ids(boardPage(leading({ run: "holding" }), at("lead")))).toContain("lead:resume");
    const before = ids(boardPage(leading({ state: "doors", run: "waiting" }), at("lead")));
    expect(before).toContain("lead:start");
    expect(before).not.toContain("lead:next");
    expect(before).toContain("tab:mats");
  });

  it("lays the mats out and asks everybody to face the front on a page of their own", () => {
    const page = boardPage(leading(), at("mats"));
    expect(ids(page)).toEqual(
      expect.arrayContaining(["form:none", "form:rows", "form:arc", "form:circle", "faceall"]),
    );
    const chosen = page.buttons.filter(({ id, selected }) => selected && id.startsWith("form:"));
    expect(chosen.map(({ id }) => id)).toEqual(["form:rows"]);
    expect(page.buttons.find(({ id }) => id === "tab:lead")?.selected).toBe(true);
  });

  it("asks once more before it ends for everybody", () => {
    expect(ids(boardPage(leading(), at("lead")))).not.toContain("lead:end");
    const ending = boardPage(leading(), { ...at("ending"), draft: "end" });
    expect(ids(ending)).toEqual(expect.arrayContaining(["ask-end:", "lead:end"]));
  });

  it("shows a question before all else, and no is as large as yes", () => {
    const ask = { id: 9, title: "A mat for you", text: "Go there?", yes: "Go there", no: "Stay" };
    const page = boardPage(leading({ ask }), at("class"));
    const [no, yes] = ["no:9", "yes:9"].map((id) => page.buttons.find((each) => each.id === id)!);
    expect([no?.w, no?.h]).toEqual([yes?.w, yes?.h]);
    expect(ids(page)).not.toContain("hand");
  });

  it("says that words were cut", () => {
    const texts = boardPage(leading(), at("lead")).texts.map(({ text }) => text);
    expect(texts.some((text) => text.endsWith("…"))).toBe(true);
  });
});
