// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HostConsole } from "../../../src/ui/room/host-console";
import { GA } from "../../../src/ui/strings-gathering";
import { button, Classroom, cue, HOSTILE, isSeen, notes, shown } from "./classroom";

let here: Classroom;
let console_: HostConsole;

function open(rights: string[] = []): void {
  here = new Classroom(rights);
  console_ = new HostConsole(here.room, () => {});
  here.show(console_.element);
  console_.element.hidden = false;
}

/** Lead a class of three steps that is `run` since now. */
function teach(run: Parameters<Classroom["run"]>[0], plan_ms = 0): void {
  here.lead();
  here.plan(
    cue("a", 0, { text: "Arrive", pose: "mountain" }),
    cue("b", 60_000, { text: "Bend", side: "right" }),
    cue("c", 120_000, { text: "" }),
  );
  here.run(run, plan_ms);
}

const seen = (...tests: string[]) =>
  tests.filter((test) => isSeen(shown(`lead-${test}`))).join(" ");
const ALL = ["hold", "next", "pause", "back", "forward", "skip", "wind-down", "end"];
/** Where one cannot, the style takes the steps' buttons away. */
const canJump = () => !shown("plan-steps").classList.contains("is-still");
const steps = () => [...shown("plan-steps").children].map(({ textContent }) => textContent);

beforeEach(() => open());
afterEach(() => {
  console_.dispose();
  here.end();
});

