// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PageContext } from "../../../src/app/router";
import { TEMPLATES } from "../../../src/net/events";
import type { GroupPage } from "../../../src/net/groups";
import { openNow } from "../../../src/ui/events/class-now";
import { templateFields, USUAL } from "../../../src/ui/events/template-fields";
import type { GroupPart } from "../../../src/ui/groups/group-frame";

const at = <T extends HTMLElement = HTMLSelectElement>(name: string) =>
  document.querySelector<T>(`[data-test=${name}]`)!;

function choose(template: string): void {
  const input = document.querySelector<HTMLInputElement>(`input[value=${template}]`)!;
  input.checked = true;
  input.dispatchEvent(new Event("change"));
}

function pick(name: string, value: string): void {
  at(name).value = value;
  at(name).dispatchEvent(new Event("input"));
}

beforeEach(() => document.body.replaceChildren());
afterEach(() => vi.unstubAllGlobals());

describe("a class or a talk", () => {
  it("sets who is heard and which mats are offered, for everybody to see", () => {
    const fields = templateFields({ template: "class", ...USUAL.class });
    document.body.append(fields.element);
    expect(fields.read()).toEqual({ template: "class", formation: "rows", audience: "near" });
    choose("talk");
    expect(at("event-formation").value).toBe("none");
    expect(at("event-audience").value).toBe("nobody");
    expect(fields.element.querySelector("[role=status]")?.textContent).toMatch(/talk/);
    expect(fields.read()).toEqual({ template: "talk", ...USUAL.talk });
  });

  it("lets each of it be otherwise, until another kind is chosen", () => {
    const fields = templateFields({ template: "talk", ...USUAL.talk });
    document.body.append(fields.element);
    pick("event-formation", "arc");
    pick("event-audience", "near");
    expect(fields.read()).toEqual({ template: "talk", formation: "arc", audience: "near" });
    choose("class");
    expect(fields.read()).toEqual({ template: "class", ...USUAL.class });
  });

  it("shows an event as it is, and not as its kind usually begins", () => {
    const fields = templateFields({ template: "class", formation: "circle", audience: "nobody" });
    expect(fields.read()).toEqual({
      ...{ template: "class", formation: "circle", audience: "nobody" },
    });
    fields.take({ template: "talk", formation: "rows", audience: "near" });
    expect(fields.read()).toEqual({ template: "talk", formation: "rows", audience: "near" });
  });

  it("knows what every kind begins with", () => {
    for (const template of TEMPLATES) {
      const fields = templateFields({ template, ...USUAL[template] });
      expect(fields.read()).toEqual({ template, ...USUAL[template] });
    }
  });
});

describe("start class now", () => {
  const group = {
    ...{ id: "g", slug: "yoga", rooms: [{ id: "r", name: "Studio", may_enter: true }] },
  } as unknown as GroupPage;

  it("begins a talk with its own defaults and the doors that were chosen", async () => {
    const sent: unknown[] = [];
    vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
      if (init?.method !== "POST") return Response.json({ items: [], next: null });
      sent.push([path, JSON.parse(String(init.body))]);
      return Response.json({ code: "room_taken", detail: "Taken." }, { status: 409 });
    });
    const context = { go: vi.fn() } as unknown as PageContext;
    void openNow({ group, context, can: () => true } as unknown as GroupPart);
    await vi.waitFor(() => expect(at("now-doors")).toBeTruthy());
    choose("talk");
    expect(at<HTMLInputElement>("now-title").placeholder).toBe("Talk now");
    pick("now-doors", "admit_each");
    at<HTMLButtonElement>("open-doors").click();
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]).toEqual([
      expect.stringContaining("/groups/g/class-now"),
      {
        ...{ template: "talk", formation: "none", audience: "nobody" },
        ...{ doors: { mode: "admit_each" }, title: "Talk now", room: "r" },
      },
    ]);
  });
});
