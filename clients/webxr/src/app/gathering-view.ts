/**
 * A gathering in three dimensions: the instructor and the guide before one's mat, the breath, the
 * cue's light, and the way to an offered mat. Decides nothing: the server and the person do.
 */
import { BreathOrb } from "../scene/breath-orb";
import type { Light } from "../scene/design";
import type { Stage } from "../scene/stage";
import type { AvatarSample, Posture } from "../state/avatar-state";
import { type Frame, frameIn, frameOf, GUIDE_AHEAD_M, GUIDE_RIGHT_M } from "../state/mat-frame";
import { momentOf, type Pose } from "../state/poses";
import { newHeld, posed } from "../state/posing";
import type { SettingsStore } from "../state/settings";
import type { Position } from "../state/timeline";
import type { ContextAction } from "../ui/room/context-bar";
import { GA } from "../ui/strings-gathering";
import type { Controls, PoseHold } from "../xr/controls";
import type { GatheringRoom, Mover } from "./gathering-room";
import { MatWalk } from "./mat-walk";
import type { Body } from "./pose-sender";
import type { Visit } from "./visit";

export interface GatheringViewOptions {
  visit: Visit;
  gathering: GatheringRoom;
  settings: SettingsStore;
  stage: Stage;
  controls(): Controls;
  inHeadset(): boolean;
  /** The space was built anew: show what stands in it. */
  rebuilt(): void;
}

/** Over the guide's head, and over the stage for whoever has no mat. */
const ORB_M = 1.86;
const ORB_STAGE_M = 2.7;
const ORB_STAGE_SCALE = 1.9;
/** Width by height of a picture below which it is an upright phone's. */
const NARROW = 0.8;
const NARROW_LEFT_M = 0.5;
/** Farther from one's mat nothing is shown before it. */
const ON_MAT_M = 1.2;

export class GatheringView implements Mover {
  /** The light the plan asks for; undefined for the room's own. */
  light: Light | undefined = undefined;
  private readonly orb: BreathOrb;
  private readonly walk = new MatWalk();
  private readonly stops: (() => void)[];
  private mat: Frame | null = null;

  constructor(private readonly options: GatheringViewOptions) {
    const { gathering, visit, stage, settings } = options;
    this.orb = new BreathOrb(settings.values.reducedMotion);
    stage.scene.add(this.orb.mesh);
    gathering.mover = this;
    const refit = () => this.refit();
    this.stops = [
      gathering.clock.onCue(() => {
        this.relight();
        this.goOn();
      }),
      gathering.state.subscribe("gathering", () => {
        this.relight();
        this.refit();
        if (gathering.state.now === null && this.options.controls().holding) {
          this.options.controls().holdPose(null);
        }
      }),
      gathering.state.subscribe("formation", refit),
      visit.commons.subscribe("places", refit),
    ];
    this.relight();
    this.refit();
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.options.gathering.mover = null;
    this.options.stage.scene.remove(this.orb.mesh);
    this.orb.dispose();
  }

  /** Once a frame, after the body was read. */
  frame(body: Body, samples: readonly AvatarSample[], dtS: number, nowMs: number): void {
    const { gathering, controls } = this.options;
    const at = gathering.clock.frame();
    const step = this.walk.step(controls().place(), nowMs);
    if (step !== null) controls().carryTo(step);
    this.orb.update(dtS, at?.breath?.fullness ?? null);
    this.showInstructor(body, samples);
    this.showGuide(body, at);
  }

  /** One's mat while one is on it; null elsewhere. */
  private stoodOn({ pose }: Body): Frame | null {
    const { mat } = this;
    if (mat === null || this.options.gathering.state.now === null) return null;
    return Math.hypot(pose[0]! - mat.x, pose[2]! - mat.z) <= ON_MAT_M ? mat : null;
  }

  private showInstructor(body: Body, samples: readonly AvatarSample[]): void {
    const { stage, gathering, settings } = this.options;
    const view = settings.values.matView;
    const { host, now } = gathering.state;
    const mat = this.stoodOn(body);
    const sample = samples.find(({ id }) => id === host);
    if (view === "off" || mat === null || now === null || sample === undefined || sample.coarse) {
      stage.instructor.hide();
      return;
    }
    stage.instructor.show({ sample, anchor: frameOf(now.stage), mat, view });
  }

  private showGuide(body: Body, at: Position | null): void {
    const { stage, gathering, settings } = this.options;
    const mat = this.stoodOn(body);
    const during = at !== null && at.run !== "waiting" && at.run !== "over";
    const shown = during ? gathering.view(at) : null;
    const pose = gathering.pose(shown?.pose);
    if (mat === null || shown === null || pose === null) {
      stage.guide.hide();
      return;
    }
    const { matView } = settings.values;
    this.hangOver(mat);
    stage.guide.show({
      pose,
      side: shown.cue.side ?? null,
      breath: at?.breath?.fullness ?? null,
      at: this.beside(mat),
      view: matView === "off" ? "mirror" : matView,
    });
  }

