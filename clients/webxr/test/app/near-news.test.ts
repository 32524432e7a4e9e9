import { describe, expect, it } from "vitest";
import { NearNews } from "../../src/app/near-news";
import { Commons } from "../../src/state/commons";

const people = new Map([
  [5, { name: "Ann" }],
  [6, { name: "Bo" }],
]);

function ties(commons: Commons, near: number[], asks: number[]): void {
  commons.take({ t: "ties", friends: [], muted: [], near, near_asked: [], near_asks: asks });
}

describe("news of standing near", () => {
  it("tells each once, and again when it came anew", () => {
    const commons = new Commons();
    const news = new NearNews();
    ties(commons, [], [5]);
    expect(news.take(commons, people)).toEqual({ asks: ["Ann"], agreed: [] });
    expect(news.take(commons, people)).toEqual({ asks: [], agreed: [] });
    ties(commons, [5], []);
    expect(news.take(commons, people)).toEqual({ asks: [], agreed: ["Ann"] });
    ties(commons, [], []);
    expect(news.take(commons, people)).toEqual({ asks: [], agreed: [] });
    ties(commons, [], [5, 6]);
    expect(news.take(commons, people)).toEqual({ asks: ["Ann", "Bo"], agreed: [] });
  });

  it("waits for the name of whoever asked before the roster came", () => {
    const commons = new Commons();
    const news = new NearNews();
    ties(commons, [], [5]);
    expect(news.take(commons, new Map())).toEqual({ asks: [], agreed: [] });
    expect(news.take(commons, people)).toEqual({ asks: ["Ann"], agreed: [] });
  });
});
