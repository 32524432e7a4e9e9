/**
 * Being in a room, from the moment the door lets one in until one leaves: puts page, world and visit
 * together, implements the Actions, tells the server when nobody is looking.
 */
import type { Appearance, ServerInfo } from "../net/api";
import type { Admission } from "../net/connection";
import type { Welcome } from "../protocol/control";
import type { SettingsStore } from "../state/settings";
import type { Actions, VoiceActions } from "../ui/actions";
import { checkVr, type DeviceCheck, deviceKind } from "../ui/device";
import { DebugPanel, type Probe } from "../ui/room/debug-panel";
import { RoomPage } from "../ui/room/room-page";
import { S } from "../ui/strings";
import { G } from "../ui/strings-group-room";
import { V } from "../ui/strings-voice";
import { toast } from "../ui/toasts";
import { canChooseOutput } from "../voice/speaker";
import { Voice } from "../voice/voice";
import { GatheringStay } from "./gathering-stay";
import { GroupRoom } from "./group-actions";
import { GroupStay } from "./group-stay";
import { type KeptPlace, type Standing, tabStore } from "./place-keeper";
import { isTyping, standingBody } from "./standing";
import { Visit } from "./visit";
import type { World } from "./world";

export interface StayOptions {
  root: HTMLElement;
  roomId: string;
  profile: Appearance;
  check: DeviceCheck;
  settings: SettingsStore;
  intoVr: boolean;
  debug: boolean;
  info: Promise<ServerInfo | null>;
  /** The room belongs to a group: there are rights, places, objects, a safe place. */
  group?: boolean;
  /** Another device has one's avatar here; this page reads, writes and looks after people. */
  companion?: boolean;
  /**
   * It is over; `note` says why, "" when one simply left. `waitsAt` is the address of the room to
   * wait in for whoever is at the door now, null for everybody else.
   */
  onEnd(note: string, waitsAt: string | null): void;
}

const MEASURE_MS = 500;
const KEEP_MS = 2_000;

export class Stay {
  readonly visit: Visit;
  readonly voice: Voice;
  world: World | null = null;
  afterFrame: (() => void) | null = null;
  readonly page: RoomPage;
  readonly group: GroupRoom | null;
  readonly gathering: GatheringStay | null;
  private readonly inGroup: GroupStay | null;

  private readonly off = new AbortController();
  private readonly debug: DebugPanel;
  private readonly timers: ReturnType<typeof setInterval>[] = [];
  private readonly last = { ms: 0, in: 0, out: 0, snapshots: 0 };
  private readonly rates = { in: 0, out: 0, snapshots: 0 };
  private headsetAway = false;
  private vrReady = false;
  private wakeLock: WakeLockSentinel | null = null;
  private standing: Standing | null = null;
  private wasLost = false;
  private secureUrl: string | null = null;

  constructor(private readonly options: StayOptions) {
    const { check, profile, settings } = options;
    // Whoever comes back after losing the place means to be where they were.
    const how = options.companion ? "companion" : options.group ? "move" : undefined;
    this.visit = new Visit(options.roomId, profile, deviceKind(check, options.intoVr), how);
    this.group = options.group ? new GroupRoom(this.visit) : null;
    this.voice = this.buildVoice();
    const { visit, voice } = this;
    const world = () => this.world;
    this.gathering = options.group ? new GatheringStay({ visit, settings, voice, world }) : null;
    const actions = this.actions();
    this.page = new RoomPage({
      root: options.root,
      state: this.visit.state,
      settings,
      actions,
      again: (key) => this.visit.sayAgain(key),
      scene: check.webgl && !options.companion,
      touch: check.touch,
      secureUrl: () => this.secureUrl,
      outputs: canChooseOutput(),
    });
    this.inGroup =
      this.group === null
        ? null
        : new GroupStay({ visit, voice, page: this.page, group: this.group, world });
    void options.info.then((info) => {
      this.secureUrl = info?.vrUrl ?? null;
    });
    this.debug = new DebugPanel(() => this.probe());
    this.page.overlay(this.debug.element);
    if (options.debug) this.debug.toggle();
    this.visit.events = {
      welcome: (welcome, fresh) => this.onWelcome(welcome, fresh, actions),
      look: (look) => this.world?.look(look),
      gone: (id) => this.world?.gone(id, this.visit.state.hidden.has(id)),
      reaction: (id, kind) => this.onReaction(id, kind),
      word: ({ joined, left }) => {
        this.page.say(joined !== undefined ? S.people.joined(joined) : S.people.left(left ?? ""));
      },
      corrected: (dx, dz) => this.world?.correct(dx, dz),
      trouble: (text) => toast(text, { wrong: true }),
      greeted: (welcome, resumed) =>
        this.voice.welcome(welcome.features, welcome.participant, resumed),
      line: (up) => this.voice.line(up),
      notice: (code, text) => this.onNotice(code, text),
      other: (message) => this.voice.take(message),
      ended: (text) => this.end(text),
    };
    this.listen();
  }

