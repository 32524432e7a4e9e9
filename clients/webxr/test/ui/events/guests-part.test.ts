// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Occurrence, Rsvp } from "../../../src/net/events";
import { answerPart } from "../../../src/ui/events/answer-part";
import { guestsStepper } from "../../../src/ui/events/guests-part";

const START = Date.now() + 86_400_000;
const mine = (guests: number, more: Partial<Rsvp> = {}): Rsvp => ({
  ...{ state: "going", position: 0, offer_until_ms: null, access: false, attendance: false },
  ...{ guests, guests_here: 0, missed: null, ...more },
});
const day = (more: Partial<Occurrence>): Occurrence => ({
  ...{ event: "e1", original: "20261201T183000", title: "Yoga", template: "class" },
  ...{ room: { id: "r", name: "Studio" }, group: { id: "g", slug: "g", name: "G" } },
  ...{ starts_ms: START, ends_ms: START + 3_600_000, zone: "UTC", host_starts: "" },
  ...{ state: "scheduled", moved: false, note: "", capacity: 8, going: 1, waiting: 0 },
  ...{ host: null, mine: null, may_host: false, change_version: 0, recurring: false },
  ...{ plan: null, doors_ms: START - 900_000, guests_max: 2, ...more },
});

const at = (name: string) => document.querySelector<HTMLElement>(`[data-test=${name}]`);
const press = (name: string) => at(name)!.click();
const words = () => at("guests")?.textContent;

/** The server's answers in turn; keeps what was sent. */
function server(...answers: (Rsvp | { link: string } | number)[]): unknown[] {
  const sent: unknown[] = [];
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    sent.push([path.split("/").at(-1), init?.body ? JSON.parse(String(init.body)) : null]);
    const next = answers.shift();
    if (typeof next === "number") {
      return Response.json({ code: "party_full", detail: "No room." }, { status: next });
    }
    return Response.json(next);
  });
  return sent;
}

function show(of: Occurrence): () => Promise<void> {
  const changed = vi.fn(async () => {});
  const part = answerPart({
    ...{ day: of, signedIn: true, member: true, here: "/", changed, onEnd: () => {} },
  });
  document.body.replaceChildren(part!);
  return changed;
}

beforeEach(() => document.body.replaceChildren());
afterEach(() => vi.unstubAllGlobals());

describe("the stepper of guests", () => {
  it("stays between its ends and keeps the focus where it was pressed", () => {
    const changed = vi.fn();
    const stepper = guestsStepper(0, [0, 2], changed);
    document.body.append(stepper.element);
    expect(words()).toBe("I come by myself");
    at("guests-more")!.focus();
    for (let n = 0; n < 4; n++) press("guests-more");
    expect(stepper.value()).toBe(2);
    expect(words()).toBe("I bring 2 guests");
    expect(changed.mock.calls).toEqual([[1], [2]]);
    expect(document.activeElement).toBe(at("guests-more"));
    expect(at("guests-more")!.getAttribute("aria-disabled")).toBe("true");
    expect(at("guests-less")!.getAttribute("aria-disabled")).toBe("false");
  });

  it("goes by the arrow keys", () => {
    const stepper = guestsStepper(1, [0, 3]);
    document.body.append(stepper.element);
    const key = (name: string) =>
      at("guests-more")!.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
    key("ArrowUp");
    key("ArrowRight");
    expect(stepper.value()).toBe(3);
    key("ArrowDown");
    key("ArrowLeft");
    key("ArrowLeft");
    key("ArrowLeft");
    expect(stepper.value()).toBe(0);
  });
});

describe("an answer with guests", () => {
  it("is not asked about them where nobody is brought", () => {
    show(day({ guests_max: 0 }));
    expect(at("guests")).toBeNull();
  });

  it("says how many at once", async () => {
    const sent = server(mine(1));
    const changed = show(day({}));
    press("guests-more");
    expect(sent).toEqual([]);
    press("rsvp-yes");
    await vi.waitFor(() => expect(changed).toHaveBeenCalled());
    expect(sent).toEqual([["rsvp", { access: false, attendance: false, guests: 1 }]]);
  });

  it("changes them while one goes, and stays as it was where there is no room", async () => {
    const sent = server(mine(1), 409);
    const changed = show(day({ mine: mine(0) }));
    press("guests-more");
    await vi.waitFor(() => expect(changed).toHaveBeenCalledOnce());
    press("guests-more");
    expect(words()).toBe("I bring 2 guests");
    await vi.waitFor(() => expect(words()).toBe("I bring 1 guest"));
    expect(sent).toHaveLength(2);
    expect(changed).toHaveBeenCalledOnce();
  });

  it("keeps what was promised where no more are let in, and those who are in already", () => {
    show(day({ guests_max: 0, mine: mine(2, { guests_here: 1 }) }));
    expect(words()).toBe("I bring 2 guests");
    press("guests-more");
    expect(words()).toBe("I bring 2 guests");
  });

  it("gives the link for those who are awaited, and shows it where it cannot be copied", async () => {
    vi.stubGlobal("navigator", { clipboard: undefined });
    const sent = server({ link: "/invite#abc" });
    show(day({ mine: mine(2, { guests_here: 1 }) }));
    press("guest-link");
    const shown = document.querySelector<HTMLElement>(".guests-link")!;
    await vi.waitFor(() => expect(shown.hidden).toBe(false));
    expect(shown.textContent).toMatch(/\/invite#abc$/);
    expect(sent).toEqual([["guest-link", {}]]);
    show(day({ mine: mine(1, { guests_here: 1 }) }));
    expect(at("guest-link")).toBeNull();
  });
});
