/**
 * A gathering as this visit takes part in it: sends what one does, knows its poses, goes to an offered
 * mat once one said yes. Owns the plan's clock and the poses it fetched; the server decides.
 */
import { attendance } from "../net/attending";
import { occurrence } from "../net/events";
import { groupPoses } from "../net/plans";
import type { ClientMessage, Gathering } from "../protocol/control";
import type { BodyPosture } from "../protocol/control-gathering";
import { Posture } from "../state/avatar-state";
import { type CueView, cueView } from "../state/cue-view";
import { decides } from "../state/gathering-may";
import { type Frame, frameOf } from "../state/mat-frame";
import type { Pose } from "../state/poses";
import type { SettingsStore } from "../state/settings";
import type { Position } from "../state/timeline";
import type {
  AnyRole,
  Came,
  FloorAct,
  FormationWord,
  GatheringActions,
  HushKind,
  LeadActWord,
  VoiceRuleChange,
} from "../ui/gathering-actions";
import { GatheringClock } from "./gathering-clock";
import { standingBody } from "./standing";
import type { Visit } from "./visit";

/** What it needs of the body; absent on pages without a picture. */
export interface Mover {
  /** Go to a mat by the way one chose. */
  goTo(mat: Frame, how: "walk" | "fade"): void;
  recenter(): void;
  /** Hold a pose with this side leading, or just be in a posture. */
  take(what: { pose: Pose | null; left: boolean; posture: Posture }): void;
  /** Whether one holds a pose now. */
  readonly holding: boolean;
  /** Let go of the pose and stand. */
  standUp(): void;
}

const POSTURES: Readonly<Record<BodyPosture, Posture>> = {
  standing: Posture.Standing,
  seated: Posture.Seated,
  kneeling: Posture.Kneeling,
  lying: Posture.Lying,
};
/** Farther than this from the middle of one's mat one is not on it. */
const ON_MAT_M = 1.2;
const ON_STAGE_M = 2.6;
const POSES_AGAIN_MS = 10_000;
/** What became of a request is told in the next ticks. */
const TOLD_WITHIN_MS = 2_000;

export class GatheringRoom implements GatheringActions {
  readonly clock: GatheringClock;
  mover: Mover | null = null;
  private readonly poses = new Map<string, Pose>();
  private readonly posed = new Set<() => void>();
  private asked = "";
  private askAgain: ReturnType<typeof setTimeout> | undefined;
  private ended = false;
  private readonly stops: (() => void)[];

  constructor(
    private readonly visit: Visit,
    private readonly settings: SettingsStore,
  ) {
    this.clock = new GatheringClock(visit.gathering, {
      serverNowMs: () => visit.serverNowMs(),
      synced: () => visit.clock.measuredOnce,
      setTimeout: (run, ms) => setTimeout(run, ms),
      clearTimeout: (timer) => clearTimeout(timer as number),
    });
    this.stops = [
      visit.gathering.subscribe("gathering", () => this.learnPoses()),
      visit.gathering.subscribe("plan", () => this.learnPoses()),
    ];
  }

  get state() {
    return this.visit.gathering;
  }

  get me(): number {
    return this.visit.state.me.id;
  }

  nameOf(participant: number): string {
    const { state } = this.visit;
    if (participant === state.me.id) return state.me.name;
    return state.people.get(participant)?.name ?? "…";
  }