  // --- going somewhere ------------------------------------------------------------------------

  goTo(mat: Frame, how: "walk" | "fade"): void {
    const { controls, inHeadset, settings } = this.options;
    controls().holdPose(null);
    if (!inHeadset()) controls().setPosture(0 as Posture);
    // In a headset nothing slides unless one chose to be moved smoothly.
    const slides = how === "walk" && (!inHeadset() || settings.values.smoothMove);
    if (slides) this.walk.begin(controls().place(), mat, performance.now());
    else controls().moveTo(mat);
  }

  /** The server corrected where one is; on the way to a mat one is then there at once. */
  corrected(): boolean {
    const to = this.walk.heldUp();
    if (to !== null) this.options.controls().moveTo(to);
    return to !== null;
  }

  recenter(): void {
    this.options.controls().recenter();
  }

  take({ pose, left, posture }: Parameters<Mover["take"]>[0]): void {
    const { controls } = this.options;
    const { x, z, yaw } = this.mat ?? controls().place();
    const stands = controls().place();
    // On one's mat one faces as it lies; elsewhere as one stands.
    const near = Math.hypot(stands.x - x, stands.z - z) <= ON_MAT_M;
    if (pose === null) controls().setPosture(posture);
    else
      controls().holdPose(holdOf(pose, left, posture, near ? { x, z, yaw } : stands, this.options));
  }

  get holding(): boolean {
    return this.options.controls().holding;
  }

  standUp(): void {
    this.options.controls().holdPose(null);
    this.options.controls().setPosture(0 as Posture);
  }

  /** What a body at a screen can do about the cue's pose; a headset tells by itself. */
  offers(): ContextAction[] {
    const { gathering, inHeadset } = this.options;
    if (inHeadset()) return [];
    const run = () => gathering.togglePose();
    const way = { id: "pose", key: "Q", icon: "lotus", run } as const;
    if (this.holding) return [{ ...way, label: GA.panel.standUp }];
    const pose = gathering.pose(gathering.view(gathering.clock.at)?.pose);
    if (pose === null || gathering.awayFromMat || gathering.ownMat === null) return [];
    return [{ ...way, label: GA.panel.takeNamed(pose.name) }];
  }

  /** Who holds a pose goes on into the next one, until they move by themselves. */
  private goOn(): void {
    const { controls, gathering } = this.options;
    if (!controls().holding) return;
    const pose = gathering.pose(gathering.view(gathering.clock.at)?.pose);
    if (pose === null) controls().holdPose(null);
    else gathering.takePose();
  }

  /** The breath hangs over the guide. */
  private hangOver(mat: Frame): void {
    const over = frameIn(this.beside(mat), GUIDE_RIGHT_M, GUIDE_AHEAD_M);
    this.orb.place(over.x, ORB_M, over.z);
  }

  /** The frame beside which the guide stands. */
  private beside(mat: Frame): Frame {
    // A phone held upright sees less to the sides: there the guide stands nearer the middle.
    const narrow = !this.options.inHeadset() && this.options.stage.camera.aspect < NARROW;
    return narrow ? frameIn(mat, -NARROW_LEFT_M, 0) : mat;
  }

  // --- what the plan asks of the room ----------------------------------------------------------

  private relight(): void {
    const { gathering, stage, visit, controls } = this.options;
    const { at } = gathering.clock;
    const during = at !== null && at.run !== "waiting" && at.run !== "over";
    const light = during ? (at.light ?? undefined) : undefined;
    if (light === this.light || visit.state.room === null) return;
    this.light = light;
    const room = { ...visit.state.room, light };
    const change = () => {
      // Several cues may have passed while it was dark.
      if (stage.rearrange({ ...room, light: this.light })) this.options.rebuilt();
    };
    controls().veiled(change);
  }

  /** Where one's mat is, and with it everything that stands before it. */
  private refit(): void {
    const { gathering } = this.options;
    const { now } = gathering.state;
    this.mat = gathering.ownMat;
    if (this.mat !== null) this.hangOver(this.mat);
    else if (now !== null) {
      this.orb.place(now.stage.x, ORB_STAGE_M, now.stage.z, ORB_STAGE_SCALE);
    }
  }
}

/** A pose as it moves, with the breath or by itself. */
function holdOf(
  pose: Pose,
  left: boolean,
  posture: Posture,
  at: Frame,
  { gathering }: GatheringViewOptions,
): PoseHold {
  const held = newHeld();
  return {
    posture,
    write: (out) => {
      const fullness = gathering.clock.at?.breath?.fullness ?? null;
      posed(pose, momentOf(pose, fullness, performance.now() / 1000), left, at, held);
      out.set(held.pose);
    },
  };
}
