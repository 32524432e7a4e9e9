// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Waiting } from "../../../src/protocol/control";
import { HostConsole } from "../../../src/ui/room/host-console";
import { GA } from "../../../src/ui/strings-gathering";
import { BO, button, Classroom, CY, HOSTILE, isSeen, notes, shown } from "./classroom";

let here: Classroom;
let console_: HostConsole;
let closed = 0;

beforeEach(() => {
  closed = 0;
  here = new Classroom();
  console_ = new HostConsole(here.room, () => closed++);
  here.show(console_.element);
  console_.element.hidden = false;
  here.people([BO, "Bo"], [CY, "Cy"]);
  here.lead();
});
afterEach(() => {
  console_.dispose();
  here.end();
});

const open = (tab: string) => shown(`console-${tab}-tab`).click();
const input = (test: string) => {
  const found = shown(test);
  return found instanceof HTMLInputElement ? found : found.querySelector("input")!;
};
const chosen = (name: string) =>
  ["near", "nobody", "none", "rows", "arc", "circle"].filter(
    (value) =>
      document.querySelector<HTMLInputElement>(`[data-test=${name}-${value}] input`)?.checked,
  );

describe("the console's tabs", () => {
  it("show one part at a time, and are turned by arrow keys", () => {
    const tabs = ["plan", "people", "voice", "mats", "door"];
    const openNow = () =>
      tabs.filter((tab) => isSeen(document.getElementById(`console-${tab}`)!)).join();
    const turn = (key: string) =>
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    expect(openNow()).toBe("plan");
    shown("console-plan-tab").focus();
    turn("ArrowLeft");
    expect(openNow()).toBe("door");
    expect(document.activeElement).toBe(shown("console-door-tab"));
    turn("ArrowRight");
    turn("ArrowRight");
    expect(openNow()).toBe("people");
    const inTabOrder = tabs.filter((tab) => shown(`console-${tab}-tab`).tabIndex === 0);
    expect(inTabOrder).toEqual(["people"]);
    turn("x");
    expect(openNow()).toBe("people");
  });

  it("count who waits at the door", () => {
    here.gather({ waiting: 3 });
    expect(shown("console-door-tab").textContent).toBe("Door 3");
    here.gather({ waiting: 0 });
    expect(shown("console-door-tab").textContent).toBe("Door");
  });

  it("are closed by the panel's own button", () => {
    button("Close").click();
    expect(closed).toBe(1);
  });
});

describe("the voices on the console", () => {
  beforeEach(() => open("voice"));

  it("are ruled by what each choice names", async () => {
    input("audience-nobody").click();
    expect(here.heard()).toEqual([{ t: "voice_rule", audience: "nobody" }]);
    await here.accept();
    input("stage-only").click();
    input("silence").click();
    expect(here.heard()).toEqual([
      { t: "voice_rule", stage_only: true },
      { t: "voice_rule", silence: true },
    ]);
  });

  it("are shown as the server has them, whoever changed them", () => {
    expect(chosen("audience")).toEqual(["near"]);
    here.gather({ audience: "nobody", stage_only: true, silence: true });
    expect(chosen("audience")).toEqual(["nobody"]);
    expect([input("stage-only").checked, input("silence").checked]).toEqual([true, true]);
    input("silence").click();
    expect(here.heard()).toEqual([{ t: "voice_rule", silence: false }]);
  });

  it("go back to what is true when a wish is refused", async () => {
    input("audience-nobody").click();
    input("silence").click();
    await here.refuse("You do not lead.");
    expect(chosen("audience")).toEqual(["near"]);
    expect(input("silence").checked).toBe(false);
    expect(notes()).toEqual(["You do not lead.", "You do not lead."]);
  });

  it("do not jump back while a wish is under way and time passes", async () => {
    input("silence").click();
    input("audience-nobody").click();
    input("silence").focus();
    await here.pass(1_500);
    expect(input("silence").checked).toBe(true);
    expect(chosen("audience")).toEqual(["nobody"]);
    expect(document.activeElement).toBe(input("silence"));
    here.gather({ silence: true, audience: "nobody" });
    await here.accept();
    expect(input("silence").checked).toBe(true);
  });

  it("name megaphones, each with the way to switch it off", () => {
    expect(shown("megaphones").textContent).toBe(GA.console.noMegaphones);
    here.people([BO, HOSTILE], [CY, "Cy"]);
    here.lead({}, { id: BO, megaphone: true }, { id: CY, role: "speaker", megaphone: false });
    const rows = [...shown("megaphones").querySelectorAll("strong")];
    expect(rows.map(({ textContent }) => textContent)).toEqual([HOSTILE]);
    expect(shown("megaphones").querySelector("img")).toBeNull();
    button(`Megaphone off: ${HOSTILE}`).click();
    expect(here.heard()).toEqual([{ t: "megaphone", participant: BO, on: false }]);
  });
});

