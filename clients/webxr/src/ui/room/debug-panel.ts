/** Numbers for whoever hunts a problem (F3 or `?debug`), and the motion recorder (R). */
import { fill, h } from "../dom";

export interface Probe {
  fps: number;
  drawCalls: number;
  triangles: number;
  avatars: number;
  bytesInPerS: number;
  bytesOutPerS: number;
  rttMs: number;
  delayMs: number;
  tickAgeMs: number;
  framesPerS: number;
  recording: boolean;
  recordedRows: number;
}

const EVERY_MS = 500;

export class DebugPanel {
  readonly element = h("div", { class: "debug", attrs: { hidden: true, "aria-hidden": "true" } });
  private timer: ReturnType<typeof setInterval> | null = null;

  constructor(private readonly probe: () => Probe) {}

  get shown(): boolean {
    return this.timer !== null;
  }

  toggle(): void {
    if (this.timer !== null) {
      this.dispose();
      return;
    }
    this.element.hidden = false;
    this.timer = setInterval(() => this.draw(), EVERY_MS);
    this.draw();
  }

  dispose(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.element.hidden = true;
  }

  private draw(): void {
    const p = this.probe();
    const rows: [string, string][] = [
      ["fps", p.fps.toFixed(0)],
      ["draw calls", String(p.drawCalls)],
      ["triangles", p.triangles.toLocaleString("en")],
      ["avatars drawn", String(p.avatars)],
      ["in", `${(p.bytesInPerS / 1000).toFixed(1)} kB/s, ${p.framesPerS.toFixed(0)} snapshots/s`],
      ["out", `${(p.bytesOutPerS / 1000).toFixed(1)} kB/s`],
      ["round trip", p.rttMs < 0 ? "?" : `${p.rttMs.toFixed(0)} ms`],
      ["playout delay", `${p.delayMs.toFixed(0)} ms`],
      ["tick age", `${p.tickAgeMs.toFixed(0)} ms`],
      ["recorder (R)", p.recording ? `${p.recordedRows} rows, R stops and saves` : "R starts"],
    ];
    fill(
      this.element,
      h("dl", {}, ...rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    );
  }
}
