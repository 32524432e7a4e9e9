/**
 * A person's choices of comfort and picture, kept on this device. Owns defaults, limits and
 * storage; the page, the controls and the scene read it and hear of changes.
 */

export type Turning = "snap30" | "snap45" | "smooth";
export type PictureQuality = "auto" | "low" | "medium" | "high";
export type TextSize = "normal" | "large" | "larger";

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
  };
}

/** Whether `value` is a sound one for `key`. */
function sound<K extends keyof Settings>(key: K, value: unknown, like: Settings[K]): boolean {
  if (typeof value !== typeof like) return false;
  if (key === "heightOffsetM") return Number.isFinite(value);
  const choices = CHOICES[key] as readonly unknown[] | undefined;
  return choices === undefined || choices.includes(value);
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
    this.mutable[key] = value;
    if (key === "heightOffsetM") {
      const limited = Math.min(HEIGHT_OFFSET_MAX_M, Math.max(HEIGHT_OFFSET_MIN_M, Number(value)));
      this.mutable.heightOffsetM = limited;
    }
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
        Object.assign(this.mutable, { [key]: fields[key] });
      }
    }
  }
}
