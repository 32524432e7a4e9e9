/** A server's end of a line, played by the test, and a clock that only the test moves. */
import { encode as pack, decode as unpack } from "@msgpack/msgpack";
import {
  Connection,
  type ConnectionHandlers,
  type Phase,
  type Surroundings,
} from "../../src/net/connection";
import type { TransportEvents } from "../../src/net/transport";
import type { ServerMessage, Welcome } from "../../src/protocol/control";

export class TestClock {
  nowMs = 0;
  private timers: { at: number; run: () => void }[] = [];

  set(run: () => void, ms: number): unknown {
    const timer = { at: this.nowMs + ms, run };
    this.timers.push(timer);
    return timer;
  }

  clear(timer: unknown): void {
    this.timers = this.timers.filter((each) => each !== timer);
  }

  /** Let time pass, running what falls due in order; `each` runs every 50 ms. */
  pass(ms: number, each: () => void = () => {}): void {
    const end = this.nowMs + ms;
    let beat = this.nowMs + 50;
    while (this.nowMs < end) {
      const due = this.timers.reduce((least, { at }) => Math.min(least, at), end);
      this.nowMs = Math.min(Math.max(due, this.nowMs), beat, end);
      if (this.nowMs >= beat) {
        each();
        beat += 50;
      }
      const ready = this.timers.filter(({ at }) => at <= this.nowMs);
      this.timers = this.timers.filter(({ at }) => at > this.nowMs);
      for (const { run } of ready) run();
    }
  }
}

export interface Line {
  events: TransportEvents;
  sent: Uint8Array[];
  abandoned: boolean;
}

export const WELCOME: Welcome = {
  t: "welcome",
  v: 1,
  participant: 7,
  room: {
    id: "campfire",
    name: "Campfire",
    description: "",
    space: "campfire",
    bounds: { min: [-16, 0, -16], max: [16, 6, 16] },
    capacity: 50,
    present: 1,
  },
  tick_hz: 20,
  tick: 1,
  server_ms: 50,
  resume: "token-1",
  resume_ttl_s: 30,
  features: [],
  limits: {
    chat_length: 500,
    name_length: 32,
    message_bytes: 16384,
    teleport_m: 20,
    teleports_per_s: 4,
    speed_m_s: 12,
    reach_m: 1.6,
  },
  spawn: { position: [0, 0, 4], yaw: 0 },
  interest: { lanes: 32, radius_m: 20, tiers: [] },
};

/** A snapshot with nothing in it: a sign of life. */
export const BEAT = new Uint8Array([0xc1, 2, 0, 0, 1, 0, 0, 0, 50, 0, 0, 0, 0, 0, 255, 255]);

export class Stand {
  readonly clock = new TestClock();
  readonly lines: Line[] = [];
  readonly phases: Phase[] = [];
  readonly notes: string[] = [];
  readonly welcomes: boolean[] = [];
  readonly tokens: (string | null)[] = [];
  hot = 0;
  admissions = 0;
  admit: Surroundings["admit"] = () => {
    this.admissions++;
    return Promise.resolve({ url: "ws://test/rt", credential: { ticket: "again" } });
  };
  readonly connection: Connection;

  constructor() {
    const handlers: ConnectionHandlers = {
      phase: (phase, text) => {
        this.phases.push(phase);
        this.notes.push(text);
      },
      welcome: (_welcome, resumed) => this.welcomes.push(resumed),
      message: () => {},
      hot: () => {
        this.hot++;
      },
      token: (token) => this.tokens.push(token),
    };
    this.connection = new Connection(
      {
        open: (_url, events) => {
          const line: Line = { events, sent: [], abandoned: false };
          this.lines.push(line);
          return {
            send: (bytes) => {
              line.sent.push(bytes.slice());
              return !line.abandoned;
            },
            abandon: () => {
              line.abandoned = true;
            },
            buffered: 0,
          };
        },
        nowMs: () => this.clock.nowMs,
        random: () => 0.5,
        setTimeout: (run, ms) => this.clock.set(run, ms),
        clearTimeout: (timer) => this.clock.clear(timer),
        admit: () => this.admit(),
      },
      handlers,
      "desktop",
    );
  }

  get line(): Line {
    return this.lines.at(-1)!;
  }

  tell(message: ServerMessage): void {
    this.line.events.message(pack(message));
  }

  heard(at: number): Record<string, unknown> {
    return unpack(this.line.sent[at]!) as Record<string, unknown>;
  }

  /** Join and be welcomed. */
  join(): void {
    this.connection.start({ url: "ws://test/rt", credential: { ticket: "first" } });
    this.line.events.opened();
    this.tell(WELCOME);
  }
}
