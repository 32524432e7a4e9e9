import { afterEach, describe, expect, it, vi } from "vitest";
import { relate, unrelate } from "../../../src/net/ties";
import { ChannelDesk } from "../../../src/ui/channel/desk";

const line = (id: number, author: string) => ({
  id,
  author: { id: author, name: author },
  text: `line ${id}`,
  created_ms: id,
});

/** A server whose channel leaves out those one blocked; `held` answers wait to be let go. */
function server() {
  const blocked = new Set<string>();
  const lines = [line(1, "ann"), line(2, "cyril"), line(3, "ann"), line(4, "cyril")];
  const held: (() => void)[] = [];
  const asked: string[] = [];
  const stand = { blocked, lines, held, asked, holding: false };
  vi.stubGlobal("fetch", async (path: string, { method, body }: RequestInit = {}) => {
    asked.push(`${method ?? "GET"} ${path}`);
    if (method === "POST") blocked.add((JSON.parse(body as string) as { account: string }).account);
    if (method === "DELETE") blocked.delete(path.split("/").at(-1)!);
    if (method !== undefined) return new Response(null, { status: 204 });
    const items = lines.filter(({ author }) => !blocked.has(author.id));
    if (stand.holding) await new Promise<void>((go) => held.push(go));
    return Response.json({ items, more_before: false, read: 0 });
  });
  vi.stubGlobal(
    "EventSource",
    class {
      addEventListener() {}
      close() {}
    },
  );
  return stand;
}

const shown = (desk: ChannelDesk) => desk.channel.lines.map(({ id }) => id);

afterEach(() => vi.unstubAllGlobals());

describe("ChannelDesk", () => {
  it("hands back what cannot be sent because the norms changed meanwhile", async () => {
    server();
    const kept: string[] = [];
    const desk = new ChannelDesk("group", "me", (text) => kept.push(text));
    const refusals = ["norms_unsigned", "muted"];
    vi.stubGlobal("fetch", async () =>
      Response.json({ code: refusals.shift(), detail: "Not now." }, { status: 403 }),
    );
    await desk.say("half an hour of work");
    await desk.say("and more");
    expect(kept).toEqual(["half an hour of work"]);
    expect(desk.channel.pending).toHaveLength(2);
  });

  it("looks anew when somebody is blocked or unblocked on the page", async () => {
    server();
    const desk = new ChannelDesk("group", "me");
    desk.start();
    await vi.waitFor(() => expect(shown(desk)).toEqual([1, 2, 3, 4]));
    await relate("blocks", "cyril");
    await vi.waitFor(() => expect(shown(desk)).toEqual([1, 3]));
    await unrelate("blocks", "cyril");
    await vi.waitFor(() => expect(shown(desk)).toEqual([1, 2, 3, 4]));
    desk.end();
  });

  it("does not look anew for a mute, nor after it ended", async () => {
    const { asked } = server();
    const desk = new ChannelDesk("group", "me");
    desk.start();
    await vi.waitFor(() => expect(shown(desk)).toHaveLength(4));
    await relate("mutes", "ann");
    desk.end();
    await relate("blocks", "cyril");
    expect(asked.filter((each) => each.includes("/lines"))).toHaveLength(1);
  });

  it("does not take an answer from before the block", async () => {
    const stand = server();
    stand.holding = true;
    const desk = new ChannelDesk("group", "me");
    desk.start();
    await vi.waitFor(() => expect(stand.held).toHaveLength(1));
    await relate("blocks", "cyril");
    await vi.waitFor(() => expect(stand.held).toHaveLength(2));
    stand.held[1]!();
    await vi.waitFor(() => expect(shown(desk)).toEqual([1, 3]));
    stand.held[0]!();
    await new Promise((soon) => setTimeout(soon, 0));
    expect(shown(desk)).toEqual([1, 3]);
    desk.end();
  });
});
