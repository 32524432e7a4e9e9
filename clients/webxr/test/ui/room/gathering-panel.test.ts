// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { standingBody } from "../../../src/app/standing";
import { GatheringPanel } from "../../../src/ui/room/gathering-panel";
import { GA } from "../../../src/ui/strings-gathering";
import { BO, button, Classroom, CY, cue, HOSTILE, isSeen, ME, notes, shown } from "./classroom";

const T = GA.panel;
let here: Classroom;
let panel: GatheringPanel;

beforeEach(() => {
  here = new Classroom();
  panel = new GatheringPanel({
    ...{ gathering: here.room, settings: here.settings, scene: true },
    close: () => {},
  });
  here.show(panel.element);
  panel.element.hidden = false;
  here.people([BO, "Bo"], [CY, "Cy"]);
  here.gather({ people: [{ id: BO, role: "host", megaphone: false }] });
});
afterEach(() => {
  panel.dispose();
  here.end();
});

const input = (test: string) => shown<HTMLInputElement>(test);
const says = (words: string) => {
  const all = [...panel.element.querySelectorAll("p, li, h2")].filter(isSeen);
  return all.some(({ textContent }) => textContent === words);
};

describe("one's hand", () => {
  it("is raised and lowered by one button, as the server has it", async () => {
    const hand = shown("raise-hand");
    expect([hand.textContent, hand.getAttribute("aria-pressed")]).toEqual([T.raise, "false"]);
    hand.click();
    expect(here.heard()).toEqual([{ t: "hand", on: true }]);
    await here.accept();
    here.hands({ hands: [{ id: ME, at_ms: here.nowMs - 65_000 }], mine: 1, total: 4 });
    expect([hand.textContent, hand.getAttribute("aria-pressed")]).toEqual([T.lower, "true"]);
    expect(shown("hand-place").textContent).toBe("You are next of 4. Up for 1:05.");
    hand.click();
    expect(here.heard()).toEqual([{ t: "hand", on: false }]);
  });

  it("tells its place, and that one has the floor and for how long", async () => {
    here.hands({ hands: [{ id: CY, at_ms: here.nowMs }], mine: 3, total: 9 });
    expect(shown("hand-place").textContent).toBe("You are 3rd of 9.");
    here.hands({ floor: [{ id: ME, until_ms: here.nowMs + 30_000 }] });
    expect(shown("hand-place").textContent).toBe(T.floorFor("0:30"));
    await here.pass(10_000);
    expect(shown("hand-place").textContent).toBe(T.floorFor("0:20"));
    here.hands({ floor: [{ id: ME }] });
    expect(shown("hand-place").textContent).toBe(T.floor);
    here.hands({});
    expect(shown("hand-place").textContent).toBe(T.none);
  });
});

describe("a private word to the leaders, and what may be kept", () => {
  it.each([
    ["check-me", "check"],
    ["attend", "attend"],
  ])("%s is switched and shown as the server has it", async (test, t) => {
    input(test).click();
    expect(here.heard()).toEqual([{ t, on: true }]);
    await here.accept();
    here.gather({}, t === "check" ? { check: true } : { attends: true });
    expect(input(test).checked).toBe(true);
    input(test).click();
    expect(here.heard()).toEqual([{ t, on: false }]);
    await here.refuse("Not now.");
    expect(input(test).checked).toBe(true);
    expect(notes()).toEqual(["Not now."]);
  });
});

describe("whether anybody sees that one would like to be looked at", () => {
  it("is said while one asks for it, and changes with who is here", () => {
    expect(isSeen(document.querySelector<HTMLElement>("[data-test=check-seen]")!)).toBe(false);
    here.gather({}, { check: true });
    expect(shown("check-seen").textContent).toBe(T.unseen);
    here.gather({}, { check: true, check_seen: true });
    expect(shown("check-seen").textContent).toBe(T.checked);
    here.gather({}, { check: false, check_seen: false });
    expect(isSeen(document.querySelector<HTMLElement>("[data-test=check-seen]")!)).toBe(false);
  });
});