  /** Go in with a ticket, or back in with what a reload left. */
  start(admission: Admission, kept: KeptPlace | null): void {
    this.standing = kept?.standing ?? null;
    this.visit.start(admission, kept);
  }

  leave(): void {
    this.visit.leave();
  }

  private actions(): Actions & { voice: VoiceActions } {
    const { visit, options } = this;
    return {
      leave: () => this.leave(),
      hide: (id, on) => this.hide(id, on),
      react: (kind) => visit.react(kind),
      chat: (text) => visit.say(text),
      recenter: () => this.world?.recenter(),
      setHeightOffset: (metres) => options.settings.set("heightOffsetM", metres),
      setPosture: (posture) => this.world?.setPosture(posture),
      enterVr: () => this.enterVr(),
      voice: this.voice.actions(),
      ...this.groupActions(),
    };
  }

  private groupActions(): Pick<Actions, "group" | "safePlace" | "gathering"> {
    const { group, gathering } = this;
    if (group === null || gathering === null) return {};
    const safePlace = () =>
      void group.toggleSafe().then((words) => {
        if (words === "") return;
        toast(words, group.commons.safe ? { action: { label: G.safe.back, run: safePlace } } : {});
        this.world?.note(words);
      });
    return { group, safePlace, gathering: gathering.room };
  }

  private buildVoice(): Voice {
    const { visit, options } = this;
    const voice = new Voice({
      settings: options.settings,
      place: {
        hostname: location.hostname,
        secure: window.isSecureContext,
        userAgent: navigator.userAgent,
      },
      memory: tabStore(),
      send: (message) => visit.connection.sendControl(message),
      request: (make) => visit.connection.request(make),
      trouble: (text) => toast(text, { wrong: true }),
    });
    visit.state.unheard = voice.state.muted;
    const stops = [
      voice.state.subscribe("voice", () => {
        for (const person of visit.state.remark()) this.world?.look(person);
      }),
      voice.state.subscribe("hint", () => this.onHint()),
    ];
    this.off.signal.addEventListener("abort", () => {
      for (const stop of stops) stop();
      voice.dispose();
    });
    return voice;
  }

  /** What the voice part wants said once, where one is now. */
  private onHint(): void {
    const { hint } = this.voice.state;
    if (hint === null) return;
    this.world?.note(V.hints[hint]);
    this.page.voiceHint(hint);
  }

  private hide(id: number, on: boolean): void {
    const name = this.visit.state.people.get(id)?.name ?? "";
    this.visit.hide(id, on).catch((error: Error) => toast(error.message, { wrong: true }));
    if (on) {
      const undo = () => this.hide(id, false);
      toast(S.people.hidden(name), { action: { label: S.people.undo, run: undo } });
    }
  }

  private async enterVr(): Promise<boolean> {
    const entered = (await this.world?.enterVr()) ?? false;
    if (entered) this.inGroup?.noteRules();
    else toast(S.room.vrRefused, { wrong: true });
    return entered;
  }

  private onWelcome(welcome: Welcome, fresh: boolean, actions: Actions): void {
    if (welcome.you?.companion === true) return;
    if (this.world !== null || this.visit.body !== null) return;
    const { position, yaw } = welcome.spawn;
    // A resumed place is where one stood, which this tab knows better than the spawn point.
    const start =
      this.standing !== null && !fresh ? this.standing : { x: position[0], z: position[2], yaw };
    this.visit.body = standingBody(start);
    if (this.options.check.webgl) void this.buildWorld(start, actions);
  }

  private async buildWorld(start: Standing, actions: Actions): Promise<void> {
    const { options, visit, page } = this;
    try {
      const { World } = await import("./world");
      if (this.off.signal.aborted) return;
      this.world = new World({
        visit,
        canvas: page.canvas,
        touchLayer: page.touchLayer,
        settings: options.settings,
        actions,
        voice: this.voice,
        touch: options.check.touch,
        start,
        group: this.group,
        gathering: this.gathering?.room ?? null,
        offer: (actions) => page.context.offer(actions),
        onHeadsetAway: (away) => {
          this.headsetAway = away;
          this.updateAway();
        },
        onVrChange: (presenting) => {
          page.offerVr(this.vrReady && !presenting);
          this.updateAway();
        },
      });
    } catch (error) {
      console.error(error);
      toast(S.room.noScene, { wrong: true });
      return;
    }
    this.world.afterFrame = () => this.afterFrame?.();
    page.hint();
    this.vrReady = options.check.vr ?? (await checkVr());
    if (this.off.signal.aborted) return;
    page.offerVr(this.vrReady);
    if (options.intoVr && this.vrReady) void this.enterVr();
  }

  /** The server says that something changed; in a headset it is said where one looks. */
  private onNotice(code: string, text: string): void {
    toast(text, code === "muted" || code === "put_out" ? { wrong: true } : {});
    this.world?.note(text);
  }

