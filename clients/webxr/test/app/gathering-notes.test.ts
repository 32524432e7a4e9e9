// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GatheringNotes } from "../../src/app/gathering-notes";
import { NO_WORDS, notePage } from "../../src/xr/menu/note-page";
import type { ClassWords } from "../../src/xr/menu/note-panel";
import { BO, Classroom, CY, cue, DEE, ME } from "../ui/room/classroom";

let here: Classroom;
let notes: GatheringNotes;
let said: string[];
let words: ClassWords;

/** What a headset shows, and what it said. */
function wear(rights: string[] = []): void {
  here = new Classroom(rights);
  said = [];
  const picture = {
    note: (text: string) => said.push(text),
    setClass: (shown: ClassWords) => {
      words = shown;
    },
  };
  notes = new GatheringNotes(here.room, () => picture);
  here.people([BO, "Bo"], [CY, "Cy"], [DEE, "Dee"]);
}
const marks = () => words.marks.map(({ text }) => text);
const led = { people: [{ id: DEE, role: "host" as const, megaphone: false }] };

beforeEach(() => wear());
afterEach(() => {
  notes.end();
  here.end();
});

describe("in a headset one is told", () => {
  it("that it has begun and comes to an end, each once", () => {
    here.gather({ ...led, state: "doors" });
    expect(said).toEqual([]);
    here.gather({ state: "live" });
    here.gather({ silence: false });
    here.gather({ state: "winding_down" });
    here.gather({ late: 1 });
    expect(said).toEqual(["Slow yoga has begun.", "It comes to a quiet end."]);
  });

  it("nothing that had begun before one came", () => {
    here.gather({ ...led, state: "live" });
    expect(said).toEqual([]);
  });

  it("that one was muted, and how that ends", () => {
    here.gather(led);
    here.gather({}, { hush: "soft" });
    here.gather({}, { hush: "soft" });
    here.gather({}, { hush: "none" });
    here.gather({}, { hush: "hard" });
    expect(said).toHaveLength(2);
    expect(said[1]).toContain("Raise your hand");
  });

  it("how what one asked was answered", () => {
    here.lead();
    here.tell({ t: "ask_over", ask: 3, end: "no", text: "" });
    here.ask(4, "speaker");
    here.tell({ t: "ask_over", ask: 4, end: "expired", text: "" });
    expect(said).toEqual(["They said no, thank you.", "The question ended by itself."]);
  });

  it("what happens now and what one is asked", async () => {
    here.gather(led);
    here.plan(cue("a", 0, { text: "Reach up", side: "left" }), cue("b", 60_000));
    here.run("running");
    await here.pass(600);
    expect(words.cue).toBe("Reach up (your left side)");
    here.ask(5, "mat");
    expect(words.cue).toContain("Reach up (your left side) — A place in the formation");
  });
});

describe("the floor in silence", () => {
  it("is not said to make one heard", () => {
    here.gather({ ...led, silence: true });
    here.hands({ floor: [{ id: ME }] });
    expect(said).toEqual([
      "You have the floor, but it is silent now: only whoever leads is heard.",
    ]);
    expect(marks()).toContain("The floor: but it is silent");
    here.gather({ silence: false });
    expect(marks()).toEqual(["You have the floor"]);
  });
});

describe("a class where the audience is not heard", () => {
  it("is marked as what it is while it goes on", () => {
    here.gather({ ...led, audience: "nobody" });
    expect(marks()).toEqual(["Only the stage is heard"]);
    here.gather({ state: "winding_down" });
    expect(marks()).toEqual([]);
  });
});

