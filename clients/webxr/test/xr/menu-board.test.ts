// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { menuData } from "../../src/app/menu-data";
import { gatheringChoices } from "../../src/app/menu-gathering-data";
import type { Actions } from "../../src/ui/actions";
import { MenuBoard } from "../../src/xr/menu/menu-board";
import { wristPage } from "../../src/xr/menu/menu-pages";
import { BO, Classroom, CY, cue, DEE, ME } from "../ui/room/classroom";
import { ids } from "./sample-menu";

let here: Classroom;
let board: MenuBoard;
let said: string[];

function begin(rights: string[] = []): void {
  here = new Classroom(rights);
  said = [];
  const nothing = () => {};
  const actions: Actions = {
    ...{ leave: nothing, hide: nothing, react: nothing, chat: nothing, recenter: nothing },
    ...{ setHeightOffset: nothing, setPosture: nothing, enterVr: async () => false },
    gathering: here.room,
  };
  board = new MenuBoard({
    actions,
    comfort: {
      ...{ setTurn: nothing, setGlide: nothing, setLeftHanded: nothing },
      ...{ calibrateStanding: nothing, stepTurn: nothing },
    },
    choices: gatheringChoices(here.settings),
    say: (words) => said.push(words),
    changed: nothing,
  });
  show = () => board.setData(menuData(here.visit.state, actions, here.settings.values));
  wrist = () => ids(wristPage(menuData(here.visit.state, actions, here.settings.values)));
  here.people([BO, "Bo"], [CY, "Cy"], [DEE, "Dee"]);
}
let show: () => void;
let wrist: () => string[];

/** Open leading on a part, as it is now. */
function open(part: string): void {
  show();
  board.turn("lead");
  board.press(`led:${part}`);
}
/** What the buttons of a part are about, without those to other parts. */
const buttons = () => ids(board.spec()).filter((id) => !/^(tab|led|close)/.test(id));
const texts = () => board.spec().texts.map(({ text }) => text);

/** Press what is there: a button that is not shown cannot be pressed. */
function press(id: string): void {
  show();
  const found = board.spec().buttons.find((button) => button.id === id);
  if (found === undefined || found.disabled) throw new Error(`${id} is not to be pressed`);
  board.press(id);
}

afterEach(() => here.end());

