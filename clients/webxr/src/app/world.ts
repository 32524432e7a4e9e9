/**
 * The 3D room during a visit: stage, controls, the frame loop, VR sessions. Loaded only on entering,
 * so that the lobby stays light. Draws what playout says and hands the body to the visit.
 */
import type { Seat } from "../scene/space";
import { Stage } from "../scene/stage";
import type { AvatarLook, AvatarSample, Posture } from "../state/avatar-state";
import type { Settings, SettingsStore } from "../state/settings";
import type { Actions } from "../ui/actions";
import type { ContextAction } from "../ui/room/context-bar";
import type { Voice } from "../voice/voice";
import type { Place } from "../xr/controls";
import { DesktopControls } from "../xr/desktop";
import { HeadsetControls } from "../xr/headset";
import { openSession } from "../xr/headset-session";
import type { ClassWords } from "../xr/menu/note-panel";
import { MotionRecorder } from "../xr/recorder";
import { TouchControls } from "../xr/touch";
import { CommonsView } from "./commons-view";
import type { GatheringRoom } from "./gathering-room";
import { GatheringView } from "./gathering-view";
import type { GroupRoom } from "./group-actions";
import { captionWords, menuData } from "./menu-data";
import { gatheringChoices, MENU_TOPICS } from "./menu-gathering-data";
import { ownSample, qualityFor } from "./own-sample";
import { Pointing } from "./pointing";
import type { Visit } from "./visit";

export interface WorldOptions {
  visit: Visit;
  canvas: HTMLCanvasElement;
  touchLayer: HTMLElement;
  settings: SettingsStore;
  actions: Actions;
  voice: Voice;
  touch: boolean;
  start: Place;
  /** What one can do in a group's room; null in other rooms. */
  group: GroupRoom | null;
  /** The gathering there may be in it. */
  gathering: GatheringRoom | null;
  /** Offer what is within reach. */
  offer(actions: readonly ContextAction[]): void;
  /** Nobody looks: headset off, or its own menu is open. */
  onHeadsetAway(away: boolean): void;
  onVrChange(presenting: boolean): void;
}

/** A slow device still turns and walks at its true pace; after a pause nothing leaps. */
const STEP_MAX_S = 0.25;
const GONE_AFTER_MS = 400;
const SLOW_FPS = 26;
const ADAPT_MS = 3_000;
const RATIO_LEAST = 0.7;
export class World {
  readonly stage: Stage;
  readonly recorder = new MotionRecorder();
  /** Called after each drawn frame. */
  afterFrame: (() => void) | null = null;
  /** Server time at which the body was read this frame. */
  bodyServerMs = 0;
  fps = 0;
  frames = 0;

  private controls: DesktopControls | TouchControls | HeadsetControls;
  private readonly drawList: AvatarSample[] = [];
  private readonly self: AvatarSample;
  private readonly viewer = { x: 0, y: 0, z: 0 };
  private readonly leaving = new Map<number, ReturnType<typeof setTimeout>>();
  private readonly off = new AbortController();
  private readonly commons: CommonsView | null;
  private readonly pointing: Pointing | null;
  private readonly gathering: GatheringView | null;
  private classWords: ClassWords = { cue: "", marks: [], applause: [] };
  private readonly stops: (() => void)[] = [];
  private lastMs = 0;
  private countedMs = 0;
  private counted = 0;
  private ratio: number;

