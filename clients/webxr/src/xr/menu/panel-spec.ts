/** What a panel shows, as plain data: texts and buttons on a pixel grid. Pure; drawn elsewhere. */

export type Tone = "plain" | "ember" | "leaf" | "rose" | "quiet";

export interface PanelButton {
  /** what pressing it means, for example "hide:12" */
  readonly id: string;
  readonly label: string;
  readonly icon?: string;
  readonly tone?: Tone;
  readonly disabled?: boolean;
  readonly selected?: boolean;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface PanelText {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  /** letter height in pixels */
  readonly size: number;
  /** longest line in pixels; longer text is cut with an ellipsis */
  readonly width: number;
  readonly tone?: Tone;
  readonly bold?: boolean;
  /** a dot in this colour before the text */
  readonly dot?: string;
  /** a picture before the text, as high as its letters */
  readonly icon?: string;
}

/** Something in time: its parts side by side, as wide as they last, and where one is. */
export interface PanelStrip {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  /** how long each part lasts, in any unit */
  readonly parts: readonly number[];
  /** the part one is in, -1 for none; those before it are over */
  readonly part: number;
  /** where in the whole one is, in pixels from the left */
  readonly at: number;
}

export interface PanelSpec {
  readonly width: number;
  readonly height: number;
  readonly texts: readonly PanelText[];
  readonly buttons: readonly PanelButton[];
  readonly strip?: PanelStrip;
}

/** The button under a pixel, or null. Disabled buttons are found too: they explain themselves. */
export function buttonAt(spec: PanelSpec, x: number, y: number): PanelButton | null {
  for (const button of spec.buttons) {
    const inside =
      x >= button.x && x <= button.x + button.w && y >= button.y && y <= button.y + button.h;
    if (inside) return button;
  }
  return null;
}