describe("the floor where it does not make one heard", () => {
  const zone = { id: "z", name: "Corner", x0: -1, x1: 1, z0: -1, z1: 1 };
  const stand = (kind: "quiet" | "private", x: number) => {
    const room = here.visit.state.room!;
    const design = { ...room.design!, zones: [{ ...zone, kind }] };
    Object.assign(room, { design });
    here.visit.body = standingBody({ x, z: 0, yaw: 0 });
    here.hands({ floor: [{ id: ME }] });
    return shown("hand-place").textContent;
  };

  it("is said with what would help, and only there", () => {
    expect(stand("quiet", 0)).toBe(T.floorBars.quiet);
    expect(stand("private", 0)).toBe(T.floorBars.private);
    expect(stand("quiet", 5)).toBe(T.floor);
    here.gather({ silence: true });
    expect(shown("hand-place").textContent).toBe(T.floorBars.silence);
    here.gather({ silence: false }, { hush: "soft" });
    expect(shown("hand-place").textContent).toBe(T.floorBars.soft);
  });
});

describe("whoever leads", () => {
  it("is not said to be nobody where one only does not see them", () => {
    here.gather({ people: [], lead: "nobody" });
    expect(says("You see nobody who leads just now.")).toBe(true);
  });
});

describe("being muted", () => {
  it("is told by its kind, and undone by oneself only where it is soft", () => {
    const undo = shown("unhush");
    expect(isSeen(undo)).toBe(false);
    here.gather({}, { hush: "soft" });
    expect([says(T.hush.soft), isSeen(undo)]).toEqual([true, true]);
    undo.click();
    expect(here.heard()).toEqual([{ t: "unhush" }]);
    here.gather({}, { hush: "hard" });
    expect([says(T.hush.hard), isSeen(undo)]).toEqual([true, false]);
    here.gather({}, { hush: "none" });
    expect(says(T.hush.hard)).toBe(false);
  });
});

describe("who leads and who is on stage", () => {
  it("is named", () => {
    expect(says("Bo leads")).toBe(true);
    here.gather({ people: [{ id: ME, role: "host", megaphone: false }] });
    expect(says(GA.leading.me)).toBe(true);
    here.gather({ people: [], lead: "autopilot" });
    expect(says(GA.leading.autopilot)).toBe(true);
    expect(says(T.nobody)).toBe(true);
  });

  it("is shown as text, whatever the names are", () => {
    here.people([BO, HOSTILE], [CY, "Cy"]);
    here.gather({
      people: [
        { id: BO, role: "host", megaphone: false },
        { id: CY, megaphone: true },
      ],
    });
    expect(says(`${HOSTILE} leads`)).toBe(true);
    expect(says(`${HOSTILE} · host`)).toBe(true);
    expect(says("Cy · megaphone")).toBe(true);
    expect(panel.element.querySelector("img")).toBeNull();
  });
});

describe("the pose", () => {
  it("may be taken where the step has one, by its name once that is known", async () => {
    expect(isSeen(shown("take-pose"))).toBe(false);
    here.plan(
      cue("a", 0, {
        pose: "mountain",
        alternatives: [
          { posture: "seated", text: HOSTILE },
          { posture: "lying", text: "" },
        ],
      }),
    );
    here.run("running");
    expect(isSeen(shown("take-pose"))).toBe(false);
    await here.library({ id: "mountain", name: "Mountain" });
    expect(shown("take-pose").textContent).toBe("Take the pose: Mountain");
    const others = [...panel.element.querySelectorAll(".other-ways li")];
    expect(others.map(({ textContent }) => textContent)).toEqual([
      `Seated: ${HOSTILE}`,
      "Lying down",
    ]);
    expect(panel.element.querySelector("img")).toBeNull();
  });
});

describe("the panel", () => {
  it("is called after what it is, and has no view of a room where none is drawn", () => {
    expect(panel.element.querySelector("h2")?.textContent).toBe(T.titleOf.class);
    here.gather({ template: "talk" });
    expect(panel.element.querySelector("h2")?.textContent).toBe(T.titleOf.talk);
    expect(panel.element.textContent).toContain(T.view);
    const plain = new GatheringPanel({
      ...{ gathering: here.room, settings: here.settings, scene: false },
      close: () => {},
    });
    expect(plain.element.textContent).not.toContain(T.view);
    expect(plain.element.querySelector("[data-test=take-pose]")).toBeNull();
    plain.dispose();
  });

  it("keeps the focus while the gathering goes on", async () => {
    const hand = button(T.raise);
    hand.focus();
    await here.pass(2_500);
    here.hands({ hands: [{ id: ME, at_ms: here.nowMs }], mine: 1, total: 1 });
    here.gather({ silence: true });
    expect(document.activeElement).toBe(hand);
    expect(hand.textContent).toBe(T.lower);
    input("check-me").focus();
    here.gather({}, { check: true });
    await here.pass(2_500);
    expect(document.activeElement).toBe(input("check-me"));
  });
});
