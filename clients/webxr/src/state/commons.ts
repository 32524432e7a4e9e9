/**
 * What a group's room has besides people and poses: what one is here, places, shared objects, one's
 * own safety and ties. Pure: messages in, values out. A room without a group leaves it empty.
 */
import type {
  Design,
  ObjectState,
  PersonalBoundary,
  ServerMessage,
  Welcome,
  You,
} from "../protocol/control";

/** How far two people are in agreeing that either may stand near. */
export type Nearness = "no" | "asked" | "asks" | "yes";

export type CommonsTopic = "you" | "places" | "objects" | "safety" | "ties" | "faded";

const NO_BOUNDARY: PersonalBoundary = { mode: "off", radius_m: 0.6 };

/** A shared object as it is shown: where the server has it, or where oneself carries it. */
export interface SharedObject extends ObjectState {
  /** One asked for it and was not answered yet. */
  asked: boolean;
}

export class Commons {
  /** What one is in this room; null in rooms without a group. */
  you: You | null = null;
  /** Participant who has each place, 0 for nobody; only places of the design. */
  readonly claims = new Map<string, number>();
  readonly objects = new Map<string, SharedObject>();
  readonly friends = new Set<number>();
  readonly muted = new Set<number>();
  /** With these one agreed that either may stand near: no boundary between them. */
  readonly near = new Set<number>();
  /** These one lets come near, and they did not answer yet. */
  readonly nearAsked = new Set<number>();
  /** These let one come near, and one did not answer yet. */
  readonly nearAsks = new Set<number>();
  /** Those who are too close, or oneself to them: neither is drawn for the other. */
  readonly faded = new Set<number>();
  safe = false;
  boundary: PersonalBoundary = NO_BOUNDARY;
  /** A norm of the group asks for this boundary; one's own wish may only be stricter. */
  forced = false;

  private readonly views = new Map<CommonsTopic, Set<() => void>>();

  /** Call `run` whenever the topic changes; returns the way to stop. */
  subscribe(topic: CommonsTopic, run: () => void): () => void {
    const set = this.views.get(topic) ?? new Set();
    this.views.set(topic, set);
    set.add(run);
    return () => set.delete(run);
  }

  /** A welcome came: on a new visit nothing of the one before is true. */
  begin(welcome: Welcome, resumed: boolean): void {
    this.you = welcome.you ?? null;
    if (!resumed) {
      this.claims.clear();
      this.objects.clear();
      this.friends.clear();
      this.muted.clear();
      for (const set of [this.near, this.nearAsked, this.nearAsks]) set.clear();
      this.safe = false;
    }
    // A new line is told anew.
    this.faded.clear();
    this.boundary = this.you?.boundary ?? NO_BOUNDARY;
    for (const topic of ["you", "places", "objects", "safety", "ties"] as const) this.tell(topic);
  }

  /** Take a message about the group's room; false when it is about something else. */
  take(message: ServerMessage): boolean {
    switch (message.t) {
      case "places":
        for (const { id, by } of message.places) this.claims.set(id, by);
        this.tell("places");
        return true;
      case "objects":
        if (message.reset) this.objects.clear();
        for (const object of message.objects) this.putObject(object);
        this.tell("objects");
        return true;
      case "safety":
        this.safe = message.safe;
        this.boundary = message.boundary;
        this.forced = message.forced;
        this.tell("safety");
        return true;
      case "ties":
        replace(this.friends, message.friends);
        replace(this.muted, message.muted);
        replace(this.near, message.near);
        replace(this.nearAsked, message.near_asked);
        replace(this.nearAsks, message.near_asks);
        this.tell("ties");
        return true;
      case "you":
        this.you = message.you;
        this.tell("you");
        return true;
      case "faded":
        replace(this.faded, message.people);
        this.tell("faded");
        return true;
      default:
        return false;
    }
  }

  /** The room has another design: whoever had a place that is gone has none. */
  refit(design: Design | undefined): void {
    const left = new Set(design?.places.map(({ id }) => id));
    for (const id of this.claims.keys()) if (!left.has(id)) this.claims.delete(id);
    this.tell("places");
  }

  /** Whether one may do something here; rooms without a group ask for no rights. */
  may(right: string): boolean {
    return this.you?.rights.includes(right) ?? false;
  }

  /** How far one is with somebody in agreeing that either may stand near. */
  nearTo(participant: number): Nearness {
    if (this.near.has(participant)) return "yes";
    if (this.nearAsks.has(participant)) return "asks";
    return this.nearAsked.has(participant) ? "asked" : "no";
  }

  /** The place one has, or null. */
  placeOf(participant: number): string | null {
    for (const [id, by] of this.claims) if (by === participant && by !== 0) return id;
    return null;
  }

  /** The object somebody holds, or null. */
  heldBy(participant: number): SharedObject | null {
    for (const object of this.objects.values()) if (object.held_by === participant) return object;
    return null;
  }

  /** The object that is held out to somebody, or null. */
  offeredTo(participant: number): SharedObject | null {
    for (const object of this.objects.values()) {
      if (object.offered_to === participant) return object;
    }
    return null;
  }

  /** Note that one asked for an object; the server's word ends it. */
  asking(id: string, on: boolean): void {
    const object = this.objects.get(id);
    if (object === undefined || object.asked === on) return;
    object.asked = on;
    this.tell("objects");
  }

  private putObject(object: ObjectState): void {
    const known = this.objects.get(object.id);
    // Older news of an object may come after newer ones only by a fault; the newest holds.
    if (known !== undefined && ((object.rev - known.rev) | 0) < 0) return;
    this.objects.set(object.id, { ...object, asked: false });
  }

  private tell(topic: CommonsTopic): void {
    for (const run of this.views.get(topic) ?? []) run();
  }
}

function replace(set: Set<number>, values: readonly number[]): void {
  set.clear();
  for (const value of values) set.add(value);
}
