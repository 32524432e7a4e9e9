/** What controls in a headset are told from outside: how one likes to move, and who wants to know. */
import type { Stage } from "../scene/stage";
import type { Actions } from "../ui/actions";
import type { Place } from "./controls";
import type { GatheringChoices } from "./menu/menu-gathering-press";
import type { TurnStyle } from "./sticks";

/** How one likes to move; kept by the page between visits. */
export interface HeadsetSettings {
  turn: TurnStyle;
  /** smooth movement by stick, off unless asked for */
  glide: boolean;
  vignette: boolean;
  leftHanded: boolean;
  heightOffsetM: number;
}

export const DEFAULT_SETTINGS: HeadsetSettings = {
  turn: "snap30",
  glide: false,
  vignette: true,
  leftHanded: false,
  heightOffsetM: 0,
};

export interface HeadsetOptions {
  readonly stage: Stage;
  readonly session: XRSession;
  readonly start: Place;
  readonly actions: Actions;
  readonly choices: GatheringChoices;
  readonly settings?: Partial<HeadsetSettings>;
  /** colours of one's own hands */
  readonly primary: string;
  readonly secondary?: string;
  readonly onSettings?: (settings: HeadsetSettings) => void;
  /** the session ended: the headset's own exit, or `session.end()` */
  readonly onEnd: () => void;
  /** nobody looks: headset off or its own menu open */
  readonly onAway: (away: boolean) => void;
}