  private onReaction(id: number, kind: string): void {
    const { state } = this.visit;
    this.world?.stage.avatars.react(id, kind);
    const name = id === state.me.id ? state.me.name : state.people.get(id)?.name;
    const word = S.reactions[kind as keyof typeof S.reactions];
    if (name !== undefined && word !== undefined) this.page.say(S.reacted(name, word));
  }

  private listen(): void {
    const { signal } = this.off;
    const { state } = this.visit;
    const stop = state.subscribe("room", () => {
      document.title = `${state.room?.name ?? ""} · ${S.app}`;
    });
    signal.addEventListener("abort", () => {
      stop();
      this.inGroup?.end();
      this.gathering?.end();
    });
    document.addEventListener("visibilitychange", () => this.updateAway(), { signal });
    window.addEventListener("pagehide", () => this.visit.touchPlace(), { signal });
    window.addEventListener("keydown", (event) => this.key(event), { signal });
    this.timers.push(
      setInterval(() => this.measure(), MEASURE_MS),
      setInterval(() => this.visit.touchPlace(), KEEP_MS),
    );
    void this.keepAwake();
  }

  /** Tell the server at once when nobody is looking, and when somebody is again. */
  private updateAway(): void {
    const presenting = this.world?.presenting ?? false;
    const away = presenting ? this.headsetAway : document.hidden;
    if (away !== this.visit.sender.away) this.visit.setAway(away);
    this.voice.setPresent(!away);
    if (!document.hidden) void this.keepAwake();
  }

  /** Phones must not fall asleep beside the fire. */
  private async keepAwake(): Promise<void> {
    if (!this.options.check.touch || this.wakeLock?.released === false) return;
    try {
      this.wakeLock = (await navigator.wakeLock?.request("screen")) ?? null;
    } catch {
      // Low battery or an old browser: the screen may dim.
    }
  }

  private key(event: KeyboardEvent): void {
    if (event.code === "F3") {
      event.preventDefault();
      this.debug.toggle();
    } else if (event.code === "KeyR" && this.debug.shown && !isTyping(event)) {
      const recorder = this.world?.recorder;
      if (recorder === undefined) return;
      if (recorder.recording) {
        recorder.stop();
        recorder.download();
      } else recorder.start(performance.now() / 1000);
    }
  }

  /** Twice a second: rates, distances, how good the line is. */
  private measure(): void {
    const { visit, last, rates } = this;
    const { state, connection, playout } = visit;
    const now = performance.now();
    const seconds = (now - last.ms) / 1000;
    rates.in = (connection.bytesIn - last.in) / seconds;
    rates.out = (connection.bytesOut - last.out) / seconds;
    rates.snapshots = (visit.snapshots - last.snapshots) / seconds;
    last.ms = now;
    last.in = connection.bytesIn;
    last.out = connection.bytesOut;
    last.snapshots = visit.snapshots;
    // Where no frames are drawn, people still move, and their voices with them.
    const drawing = this.world?.drawing ?? false;
    if (!drawing) playout.update(visit.serverNowMs(), seconds);
    const head = visit.body?.pose;
    if (!drawing && head !== undefined) this.voice.frame(head, playout.samples);
    for (const sample of head === undefined ? [] : playout.samples) {
      const person = state.people.get(sample.id);
      if (person === undefined) continue;
      const dx = sample.pose[0]! - head![0]!;
      const dz = sample.pose[2]! - head![2]!;
      person.distanceM = Math.hypot(dx, dz);
    }
    this.group?.encounters.note(state.people.values(), now);
    const people = playout.samples.length > 0;
    state.setLine({ rttMs: visit.clock.rttMs, delayMs: people ? playout.delayMs : -1 });
    state.tell("people");
    const lost = state.line.phase === "reconnecting";
    if (this.wasLost && state.line.phase === "live") toast(S.line.backAgain);
    this.wasLost = lost;
  }

  private probe(): Probe {
    const { visit, world, rates } = this;
    const info = world?.stage.renderer.info.render;
    return {
      fps: world?.fps ?? 0,
      drawCalls: info?.calls ?? 0,
      triangles: info?.triangles ?? 0,
      avatars: visit.playout.samples.length,
      bytesInPerS: rates.in,
      bytesOutPerS: rates.out,
      framesPerS: rates.snapshots,
      rttMs: visit.clock.rttMs,
      delayMs: visit.playout.delayMs,
      tickAgeMs: performance.now() - visit.newestAtMs,
      recording: world?.recorder.recording ?? false,
      recordedRows: world?.recorder.length ?? 0,
    };
  }

  private end(text: string): void {
    if (this.off.signal.aborted) return;
    this.off.abort();
    for (const timer of this.timers) clearInterval(timer);
    this.debug.dispose();
    void this.wakeLock?.release();
    this.world?.dispose();
    this.page.dispose();
    const { waitsAt, connection } = this.visit;
    const { lastWords } = connection;
    this.options.onEnd(waitsAt !== null && lastWords !== "" ? lastWords : text, waitsAt);
  }
}