describe("a small mark stands", () => {
  it("for one's place in the queue, and for the floor until it is over", async () => {
    here.gather(led);
    here.hands({ mine: 2, total: 5 });
    expect(marks()).toEqual(["Your hand: 2 of 5"]);
    here.hands({ mine: 1, total: 4 });
    expect(marks()).toEqual(["Your hand is next"]);
    here.hands({ floor: [{ id: ME, until_ms: here.nowMs + 60_000 }] });
    expect(said).toEqual([
      "You have the floor: with your microphone on, the whole room hears you.",
    ]);
    await here.pass(20_000);
    expect(marks()).toEqual(["You have the floor: 0:40"]);
    here.hands({ floor: [{ id: BO }] });
    expect(marks()).toEqual([]);
  });

  it("while whoever leads is gone, and while somebody is asked or nobody leads", () => {
    here.gather({ ...led, lead: "host_away" });
    expect(marks()).toEqual(["Whoever leads lost their line. It goes on."]);
    here.gather({ lead: "successor_asked" });
    expect(marks()).toEqual(["Somebody is asked to take over. It goes on."]);
    here.gather({ lead: "autopilot" });
    expect(marks()).toEqual(["Nobody leads: the plan goes on by itself."]);
    here.gather({ lead: "host" });
    expect(marks()).toEqual([]);
  });

  it("for silence and for a hush, the stricter of both alone", () => {
    here.gather({ ...led, stage_only: true });
    expect(marks()).toEqual(["Only the stage is heard"]);
    here.gather({ silence: true });
    expect(marks()).toEqual(["Silence"]);
  });

  it("for who leads: who is to be looked at, who waits, whose hand is up", () => {
    here.lead({ waiting: 1 });
    here.attendees({ id: BO, check: true }, { id: CY });
    here.hands({ hands: [CY, BO].map((id) => ({ id, at_ms: here.nowMs })) });
    const eve = { account: "eve", name: "Eve", since_ms: 0, asks: false, late: false };
    here.tell({ t: "waiting_room", people: [eve], total: 1 });
    here.tell({ t: "waiting_room", people: [eve, { ...eve, account: "fay" }], total: 2 });
    expect(marks()).toEqual(["Look at Bo", "2 wait at the door", "2 hands up"]);
    expect(said).toEqual([expect.stringContaining("waits at the door")]);
  });

  it("for nobody else, also not for who may lead while another does", () => {
    notes.end();
    here.end();
    wear(["edit_group"]);
    here.gather({ ...led, waiting: 1 });
    here.attendees({ id: BO, check: true });
    expect(marks()).toEqual([]);
    here.gather({ people: [], lead: "autopilot" });
    expect(marks()).toContain("Look at Bo");
  });
});

describe("applause of a crowd", () => {
  it("is counted together, shown most frequent first, and gone some seconds after the last", async () => {
    here.gather(led);
    here.tell({ t: "applause", counts: [{ kind: "heart", count: 2 }] });
    here.tell({ t: "applause", counts: [{ kind: "clap", count: 9 }] });
    await here.pass(2_000);
    here.tell({ t: "applause", counts: [{ kind: "heart", count: 1 }] });
    const all = [
      { kind: "clap", count: 9 },
      { kind: "heart", count: 3 },
    ];
    expect(words.applause).toEqual(all);
    const shown = notePage({ ...NO_WORDS, ...words })!.texts;
    expect(shown.map(({ icon, text }) => `${icon} ${text}`)).toEqual(["clap 9", "heart 3"]);
    await here.pass(3_000);
    expect(words.applause).toEqual(all);
    await here.pass(1_000);
    expect(words.applause).toEqual([]);
  });
});

describe("the marks in view", () => {
  it("take a new line where one is full, and no more room than they need", () => {
    const long = { icon: "lead", text: "Somebody is asked to take over. It goes on." };
    const page = notePage({ ...NO_WORDS, marks: [long, { icon: "micOff", text: "Silence" }] })!;
    expect(new Set(page.texts.map(({ y }) => y)).size).toBe(2);
    for (const text of page.texts) expect(text.x + text.width).toBeLessThanOrEqual(page.width);
    const small = notePage({ ...NO_WORDS, marks: [{ icon: "micOff", text: "Silence" }] })!;
    expect(small.width).toBeLessThan(page.width / 2);
  });
});
