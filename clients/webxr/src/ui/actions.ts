/**
 * What a person can do in a room, the same on every device. The page's buttons, the keyboard and
 * the wrist menu in a headset call these; the composition root implements them.
 */
import type { Posture } from "../state/avatar-state";

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
  /** Absent while there is no voice; a menu shows a control only if its action is here. */
  toggleMic?(): void;
  /** Absent while there is no safe place to go to. */
  safePlace?(): void;
}

export { REACTION_KINDS as REACTIONS, type ReactionKind } from "../protocol/control";
