/**
 * What a person can do in a room, the same on every device. The page's buttons, the keyboard and
 * the wrist menu in a headset call these; the composition root implements them.
 */

import type { SanctionKind } from "../net/moderation";
import type { PersonalBoundary } from "../protocol/control";
import type { Posture } from "../state/avatar-state";
import type { Commons } from "../state/commons";
import type { TalkMode } from "../state/settings";
import type { VoiceState } from "../state/voice-state";
import type { GatheringActions } from "./gathering-actions";
import type { ActReason } from "./groups/act-dialog";

/** A device that sound comes from or goes to. */
export interface SoundDevice {
  id: string;
  label: string;
}

/** How a self-test goes. */
export type SelfTestStep = "recording" | "playing" | "done" | "failed";

/** What one can do about voice. Only shown while `state.offered`. */
export interface VoiceActions {
  readonly state: VoiceState;
  /** Level of one's own microphone now, 0 to 1. */
  level(): number;
  /** How loud somebody else is heard now, 0 to 1. */
  levelOf(id: number): number;
  toggleMic(): void;
  /** Press where one cannot hold: turns the microphone on or off, or starts and stops talking. */
  pressMic(): void;
  setMode(mode: TalkMode): void;
  /** The talk key or button went down or up. */
  hold(down: boolean): void;
  /** Stop hearing someone, or hear them again. They are not told, and one still sees them. */
  mute(id: number, on: boolean): void;
  setVolume(id: number, volume: number): void;
  /** Hear nobody at all, or people again. */
  setDeafened(on: boolean): void;
  /** Limit how far one hears; 0 for no limit. */
  setEarmuffs(metres: number): void;
  /** Be told who hears one; call the result to stop. */
  watchEarshot(): () => void;
  selfTest(step: (step: SelfTestStep) => void): Promise<void>;
  devices(): Promise<{ inputs: SoundDevice[]; outputs: SoundDevice[] }>;
  /** Ask the browser for sound again, from a tap. */
  wake(): void;
  /** Try to connect voice now. */
  retry(): void;
}

/** What one can do in a group's room; each rejects with a sentence for the person. */
export interface GroupActions {
  readonly commons: Commons;
  /** Texts of the group's norms, for citing one; asked for once, and again after a failure. */
  norms(): Promise<readonly string[]>;
  setSafe(on: boolean): Promise<void>;
  setBoundary(boundary: PersonalBoundary): Promise<void>;
  /** Participants who were near in the last minute, nearest first. */
  met(): readonly { id: number; name: string }[];
  block(id: number): Promise<void>;
  /** What there is to say once somebody is blocked: of some it keeps nobody apart here. */
  afterBlock(id: number): string;
  /** Whether somebody answers reports here: nobody gets out of their sight. */
  onDuty(id: number): boolean;
  befriend(id: number): Promise<void>;
  /** Let somebody stand as near as they like once they let one too, or take that back. */
  near(id: number, on: boolean): Promise<void>;
  report(id: number, text: string, norm: number | null): Promise<void>;
  sanction(id: number, kind: SanctionKind, why: ActReason): Promise<void>;
  claim(place: string, on: boolean): Promise<void>;
  grab(object: string): Promise<void>;
  /** Carry what one holds; told to the server at its own pace. */
  carry(object: string, position: [number, number, number], yaw: number): void;
  drop(object: string, position: [number, number, number], yaw: number): Promise<void>;
  /** Hold the object out to somebody; 0 takes the offer back. */
  offer(object: string, to: number): Promise<void>;
  lock(object: string, on: boolean): Promise<void>;
}

export interface Actions {
  /** Leave the room and go back to the lobby. */
  leave(): void;
  /** Stop (or resume) seeing and being seen by someone, for this visit. */
  hide(id: number, on: boolean): void;
  /** Show a reaction: one of REACTION_KINDS in protocol/control.ts. */
  react(kind: string): void;
  chat(text: string): void;
  /** Turn and move the body's frame so that one faces the middle of the room. */
  recenter(): void;
  /** Metres added to the tracked height, for people who sit or are smaller than they wish. */
  setHeightOffset(metres: number): void;
  /** Fix a posture, or let the device decide with null. */
  setPosture(posture: Posture | null): void;
  /** Start an immersive session; resolves false when the device refused. */
  enterVr(): Promise<boolean>;
  /** Absent where there can be no voice; a menu shows a control only if its action is here. */
  readonly voice?: VoiceActions;
  /** Absent while there is no safe place to go to; a second call comes back. */
  safePlace?(): void;
  /** Absent in rooms without a group. */
  readonly group?: GroupActions;
  /** Absent in rooms without a group; a gathering comes and goes within it. */
  readonly gathering?: GatheringActions;
}