describe("a host alone in a headset", () => {
  beforeEach(() => {
    begin();
    here.lead({ waiting: 2 });
    const since_ms = Date.now() - 45_000;
    const people = [
      { account: "eve", name: "Eve", since_ms, asks: false, late: false },
      { account: "fay:2", name: "Fay", since_ms, asks: true, late: true },
    ];
    here.tell({ t: "waiting_room", people, total: 2 });
    here.heard();
  });

  it("opens the door to one after the other, for a while, or not today", async () => {
    open("door");
    expect(texts()).toEqual(expect.arrayContaining(["Eve", "waits 0:45", "Fay"]));
    press("admit:eve");
    press("step-in:fay:2");
    press("turn-away:eve");
    expect(here.heard()).toEqual([
      { t: "admit", account: "eve", yes: true },
      { t: "admit", account: "fay:2", yes: true, seconds: 90 },
      { t: "admit", account: "eve", yes: false },
    ]);
    await here.accept();
    expect(said[0]).toBe("They come in.");
  });

  it("lets nobody in by a press that was meant for who was there before", async () => {
    open("door");
    press("admit:eve");
    board.press("admit:fay:2");
    expect(here.heard()).toEqual([{ t: "admit", account: "eve", yes: true }]);
    await here.pass(600);
    press("admit:fay:2");
    expect(here.heard()).toEqual([{ t: "admit", account: "fay:2", yes: true }]);
  });

  it("hears why it was not done", async () => {
    open("door");
    press("admit:eve");
    await here.refuse("They do not wait any more.");
    expect(said).toEqual(["They do not wait any more."]);
  });

  it("sees flags and hands first, and gives the floor", () => {
    const at_ms = here.nowMs;
    const hands = [DEE, CY].map((id) => ({ id, at_ms }));
    here.hands({ hands });
    here.attendees({ id: CY }, { id: BO, check: true, mat: "m3", late: true });
    open("people");
    const names = texts().filter((text) => /^(Bo|Cy|Dee)$/.test(text));
    expect(names).toEqual(["Bo", "Dee", "Cy"]);
    expect(texts()).toContain("hand up, first");
    expect(texts().some((text) => text.includes("asks to be looked at · mat m3 · late"))).toBe(
      true,
    );
    press("floor");
    press(`give:${CY}`);
    press("later");
    press("clear");
    expect(here.heard()).toEqual([
      { t: "floor", act: "next" },
      { t: "floor", act: "give", participant: CY },
      { t: "floor", act: "skip", participant: DEE },
      { t: "floor", act: "clear" },
    ]);
  });

  it("mutes softly and hard, offers a megaphone, asks on stage and off it", () => {
    here.attendees({ id: BO });
    open("people");
    board.press(`led:${BO}`);
    for (const act of ["soft", "hard", "mega", "speaker", "co_host"]) press(`${act}:${BO}`);
    expect(here.heard()).toEqual([
      { t: "hush", participant: BO, kind: "soft" },
      { t: "hush", participant: BO, kind: "hard" },
      { t: "megaphone", participant: BO, on: true },
      { t: "stage_role", participant: BO, role: "speaker" },
      { t: "stage_role", participant: BO, role: "co_host" },
    ]);
    here.lead({}, { id: BO, role: "speaker", megaphone: true });
    here.attendees({ id: BO, hush: "hard" });
    for (const act of ["free", "mega_off", "audience"]) press(`${act}:${BO}`);
    expect(here.heard()).toEqual([
      { t: "hush", participant: BO, kind: "none" },
      { t: "megaphone", participant: BO, on: false },
      { t: "stage_role", participant: BO, role: "audience" },
    ]);
    board.press("led:back");
    expect(buttons()).toContain("floor");
  });

  it("hands the lead over only after one was asked again, and no comes back to them", async () => {
    open("people");
    board.press(`led:${DEE}`);
    press(`sure:host:${DEE}`);
    expect(here.heard()).toEqual([]);
    expect(texts().join(" ")).toContain("Dee is asked.");
    press("sure:");
    expect(buttons()).toContain(`sure:host:${DEE}`);
    press(`sure:host:${DEE}`);
    press(`host:${DEE}`);
    expect(here.heard()).toEqual([{ t: "stage_role", participant: DEE, role: "host" }]);
    await here.accept();
    expect(said).toEqual(["Dee is asked."]);
    expect(buttons()).toContain(`soft:${DEE}`);
  });

  it("says whom the audience hears, mutes all but the stage, and lets all voices rest", () => {
    open("voice");
    press("hears:nobody");
    press("stage-only");
    press("silence");
    here.lead({ stage_only: true, silence: true });
    press("stage-only");
    press("silence");
    expect(here.heard()).toEqual([
      { t: "voice_rule", audience: "nobody" },
      { t: "voice_rule", stage_only: true },
      { t: "voice_rule", silence: true },
      { t: "voice_rule", stage_only: false },
      { t: "voice_rule", silence: false },
    ]);
  });

  it("lays the mats out and asks everybody to face the front", () => {
    open("mats");
    press("form:arc");
    press("faceall");
    expect(here.heard()).toEqual([
      { t: "form", kind: "arc" },
      { t: "prompt", kind: "recentre" },
    ]);
  });

  it("sees every step of the plan, begins where it is, and goes to another", async () => {
    const bend = cue("b", 60_000, { pose: "tree", side: "left" });
    const more = ["c", "d", "e", "f"].map((id, i) => cue(id, (i + 2) * 60_000));
    here.plan(cue("a", 0), bend, ...more);
    here.run("holding", 5 * 60_000);
    await here.library({ id: "tree", name: "Tree" });
    await here.pass(200);
    open("plan");
    board.press("led:steps");
    expect(texts()).toEqual(expect.arrayContaining(["Step e", "4:00", "Step f", "5:00", "2 of 2"]));
    press("page:-1");
    expect(texts()).toEqual(expect.arrayContaining(["Step b", "1:00", "Tree · Your left side"]));
    const version = here.timelineVersion;
    press("jump:b");
    expect(here.heard()).toEqual([{ t: "lead", act: "jump", version, cue: "b" }]);
    await here.refuse("Somebody else led meanwhile. Look again.");
    expect(said).toEqual(["Somebody else led meanwhile. Look again."]);
    board.press("led:back");
    expect(buttons()).toContain("lead:next");
  });

  it("finds the list where it was, after somebody was looked at", () => {
    here.people(...Array.from({ length: 9 }, (_, i) => [20 + i, `Student ${i}`] as const));
    open("people");
    press("page:1");
    const second = texts().filter((text) => /^Student/.test(text));
    expect(second).not.toContain("Student 0");
    press("led:26");
    show();
    board.press("led:back");
    expect(texts().filter((text) => /^Student/.test(text))).toEqual(second);
  });

  it("ends it after one more question, and then stands before the people", async () => {
    open("plan");
    press("sure:end");
    expect(here.heard()).toEqual([]);
    press("lead:end");
    expect(here.heard()).toMatchObject([{ t: "lead", act: "end" }]);
    here.gather({ state: "ended" });
    show();
    expect(board.tab).toBe("people");
  });

  it("loses the pages with the lead", () => {
    open("door");
    here.gather({ people: [{ id: DEE, role: "host", megaphone: false }] }, { role: "audience" });
    show();
    expect(board.tab).toBe("class");
    expect(wrist()).not.toContain("tab:lead");
  });
});

