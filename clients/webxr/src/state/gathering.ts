/**
 * What is known of the gathering in the room: what it is now, its plan and timeline, hands, mats,
 * questions to oneself, and what its leaders see. Pure: messages in, values out; views subscribe to
 * the topics they show.
 */
import type {
  Applause,
  Ask,
  AskOver,
  Attendee,
  Cue,
  Cues,
  Formation,
  Gathering,
  Hands,
  ServerMessage,
  Timeline,
  Waiting,
} from "../protocol/control";

export type GatheringTopic =
  | "gathering"
  | "plan"
  | "timeline"
  | "hands"
  | "formation"
  | "asks"
  | "attendees"
  | "waiting"
  | "applause";

/** The plan's cues so far; whole once every page came. */
interface Pages {
  plan: number;
  title: string;
  total: number;
  cues: Cue[];
}

/** A question that was settled, with the question where one had it oneself. */
export interface Settled {
  ask: Ask | null;
  over: AskOver;
}

const NO_HANDS: Hands = { t: "hands", hands: [], total: 0, mine: 0, floor: [] };
const NO_MATS: Formation = { t: "formation", version: 0, kind: "none", mats: [] };

export class GatheringState {
  /** The gathering as it is now; null while there is none. */
  now: Gathering | null = null;
  /** The last word of a gathering that is over. */
  ended: Gathering | null = null;
  cues: readonly Cue[] = [];
  planTitle = "";
  /** Version of the plan that `cues` are of; -1 before any came whole. */
  plan = -1;
  timeline: Timeline | null = null;
  hands: Hands = NO_HANDS;
  formation: Formation = NO_MATS;
  /** Questions to oneself that wait for an answer, oldest first. */
  readonly asks = new Map<number, Ask>();
  settled: Settled | null = null;
  /** By participant; empty for whoever does not lead. */
  readonly attendees = new Map<number, Attendee>();
  waiting: { people: readonly Waiting[]; total: number } = { people: [], total: 0 };
  applause: Applause["counts"] = [];

  /** Answered here, until the server says how they ended. */
  private readonly replied = new Map<number, Ask>();
  private pages: Pages | null = null;
  private told = false;
  private readonly views = new Map<GatheringTopic, Set<() => void>>();

  /** Call `run` whenever the topic changes; returns the way to stop. */
  subscribe(topic: GatheringTopic, run: () => void): () => void {
    const set = this.views.get(topic) ?? new Set();
    this.views.set(topic, set);
    set.add(run);
    return () => set.delete(run);
  }

  /** Whether one leads: the host, a co-host. */
  get leads(): boolean {
    const role = this.now?.me.role;
    return role === "host" || role === "co_host";
  }

  /** Whether the plan may be led on: it is known whole, and so is where it is. */
  get hasPlan(): boolean {
    return this.cues.length > 0 && this.timeline !== null && this.timeline.plan === this.plan;
  }

  /** What somebody is on stage, or "audience". */
  roleOf(participant: number): "host" | "co_host" | "speaker" | "audience" {
    return this.now?.people.find(({ id }) => id === participant)?.role ?? "audience";
  }

  /** Who has the role of host and is here; 0 for nobody. */
  get host(): number {
    return this.now?.people.find(({ role }) => role === "host")?.id ?? 0;
  }

  /** A welcome came: everything is told anew; on a new visit nothing of the one before is true. */
  begin(resumed: boolean): void {
    this.told = false;
    this.asks.clear();
    this.replied.clear();
    this.tell("asks");
    if (!resumed) this.clear();
  }

  /** What is told after a welcome was told: a gathering not named in it is over. */
  caughtUp(): void {
    if (!this.told && this.now !== null) this.clear();
  }

  /** Take a message about the gathering; false when it is about something else. */
  take(message: ServerMessage): boolean {
    switch (message.t) {
      case "gathering":
        this.takeGathering(message);
        return true;
      case "cues":
        this.takeCues(message);
        return true;
      case "timeline":
        this.timeline = message;
        this.tell("timeline");
        return true;
      case "hands":
        this.hands = message;
        this.tell("hands");
        return true;
      case "formation":
        this.formation = message;
        this.tell("formation");
        return true;
      case "applause":
        this.applause = message.counts;
        this.tell("applause");
        return true;
      case "ask":
        this.asks.set(message.ask, message);
        this.tell("asks");
        return true;
      case "ask_over":
        this.settle(message);
        return true;
      case "attendees":
        if (message.reset) this.attendees.clear();
        for (const one of message.people) this.attendees.set(one.id, one);
        for (const id of message.gone) this.attendees.delete(id);
        this.tell("attendees");
        return true;
      case "waiting_room":
        this.waiting = { people: message.people, total: message.total };
        this.tell("waiting");
        return true;
      default:
        return false;
    }
  }

  /** A question was answered here: it is off the table before the server says so. */
  answered(ask: number): void {
    const own = this.asks.get(ask);
    if (own === undefined) return;
    this.replied.set(ask, own);
    this.asks.delete(ask);
    this.tell("asks");
  }

  private takeGathering(message: Gathering): void {
    this.told = true;
    if (message.state === "ended") {
      this.clear(message);
      return;
    }
    const before = this.now;
    this.now = message;
    this.ended = null;
    if (before?.event !== message.event || before.occurrence !== message.occurrence) {
      this.tell("timeline");
    }
    // Counts are for those alone who get the lists: also whoever leads the group, not this.
    const lists = this.leads || message.waiting !== undefined;
    if (!lists && (this.attendees.size > 0 || this.waiting.total > 0)) {
      this.attendees.clear();
      this.waiting = { people: [], total: 0 };
      this.tell("attendees");
      this.tell("waiting");
    }
    this.tell("gathering");
  }

  private takeCues({ plan, title, total, first, cues }: Cues): void {
    if (first === 0) this.pages = { plan, title, total, cues: [] };
    const { pages } = this;
    // A page of another plan, or one that leaves a gap, is of something that was replaced.
    if (pages === null || pages.plan !== plan || pages.cues.length !== first) return;
    pages.cues.push(...cues);
    if (pages.cues.length < pages.total) return;
    this.cues = pages.cues;
    this.plan = plan;
    this.planTitle = title;
    this.pages = null;
    this.tell("plan");
  }

  private settle(over: AskOver): void {
    const ask = this.asks.get(over.ask) ?? this.replied.get(over.ask) ?? null;
    this.asks.delete(over.ask);
    this.replied.delete(over.ask);
    this.settled = { ask, over };
    this.tell("asks");
    this.settled = null;
  }

  private clear(ended: Gathering | null = null): void {
    this.now = null;
    this.ended = ended;
    this.cues = [];
    this.planTitle = "";
    this.plan = -1;
    this.pages = null;
    this.timeline = null;
    this.hands = NO_HANDS;
    this.formation = NO_MATS;
    this.asks.clear();
    this.replied.clear();
    this.attendees.clear();
    this.waiting = { people: [], total: 0 };
    for (const topic of TOPICS) this.tell(topic);
  }

  private tell(topic: GatheringTopic): void {
    for (const run of this.views.get(topic) ?? []) run();
  }
}

const TOPICS = [
  "gathering",
  "plan",
  "timeline",
  "hands",
  "formation",
  "asks",
  "attendees",
  "waiting",
] as const satisfies readonly GatheringTopic[];

/** A moment the wire wrote as u32 on the unwrapped clock: the one nearest to `nowMs`. */
export function serverMoment(stamp: number, nowMs: number): number {
  const whole = Math.floor(nowMs);
  return whole + ((stamp - (whole >>> 0)) | 0);
}
