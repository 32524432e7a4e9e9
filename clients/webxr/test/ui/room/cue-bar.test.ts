// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CueBar } from "../../../src/ui/room/cue-bar";
import { GA } from "../../../src/ui/strings-gathering";
import { Classroom, cue, HOSTILE, isSeen, ME, shown } from "./classroom";

let here: Classroom;
let bar: CueBar;

const SLOW = { in_s: 4, hold_s: 2, out_s: 6, rest_s: 0 };

beforeEach(() => {
  here = new Classroom();
  bar = new CueBar({ gathering: here.room, settings: here.settings });
  here.show(bar.element);
});
afterEach(() => {
  bar.dispose();
  here.end();
});

/** A class of two steps. */
function class_(): void {
  here.gather({ people: [{ id: 11, role: "host", megaphone: false }] });
  here.plan(
    cue("a", 0, {
      ...{ text: "Bend the knee", side: "right", pose: "warrior", breath: SLOW },
      alternatives: [{ posture: "seated", text: "Bend forward in the chair" }],
    }),
    cue("b", 60_000, { text: "Rest", side: "left" }),
  );
}

const text = (cls: string) => {
  const found = bar.element.querySelector<HTMLElement>(`.${cls}`)!;
  return isSeen(found) ? found.textContent : null;
};
const marks = () =>
  [...bar.element.querySelectorAll(".now-mark")].map(({ textContent }) => textContent);
const spoken = () => bar.element.querySelector("[role=status]")?.textContent;

describe("what happens now", () => {
  it("is there while there is a gathering", () => {
    expect(isSeen(bar.element)).toBe(false);
    class_();
    expect(isSeen(bar.element)).toBe(true);
    expect(text("now-title")).toBe("Slow yoga");
    here.gather({ state: "ended" });
    expect(isSeen(bar.element)).toBe(false);
  });

  it("waits for whoever leads while the doors are open", () => {
    class_();
    here.gather({ state: "doors" });
    here.run("waiting");
    expect(text("now-state")).toBe("Doors open");
    expect(text("now-text")).toBe(GA.startsSoon);
    expect([text("now-next"), text("now-left"), text("now-marks")]).toEqual([null, null, null]);
  });

  it("follows the plan by itself: words, side, what comes, how long it all takes", async () => {
    class_();
    here.run("running", 30_000);
    expect(text("now-state")).toBe("On now");
    expect(text("now-text")).toBe("Bend the knee");
    expect(marks()).toEqual(["Your right side"]);
    expect(text("now-next")).toBe("Next in 0:30: Rest (your left side)");
    expect(text("now-left")).toBe("1:30 left");
    await here.library({ id: "warrior", name: "Warrior two" });
    expect(marks()).toEqual(["Your right side", "Warrior two"]);
    await here.pass(31_000);
    expect(text("now-text")).toBe("Rest");
    expect(marks()).toEqual(["Your left side"]);
    expect(text("now-next")).toBe(GA.cue.last);
  });

  it.each([
    ["holding", "Held"],
    ["paused", "Paused"],
  ] as const)("says that the plan is %s, and does not count down", (run, word) => {
    class_();
    here.run(run, 30_000);
    expect(text("now-state")).toBe(word);
    expect(text("now-next")).toBe("Next: Rest (your left side)");
  });

  it("shows the alternative for the posture one chose, at once", () => {
    class_();
    here.run("running");
    here.settings.set("takePart", "seated");
    expect(text("now-text")).toBe("Bend forward in the chair");
    expect(marks()).toEqual(["Your right side", "Seated, instead"]);
    here.settings.set("takePart", "shown");
    expect(text("now-text")).toBe("Bend the knee");
  });

  it("speaks when the words change, not when the clock does", async () => {
    class_();
    here.run("running", 40_000);
    const first = spoken();
    expect(first).toBe("Bend the knee Your right side");
    await here.pass(10_000);
    expect(spoken()).toBe(first);
    await here.pass(11_000);
    expect(spoken()).toBe("Rest Your left side");
  });

  it("says who leads only where that is not plain, and what holds for voices", () => {
    class_();
    here.run("running");
    expect(text("now-word")).toBeNull();
    here.gather({ lead: "autopilot" });
    expect(text("now-word")).toBe(GA.leading.autopilot);
    // The server then lets nobody but the stage be heard, and that is said.
    here.gather({ audience: "nobody" });
    expect(text("now-word")).toBe(`${GA.leading.autopilot} ${GA.stageOnly}`);
    here.gather({ audience: "near" });
    here.gather({ lead: "host_away", stage_only: true });
    expect(text("now-word")).toBe(`${GA.leading.host_away} ${GA.stageOnly}`);
    here.gather({ lead: "host", silence: true });
    expect(text("now-word")).toBe(GA.silence);
    here.gather({ silence: false, stage_only: false });
    expect(text("now-word")).toBeNull();
  });

  it("has words without a plan, for a step without words, and for the end", () => {
    here.gather();
    here.gather({ plan: 0 });
    expect(text("now-text")).toBe(GA.startsSoon);
    here.plan(cue("a", 0, { text: "" }));
    here.run("running");
    expect(text("now-text")).toBe(GA.cue.still);
    here.run("over", 60_000);
    expect(text("now-text")).toBe(GA.windingDown);
    here.gather({ state: "winding_down" });
    expect([text("now-state"), text("now-text")]).toEqual([GA.runs.over, GA.windingDown]);
  });

  it("shows words as text, whatever they are, and cuts long ones of what comes", () => {
    here.gather({ title: HOSTILE });
    here.plan(cue("a", 0, { text: HOSTILE }), cue("b", 60_000, { text: "long ".repeat(60) }));
    here.run("running");
    expect([text("now-title"), text("now-text")]).toEqual([HOSTILE, HOSTILE]);
    expect(bar.element.querySelector("img")).toBeNull();
    expect(text("now-next")!.length).toBeLessThan(120);
    expect(text("now-next")).toMatch(/…$/);
  });

  it("folds to one line and back, and stays folded while the plan goes on", async () => {
    class_();
    here.run("running", 58_000);
    const fold = bar.element.querySelector<HTMLButtonElement>(".now-fold")!;
    const state = () => [
      fold.getAttribute("aria-expanded"),
      fold.getAttribute("aria-label"),
      bar.element.classList.contains("is-folded"),
    ];
    expect(state()).toEqual(["true", GA.cue.less, false]);
    fold.focus();
    fold.click();
    expect(state()).toEqual(["false", GA.cue.more, true]);
    await here.pass(4_000);
    expect(text("now-text")).toBe("Rest");
    expect(state()).toEqual(["false", GA.cue.more, true]);
    expect(document.activeElement).toBe(fold);
    fold.click();
    expect(state()).toEqual(["true", GA.cue.less, false]);
  });
});

