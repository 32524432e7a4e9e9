import { afterEach, describe, expect, it, vi } from "vitest";
import { Names } from "../../../src/ui/groups/names";

const member = (id: string, name: string, handle: string) => ({ id, name, handle, role: "member" });

function server(...items: ReturnType<typeof member>[]) {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    return Response.json({ items, next: null });
  });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

describe("Names", () => {
  it("asks once, however many letters are typed before the answer", async () => {
    const asked = server(member("1", "Bo", "bowen"), member("2", "Beate", "bea"));
    const names = new Names("group", "me");
    const found = await Promise.all(["", "b", "bo"].map((typed) => names.find(typed)));
    expect(found.map((each) => each.map(({ handle }) => handle))).toEqual([
      ["bowen", "bea"],
      ["bowen", "bea"],
      ["bowen"],
    ]);
    expect(asked).toHaveLength(1);
  });

  it("asks again after it failed", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new Error("away")));
    const names = new Names("group", "me");
    await expect(names.find("b")).rejects.toThrow();
    const asked = server(member("1", "Bo", "bowen"));
    expect(await names.find("b")).toHaveLength(1);
    expect(asked).toHaveLength(1);
  });
});
