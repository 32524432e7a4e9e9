import { beforeEach, describe, expect, it } from "vitest";
import {
  GAP_MS,
  type LinkPeer,
  type LinkPhase,
  PATIENCE_MS,
  type PeerState,
  RESTART_MS,
  RESTARTS_MAX,
  VoiceLink,
} from "../../src/voice/voice-link";
import { TestClock } from "../net/line";

/** The other end, as the test plays it: it answers offers and says how the path fares. */
class Stand {
  readonly clock = new TestClock();
  readonly peers: PlayedPeer[] = [];
  readonly phases: LinkPhase[] = [];
  readonly troubles: string[] = [];
  readonly asked: string[] = [];
  answer: (sdp: string) => Promise<string> = (sdp) => Promise.resolve(`answer to ${sdp}`);
  random = 0.5;
  readonly link = new VoiceLink(
    {
      openPeer: (_servers, changed) => {
        const peer = new PlayedPeer(this.peers.length + 1, changed);
        this.peers.push(peer);
        return peer;
      },
      ask: (sdp) => {
        this.asked.push(sdp);
        return this.answer(sdp);
      },
      nowMs: () => this.clock.nowMs,
      random: () => this.random,
      setTimeout: (run, ms) => this.clock.set(run, ms),
      clearTimeout: (timer) => this.clock.clear(timer),
    },
    {
      phase: (phase) => this.phases.push(phase),
      trouble: (text) => this.troubles.push(text),
    },
  );

  get peer(): PlayedPeer {
    return this.peers.at(-1)!;
  }

  tell(session: number, spread_ms = 0, available = true): void {
    this.link.tell({ available, session, spread_ms, ice_servers: [] });
  }

  /** Let time and then promises go on. */
  async pass(ms: number): Promise<void> {
    this.clock.pass(ms);
    await settle();
  }

  async connect(session = 1): Promise<void> {
    this.link.line(true);
    this.tell(session);
    await this.pass(1);
    this.peer.become("connected");
  }
}

class PlayedPeer implements LinkPeer {
  state: PeerState = "new";
  closed = false;
  readonly offers: boolean[] = [];
  readonly answers: string[] = [];

  constructor(
    private readonly number: number,
    private readonly changed: (state: PeerState) => void,
  ) {}

  offer(restart: boolean): Promise<string> {
    this.offers.push(restart);
    return Promise.resolve(`offer ${this.number}.${this.offers.length}`);
  }

  answer(sdp: string): Promise<void> {
    this.answers.push(sdp);
    return Promise.resolve();
  }

  close(): void {
    this.closed = true;
  }