  constructor(private readonly options: WorldOptions) {
    const { visit, canvas, settings } = options;
    this.stage = new Stage(canvas, {
      ...visit.state.room!,
      quality: qualityFor(settings.values, options.touch),
      reducedMotion: settings.values.reducedMotion,
    });
    this.ratio = this.stage.renderer.getPixelRatio();
    this.controls = this.flatControls(options.start);
    this.self = ownSample(visit.state.me.id);
    this.stage.avatars.setLook({ ...visit.state.me, marks: [] });
    for (const person of visit.state.people.values()) this.look(person);
    visit.body = this.controls.body;
    visit.drawing = () => this.drawing;
    window.addEventListener("resize", () => this.stage.resize(), { signal: this.off.signal });
    this.stops.push(
      settings.subscribe((key) => this.settingChanged(key)),
      visit.state.subscribe("room", () => this.rearrange()),
      visit.state.subscribe("people", this.refreshMenu),
      visit.state.subscribe("chat", this.refreshMenu),
      visit.state.subscribe("line", this.refreshMenu),
      options.voice.state.subscribe("voice", this.refreshMenu),
      options.voice.state.subscribe("earshot", this.refreshMenu),
      options.voice.state.subscribe("captions", () => this.showCaptions()),
    );
    this.commons = this.commonsView();
    this.pointing = this.commons === null ? null : this.pointer(this.commons);
    this.gathering = this.gatheringView();
    this.controls.setHeightOffset(settings.values.heightOffsetM);
    this.stage.resize();
    this.stage.renderer.setAnimationLoop((_time, frame) => this.frame(frame ?? null));
  }

  private commonsView(): CommonsView | null {
    const { visit, group, offer } = this.options;
    if (group === null) return null;
    for (const topic of ["you", "safety", "ties"] as const) {
      this.stops.push(group.commons.subscribe(topic, this.refreshMenu));
    }
    const hint = (words: string) => this.note(words);
    const more = () => this.gathering?.offers() ?? [];
    return new CommonsView({ visit, group, stage: this.stage, offer, hint, more });
  }

  private gatheringView(): GatheringView | null {
    const { visit, gathering, settings } = this.options;
    if (gathering === null) return null;
    this.stops.push(...MENU_TOPICS.map((t) => gathering.state.subscribe(t, this.refreshMenu)));
    // Times run on while somebody reads them.
    this.stops.push(gathering.clock.onBeat(() => this.refreshMenu(true)));
    return new GatheringView({
      ...{ visit, gathering, settings, stage: this.stage },
      controls: () => this.controls,
      inHeadset: () => this.presenting,
      rebuilt: () => this.commons?.show(),
    });
  }

  /** The room is another than the one drawn: draw that, and let nobody sit or stand in the air. */
  private rearrange(): void {
    const { room } = this.options.visit.state;
    if (room === null) return;
    const rebuilt = this.stage.rearrange({ ...room, light: this.gathering?.light });
    this.commons?.show();
    if (!rebuilt) return;
    const { x, z } = this.controls.place();
    if (this.controls.body.posture !== 0) this.controls.setPosture(null);
    if (!this.stage.walkable(x, z)) this.controls.moveTo(this.stage.arrival);
  }

  /** Whether frames are being drawn, so that poses are sent from here. */
  get drawing(): boolean {
    return this.presenting || !document.hidden;
  }

  get presenting(): boolean {
    return this.stage.renderer.xr.isPresenting;
  }

  look(look: AvatarLook): void {
    const timer = this.leaving.get(look.id);
    if (timer !== undefined) clearTimeout(timer);
    this.leaving.delete(look.id);
    this.stage.avatars.setLook(look);
  }

  /** Someone left: keep their look while they fade out. */
  gone(id: number, atOnce: boolean): void {
    if (atOnce) {
      this.stage.avatars.remove(id);
      return;
    }
    this.leaving.set(
      id,
      setTimeout(() => {
        this.leaving.delete(id);
        this.stage.avatars.remove(id);
      }, GONE_AFTER_MS),
    );
  }

  /** Step by this much: the server holds us elsewhere. */
  correct(dx: number, dz: number): void {
    if (this.gathering?.corrected()) return;
    const { x, z, yaw } = this.controls.place();
    this.controls.moveTo({ x: x + dx, z: z + dz, yaw });
  }

  recenter(): void {
    this.controls.recenter();
  }