describe("who may lead besides the host", () => {
  const others = (role: "audience" | "co_host", host = DEE) =>
    here.gather({ people: [{ id: host, role: "host", megaphone: false }] }, { role });

  it("is whoever may change the group: all of it, and leading from here after a question", () => {
    begin(["edit_group"]);
    others("audience");
    expect(wrist()).toEqual(expect.arrayContaining(["tab:lead", "tab:class"]));
    open("plan");
    expect(texts().some((text) => text.includes("Dee leads"))).toBe(true);
    press("sure:take");
    press("take");
    expect(here.heard()).toEqual([{ t: "stage_role", participant: ME, role: "host" }]);
    open("people");
    board.press(`led:${BO}`);
    expect(buttons()).toEqual(expect.arrayContaining([`co_host:${BO}`, `sure:host:${BO}`]));
    board.press(`led:${DEE}`);
    expect(buttons()).toEqual([`soft:${DEE}`, `hard:${DEE}`]);
  });

  it("is a co-host, who does not make leaders while the host is there", () => {
    begin();
    others("co_host");
    open("plan");
    expect(buttons()).not.toContain("sure:take");
    open("people");
    board.press(`led:${BO}`);
    expect(buttons().some((id) => /host/.test(id))).toBe(false);
    board.press(`led:${DEE}`);
    expect(buttons()).toEqual([]);
    // by what everybody is told of the lead, not by whom one sees
    here.gather({ people: [], lead: "host_away" }, { role: "co_host" });
    open("plan");
    expect(buttons()).not.toContain("sure:take");
    here.gather({ people: [], lead: "successor_asked" }, { role: "co_host" });
    open("plan");
    expect(buttons()).toContain("sure:take");
  });

  it("is nobody else", () => {
    begin(["host_events"]);
    others("audience");
    expect(wrist()).toContain("tab:class");
    expect(wrist()).not.toContain("tab:lead");
  });
});
