/**
 * A gathering in three dimensions: the instructor and the guide before one's mat, the breath, the
 * cue's light, and the way to an offered mat. Decides nothing: the server and the person do.
 */
import { BreathOrb } from "../scene/breath-orb";
import type { Light } from "../scene/design";
import type { Stage } from "../scene/stage";
import type { AvatarSample, Posture } from "../state/avatar-state";
import { AHEAD_M, type Frame, frameIn, frameOf, GUIDE_RIGHT_M } from "../state/mat-frame";
import type { SettingsStore } from "../state/settings";
import type { Controls } from "../xr/controls";
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
const ORB_M = 2.12;
const ORB_STAGE_M = 2.7;

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
      gathering.clock.onCue(() => this.relight()),
      gathering.state.subscribe("gathering", () => {
        this.relight();
        this.refit();
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
  frame(_body: Body, _samples: readonly AvatarSample[], dtS: number, nowMs: number): void {
    const { gathering, controls } = this.options;
    const at = gathering.clock.frame();
    const step = this.walk.step(controls().place(), nowMs);
    if (step !== null) controls().carryTo(step);
    this.orb.update(dtS, at?.breath?.fullness ?? null);
  }

  // --- going somewhere ------------------------------------------------------------------------

  goTo(mat: Frame, how: "walk" | "fade"): void {
    const { controls, inHeadset, settings } = this.options;
    this.setPosture(0 as Posture);
    // In a headset nothing slides unless one chose to be moved smoothly.
    const slides = how === "walk" && (!inHeadset() || settings.values.smoothMove);
    if (slides) this.walk.begin(controls().place(), mat, performance.now());
    else controls().moveTo(mat);
  }

  recenter(): void {
    this.options.controls().recenter();
  }

  setPosture(posture: Posture): void {
    const { controls, inHeadset } = this.options;
    // What a headset tracks is truer than what one was told to do.
    controls().setPosture(inHeadset() ? null : posture);
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
    if (this.mat !== null) {
      const over = frameIn(this.mat, GUIDE_RIGHT_M, AHEAD_M);
      this.orb.place(over.x, ORB_M, over.z);
    } else if (now !== null) {
      const over = frameIn(frameOf(now.stage), 0, 0);
      this.orb.place(over.x, ORB_STAGE_M, over.z);
    }
  }
}