  setPosture(posture: Posture | null): void {
    this.controls.setPosture(posture);
  }

  /** Open a VR session; false when the device or the person refused. */
  async enterVr(): Promise<boolean> {
    if (this.presenting) return true;
    const { options, stage } = this;
    const { settings, visit } = options;
    let session: XRSession;
    try {
      session = await openSession(stage.renderer);
    } catch {
      return false;
    }
    const { turning, smoothMove, vignette, leftHanded, heightOffsetM } = settings.values;
    const start = this.controls.place();
    this.controls.dispose();
    this.pointing?.leave();
    const headset = new HeadsetControls({
      stage,
      session,
      start,
      actions: options.actions,
      choices: gatheringChoices(settings),
      settings: { turn: turning, glide: smoothMove, vignette, leftHanded, heightOffsetM },
      primary: visit.state.me.primary,
      onSettings: (chosen) => {
        settings.set("turning", chosen.turn);
        settings.set("smoothMove", chosen.glide);
        settings.set("leftHanded", chosen.leftHanded);
        settings.set("heightOffsetM", chosen.heightOffsetM);
      },
      onEnd: () => this.leaveVr(),
      onAway: (away) => options.onHeadsetAway(away),
    });
    this.use(headset);
    headset.notes.setClass(this.classWords);
    this.refreshMenu();
    options.onVrChange(true);
    return true;
  }

  /** Say something where one looks, in a headset; the page has its own notes. */
  note(words: string): void {
    if (this.controls instanceof HeadsetControls) this.controls.notes.say(words);
  }

  /** Keep this low in view in a headset until it is something else. */
  setClass(words: ClassWords): void {
    this.classWords = words;
    if (this.controls instanceof HeadsetControls) this.controls.notes.setClass(words);
  }

  private showCaptions(): void {
    if (!(this.controls instanceof HeadsetControls)) return;
    const { visit, voice, settings } = this.options;
    const shown = settings.values.captions ? voice.state.said : [];
    this.controls.notes.setCaptions(captionWords(shown, visit.state));
  }

  dispose(): void {
    void this.stage.renderer.xr.getSession()?.end();
    this.off.abort();
    for (const stop of this.stops) stop();
    for (const timer of this.leaving.values()) clearTimeout(timer);
    this.commons?.dispose();
    this.gathering?.dispose();
    this.controls.dispose();
    this.options.visit.drawing = () => false;
    this.stage.dispose();
  }

  private leaveVr(): void {
    if (this.off.signal.aborted) return;
    const place = this.controls.place();
    this.controls.dispose();
    this.use(this.flatControls(place));
    this.controls.setHeightOffset(this.options.settings.values.heightOffsetM);
    this.stage.resize();
    this.options.onHeadsetAway(false);
    this.options.onVrChange(false);
  }

  private use(controls: World["controls"]): void {
    // Others must not glide across the hand-over: the count goes on from where it was.
    controls.body.teleports += this.controls.body.teleports;
    this.controls = controls;
    this.options.visit.body = controls.body;
  }

  private flatControls(start: Place): DesktopControls | TouchControls {
    const { canvas: element, touchLayer: overlay, touch } = this.options;
    const { stage } = this;
    const press = (x: number, y: number) => this.pointing?.press(x, y) ?? false;
    if (touch) return new TouchControls({ stage, element, overlay, start, onTap: press });
    return new DesktopControls({
      ...{ stage, element, start },
      onClick: (x, y) => void press(x, y),
      onPoint: (at) => {
        if (at === null) this.pointing?.leave();
        else this.pointing?.move(at.x, at.y);
      },
    });
  }

  private pointer(view: CommonsView): Pointing {
    const { visit, canvas } = this.options;
    const goTo = (seat: Seat, sit: boolean) => {
      const { controls } = this;
      if (sit && !(controls instanceof HeadsetControls)) controls.sitOn(seat);
      else controls.moveTo(seat);
    };
    return new Pointing({ ...{ visit, canvas, view, goTo }, stage: this.stage });
  }

