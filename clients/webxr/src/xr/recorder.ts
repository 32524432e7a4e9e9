/** Records the local body at display rate and writes it as CSV. Pure but for the download. */

const PARTS = ["head", "left", "right"] as const;
const AXES = ["px", "py", "pz", "qx", "qy", "qz", "qw"] as const;
const NUMBERS = 21;
const CHUNK_ROWS = 1024;

/** The header line of a motion file. */
export const MOTION_HEADER = [
  "t_s",
  ...PARTS.flatMap((part) => AXES.map((axis) => `${part}_${axis}`)),
].join(",");

/** Owns the rows recorded so far; memory grows in chunks so that frames do not allocate one by one. */
export class MotionRecorder {
  private chunks: Float64Array[] = [];
  private rows = 0;
  private startS = 0;
  private active = false;

  get recording(): boolean {
    return this.active;
  }

  /** Rows recorded. */
  get length(): number {
    return this.rows;
  }

  /** Begin a new recording; what was recorded before is dropped. */
  start(nowS: number): void {
    this.chunks = [];
    this.rows = 0;
    this.startS = nowS;
    this.active = true;
  }

  stop(): void {
    this.active = false;
  }

  /** Add one row: 21 numbers, head, left and right hand. Does nothing while stopped. */
  sample(nowS: number, pose: ArrayLike<number>): void {
    if (!this.active) return;
    const row = this.rows % CHUNK_ROWS;
    if (row === 0) this.chunks.push(new Float64Array(CHUNK_ROWS * (NUMBERS + 1)));
    const chunk = this.chunks[this.chunks.length - 1]!;
    const at = row * (NUMBERS + 1);
    chunk[at] = nowS - this.startS;
    for (let i = 0; i < NUMBERS; i++) chunk[at + 1 + i] = pose[i]!;
    this.rows++;
  }

  /** The recording as text: a header, then one line a sample, five decimals. */
  toCSV(): string {
    const lines = [MOTION_HEADER];
    for (let r = 0; r < this.rows; r++) {
      const chunk = this.chunks[Math.floor(r / CHUNK_ROWS)]!;
      const at = (r % CHUNK_ROWS) * (NUMBERS + 1);
      const cells: string[] = [];
      for (let i = 0; i <= NUMBERS; i++) cells.push(fixed(chunk[at + i]!));
      lines.push(cells.join(","));
    }
    return `${lines.join("\n")}\n`;
  }

  /** Offer the recording as a file. */
  download(name = "motion.csv"): void {
    const url = URL.createObjectURL(new Blob([this.toCSV()], { type: "text/csv" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    URL.revokeObjectURL(url);
  }
}

function fixed(value: number): string {
  const text = value.toFixed(5);
  return text === "-0.00000" ? "0.00000" : text;
}