describe("the mats on the console", () => {
  beforeEach(() => open("mats"));

  it.each(["rows", "arc", "circle", "none"])("are laid out as %s by its picture", (kind) => {
    if (kind === "none") here.tell({ t: "formation", version: 1, kind: "rows", mats: [] });
    input(`form-${kind}`).click();
    expect(here.heard()).toEqual([{ t: "form", kind }]);
  });

  it("tell how many have somebody, and only in a formation", () => {
    const taken = () =>
      [...document.querySelectorAll("#console-mats p")].filter(isSeen).map((p) => p.textContent);
    expect(taken().join()).not.toContain("mats have somebody");
    const mats = ["m1", "m2", "m3"].map((id, i) => ({ id, x: i * 2.3, z: 0, yaw_deg: 0 }));
    here.tell({ t: "formation", version: 2, kind: "arc", mats });
    here.attendees({ id: BO, mat: "m1" }, { id: CY });
    expect(chosen("form")).toEqual(["arc"]);
    expect(taken()).toContain("1 of 3 mats have somebody.");
  });

  it("ask everybody to face the front, and say so", async () => {
    shown("recentre-all").click();
    expect(here.heard()).toEqual([{ t: "prompt", kind: "recentre" }]);
    await here.accept();
    expect(notes()).toEqual([GA.console.recentred]);
  });
});

describe("the door on the console", () => {
  const waits = (account: string, name: string, asks = false): Waiting => ({
    ...{ account, name, asks, late: false },
    since_ms: Date.now() - 90_000,
  });
  const atDoor = (total: number, ...people: Waiting[]) =>
    here.tell({ t: "waiting_room", people, total });
  const rows = () =>
    [...shown("waiting").children].map(
      (row) => row.querySelector(".person-words")?.textContent ?? row.textContent,
    );

  beforeEach(() => open("door"));

  it("lets each in, for good or a while, or not", async () => {
    atDoor(2, waits("dee", "Dee"), waits("eve", "Eve", true));
    expect(rows()).toEqual(["Deewaits 1:30", `Eve${GA.console.asks} · waits 1:30`]);
    button("Let in Dee").click();
    button("For 90 s, let Eve in").click();
    button("Not now: Dee may come back in ten minutes").click();
    expect(here.heard()).toEqual([
      { t: "admit", account: "dee", yes: true },
      { t: "admit", account: "eve", yes: true, seconds: 90 },
      { t: "admit", account: "dee", yes: false },
    ]);
  });

  it("lets whoever was sent away in after all", async () => {
    atDoor(1, waits("dee", "Dee"));
    button("Not now: Dee may come back in ten minutes").click();
    await here.accept();
    expect(notes()[0]).toContain(GA.console.turnedAway("Dee"));
    here.heard();
    button(GA.console.admitAfterAll).click();
    expect(here.heard()).toEqual([{ t: "admit", account: "dee", yes: true }]);
    await here.accept();
    expect(notes()).toContain(GA.console.admittedAfterAll("Dee"));
  });

  it("says that nobody waits, and how many more there are", () => {
    expect(rows()).toEqual([GA.console.doorNobody]);
    atDoor(5, waits("dee", "Dee"));
    expect(rows()).toEqual(["Deewaits 1:30", "and 4 more"]);
  });

  it("counts on, and keeps the focus while others come and go", async () => {
    atDoor(2, waits("dee", "Dee"), waits("eve", "Eve"));
    const let_in = button("Let in Eve");
    let_in.focus();
    await here.pass(5_000);
    expect(rows()[1]).toBe("Evewaits 1:35");
    expect(document.activeElement).toBe(let_in);
    const since = Date.now() - 95_000;
    atDoor(2, { ...waits("eve", "Eve"), since_ms: since }, waits("fay", "Fay"));
    await here.settle();
    expect(rows()).toEqual(["Evewaits 1:35", "Faywaits 1:30"]);
    expect(document.activeElement).toBe(button("Let in Eve"));
    atDoor(1, waits("fay", "Fay"));
    await here.settle();
    expect(console_.element.contains(document.activeElement)).toBe(true);
  });

  it("shows names as text, whatever they are", () => {
    atDoor(1, waits("dee", HOSTILE));
    expect(shown("waiting").querySelector("strong")?.textContent).toBe(HOSTILE);
    expect(console_.element.querySelector("img")).toBeNull();
  });
});