  others() {
    return [...this.visit.state.people.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  serverNowMs(): number {
    return this.visit.serverNowMs();
  }

  pose(id: string | null | undefined): Pose | null {
    return this.poses.get(id ?? "") ?? null;
  }

  onPoses(run: () => void): () => void {
    this.posed.add(run);
    return () => this.posed.delete(run);
  }

  mayLead(): boolean {
    return this.state.now !== null && (this.state.leads || this.edits);
  }

  decides(): boolean {
    return decides(this.state, this.me, this.edits);
  }

  mayTakeLead(): boolean {
    return this.decides() && this.state.host !== this.me;
  }

  /** Whoever may change the group may lead whatever happens in its rooms. */
  private get edits(): boolean {
    return this.visit.commons.may("edit_group");
  }

  view(at: Position | null): CueView | null {
    return at === null ? null : cueView(at, this.state.cues, this.settings.values.takePart);
  }

  // --- leading -------------------------------------------------------------------------------

  lead(act: LeadActWord, cue?: string): Promise<void> {
    const version = this.state.timeline?.version ?? 0;
    const where = cue === undefined ? {} : { cue };
    return this.ask((rid) => ({ t: "lead", rid, act, version, ...where }));
  }

  async holdOrNext(): Promise<LeadActWord> {
    const run = this.clock.now()?.run;
    const act = run === "waiting" ? "start" : run === "running" ? "hold" : "next";
    await this.lead(act);
    return act;
  }

  async holdOrResume(): Promise<LeadActWord> {
    const run = this.clock.now()?.run;
    const act = run === "waiting" ? "start" : run === "running" ? "hold" : "resume";
    await this.lead(act);
    return act;
  }

  floor(act: FloorAct, participant?: number, seconds?: number): Promise<void> {
    const whom = participant === undefined ? {} : { participant };
    const long = seconds === undefined ? {} : { seconds };
    return this.ask((rid) => ({ t: "floor", rid, act, ...whom, ...long }));
  }

  giveRole(participant: number, role: AnyRole): Promise<void> {
    return this.ask((rid) => ({ t: "stage_role", rid, participant, role }));
  }

  megaphone(participant: number, on: boolean): Promise<void> {
    return this.ask((rid) => ({ t: "megaphone", rid, participant, on }));
  }

  hush(participant: number, kind: HushKind): Promise<void> {
    return this.ask((rid) => ({ t: "hush", rid, participant, kind }));
  }

  voiceRule(change: VoiceRuleChange): Promise<void> {
    return this.ask((rid) => ({ t: "voice_rule", rid, ...change }));
  }

  form(kind: FormationWord): Promise<void> {
    return this.ask((rid) => ({ t: "form", rid, kind }));
  }

  recentreAll(): Promise<void> {
    return this.ask((rid) => ({ t: "prompt", rid, kind: "recentre" }));
  }

  admit(account: string, yes: boolean, seconds?: number): Promise<void> {
    const long = seconds === undefined ? {} : { seconds };
    return this.ask((rid) => ({ t: "admit", rid, account, yes, ...long }));
  }

  async attendance(): Promise<Came[]> {
    const { now } = this.state;
    if (now === null) return [];
    const came = await attendance(await occurrence(now.event, now.occurrence));
    return came.map(({ person, came_ms }) => ({ name: person.name, cameMs: came_ms }));
  }

  // --- taking part ---------------------------------------------------------------------------

  raiseHand(on: boolean): Promise<void> {
    return this.ask((rid) => ({ t: "hand", rid, on }));
  }

  unhush(): Promise<void> {
    return this.ask((rid) => ({ t: "unhush", rid }));
  }

  async check(on: boolean): Promise<boolean> {
    await this.ask((rid) => ({ t: "check", rid, on }));
    // Whether anybody sees it is told with what the gathering is, a moment later.
    return on && (await this.told(({ me }) => me.check))?.me.check_seen === true;
  }

  /** The gathering once something holds of it; null if that does not come. */
  private told(holds: (now: Gathering) => boolean): Promise<Gathering | null> {
    return new Promise((resolve) => {
      const look = () => {
        const { now } = this.state;
        if (now !== null && holds(now)) done(now);
      };
      const done = (now: Gathering | null) => {
        stop();
        clearTimeout(timer);
        resolve(now);
      };
      const timer = setTimeout(() => done(null), TOLD_WITHIN_MS);
      const stop = this.state.subscribe("gathering", look);
      look();
    });
  }

  attend(on: boolean): Promise<void> {
    return this.ask((rid) => ({ t: "attend", rid, on }));
  }

  async answer(id: number, yes: boolean): Promise<void> {
    const ask = this.state.asks.get(id);
    await this.ask((rid) => ({ t: "answer", rid, ask: id, yes }));
    this.state.answered(id);
    if (!yes) return;
    if (ask?.kind === "mat" && ask.mat !== undefined) this.goToMat(ask.mat);
    else if (ask?.kind === "recentre") this.faceFront();
  }

  takePose(): void {
    const view = this.view(this.clock.now());
    if (view === null) return;
    const pose = this.pose(view.pose);
    const posture = pose?.posture ?? view.posture;
    if (posture === null) return;
    this.mover?.take({ pose, left: view.cue.side === "left", posture: POSTURES[posture] });
  }

  /** Take the cue's pose, or stand up out of the one that is held. */
  togglePose(): void {
    if (this.mover?.holding) this.mover.standUp();
    else this.takePose();
  }

  /** One's mat as a frame of the room, of the formation or the room's own; null without one. */
  get ownMat(): Frame | null {
    const id = this.visit.commons.placeOf(this.me);
    if (id === null) return null;
    const { formation } = this.state;
    const own = this.visit.state.room?.design?.places ?? [];
    const mats =
      formation.kind === "none" ? own.filter(({ kind }) => kind === "mat") : formation.mats;
    const mat = mats.find((each) => each.id === id);
    return mat === undefined ? null : frameOf(mat);
  }

  get awayFromMat(): boolean {
    const mat = this.ownMat;
    const head = this.visit.body?.pose;
    if (mat === null || head === undefined || this.mover === null) return false;
    return Math.hypot(head[0]! - mat.x, head[2]! - mat.z) > ON_MAT_M;
  }

  toMat(): void {
    const mat = this.ownMat;
    if (mat !== null) this.mover?.goTo(mat, this.settings.values.matMove);
  }

  get awayFromStage(): boolean {
    const { now } = this.state;
    const head = this.visit.body?.pose;
    if (now === null || head === undefined || this.mover === null) return false;
    if (now.me.role === "audience") return false;
    return Math.hypot(head[0]! - now.stage.x, head[2]! - now.stage.z) > ON_STAGE_M;
  }

  get standsIn(): "quiet" | "private" | null {
    const head = this.visit.body?.pose;
    if (head === undefined) return null;
    const [x, z] = [head[0]!, head[2]!];
    const zones = this.visit.state.room?.design?.zones ?? [];
    const inside = zones.filter(
      (each) => x >= each.x0 && x <= each.x1 && z >= each.z0 && z <= each.z1,
    );
    if (inside.some(({ kind }) => kind === "quiet")) return "quiet";
    return inside.some(({ kind }) => kind === "private") ? "private" : null;
  }

  toStage(): void {
    const { now } = this.state;
    if (now !== null) this.mover?.goTo(frameOf(now.stage), this.settings.values.matMove);
  }

  end(): void {
    for (const stop of this.stops) stop();
    clearTimeout(this.askAgain);
    this.ended = true;
    this.clock.stop();
  }

  private goToMat(id: string): void {
    const mat = this.state.formation.mats.find((each) => each.id === id);
    if (mat === undefined) return;
    if (this.mover !== null) this.mover.goTo(frameOf(mat), this.settings.values.matMove);
    else this.standOn(frameOf(mat));
  }

  /** Without a picture nothing walks: one is simply there. */
  private standOn(mat: Frame): void {
    const { visit } = this;
    if (visit.body === null) return;
    visit.body = { ...standingBody(mat), teleports: visit.body.teleports + 1 };
  }

  private faceFront(): void {
    const mat = this.ownMat;
    if (mat === null) this.mover?.recenter();
    else this.mover?.goTo(mat, "fade");
  }

  /** Poses are fetched once a gathering with a plan is there, again and again while that fails. */
  private learnPoses(): void {
    const group = this.visit.state.room?.group?.id ?? "";
    const wanted = this.state.now !== null && this.state.cues.some((cue) => cue.pose !== undefined);
    if (this.ended || !wanted || group === "" || this.asked === group) return;
    this.asked = group;
    clearTimeout(this.askAgain);
    groupPoses(group).then(
      (poses) => {
        for (const pose of poses) this.poses.set(pose.id, pose as Pose);
        for (const run of this.posed) run();
      },
      () => {
        // Without the library the words of the plan are still there.
        this.asked = "";
        this.askAgain = setTimeout(() => this.learnPoses(), POSES_AGAIN_MS);
      },
    );
  }

  private async ask(make: (rid: number) => ClientMessage): Promise<void> {
    await this.visit.connection.request(make);
  }
}
