// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GatheringUi } from "../../../src/ui/room/gathering-ui";
import type { PanelName } from "../../../src/ui/room/panel";
import { GA } from "../../../src/ui/strings-gathering";
import { BO, Classroom, cue, isSeen, ME, notes, shown } from "./classroom";

let here: Classroom;
let ui: GatheringUi;
let open: PanelName | null;

function enter(rights: string[] = [], scene = true): void {
  here = new Classroom(rights);
  open = null;
  ui = new GatheringUi({
    ...{ gathering: here.room, settings: here.settings, scene },
    open: () => open,
    show: (name) => {
      open = name;
    },
  });
  here.show(ui.bar.element, ui.asks.element, ui.applause.element, ...ui.tools);
  here.people([BO, "Bo"]);
}

function leave(): void {
  ui.dispose();
  for (const panel of Object.values(ui.panels)) panel.dispose();
  here.end();
}

beforeEach(() => enter());
afterEach(leave);

const tool = (test: string) => shown(test);
/** Press a key on the page; whether it was taken. */
function press(code: string, on: EventTarget = document.body, more: KeyboardEventInit = {}) {
  const event = new KeyboardEvent("keydown", { code, bubbles: true, cancelable: true, ...more });
  on.dispatchEvent(event);
  return event.defaultPrevented;
}
const seen = () => ["gathering", "console"].filter((test) => isSeen(tool(test))).join(" ");

describe("the buttons of a gathering", () => {
  it("are there for whom they are", () => {
    expect(seen()).toBe("");
    here.gather();
    expect(seen()).toBe("gathering");
    for (const role of ["speaker", "audience"] as const) {
      here.gather({}, { role });
      expect(seen(), role).toBe("gathering");
    }
    for (const role of ["host", "co_host"] as const) {
      here.gather({}, { role });
      expect(seen(), role).toBe("gathering console");
    }
    here.gather({ state: "ended" });
    expect(seen()).toBe("");
  });

  it("let whoever may edit the group lead, too", () => {
    leave();
    enter(["edit_group"]);
    here.gather();
    expect(seen()).toBe("gathering console");
  });

  it("open their panel and close it", () => {
    here.lead();
    tool("gathering").click();
    expect(open).toBe("gathering");
    tool("console").click();
    expect(open).toBe("console");
    tool("console").click();
    expect(open).toBeNull();
  });

  it("close with what they opened when that is over, or one leads no more", () => {
    here.lead();
    open = "console";
    here.gather({ people: [] }, { role: "audience" });
    expect(open).toBeNull();
    open = "gathering";
    here.gather({ state: "ended" });
    expect(open).toBeNull();
    open = "chat";
    here.gather({ state: "live" });
    here.gather({ state: "ended" });
    expect(open).toBe("chat");
  });

  it("show one's place and how many hands are up, also to whoever does not see it", () => {
    here.lead({ template: "talk" });
    here.hands({ hands: [{ id: ME, at_ms: here.nowMs }], mine: 2, total: 3 });
    expect(tool("gathering").querySelector(".tool-label")?.textContent).toBe("Talk");
    expect(tool("gathering").getAttribute("aria-label")).toBe("Talk 2, You are 2nd of 3.");
    expect(tool("console").getAttribute("aria-label")).toBe("Lead 3: Raised hands");
    here.hands({});
    expect(tool("gathering").querySelector<HTMLElement>(".badge")?.hidden).toBe(true);
    expect(tool("console").getAttribute("aria-label")).toBe("Lead");
  });

  it("are the console at once on a companion's page, which is what one came for", async () => {
    leave();
    enter([], false);
    here.lead();
    await here.settle();
    expect(open).toBe("console");
    open = null;
    here.lead({ silence: true });
    await here.settle();
    expect(open).toBeNull();
  });
});

describe("the keys of a gathering", () => {
  it("mean nothing while there is none", () => {
    for (const code of ["KeyH", "KeyI", "KeyJ", "KeyK", "KeyN", "KeyU", "KeyQ"]) {
      expect(press(code), code).toBe(false);
    }
    expect(here.heard()).toEqual([]);
  });

  it("raise and lower one's hand, and ask to be looked at", async () => {
    here.gather();
    press("KeyH");
    expect(here.heard()).toEqual([{ t: "hand", on: true }]);
    here.hands({ hands: [{ id: ME, at_ms: here.nowMs }], mine: 1, total: 1 });
    press("KeyH");
    expect(here.heard()).toEqual([{ t: "hand", on: false }]);
    press("KeyI");
    expect(here.heard()).toEqual([{ t: "check", on: true }]);
    await here.accept();
    expect(notes()).toEqual([]); // until it is known whether anybody sees it
    here.gather({}, { check: true, check_seen: true });
    await here.pass(0);
    expect(notes()).toEqual([GA.panel.checked]);
    press("KeyI");
    expect(here.heard()).toEqual([{ t: "check", on: false }]);
  });

  it("say that nobody who leads is here to see it", async () => {
    here.gather();
    press("KeyI");
    await here.accept();
    here.gather({}, { check: true, check_seen: false });
    await here.pass(0);
    expect(notes()).toEqual([GA.panel.unseen]);
  });

  it("lead only for whoever leads", () => {
    here.gather();
    here.plan(cue("a", 0), cue("b", 60_000));
    here.run("running");
    expect([press("KeyK"), press("KeyN"), press("KeyU")]).toEqual([false, false, false]);
    here.lead();
    const version = here.timelineVersion;
    expect([press("KeyK"), press("KeyN"), press("KeyU")]).toEqual([true, true, true]);
    expect(here.heard()).toEqual([
      { t: "lead", act: "hold", version },
      { t: "lead", act: "next", version },
    ]);
    expect(open).toBe("console");
    here.run("holding", 5_000);
    press("KeyK");
    expect(here.heard()).toEqual([{ t: "lead", act: "resume", version: version + 1 }]);
  });

  it("are letters where somebody writes, in a dialog, held down or with another key", () => {
    here.lead();
    const field = document.createElement("input");
    here.show(field);
    expect(press("KeyH", field)).toBe(false);
    expect(press("KeyH", document.body, { ctrlKey: true })).toBe(false);
    expect(press("KeyH", document.body, { repeat: true })).toBe(false);
    const dialog = document.createElement("dialog");
    dialog.setAttribute("open", "");
    document.body.append(dialog);
    expect(press("KeyH")).toBe(false);
    expect(here.heard()).toEqual([]);
  });

  it("say why something was refused", async () => {
    here.gather();
    press("KeyH");
    await here.refuse("Hands rest just now.");
    expect(notes()).toEqual(["Hands rest just now."]);
  });
});

describe("what becomes of a gathering", () => {
  it("is said once, and not to whoever comes into it", () => {
    here.gather();
    expect(notes()).toEqual([]);
    here.gather({ state: "doors" });
    here.gather({ state: "live" });
    here.gather({ state: "live", silence: true });
    expect(notes()).toEqual([GA.began("Slow yoga")]);
    here.gather({ state: "winding_down" });
    expect(notes()).toEqual([GA.began("Slow yoga"), GA.windingDown]);
  });
});
