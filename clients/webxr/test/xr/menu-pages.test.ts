import { describe, expect, it } from "vitest";
import {
  boardPage,
  type MenuData,
  NO_DATA,
  peoplePages,
  wristPage,
} from "../../src/xr/menu/menu-pages";
import { buttonAt, type PanelSpec } from "../../src/xr/menu/panel-spec";

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
    })),
    chat: Array.from({ length: 20 }, (_, i) => ({ name: "A", text: `line ${i}` })),
  };
}

function ids(spec: PanelSpec): string[] {
  return spec.buttons.map((button) => button.id);
}

describe("wrist", () => {
  it("shows only what one may do, and always people and leave", () => {
    expect(ids(wristPage(NO_DATA))).toEqual(["mic", "tab:people", "tab:leave"]);
    const all = { ...NO_DATA, may: { mic: true, safePlace: true, host: true } };
    expect(ids(wristPage(all))).toEqual(["mic", "tab:people", "safe", "host", "tab:leave"]);
    expect(wristPage(NO_DATA).buttons[0]!.disabled).toBe(true);
    expect(wristPage(all).buttons[0]!.disabled).toBe(false);
  });
});

describe("board", () => {
  it("hides somebody in two presses: people, then hide beside the name", () => {
    expect(ids(wristPage(room(3)))).toContain("tab:people");
    const page = ids(boardPage(room(3), "people", 0));
    expect(page).toContain("hide:100");
    expect(page).toContain("show:101");
  });

  it("leaves in two presses", () => {
    expect(ids(wristPage(room(0)))).toContain("tab:leave");
    expect(ids(boardPage(room(0), "leave", 0))).toEqual(["close", "leave"]);
  });

  it("reaches everyone in a full room by paging", () => {
    const data = room(23);
    const seen = new Set<string>();
    for (let page = 0; page < peoplePages(data); page++) {
      for (const id of ids(boardPage(data, "people", page))) {
        if (/^(hide|show):/.test(id)) seen.add(id.split(":")[1]!);
      }
    }
    expect(seen.size).toBe(23);
  });

  it("shows the last chat lines", () => {
    const texts = boardPage(room(1), "chat", 0).texts.map((text) => text.text);
    expect(texts).toContain("line 19");
    expect(texts).not.toContain("line 2");
  });

  it.each(["people", "chat", "react", "comfort", "leave"] as const)(
    "keeps every button of %s on the panel, apart, and large enough",
    (tab) => {
      for (const count of [0, 4, 30]) {
        const spec = boardPage(room(count), tab, 0);
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
    },
  );

  it("prints letters of at least 1.5 degrees at its distance", () => {
    // a pixel is 1/1024 m and the board stands 1.3 m away
    for (const tab of ["people", "chat", "comfort", "leave"] as const) {
      for (const text of boardPage(room(4), tab, 0).texts) {
        const degrees = (Math.atan(text.size / 1024 / 1.3) * 180) / Math.PI;
        expect(degrees).toBeGreaterThanOrEqual(1.5);
      }
    }
  });
});
