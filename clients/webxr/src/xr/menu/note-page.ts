/** What one reads low in view in a headset, as plain data: notes, the cue, captions, small marks. Pure. */
import type { PanelSpec, PanelText } from "./panel-spec";

const WIDTH = 940;
const LETTERS = 44;
const LINE = 52;
const PAD = 34;
const LINES_MAX = 4;
const SIZE = 38;
/** Marks are smaller than what is read once; still large enough from where they hang. */
const MARK_SIZE = 34;
const MARK_LINE = 50;
const MARK_GAP = 20;
/** Width of a letter by its height, on the safe side. */
const LETTER_WIDE = 0.54;
const ICON_GAP = 12;

export interface CaptionWords {
  readonly name: string;
  readonly text: string;
}

/** Something that holds for as long as it is shown. */
export interface Mark {
  readonly icon: string;
  readonly text: string;
  /** something to do, or oneself */
  readonly mine?: boolean;
}

export interface NoteWords {
  readonly note: string;
  readonly cue: string;
  readonly captions: readonly CaptionWords[];
  readonly marks: readonly Mark[];
  /** reactions counted together */
  readonly applause: readonly { readonly kind: string; readonly count: number }[];
}

export const NO_WORDS: NoteWords = { note: "", cue: "", captions: [], marks: [], applause: [] };

/** Break text into lines of at most `most` letters, at spaces where there are any. */
export function wrap(text: string, most: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    let rest = word;
    if (line !== "" && line.length + 1 + rest.length > most) {
      lines.push(line);
      line = "";
    }
    while (rest.length > most) {
      lines.push(rest.slice(0, most));
      rest = rest.slice(most);
    }
    line = line === "" ? rest : `${line} ${rest}`;
  }
  if (line !== "") lines.push(line);
  return lines;
}

/**
 * The note first, then what happens now, then the newest captions that fit, then the marks; null
 * for nothing.
 */
export function notePage({ note, cue, captions, marks, applause }: NoteWords): PanelSpec | null {
  const lines: Pick<PanelText, "text" | "tone" | "bold">[] = wrap(note, LETTERS).map((text) => ({
    text,
    tone: "ember",
  }));
  // A cue is never cut: who cannot read the end of it cannot follow.
  lines.push(...wrap(cue, LETTERS).map((text) => ({ text, bold: true })));
  const said = captions.flatMap(({ name, text }) => wrap(`${name}: ${text}`, LETTERS));
  const room = Math.max(0, LINES_MAX - lines.length);
  lines.push(...(room === 0 ? [] : said.slice(-room)).map((text) => ({ text })));
  const texts = lines.map((line, i) => ({
    ...line,
    ...{ x: PAD, y: PAD + 34 + i * LINE, size: SIZE, width: WIDTH - PAD * 2 },
  }));
  const claps = applause.map(({ kind, count }) => ({ icon: kind, text: String(count) }));
  const flow = new Flow(PAD + lines.length * LINE);
  for (const mark of marks) flow.put(mark);
  if (claps.length > 0) flow.newLine();
  for (const clap of claps) flow.put({ ...clap, mine: true });
  if (texts.length + flow.texts.length === 0) return null;
  return {
    width: lines.length > 0 ? WIDTH : Math.ceil(flow.right + PAD),
    height: (flow.lines > 0 ? flow.bottom : PAD + lines.length * LINE) + PAD - 12,
    texts: [...texts, ...flow.texts],
    buttons: [],
  };
}

/** Marks one after the other, on a new line where one is full. */
class Flow {
  readonly texts: PanelText[] = [];
  lines = 0;
  right = 0;
  private x = PAD;

  constructor(private readonly top: number) {}

  get bottom(): number {
    return this.top + this.lines * MARK_LINE;
  }

  newLine(): void {
    if (this.x === PAD) return;
    this.x = PAD;
  }

  put({ icon, text, mine }: Mark): void {
    const most = WIDTH - PAD;
    const width = Math.min(
      MARK_SIZE + ICON_GAP + (text.length + 1) * MARK_SIZE * LETTER_WIDE,
      most - PAD,
    );
    if (this.x > PAD && this.x + width > most) this.newLine();
    if (this.x === PAD) this.lines++;
    this.texts.push({
      ...{ icon, text, x: this.x, y: this.top + (this.lines - 1) * MARK_LINE + 34, width },
      ...{ size: MARK_SIZE, tone: mine === true ? "ember" : "quiet" },
    });
    this.right = Math.max(this.right, this.x + width);
    this.x += width + MARK_GAP;
  }
}
