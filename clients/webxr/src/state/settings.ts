/**
 * A person's choices of comfort, picture and sound, kept on this device. Owns defaults, limits and
 * storage; the page, the controls and the scene read it and hear of changes.
 */

export type Turning = "snap30" | "snap45" | "smooth";
export type PictureQuality = "auto" | "low" | "medium" | "high";
export type TextSize = "normal" | "large" | "larger";
/** When one's microphone sends: always while on, only or except while a key is held, never. */
export type TalkMode = "open" | "push_to_talk" | "push_to_mute" | "listen";
/** How the instructor stands before one's own mat: as a mirror, facing one, from behind, not at all. */
export type MatView = "mirror" | "facing" | "follow" | "off";
/** How one gets to a mat one was offered and accepted: on foot in a few seconds, or by a fade. */
export type MatMove = "walk" | "fade";
/** In which posture one takes part: as shown, or by a cue's alternative for another. */
export type TakePart = "shown" | "standing" | "seated" | "kneeling" | "lying";

export interface Settings {
  turning: Turning;
  /** Walk with the stick in VR; teleporting works either way. */
  smoothMove: boolean;
  /** Narrow the view while moving smoothly. */
  vignette: boolean;
  /** Metres added to the tracked height, -0.8 to 0.8. */
  heightOffsetM: number;
  /** Point with the left hand, carry the wrist menu on the right. */
  leftHanded: boolean;
  quality: PictureQuality;
  textSize: TextSize;
  highContrast: boolean;
  reducedMotion: boolean;
  talkMode: TalkMode;
  /** Device ids of the browser; "" for its default. */
  micDevice: string;
  speakerDevice: string;
  echoCancellation: boolean;
  noiseSuppression: boolean;
  autoGain: boolean;
  /** Loudness of all voices, 0 to 1.5. */
  voiceVolume: number;
  /** The same in both ears, for who hears with one. */
  monoVoice: boolean;
  /** Keep listening on this device while muted, to say so when one speaks. */
  hintWhileMuted: boolean;
  /** Show what is said as text, where somebody writes it along. */
  captions: boolean;
  /** Nobody farther than this many metres is heard, the stage apart; 0 for no such limit. */
  earmuffM: number;
  /** Loudness of a gathering's music, 0 to 1. */
  musicVolume: number;
  /** No music and no sounds but voices. */
  reducedSound: boolean;
  matView: MatView;
  matMove: MatMove;
  takePart: TakePart;
}

/** Where settings are kept: localStorage, or nothing at all. */
export interface Keep {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const KEY = "hearth.settings";
export const HEIGHT_OFFSET_MIN_M = -0.8;
export const HEIGHT_OFFSET_MAX_M = 0.8;

const CHOICES: { [K in keyof Settings]?: readonly Settings[K][] } = {
  turning: ["snap30", "snap45", "smooth"],
  quality: ["auto", "low", "medium", "high"],
  textSize: ["normal", "large", "larger"],
  talkMode: ["open", "push_to_talk", "push_to_mute", "listen"],
  matView: ["mirror", "facing", "follow", "off"],
  matMove: ["walk", "fade"],
  takePart: ["shown", "standing", "seated", "kneeling", "lying"],
};
export const EARMUFF_SETTING_MAX_M = 24;
/** Least and most of each number. */
const LIMITS: { [K in keyof Settings]?: readonly [number, number] } = {
  heightOffsetM: [HEIGHT_OFFSET_MIN_M, HEIGHT_OFFSET_MAX_M],
  voiceVolume: [0, 1.5],
  musicVolume: [0, 1],
  earmuffM: [0, EARMUFF_SETTING_MAX_M],
};

function defaults(reducedMotion: boolean): Settings {
  return {
    turning: "snap30",
    smoothMove: false,
    vignette: true,
    heightOffsetM: 0,
    leftHanded: false,
    quality: "auto",
    textSize: "normal",
    highContrast: false,
    reducedMotion,
    talkMode: "open",
    micDevice: "",
    speakerDevice: "",
    echoCancellation: true,
    noiseSuppression: true,
    autoGain: true,
    voiceVolume: 1,
    monoVoice: false,
    hintWhileMuted: true,
    captions: true,
    earmuffM: 0,
    musicVolume: 0.6,
    reducedSound: false,
    matView: "mirror",
    // Sliding along is motion too.
    matMove: reducedMotion ? "fade" : "walk",
    takePart: "shown",
  };
}

/** Whether `value` is a sound one for `key`. */
function sound<K extends keyof Settings>(key: K, value: unknown, like: Settings[K]): boolean {
  if (typeof value !== typeof like) return false;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value === "string" && value.length > 256) return false;
  const choices = CHOICES[key] as readonly unknown[] | undefined;
  return choices === undefined || choices.includes(value);
}

/** A number within its limits; anything else as it is. */
function limited<K extends keyof Settings>(key: K, value: Settings[K]): Settings[K] {
  const limits = LIMITS[key];
  if (limits === undefined || typeof value !== "number") return value;
  return Math.min(limits[1], Math.max(limits[0], value)) as Settings[K];
}

export class SettingsStore {
  readonly values: Readonly<Settings>;
  private readonly mutable: Settings;
  private readonly views = new Set<(key: keyof Settings) => void>();

  /** Read what was kept; `reducedMotion` is what the device asks for by default. */
  constructor(
    private readonly keep: Keep | null,
    reducedMotion: boolean,
  ) {
    this.mutable = defaults(reducedMotion);
    this.values = this.mutable;
    this.load();
  }

  set<K extends keyof Settings>(key: K, value: Settings[K]): void {
    const before = this.mutable[key];
    if (!sound(key, value, before)) return;
    this.mutable[key] = limited(key, value);
    if (this.mutable[key] === before) return;
    try {
      this.keep?.setItem(KEY, JSON.stringify(this.mutable));
    } catch {
      // Private windows refuse storage; the choice still holds for this visit.
    }
    for (const run of this.views) run(key);
  }

  /** Call `run` with the key whenever a choice changes; returns the way to stop. */
  subscribe(run: (key: keyof Settings) => void): () => void {
    this.views.add(run);
    return () => this.views.delete(run);
  }

  private load(): void {
    let kept: unknown;
    try {
      kept = JSON.parse(this.keep?.getItem(KEY) ?? "null");
    } catch {
      return;
    }
    if (typeof kept !== "object" || kept === null) return;
    const fields = kept as Record<string, unknown>;
    for (const key of Object.keys(this.mutable) as (keyof Settings)[]) {
      if (sound(key, fields[key], this.mutable[key])) {
        Object.assign(this.mutable, { [key]: limited(key, fields[key] as never) });
      }
    }
  }
}
