/**
 * What a person can do in a gathering, and what is known of it, the same on every device. The page,
 * the keyboard and the wrist menu call these; the composition root implements them.
 */
import type { Ask, AskOver, Cue, GiveRole, LeadAction } from "../protocol/control";
import type { CueView } from "../state/cue-view";
import type { GatheringState } from "../state/gathering";
import type { Pose } from "../state/poses";
import type { Position } from "../state/timeline";

export type LeadActWord = LeadAction["act"];
export type AnyRole = GiveRole["role"];
export type AskWord = Ask["kind"];
export type AskEndWord = AskOver["end"];
export type HushKind = "none" | "soft" | "hard";
export type FormationWord = "none" | "rows" | "arc" | "circle";
export type FloorAct = "next" | "give" | "lower" | "skip" | "clear" | "shuffle";

/** Somebody who came and let it be kept. */
export interface Came {
  name: string;
  cameMs: number | null;
}

export interface VoiceRuleChange {
  audience?: "near" | "nobody";
  stage_only?: boolean;
  silence?: boolean;
}

/** Where the plan is, for views. */
export interface PlanClock {
  readonly at: Position | null;
  readonly cue: Cue | null;
  now(): Position | null;
  onBeat(run: () => void): () => void;
  onCue(run: (cue: Cue, live: boolean) => void): () => void;
}

/** Each request rejects with a sentence for the person. */
export interface GatheringActions {
  readonly state: GatheringState;
  readonly clock: PlanClock;
  readonly me: number;
  nameOf(participant: number): string;
  /** Everybody present but oneself, by name. */
  others(): readonly { id: number; name: string }[];
  serverNowMs(): number;
  /** A pose of the library or the group's; null while it is not known. */
  pose(id: string | null | undefined): Pose | null;
  /** Call `run` once the poses came. */
  onPoses(run: () => void): () => void;
  /** Leads, or may because of a right in the group. */
  mayLead(): boolean;
  /** Decides who leads and who helps to: the host, or who may in their place. */
  decides(): boolean;
  /** May lead from here at once, without being asked. */
  mayTakeLead(): boolean;
  /** The kind of zone one stands in that keeps the room from hearing one; null for none. */
  readonly standsIn: "quiet" | "private" | null;
  /** The cue as one takes part in it. */
  view(at: Position | null): CueView | null;

  lead(act: LeadActWord, cue?: string): Promise<void>;
  /** Hold the step; when it is held, on to the next. */
  holdOrNext(): Promise<LeadActWord>;
  /** Hold the step; when it is held or paused, go on. */
  holdOrResume(): Promise<LeadActWord>;
  raiseHand(on: boolean): Promise<void>;
  floor(act: FloorAct, participant?: number, seconds?: number): Promise<void>;
  giveRole(participant: number, role: AnyRole): Promise<void>;
  megaphone(participant: number, on: boolean): Promise<void>;
  hush(participant: number, kind: HushKind): Promise<void>;
  unhush(): Promise<void>;
  voiceRule(change: VoiceRuleChange): Promise<void>;
  form(kind: FormationWord): Promise<void>;
  answer(ask: number, yes: boolean): Promise<void>;
  /** Ask to be looked at, or no longer; resolves with whether anybody is here who sees it. */
  check(on: boolean): Promise<boolean>;
  attend(on: boolean): Promise<void>;
  recentreAll(): Promise<void>;
  admit(account: string, yes: boolean, seconds?: number): Promise<void>;
  attendance(): Promise<Came[]>;

  /** Take the posture of what is shown, as far as this device can. */
  takePose(): void;
  /** Take the pose, or stand up out of it. */
  togglePose(): void;
  /** Whether one has a mat of the formation that one is not on. */
  readonly awayFromMat: boolean;
  toMat(): void;
  /** Whether one is on stage by one's part, and elsewhere in the room. */
  readonly awayFromStage: boolean;
  toStage(): void;
}