  private frame(xr: XRFrame | null): void {
    const { visit } = this.options;
    const { stage, controls } = this;
    const now = performance.now();
    const elapsedS = this.lastMs === 0 ? 0 : (now - this.lastMs) / 1000;
    this.lastMs = now;
    const stepS = Math.min(elapsedS, STEP_MAX_S);
    controls.update(stepS, xr);
    this.bodyServerMs = visit.clock.serverNow(now);
    visit.sender.offer(controls.body, now);
    this.recorder.sample(now / 1000, controls.body.pose);
    this.commons?.frame(controls.body, this.presenting, now);
    if (!this.presenting) this.pointing?.frame(now);

    const samples = visit.playout.update(this.bodyServerMs, elapsedS);
    const { pose } = controls.body;
    // Heard from where one's head is, in third person too: the server goes by the head.
    this.options.voice.frame(pose, samples);
    const { viewer } = this;
    viewer.x = pose[0]!;
    viewer.y = pose[1]!;
    viewer.z = pose[2]!;
    this.gathering?.frame(controls.body, samples, stepS, now);
    stage.avatars.draw(this.withSelf(samples), now / 1000, viewer);
    stage.update(stepS, now / 1000);
    stage.render();
    this.frames++;
    this.countFrame(now);
    this.afterFrame?.();
  }

  /** The people to draw; in third person oneself too. */
  private withSelf(samples: readonly AvatarSample[]): readonly AvatarSample[] {
    if (!this.controls.thirdPerson) return samples;
    const { self, drawList } = this;
    const { body } = this.controls;
    self.pose = body.pose;
    self.posture = body.posture;
    self.leftVisible = body.leftVisible;
    self.rightVisible = body.rightVisible;
    self.id = this.options.visit.state.me.id;
    self.speaking = this.options.voice.ownLevel;
    drawList.length = samples.length + 1;
    for (let i = 0; i < samples.length; i++) drawList[i] = samples[i]!;
    drawList[samples.length] = self;
    return drawList;
  }

  private countFrame(now: number): void {
    if (this.countedMs === 0) this.countedMs = now;
    this.counted++;
    const ms = now - this.countedMs;
    if (ms < ADAPT_MS) return;
    this.fps = (this.counted * 1000) / ms;
    this.counted = 0;
    this.countedMs = now;
    const auto = this.options.settings.values.quality === "auto";
    if (!auto || this.presenting || document.hidden) return;
    // A few sharper pixels are not worth a stuttering room.
    if (this.fps < SLOW_FPS && this.ratio > RATIO_LEAST) {
      this.ratio = Math.max(RATIO_LEAST, this.ratio * 0.8);
      this.stage.renderer.setPixelRatio(this.ratio);
      this.stage.resize();
    }
  }

  private settingChanged(key: keyof Settings): void {
    const { values } = this.options.settings;
    const { controls } = this;
    if (controls instanceof HeadsetControls) {
      const { settings } = controls;
      settings.turn = values.turning;
      settings.glide = values.smoothMove;
      settings.vignette = values.vignette;
      settings.leftHanded = values.leftHanded;
      // Only on a change from elsewhere: the headset's own setter calls back to here.
      if (settings.heightOffsetM !== values.heightOffsetM) {
        controls.setHeightOffset(values.heightOffsetM);
      }
      this.refreshMenu();
    } else if (key === "heightOffsetM") controls.setHeightOffset(values.heightOffsetM);
  }

  private readonly refreshMenu = (ifOpen = false): void => {
    const { controls } = this;
    if (!(controls instanceof HeadsetControls) || (ifOpen && !controls.menu.open)) return;
    const { visit, actions, settings } = this.options;
    controls.setMenuData(menuData(visit.state, actions, settings.values));
  };
}
