// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Card, Member, Role } from "../../../src/net/groups";
import { coHostsField, fitToLead } from "../../../src/ui/events/co-hosts";

const card = (id: string, name: string): Card => ({
  ...{ id, name, primary: "#e07a4f", secondary: "#7fbf8e", pattern: 0 },
});
const member = (id: string, name: string, role: Role): Member => ({
  ...card(id, name),
  ...{ handle: id, role, joined_ms: 1, signed: true, present_room: null },
});
const ADA = member("ada", "Ada", "owner");
const BO = member("bo", "Bo", "host");
const CY = member("cy", "Cy", "member");
const DEE = member("dee", "Dee", "leader");
const EVE = member("eve", "Eve", "moderator");

/** Pages of members as the server gives them; keeps what was asked for. */
function server(...pages: (readonly Member[] | number)[]): string[] {
  const asked: string[] = [];
  let at = 0;
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    const page = pages[at++];
    if (typeof page === "number") {
      return Response.json({ code: "busy", title: "Busy", detail: "Too busy." }, { status: page });
    }
    return Response.json({ items: page ?? [], next: at < pages.length ? `c${at}` : null });
  });
  return asked;
}

async function shown(given: readonly Card[] = []) {
  const field = coHostsField({ id: "g1", slug: "yoga" }, "ada", given);
  document.body.replaceChildren(field.element);
  const { input } = field.field;
  await vi.waitFor(() => {
    if (input.disabled && field.element.querySelector("[role=alert]") === null) throw new Error();
  });
  return { field, input, element: field.element };
}

const offered = (input: HTMLSelectElement) =>
  [...input.querySelectorAll("optgroup > option")].map(
    (each) => `${each.textContent} (${(each.parentElement as HTMLOptGroupElement).label})`,
  );
const chosen = (element: Element) =>
  [...element.querySelectorAll(".co-host .person-words")].map(({ textContent }) => textContent);
const hidden = (element: Element, test: string) =>
  element.querySelector<HTMLElement>(`[data-test=${test}]`)?.hidden;

function choose(input: HTMLSelectElement, id: string): void {
  input.value = id;
  input.dispatchEvent(new Event("change"));
}

beforeEach(() => document.body.replaceChildren());
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("who may be a co-host", () => {
  it("is never a plain member, the host, or who was chosen already", () => {
    const all = [CY, EVE, BO, DEE, ADA, member("guest", "Gil", "guest")];
    expect(fitToLead(all, "ada", [DEE]).map(({ id }) => id)).toEqual(["eve", "bo"]);
    expect(fitToLead([CY], "ada", [])).toEqual([]);
  });
});

describe("the co-hosts of an event", () => {
  it("are chosen from those who may host, with their role said, over all pages of members", async () => {
    const asked = server([ADA, CY], [BO, EVE]);
    const { field, input, element } = await shown();
    expect(asked.map((path) => path.split("?")[1])).toEqual(["limit=200", "cursor=c1&limit=200"]);
    expect(offered(input)).toEqual(["Eve (Moderator)", "Bo (Host)"]);
    expect(hidden(element, "co-host-nobody")).toBe(true);

    choose(input, "bo");
    expect(field.read()).toEqual(["bo"]);
    expect(chosen(element)).toEqual(["BoHost"]);
    expect(offered(input)).toEqual(["Eve (Moderator)"]);
    expect(document.activeElement).toBe(input);
    choose(input, "eve");
    expect(field.read()).toEqual(["bo", "eve"]);
    // Nobody is left to add: the focus goes to the row, not to nowhere.
    expect(field.field.element.hidden).toBe(true);
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Take Eve out");
    // That is no reason to speak of a lack.
    expect(hidden(element, "co-host-nobody")).toBe(true);
    expect(element.textContent).toContain(
      "Everybody else who may host events here is in the list.",
    );
  });

  it("say where a host is made when nobody else may host", async () => {
    server([ADA, CY]);
    const { input, element, field } = await shown();
    expect(field.field.element.hidden).toBe(true);
    expect(offered(input)).toEqual([]);
    const words = element.querySelector("[data-test=co-host-nobody]")!;
    expect((words as HTMLElement).hidden).toBe(false);
    expect(words.textContent).toBe(
      "Nobody else here may host events. A leader can give somebody the role of a host on the members page.",
    );
    expect(words.querySelector("a")?.getAttribute("href")).toBe("/g/yoga/members");
  });

  it("mark who was chosen and may not host any more", async () => {
    server([ADA, CY, BO]);
    const { element } = await shown([card("cy", "Cy"), card("gone", "Gone"), card("bo", "Bo")]);
    expect(chosen(element)).toEqual(["CyMember now: may not host events", "Gone", "BoHost"]);
  });

  it("can be put in another order and taken out, by keys alone", async () => {
    server([ADA, BO, EVE, DEE]);
    const { field, element } = await shown([BO, EVE, DEE]);
    const button = (label: string) =>
      element.querySelector<HTMLButtonElement>(`button[aria-label="${label}"]`)!;
    button("Move Dee up").click();
    expect(field.read()).toEqual(["bo", "dee", "eve"]);
    expect(document.activeElement).toBe(button("Move Dee up"));
    button("Move Dee up").click();
    expect(field.read()).toEqual(["dee", "bo", "eve"]);
    // The first one moves no higher: its other button has the focus.
    expect(button("Move Dee up").disabled).toBe(true);
    expect(document.activeElement).toBe(button("Move Dee down"));
    expect(element.querySelector("[role=status]")?.textContent).toBe("Dee is number 1 now.");
    button("Take Bo out").click();
    expect(field.read()).toEqual(["dee", "eve"]);
    expect(document.activeElement).toBe(field.field.input);
    expect(offered(field.field.input)).toEqual(["Bo (Host)"]);
  });

  it("show names as text, whatever they are", async () => {
    const name = "<img src=x onerror=alert(1)>";
    server([ADA, member("bo", name, "host")]);
    const { input, element } = await shown();
    expect(offered(input)).toEqual([`${name} (Host)`]);
    choose(input, "bo");
    expect(element.querySelector("img")).toBeNull();
    expect(element.querySelector(".co-host strong")?.textContent).toBe(name);
  });

  it("stay as they are when the members do not come, and are asked for again", async () => {
    server(503, [ADA, BO]);
    const { field, input, element } = await shown([CY]);
    expect(field.read()).toEqual(["cy"]);
    expect(input.disabled).toBe(true);
    element.querySelector<HTMLButtonElement>("[role=alert] button")!.click();
    await vi.waitFor(() => expect(offered(input)).toEqual(["Bo (Host)"]));
    expect(element.querySelector("[role=alert]")).toBeNull();
  });
});
