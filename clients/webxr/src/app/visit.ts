/**
 * One visit to one room: joins connection, clock, playout and room state, and offers the Actions
 * that do not need a scene. The world (3D) or the plain page sits on top of it.
 */
import { type Appearance, type How, rejoin, roomDoor } from "../net/api";
import { ClockSync } from "../net/clock-sync";
import { type Admission, AdmissionRefused, Connection } from "../net/connection";
import { freshKey } from "../net/fresh-key";
import { Pinger } from "../net/pinger";
import { openWebSocket } from "../net/transport";
import { waitingRoomOf } from "../net/waiting-room";
import {
  REACTION_KINDS,
  type ReactionKind,
  type ServerMessage,
  type Welcome,
} from "../protocol/control";
import { SnapshotDecoder } from "../protocol/snapshot";
import type { AvatarLook, Device } from "../state/avatar-state";
import { Commons } from "../state/commons";
import { GatheringState } from "../state/gathering";
import { Playout } from "../state/playout";
import { RoomState, type RosterEffect } from "../state/room-state";
import { yawOf } from "../xr/pose-math";
import { Afresh } from "./afresh";
import { Fading } from "./fading";
import { type KeptPlace, PlaceKeeper, tabStore } from "./place-keeper";
import { type Body, PoseSender } from "./pose-sender";

export interface VisitEvents {
  /** First welcome, or a new one; `fresh` = a place other than the one held before. */
  welcome(welcome: Welcome, fresh: boolean): void;
  look(look: AvatarLook): void;
  gone(id: number): void;
  reaction(id: number, kind: string): void;
  /** Somebody came or went, worth a quiet word. */
  word(words: { joined?: string; left?: string }): void;
  corrected(dx: number, dz: number): void;
  /** The server took a wish back or could not follow it. */
  trouble(text: string): void;
  /** A welcome came; `resumed` when one is the participant one was before. */
  greeted(welcome: Welcome, resumed: boolean): void;
  /** The line to the server is up or down. */
  line(up: boolean): void;
  /** Something changed that the person should know. */
  notice(code: string, text: string): void;
  /** A message that is not about the room itself. */
  other(message: ServerMessage): void;
  /** The visit is over; `text` says why. */
  ended(text: string): void;
}

/** Words about arrivals only in rooms small enough for each to matter. */
const WORDS_MAX_PEOPLE = 12;
const HIDDEN_ACK_TICKS = 4;
/** What is told right after a welcome was said before one came. */
const CATCH_UP_MS = 1_500;
const FEATURES = ["channel", "gathering", ...("RTCPeerConnection" in globalThis ? ["voice"] : [])];

export class Visit {
  readonly state = new RoomState();
  readonly commons = new Commons();
  readonly gathering = new GatheringState();
  readonly playout = new Playout();
  readonly clock = new ClockSync();
  readonly decoder = new SnapshotDecoder();
  readonly connection: Connection;
  readonly sender: PoseSender;
  readonly keeper = new PlaceKeeper(tabStore());
  /** Local ms at which the newest snapshot arrived. */
  newestAtMs = 0;
  snapshots = 0;
  malformed = 0;
  events: VisitEvents | null = null;
  /** The body to send while no world moves it (plain page, hidden tab). */
  body: Body | null = null;
  welcomed: Welcome | null = null;
  /** Where one waits to be let in again, once it is known that one does. */
  waitsAt: string | null = null;

  private readonly pinger = new Pinger(
    {
      nowMs: () => performance.now(),
      setInterval: (run, ms) => setInterval(run, ms),
      clearInterval: (timer) => clearInterval(timer as number),
      send: (ping) => this.connection.sendControl(ping),
    },
    this.clock,
  );
  private readonly shift = { dx: 0, dz: 0 };
  private readonly off = new AbortController();
  private hiddenTicks = 0;
  private catchUp: ReturnType<typeof setTimeout> | undefined;
  private readonly afresh = new Afresh({
    state: this.state,
    commons: this.commons,
    room: async () => (await roomDoor(this.roomId)).room,
    trouble: (text) => this.events?.trouble(text),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });

