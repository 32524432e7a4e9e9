// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HostConsole } from "../../../src/ui/room/host-console";
import { BO, button, Classroom, CY, DEE, HOSTILE, isSeen, ME, notes, shown } from "./classroom";

let here: Classroom;
let console_: HostConsole;

beforeEach(() => {
  here = new Classroom();
  console_ = new HostConsole(here.room, () => {});
  here.show(console_.element);
  console_.element.hidden = false;
  here.people([BO, "Bo"], [CY, "Cy"], [DEE, "Dee"]);
  here.lead();
  shown("console-people-tab").click();
});
afterEach(() => {
  console_.dispose();
  here.end();
});

const queue = () =>
  [...shown("hands").children].map((row) => row.querySelector("strong")?.textContent ?? "");
const roster = () =>
  [...shown("roster").children].map(
    (row) => row.querySelector("summary .person-words")?.textContent,
  );
const rowOf = (id: number) =>
  shown("roster").querySelector<HTMLElement>(`[data-participant="${id}"]`)!;
const words = (id: number) =>
  [...rowOf(id).querySelectorAll("button")].map(({ textContent }) => textContent);

describe("the queue of hands", () => {
  beforeEach(() => {
    const at = here.nowMs;
    here.hands({
      hands: [
        { id: CY, at_ms: at - 65_000 },
        { id: BO, at_ms: at - 5_000 },
      ],
    });
  });

  it("is in the server's order, with how long each was up", async () => {
    expect(queue()).toEqual(["Cy", "Bo"]);
    expect(shown("hands").textContent).toContain("1:05");
    await here.pass(4_000);
    expect(shown("hands").textContent).toContain("1:09");
    expect(shown("console-people-tab").textContent).toBe("People 2");
  });

  it("gives the floor to the next, for as long as was chosen", async () => {
    shown("floor-next").click();
    expect(here.heard()).toEqual([{ t: "floor", act: "next" }]);
    await here.accept();
    const long = document.getElementById("floor-seconds") as HTMLSelectElement;
    long.value = "60";
    shown("floor-next").click();
    button("Give the floor to Bo").click();
    expect(here.heard()).toEqual([
      { t: "floor", act: "next", seconds: 60 },
      { t: "floor", act: "give", participant: BO, seconds: 60 },
    ]);
  });

  it("is passed over, lowered one by one or whole, and mixed", () => {
    button("Cy later: the hand stays up, behind all others").click();
    button("Lower Cy’s hand").click();
    button("Lower all").click();
    button("Mix the order").click();
    expect(here.heard()).toEqual([
      { t: "floor", act: "skip", participant: CY },
      { t: "floor", act: "lower", participant: CY },
      { t: "floor", act: "clear" },
      { t: "floor", act: "shuffle" },
    ]);
  });

  it("shows who has the floor first, with the way to take it back", () => {
    here.hands({ hands: [{ id: BO, at_ms: here.nowMs }], floor: [{ id: CY }] });
    expect(queue()).toEqual(["Cy", "Bo"]);
    button("Take back the floor from Cy").click();
    expect(here.heard()).toEqual([{ t: "stage_role", participant: CY, role: "audience" }]);
  });

  it("has nothing to press when no hand is up", () => {
    here.hands({});
    expect(queue()).toEqual([""]);
    expect(shown("hands").textContent).toBe("No hand is up.");
    expect(isSeen(shown("floor-next"))).toBe(false);
    expect(shown("console-people-tab").textContent).toBe("People");
  });

  it("keeps the focus on a row's button while others raise their hands and time passes", async () => {
    button("Give the floor to Bo").focus();
    await here.pass(2_000);
    expect(document.activeElement).toBe(button("Give the floor to Bo"));
    here.hands({
      hands: [
        { id: CY, at_ms: here.nowMs - 65_000 },
        { id: BO, at_ms: here.nowMs - 5_000 },
        { id: DEE, at_ms: here.nowMs },
      ],
    });
    await here.settle();
    expect(queue()).toEqual(["Cy", "Bo", "Dee"]);
    expect(document.activeElement).toBe(button("Give the floor to Bo"));
    // Cy spoke: the row before goes, and the focus stays on whom one meant.
    here.hands({ hands: [{ id: BO, at_ms: here.nowMs - 9_000 }] });
    await here.settle();
    expect(document.activeElement).toBe(button("Give the floor to Bo"));
  });

  it("leads the focus to its heading when the row it was on is gone", async () => {
    button("Give the floor to Bo").focus();
    here.hands({ hands: [{ id: CY, at_ms: here.nowMs }] });
    await here.settle();
    expect(document.activeElement?.tagName).toMatch(/^H[23]$/);
    expect(document.activeElement?.textContent).toBe("Raised hands");
  });
});