describe("the breath beside it", () => {
  const ring = () => shown("breath", bar.element);
  const word = () => ring().querySelector(".now-breath-words")?.textContent;

  it("goes by the plan's clock, also while the step is held, and rests in a pause", async () => {
    class_();
    expect(isSeen(ring())).toBe(false);
    here.run("running", 1_000, 1_000);
    await here.pass(100);
    expect(word()).toBe("Breathe in");
    await here.pass(3_000);
    expect(word()).toBe("Hold");
    here.run("holding", 4_100, 4_100);
    await here.pass(2_400);
    expect(word()).toBe("Breathe out");
    here.run("paused", 4_100, 6_500);
    await here.pass(6_000);
    expect(word()).toBe("Breathe out");
  });

  it("stands still and counts where less motion is wished for", async () => {
    here.settings.set("reducedMotion", true);
    class_();
    here.run("running", 1_000, 1_000);
    await here.pass(400);
    const disc = ring().querySelector<HTMLElement>("i")!;
    const size = disc.style.transform;
    expect(word()).toBe("Breathe in 3");
    await here.pass(1_000);
    expect(word()).toBe("Breathe in 2");
    expect(disc.style.transform).toBe(size);
  });

  it("is not there in a step without one", async () => {
    class_();
    here.run("running", 61_000);
    await here.pass(200);
    expect(isSeen(ring())).toBe(false);
  });
});

describe("what happens now, for whoever leads", () => {
  it("is the same", () => {
    class_();
    here.lead();
    here.run("running");
    expect(here.room.state.host).toBe(ME);
    expect(text("now-text")).toBe("Bend the knee");
    expect(text("now-word")).toBeNull();
  });
});