  constructor(
    readonly roomId: string,
    readonly profile: Appearance,
    readonly device: Device,
    how?: How,
  ) {
    this.connection = new Connection(
      {
        open: openWebSocket,
        nowMs: () => performance.now(),
        random: Math.random,
        setTimeout: (run, ms) => window.setTimeout(run, ms),
        clearTimeout: (timer) => window.clearTimeout(timer as number),
        admit: () =>
          rejoin(roomId, profile, device, how).catch((why: unknown) => this.refused(why)),
      },
      {
        phase: (phase, note) => {
          this.state.setLine({ phase, note });
          this.events?.line(phase === "live");
          if (phase === "left") this.end(note);
        },
        welcome: (welcome, resumed) => this.onWelcome(welcome, resumed),
        message: (message) => this.onMessage(message),
        hot: (bytes, nowMs) => this.onHot(bytes, nowMs),
        token: (token) => this.keepToken(token),
      },
      device,
      FEATURES,
    );
    this.sender = new PoseSender(this.clock, (bytes) => this.connection.sendHot(bytes));
    this.state.me = { id: 0, ...profile, device };
    const fading = new Fading(this.commons, this.state, this.playout, () => this.events);
    this.off.signal.addEventListener("abort", () => fading.stop());
    this.listen();
  }

  start(admission: Admission, kept: KeptPlace | null): void {
    this.connection.start(admission, kept?.participant ?? 0);
    if (kept !== null) this.keeper.keep(kept);
  }

  /** Server time now, ms. */
  serverNowMs(): number {
    return this.clock.serverNow(performance.now());
  }

  say(text: string, key: string = freshKey()): void {
    const entry = this.state.saying(text, this.serverNowMs(), key);
    const kept = this.commons.you === null ? {} : { key };
    this.connection
      .request((rid) => ({ t: "chat", rid, text, ...kept }))
      .then(
        () => this.state.settleChat(entry.key, true),
        (error: Error) => {
          this.state.settleChat(entry.key, false);
          this.events?.trouble(error.message);
        },
      );
  }

  sayAgain(key: number): void {
    const entry = this.state.dropChat(key);
    // The same key: should the first try have arrived after all, it stays one line.
    if (entry !== null) this.say(entry.text, entry.sentKey);
  }

  react(kind: string): void {
    const known = REACTION_KINDS.find((each) => each === kind);
    if (known === undefined) return;
    this.connection.sendControl({ t: "react", kind: known satisfies ReactionKind });
  }

  /** Hide someone or show them again; taken from the picture at once, confirmed by the server. */
  hide(id: number, on: boolean): Promise<void> {
    const name = this.state.people.get(id)?.name ?? this.state.hidden.get(id) ?? "";
    const person = this.state.people.get(id);
    this.state.setHiddenLocally(id, name, on);
    if (on) {
      this.playout.remove(id);
      this.events?.gone(id);
    }
    return this.connection
      .request((rid) => ({ t: "hide", rid, participant: id, on }))
      .then(
        () => {},
        (error: Error) => {
          this.state.setHiddenLocally(id, name, !on);
          if (on && person !== undefined) {
            this.state.people.set(id, person);
            this.state.tell("people");
            this.playout.admit(id);
            this.events?.look(person);
          }
          throw error;
        },
      );
  }

  /** One was not let in again; one may wait somewhere. */
  private refused(error: unknown): never {
    if (error instanceof AdmissionRefused) this.waitsAt = waitingRoomOf(error.why);
    throw error;
  }

  setAway(on: boolean): void {
    this.sender.away = on;
    this.connection.sendControl({ t: "away", on });
    // Others see it from the next snapshot, whether or not a frame is drawn here again.
    if (this.body !== null) this.sender.sendNow(this.body, performance.now());
  }

  leave(): void {
    this.keeper.forget();
    this.connection.leave();
  }

  private end(text: string): void {
    this.off.abort();
    this.afresh.end();
    this.pinger.stop();
    this.keeper.forget();
    this.events?.ended(text);
  }

  private listen(): void {
    const { signal } = this.off;
    window.addEventListener("online", () => this.connection.online(), { signal });
    window.addEventListener("pageshow", () => this.connection.nudge(), { signal });
    document.addEventListener(
      "visibilitychange",
      () => {
        if (!document.hidden) this.connection.nudge();
      },
      { signal },
    );
  }

  private keepToken(token: string | null): void {
    if (token === null || this.welcomed === null) {
      if (token === null) this.keeper.forget();
      return;
    }
    this.keep(token);
  }

  private keep(token: string): void {
    this.keeper.keep({
      room: this.roomId,
      token,
      participant: this.connection.participant,
      url: this.connection.address,
      standing: this.standing(),
      group: this.welcomed?.room.group !== undefined,
      seenAtMs: Date.now(),
    });
  }

  private standing() {
    const pose = this.body?.pose;
    if (pose === undefined) return null;
    return { x: pose[0]!, z: pose[2]!, yaw: yawOf(pose, 3) };
  }

  /** Note where one stands, for a reload. */
  touchPlace(): void {
    this.keeper.touch(this.standing(), Date.now());
  }

