// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Ask } from "../../../src/protocol/control";
import { AskCards } from "../../../src/ui/room/ask-cards";
import { GA } from "../../../src/ui/strings-gathering";
import { BO, button, Classroom, HOSTILE, notes, shown } from "./classroom";

let here: Classroom;
let cards: AskCards;

beforeEach(() => {
  here = new Classroom();
  here.people([BO, "Bo"]);
  here.gather();
  cards = new AskCards(here.room);
  here.show(cards.element);
});
afterEach(() => {
  cards.dispose();
  here.end();
});

const kinds = Object.keys(GA.asks.titles) as Ask["kind"][];
const card = (kind: Ask["kind"]) =>
  document.querySelector<HTMLElement>(`[data-test=ask][data-kind=${kind}]`)!;

describe("a question in a gathering", () => {
  it.each(kinds)("of kind %s is answered by the two words on its buttons", async (kind) => {
    here.ask(4, kind, { from: BO });
    const [no, yes] = card(kind).querySelectorAll("button");
    expect(card(kind).querySelector("h2")?.textContent).toBe(GA.asks.titles[kind]);
    expect(card(kind).textContent).toContain(GA.asks.fallback[kind]);
    expect(card(kind).textContent).toContain("From Bo");
    expect([no?.textContent, yes?.textContent]).toEqual([GA.asks.no[kind], GA.asks.yes[kind]]);
    yes?.click();
    expect(here.heard()).toEqual([{ t: "answer", ask: 4, yes: true }]);
    await here.accept();
    expect(card(kind)).toBeNull();

    here.ask(5, kind);
    card(kind).querySelector("button")?.click();
    expect(here.heard()).toEqual([{ t: "answer", ask: 5, yes: false }]);
    await here.accept();
    expect(card(kind)).toBeNull();
  });

  it("is answered once, however often one presses", async () => {
    here.ask(4, "megaphone");
    const yes = shown<HTMLButtonElement>("ask-yes");
    yes.click();
    yes.click();
    shown("ask-no").click();
    expect(here.heard()).toEqual([{ t: "answer", ask: 4, yes: true }]);
  });

  it("can be answered again after a refusal, which is said", async () => {
    here.ask(4, "host");
    shown("ask-yes").click();
    await here.refuse("Only one may lead.");
    expect(notes()).toEqual(["Only one may lead."]);
    expect(shown("ask-yes").hasAttribute("aria-busy")).toBe(false);
    shown("ask-no").click();
    expect(here.heard()).toEqual([{ t: "answer", ask: 4, yes: false }]);
  });

  it("is declined by Escape, and by no other key", () => {
    here.ask(4, "speaker");
    const press = (key: string) => {
      const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
      shown("ask-yes").dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(press("h")).toBe(false);
    expect(here.heard()).toEqual([]);
    expect(press("Escape")).toBe(true);
    expect(here.heard()).toEqual([{ t: "answer", ask: 4, yes: false }]);
  });

  it("is told aloud, and takes the focus only from nobody", () => {
    const chat = document.createElement("input");
    here.show(chat);
    chat.focus();
    here.ask(4, "mat", { mat: "m3" });
    expect(document.querySelector("[role=alert]")?.textContent).toBe(
      "A mat for you A place in the formation is yours if you like.",
    );
    expect(document.activeElement).toBe(chat);
    chat.blur();
    here.ask(5, "recentre");
    expect(document.activeElement).toBe(card("recentre").querySelector("h2"));
  });

  it("keeps the focus on its button while another comes, goes and time passes", async () => {
    here.ask(4, "co_host");
    const yes = shown("ask-yes", card("co_host"));
    yes.focus();
    const had = card("co_host");
    here.ask(5, "recentre");
    expect(document.activeElement).toBe(yes);
    await here.pass(3_000);
    here.tell({ t: "ask_over", ask: 5, end: "expired", text: "" });
    expect(card("recentre")).toBeNull();
    expect(card("co_host")).toBe(had);
    expect(document.activeElement).toBe(yes);
  });

  it("hands the focus on to the next one when it goes", async () => {
    here.ask(4, "co_host");
    here.ask(5, "megaphone");
    shown("ask-no", card("co_host")).focus();
    shown("ask-no", card("co_host")).click();
    await here.accept();
    expect(document.activeElement).toBe(card("megaphone").querySelector("h2"));
  });

  it("counts down on the server's clock, and goes when the server says so", async () => {
    here.ask(4, "take_over", { until_ms: here.nowMs + 30_000 });
    expect(card("take_over").textContent).toContain("Ends by itself in 0:30");
    await here.pass(12_000);
    expect(card("take_over").textContent).toContain("Ends by itself in 0:18");
    await here.pass(30_000);
    expect(card("take_over").textContent).toContain("Ends by itself in 0:00");
    here.tell({ t: "ask_over", ask: 4, end: "taken", text: "" });
    expect(card("take_over")).toBeNull();
    expect(notes()).toEqual(["Somebody else was quicker. Thank you."]);
  });

  it("tells who asked how it ended, in the server's words where it has some", () => {
    here.tell({ t: "ask_over", ask: 77, end: "no", text: "" });
    here.tell({ t: "ask_over", ask: 78, end: "expired", text: "Bo did not answer." });
    here.tell({ t: "ask_over", ask: 79, end: "yes", text: "" });
    expect(notes()).toEqual(["They said no, thank you.", "Bo did not answer."]);
  });

  it("shows words and names as text, whatever they are", () => {
    here.people([BO, HOSTILE]);
    here.ask(4, "host", { from: BO, text: "<script>alert(1)</script>" });
    expect(card("host").textContent).toContain(`From ${HOSTILE}`);
    expect(card("host").textContent).toContain("<script>alert(1)</script>");
    expect(card("host").querySelector("img, script")).toBeNull();
  });

  it("is gone with the gathering, and with the visit", () => {
    here.ask(4, "host");
    here.gather({ state: "ended" });
    expect(document.querySelector("[data-test=ask]")).toBeNull();
    expect(() => button("Lead")).toThrow();
  });
});