  become(state: PeerState): void {
    this.state = state;
    this.changed(state);
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

let stand: Stand;
beforeEach(() => {
  stand = new Stand();
});

describe("setting up", () => {
  it("offers once, takes the answer and is connected when the path is", async () => {
    await stand.connect();
    expect(stand.asked).toEqual(["offer 1.1"]);
    expect(stand.peer.answers).toEqual(["answer to offer 1.1"]);
    expect(stand.phases).toEqual(["waiting", "connecting", "connected"]);
    await stand.pass(PATIENCE_MS * 2);
    expect(stand.link.phase).toBe("connected");
    expect(stand.peers).toHaveLength(1);
  });

  it("hears the same session again without starting anew", async () => {
    await stand.connect(4);
    stand.tell(4, 3_000);
    await stand.pass(5_000);
    expect(stand.peers).toHaveLength(1);
  });

  it("drops a dead session's connection at once and comes back spread out", async () => {
    await stand.connect(4);
    stand.random = 0.25;
    stand.tell(5, 2_000);
    expect(stand.peers[0]!.closed).toBe(true);
    await stand.pass(499);
    expect(stand.peers).toHaveLength(1);
    await stand.pass(2);
    expect(stand.peers).toHaveLength(2);
  });

  it("ends where there is no voice any more, and returns when there is", async () => {
    await stand.connect(1);
    stand.tell(1, 0, false);
    expect(stand.peer.closed).toBe(true);
    expect(stand.link.phase).toBe("off");
    stand.tell(1);
    await stand.pass(1);
    expect(stand.link.phase).toBe("connecting");
  });

  it("passes on what the server said when it refused, and tries again later each time", async () => {
    stand.answer = () => Promise.reject(new Error("No room for another voice."));
    stand.link.line(true);
    stand.tell(1);
    await stand.pass(1);
    expect(stand.troubles).toEqual(["No room for another voice."]);
    const times: number[] = [];
    for (let tries = 1; tries < 5; tries++) {
      const from = stand.clock.nowMs;
      while (stand.peers.length === tries) await stand.pass(100);
      times.push(stand.clock.nowMs - from);
    }
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(1_500);
    expect(times.at(-1)).toBeGreaterThan(10_000);
  });

  it("says after ten seconds that nothing comes through, and goes on trying", async () => {
    stand.link.line(true);
    stand.tell(1);
    await stand.pass(PATIENCE_MS - 1);
    expect(stand.troubles).toEqual([]);
    await stand.pass(10);
    expect(stand.troubles).toEqual([""]);
    expect(stand.peers[0]!.closed).toBe(true);
    await stand.pass(3_000);
    expect(stand.peers).toHaveLength(2);
  });

  it("ignores an answer that comes after its connection was given up", async () => {
    let late: (sdp: string) => void = () => {};
    stand.answer = () => new Promise((resolve) => (late = resolve));
    stand.link.line(true);
    stand.tell(1);
    await stand.pass(1);
    stand.tell(2);
    late("too late");
    await stand.pass(1);
    expect(stand.peers[0]!.answers).toEqual([]);
    expect(stand.troubles).toEqual([]);
  });
});

describe("a path that breaks", () => {
  beforeEach(() => stand.connect());

  it("that mends itself within two seconds is left alone", async () => {
    stand.peer.become("disconnected");
    await stand.pass(GAP_MS - 100);
    stand.peer.become("connected");
    await stand.pass(GAP_MS * 3);
    expect(stand.peer.offers).toEqual([false]);
    expect(stand.link.phase).toBe("connected");
  });

  it("is replaced by an ICE restart on the same connection", async () => {
    stand.peer.become("disconnected");
    await stand.pass(GAP_MS + 1);
    expect(stand.peer.offers).toEqual([false, true]);
    stand.peer.become("connected");
    expect(stand.link.phase).toBe("connected");
    expect(stand.peers).toHaveLength(1);
  });

  it("that failed is restarted at once", async () => {
    stand.peer.become("failed");
    await stand.pass(1);
    expect(stand.peer.offers).toEqual([false, true]);
  });

  it("leads to a new connection after three restarts", async () => {
    stand.peer.become("failed");
    await stand.pass(RESTART_MS * RESTARTS_MAX - 100);
    expect(stand.peers[0]!.offers).toEqual([false, true, true, true]);
    expect(stand.peers).toHaveLength(1);
    await stand.pass(200);
    expect(stand.peers[0]!.closed).toBe(true);
    expect(stand.peers).toHaveLength(2);
  });

  it("waits for the line to offer on, and then restarts", async () => {
    stand.link.line(false);
    stand.peer.become("failed");
    await stand.pass(5_000);
    expect(stand.peer.offers).toEqual([false]);
    stand.link.line(true);
    await stand.pass(1);
    expect(stand.peer.offers).toEqual([false, true]);
  });

  it("another network restarts once for a burst of news, without leaving the connection", async () => {
    stand.link.networkChanged();
    stand.link.networkChanged();
    await stand.pass(1);
    expect(stand.peer.offers).toEqual([false, true]);
    // the browser never said anything but "connected"
    expect(stand.link.phase).toBe("connected");
  });

  it("the server forgot leads to a new connection", async () => {
    stand.link.forgotten();
    await stand.pass(3_000);
    // that was about the connection before this one
    expect(stand.peers).toHaveLength(1);
    stand.link.forgotten();
    await stand.pass(1_001);
    expect(stand.peers).toHaveLength(2);
  });

  it("ends for good", async () => {
    stand.link.stop();
    expect(stand.peer.closed).toBe(true);
    stand.link.networkChanged();
    stand.link.line(true);
    await stand.pass(60_000);
    expect(stand.peers).toHaveLength(1);
    expect(stand.link.phase).toBe("off");
  });
});