describe("the list of everybody", () => {
  it("has who asks to be looked at first, then goes by name; only leaders know", () => {
    here.attendees({ id: CY, mat: "m4", late: true }, { id: DEE, check: true, hush: "soft" });
    expect(roster()).toEqual(["Deeasks to be looked at · muted softly", "Bo", "Cymat m4 · late"]);
    expect(shown("roster-counts").textContent).toBe("4 people here, 1 came late");
    expect(document.querySelector(".checks")?.textContent).toBe("Would like to be looked at: Dee");
    here.attendees({ id: CY });
    expect(roster()).toEqual(["Bo", "Cy", "Dee"]);
    expect(isSeen(document.querySelector(".checks")!)).toBe(false);
  });

  it("offers for the audience what each button names, and sends just that", async () => {
    const asked = [
      ["hush-soft", { t: "hush", participant: BO, kind: "soft" }],
      ["hush-hard", { t: "hush", participant: BO, kind: "hard" }],
      ["mega-on", { t: "megaphone", participant: BO, on: true }],
      ["role-speaker", { t: "stage_role", participant: BO, role: "speaker" }],
      ["role-co-host", { t: "stage_role", participant: BO, role: "co_host" }],
      ["role-host", { t: "stage_role", participant: BO, role: "host" }],
    ] as const;
    expect(words(BO)).toEqual([
      ...["Mute softly", "Mute hard", "Give the floor", "Offer a megaphone"],
      ...["Ask on stage (speaker)", "Ask to help lead (co-host)", "Hand the lead over"],
    ]);
    for (const [test, message] of asked) {
      shown(test, rowOf(BO)).click();
      expect(here.heard(), test).toEqual([message]);
      await here.accept();
    }
    button("Give the floor", rowOf(BO)).click();
    expect(here.heard()).toEqual([{ t: "floor", act: "give", participant: BO }]);
    // What needs a yes says that it was asked for; a mute is plain to see.
    expect(notes()).toEqual(["Bo is asked.", "Bo is asked.", "Bo is asked."]);
  });

  it("offers the other way where somebody is on stage, muted or has a megaphone", () => {
    here.lead({}, { id: BO, role: "speaker", megaphone: false });
    expect(roster()[0]).toBe("Bospeaker");
    expect(words(BO)).not.toContain("Ask on stage (speaker)");
    shown("role-audience", rowOf(BO)).click();
    here.lead({}, { id: BO, role: "co_host", megaphone: true });
    here.attendees({ id: BO, hush: "hard" });
    expect(roster()[0]).toBe("Boco-host · muted hard · megaphone");
    expect(words(BO)).toEqual([
      ...["Let speak again", "Megaphone off", "Ask on stage (speaker)"],
      ...["Hand the lead over", "Back into the audience"],
    ]);
    shown("hush-none", rowOf(BO)).click();
    button("Megaphone off", rowOf(BO)).click();
    expect(here.heard()).toEqual([
      { t: "stage_role", participant: BO, role: "audience" },
      { t: "hush", participant: BO, kind: "none" },
      { t: "megaphone", participant: BO, on: false },
    ]);
  });

  it("offers nothing about the host that would be refused", () => {
    here.gather(
      {
        people: [
          { id: BO, role: "host", megaphone: false },
          { id: ME, role: "co_host", megaphone: false },
        ],
      },
      { role: "co_host" },
    );
    expect(roster()[0]).toBe("Bohost");
    expect(words(BO)).toEqual([]);
    expect(rowOf(BO).textContent).toContain("Whoever leads decides");
    expect(words(CY)).not.toContain("Ask to help lead (co-host)");
    expect(words(CY)).not.toContain("Hand the lead over");
    expect(isSeen(shown("take-lead"))).toBe(false);
    // Whether a host one does not see is here is not told by what is offered.
    const alone = [{ id: ME, role: "co_host" as const, megaphone: false }];
    for (const lead of ["host", "host_away", "nobody"] as const) {
      here.gather({ people: alone, lead });
      expect(words(CY)).not.toContain("Hand the lead over");
      expect(isSeen(shown("take-lead"))).toBe(false);
    }
    here.gather({ people: alone, lead: "successor_asked" });
    expect(words(CY)).toContain("Hand the lead over");
    expect(isSeen(shown("take-lead"))).toBe(true);
  });

  it("says why something was refused, and lets one try again", async () => {
    const offer = shown("mega-on", rowOf(BO));
    offer.click();
    offer.click();
    await here.refuse("There are five megaphones already.");
    expect(notes()).toEqual(["There are five megaphones already."]);
    expect(offer.hasAttribute("aria-busy")).toBe(false);
    offer.click();
    expect(here.heard()).toEqual([{ t: "megaphone", participant: BO, on: true }]);
  });

  it("keeps rows open and the focus where it is while people come, go and are moved", async () => {
    const details = rowOf(CY).querySelector("details")!;
    details.open = true;
    const soft = shown("hush-soft", rowOf(CY));
    soft.focus();
    here.people([BO, "Bo"], [CY, "Cy"], [DEE, "Dee"], [14, "Ali"]);
    await here.pass(1_000);
    expect(roster()).toEqual(["Ali", "Bo", "Cy", "Dee"]);
    expect(document.activeElement).toBe(soft);
    here.attendees({ id: CY, check: true });
    await here.settle();
    expect(roster()[0]).toBe("Cyasks to be looked at");
    expect(details.open).toBe(true);
    expect(document.activeElement).toBe(soft);
  });

  it("keeps the focus on the same row when its buttons change", async () => {
    shown("hush-soft", rowOf(CY)).focus();
    here.attendees({ id: CY, hush: "soft" });
    await here.settle();
    expect(rowOf(CY).contains(document.activeElement)).toBe(true);
  });

  it("shows names as text, whatever they are", () => {
    here.people([BO, HOSTILE]);
    here.hands({ hands: [{ id: BO, at_ms: here.nowMs }] });
    here.attendees({ id: BO, check: true });
    expect(roster()).toEqual([`${HOSTILE}asks to be looked at`]);
    expect(queue()).toEqual([HOSTILE]);
    expect(document.querySelector(".checks")?.textContent).toContain(HOSTILE);
    expect(console_.element.querySelector("img")).toBeNull();
  });
});

describe("whoever looks after the group", () => {
  it("has all of it beside another host, and leads from here after a question", async () => {
    console_.dispose();
    here.end();
    here = new Classroom(["edit_group"]);
    console_ = new HostConsole(here.room, () => {});
    here.show(console_.element);
    console_.element.hidden = false;
    here.people([BO, "Bo"], [CY, "Cy"]);
    here.gather({ people: [{ id: BO, role: "host", megaphone: false }], waiting: 0 });
    shown("console-people-tab").click();
    expect(here.room.mayLead()).toBe(true);
    expect(words(BO)).toEqual(["Mute softly", "Mute hard"]);
    expect(words(CY)).toContain("Hand the lead over");
    expect(console_.element.textContent).toContain("Bo leads. You may lead as well");
    shown("take-lead").click();
    expect(document.querySelector("dialog")?.textContent).toContain("Bo leads now.");
    expect(here.heard()).toEqual([]);
    button("Lead from here", document.querySelector("dialog")!).click();
    expect(here.heard()).toEqual([{ t: "stage_role", participant: ME, role: "host" }]);
    await here.accept();
    here.lead();
    expect(isSeen(shown("take-lead"))).toBe(false);
  });
});
