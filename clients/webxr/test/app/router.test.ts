import { describe, expect, it } from "vitest";
import { match, type Route } from "../../src/app/router";

const route = (path: string): Route => ({ path, load: () => Promise.reject(new Error(path)) });
const ROUTES = ["/", "/g/:group", "/g/:group/members", "/g/:group/rooms/:room"].map(route);

describe("match", () => {
  it("finds the page of an address, with or without a slash at its end", () => {
    expect(match(ROUTES, "/")?.route.path).toBe("/");
    expect(match(ROUTES, "/g/morning-yoga/members/")?.params).toEqual({ group: "morning-yoga" });
    expect(match(ROUTES, "/g/a/rooms/b")?.params).toEqual({ group: "a", room: "b" });
  });

  it("decodes names and refuses what cannot be decoded", () => {
    expect(match(ROUTES, "/g/caf%C3%A9")?.params).toEqual({ group: "café" });
    expect(match(ROUTES, "/g/%E0%A4%A")).toBeNull();
  });

  it("finds nothing where there is nothing", () => {
    expect(match(ROUTES, "/g")).toBeNull();
    expect(match(ROUTES, "/g/a/b/c/d")).toBeNull();
  });
});