describe("the plan on the host's console", () => {
  it("is begun by one button while the doors are open", async () => {
    teach("waiting");
    here.gather({ state: "doors" });
    expect(seen(...ALL)).toBe("next end");
    expect(shown("lead-next").textContent).toBe("Start");
    shown("lead-next").click();
    expect(here.heard()).toEqual([{ t: "lead", act: "start", version: here.timelineVersion }]);
    expect(shown("lead-next").getAttribute("aria-busy")).toBe("true");
    await here.accept();
    expect(shown("lead-next").hasAttribute("aria-busy")).toBe(false);
    expect(notes()).toEqual([GA.console.spoken.start]);
  });

  it.each(["hold", "next", "pause", "skip", "back", "forward"] as const)(
    "is changed by the button for %s, with the version that was seen",
    async (act) => {
      teach("running", 70_000);
      shown(`lead-${act}`).click();
      shown(`lead-${act}`).click();
      // A second press while the first is under way is none.
      expect(here.heard()).toEqual([{ t: "lead", act, version: here.timelineVersion }]);
      await here.accept();
      expect(notes()).toEqual([GA.console.spoken[act]]);
    },
  );

  it("goes on out of a hold and out of a pause by the same button", async () => {
    teach("holding", 10_000);
    expect(shown("lead-hold").textContent).toBe("Go on");
    expect(shown("lead-pause").textContent).toBe("Pause");
    shown("lead-hold").click();
    expect(here.heard()).toEqual([{ t: "lead", act: "resume", version: here.timelineVersion }]);
    await here.accept();
    here.run("paused", 10_000);
    expect(shown("lead-pause").textContent).toBe("Go on");
    shown("lead-pause").click();
    shown("lead-hold").click();
    const resume = { t: "lead", act: "resume", version: here.timelineVersion };
    expect(here.heard()).toEqual([resume, resume]);
  });

  it("shows where it is, what comes, and goes on by itself", async () => {
    teach("running", 30_000);
    const words = () => document.querySelector(".console-plan")!.textContent;
    expect(words()).toContain("On now · 0:30 of 3:00");
    expect(shown("console-cue").textContent).toBe("Arrive");
    expect(words()).toContain("Next in 0:30: Bend");
    expect(shown("plan-strip").getAttribute("aria-label")).toBe("The plan in time: 0:30 of 3:00");
    expect(shown("plan-steps").querySelector("[aria-current]")?.textContent).toContain("Arrive");
    await here.pass(32_000);
    expect(shown("console-cue").textContent).toBe("Bend");
    expect(words()).toMatch(/Next in 0:5[89]: Go on\./);
    expect(shown("plan-steps").querySelectorAll("[aria-current]")).toHaveLength(1);
    expect(shown("plan-steps").querySelector("[aria-current]")?.textContent).toContain("Bend");
    here.run("holding", 65_000);
    expect(words()).toContain("Held · 1:05 of 3:00");
    expect(words()).toContain(`Next: ${GA.cue.still}`);
  });

  it("leads to a step by its button, named for whoever does not see it", async () => {
    teach("running");
    button("Go here: Bend").click();
    const version = here.timelineVersion;
    expect(here.heard()).toEqual([{ t: "lead", act: "jump", version, cue: "b" }]);
    await here.accept();
    expect(notes()).toEqual([GA.console.spoken.jump]);
  });

  it("says why it was not changed, and lets one try again", async () => {
    teach("running");
    const before = here.timelineVersion;
    shown("lead-next").click();
    expect(here.heard()).toEqual([{ t: "lead", act: "next", version: before }]);
    here.run("running", 60_000);
    await here.refuse("Somebody else moved the plan meanwhile.");
    expect(notes()).toEqual(["Somebody else moved the plan meanwhile."]);
    shown("lead-next").click();
    expect(here.heard()).toEqual([{ t: "lead", act: "next", version: before + 1 }]);
  });

  it("has no buttons that would be refused once it winds down or is over", () => {
    teach("running");
    expect(seen(...ALL)).toBe(ALL.join(" "));
    here.gather({ state: "winding_down" });
    expect(seen(...ALL)).toBe("end");
    expect(canJump()).toBe(false);
    here.gather({ state: "live" });
    expect(canJump()).toBe(true);
    here.run("over", 180_000);
    expect(seen(...ALL)).toBe("wind-down end");
    expect(canJump()).toBe(false);
  });

  it("may be missing: then the class is begun and ended, and nothing else", () => {
    here.lead({ state: "doors", plan: 0 });
    expect(seen(...ALL)).toBe("next end");
    here.gather({ state: "live" });
    expect(seen(...ALL)).toBe("wind-down end");
    expect(shown("console-cue").textContent).toBe(GA.console.noPlan);
    expect(shown("console-where").textContent).toBe(GA.states.live);
    expect(isSeen(shown("plan-strip"))).toBe(false);
  });

  it.each(["wind-down", "end"] as const)(
    "asks before %s, and does it after a yes",
    async (test) => {
      teach("running");
      const act = test === "end" ? "end" : "wind_down";
      shown(`lead-${test}`).click();
      expect(here.heard()).toEqual([]);
      const dialog = document.querySelector("dialog")!;
      button("Cancel", dialog).click();
      await here.settle();
      expect(here.heard()).toEqual([]);
      expect(document.querySelector("dialog")).toBeNull();

      shown(`lead-${test}`).click();
      shown("confirm").click();
      expect(here.heard()).toEqual([{ t: "lead", act, version: here.timelineVersion }]);
      await here.accept();
      expect(document.querySelector("dialog")).toBeNull();
    },
  );

  it("names poses and sides of its steps, also when the poses come later", async () => {
    teach("running");
    expect(here.fetched).toEqual(["/api/v1/groups/g1/poses"]);
    expect(steps()).toEqual([
      "0:00ArriveGo here",
      "1:00BendYour right sideGo here",
      "2:00Go on.Go here",
    ]);
    await here.library({ id: "mountain", name: "Mountain" });
    expect(steps()[0]).toBe("0:00ArriveMountainGo here");
  });

  it("asks again for poses that did not come", async () => {
    here.unreachable = true;
    teach("running");
    await here.pass(3_000);
    expect(here.fetched).toHaveLength(1);
    here.unreachable = false;
    await here.library({ id: "mountain", name: "Mountain" });
    await here.pass(8_000);
    expect(here.fetched).toHaveLength(2);
    expect(steps()[0]).toBe("0:00ArriveMountainGo here");
    here.run("running", 5_000);
    await here.pass(20_000);
    expect(here.fetched).toHaveLength(2);
  });

  it("shows words as text, whatever they are", () => {
    here.lead();
    here.plan(cue("a", 0, { text: HOSTILE }), cue("b", 60_000, { text: HOSTILE }));
    here.run("running");
    expect(shown("console-cue").textContent).toBe(HOSTILE);
    expect(shown("plan-steps").textContent).toContain(HOSTILE);
    expect(console_.element.querySelector("img")).toBeNull();
  });

  it("keeps the focus while time passes, steps begin and the plan is changed", async () => {
    teach("running", 50_000);
    shown("lead-hold").focus();
    const had = document.activeElement;
    await here.pass(15_000);
    here.run("holding", 65_000);
    expect(document.activeElement).toBe(had);
    expect(had?.textContent).toBe("Go on");
    const jump = button("Go here: Bend");
    jump.focus();
    await here.pass(2_000);
    here.run("running", 65_000);
    expect(document.activeElement).toBe(jump);
  });
});