  private onWelcome(welcome: Welcome, resumed: boolean): void {
    const { participant, room } = welcome;
    this.decoder.reset();
    this.clock.reset(resumed);
    if (!resumed) {
      this.playout.clear();
      this.state.reset();
    }
    this.playout.newConnection(1000 / welcome.tick_hz);
    this.state.me.id = participant;
    this.sender.begin(participant, welcome.tick_hz, welcome.tick);
    this.welcomed = welcome;
    this.keep(welcome.resume);
    this.state.setRoom(room);
    if (welcome.you?.companion === true) this.pinger.start();
    else this.pinger.stop();
    this.commons.begin(welcome, resumed);
    this.gathering.begin(resumed);
    this.state.catchingUp = true;
    clearTimeout(this.catchUp);
    this.catchUp = setTimeout(() => {
      this.state.catchingUp = false;
      this.gathering.caughtUp();
    }, CATCH_UP_MS);
    this.events?.greeted(welcome, resumed);
    this.events?.welcome(welcome, !resumed);
    this.events?.look({ ...this.state.me, marks: [] });
    if (this.sender.away) this.connection.sendControl({ t: "away", on: true });
  }

  private onMessage(message: ServerMessage): void {
    switch (message.t) {
      case "roster":
        this.afterRoster(this.state.applyRoster(message));
        break;
      case "chat":
        this.state.applyChat(message, message.at_ms);
        break;
      case "line":
        this.state.applyLine(message, this.commons.you?.account ?? "");
        break;
      case "notice":
        this.events?.notice(message.code, message.text);
        void this.afresh.hear(message.code);
        break;
      case "reaction":
        this.events?.reaction(message.from, message.kind);
        break;
      case "error":
        if (message.rid === undefined && message.code !== "pose_rejected") {
          this.events?.trouble(message.text);
        }
        break;
      case "pong":
        this.pinger.pong(message.id, message.server_ms);
        break;
      case "overload":
        this.state.setLine({ note: message.level > 0 ? message.text : "" });
        break;
      case "closing":
        this.state.setLine({ note: message.text });
        break;
      default:
        if (this.commons.take(message) || this.gathering.take(message)) return;
        this.events?.other(message);
    }
  }

  private afterRoster(effect: RosterEffect): void {
    // Who comes late into a gathering comes in silence.
    const quiet = this.gathering.now !== null && this.gathering.now.state !== "doors";
    const talk = !effect.listing && !quiet && this.state.people.size <= WORDS_MAX_PEOPLE;
    for (const person of effect.joined) {
      this.playout.admit(person.id);
      const view = this.state.people.get(person.id);
      if (view !== undefined) this.events?.look(view);
      if (talk) this.events?.word({ joined: person.name });
    }
    for (const id of effect.changed) {
      const { people, me } = this.state;
      const person = people.get(id) ?? (id === me.id ? { ...me, marks: [] } : undefined);
      if (person !== undefined) this.events?.look(person);
    }
    for (const { id, name } of effect.left) {
      this.decoder.dismiss(id);
      this.playout.dismiss(id);
      this.events?.gone(id);
      if (talk && !this.state.hidden.has(id)) this.events?.word({ left: name });
    }
  }

  private onHot(bytes: Uint8Array, nowMs: number): void {
    const { decoder, clock } = this;
    if (!decoder.decode(bytes)) {
      this.malformed++;
      console.warn(`snapshot refused: ${decoder.fault}`);
      // Baselines can no longer be trusted; a new line starts with empty lanes.
      this.connection.restart();
      return;
    }
    const serverMs = clock.frame(decoder.serverMs, decoder.lastSeq, decoder.holdMs, nowMs);
    this.sender.ackTick = decoder.tick;
    this.newestAtMs = nowMs;
    this.snapshots++;
    this.playout.ingest(decoder, serverMs, clock.serverNow(nowMs));
    if (decoder.corrected) {
      const [x, , z] = decoder.correctionHead;
      if (this.sender.correction(decoder.correctionSeq, x!, z!, this.shift)) {
        this.events?.corrected(this.shift.dx, this.shift.dz);
      }
    }
    this.acknowledge(nowMs);
  }

  /**
   * Without frames drawn (hidden tab, plain page) the snapshots themselves set the pace: timers of
   * a hidden tab are too slow for the server to go on sending.
   */
  private acknowledge(nowMs: number): void {
    if (this.body === null || this.drawing()) return;
    this.hiddenTicks = (this.hiddenTicks + 1) % HIDDEN_ACK_TICKS;
    if (this.hiddenTicks === 0) this.sender.sendNow(this.body, nowMs);
  }

  /** Whether a world draws frames and so sends poses itself. */
  drawing: () => boolean = () => false;
}
