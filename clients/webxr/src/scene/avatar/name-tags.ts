/**
 * Name tags and reactions over heads: who shows one, how large, and how tags keep out of each
 * other's way. One draw call for all.
 */
import type * as THREE from "three";
import { BillboardLayer } from "./billboard-layer";
import type { Figure } from "./figure";
import { TAG_CELLS, TagAtlas } from "./tag-atlas";

const TAG_HEIGHT_M = 0.105;
const OVER_HEAD_M = 0.25;
const FULL_M = 4.2;
const GONE_M = 5;
/** speaking or pointed-at people are named up to here */
const FAR_M = 12;
const REACTION_S = 2.2;
const LIFT_MAX_M = 0.6;
const SPEAKING = 0.08;

/** Owns the tags' atlas and quads. */
export class NameTags {
  private readonly atlas: TagAtlas;
  private readonly billboards: BillboardLayer;
  /** people with something to show this frame, far to near once sorted */
  private readonly shown: Figure[] = [];
  /** per shown figure: bearing, half width, bottom and top as seen from the viewer, radians */
  private readonly seen = new Float32Array(TAG_CELLS * 4);

  constructor(private readonly renderer: THREE.WebGLRenderer) {
    this.atlas = new TagAtlas(renderer);
    this.billboards = new BillboardLayer(TAG_CELLS * 2, this.atlas.texture);
  }

  get mesh(): THREE.Mesh {
    return this.billboards.mesh;
  }

  begin(): void {
    this.shown.length = 0;
  }

  /** Fade one person's tag and note them for drawing. */
  step(figure: Figure, pointed: boolean, nowS: number, dtS: number): void {
    const sample = figure.sample!;
    const d = figure.distance;
    let target = 1 - clamp01((d - FULL_M) / (GONE_M - FULL_M));
    if ((pointed || sample.speaking > SPEAKING) && d < FAR_M) target = 1;
    // nobody reads a tag from inside somebody's head
    if (d < 0.45) target *= clamp01((d - 0.25) / 0.2);
    figure.tagShown += (target * sample.opacity - figure.tagShown) * (1 - Math.exp(-9 * dtS));
    figure.grow += ((pointed ? 1 : 0) - figure.grow) * (1 - Math.exp(-14 * dtS));
    const reacting = figure.reaction >= 0 && nowS - figure.reactedAtS < REACTION_S;
    if (figure.tagShown > 0.02 || reacting) this.shown.push(figure);
  }

  /** Draw all tags noted since `begin`. */
  draw(viewer: { x: number; y: number; z: number }, nowS: number): void {
    const { shown } = this;
    this.billboards.begin(this.renderer.xr.isPresenting);
    sortFarToNear(shown);
    const first = Math.max(0, shown.length - TAG_CELLS);
    for (let i = shown.length - 1; i >= first; i--) this.clear(i - first, first, viewer, nowS);
    for (let i = first; i < shown.length; i++) this.put(shown[i]!, nowS);
    this.billboards.end();
  }

  /** Forget how someone's tag looks. */
  release(figure: Figure): void {
    this.atlas.release(figure.tag, figure.look.id);
    figure.tag = null;
  }

  dispose(): void {
    this.billboards.dispose();
    this.atlas.dispose();
  }

  /** Lift a tag above the nearer ones that it would cover. */
  private clear(
    at: number,
    first: number,
    viewer: { x: number; y: number; z: number },
    nowS: number,
  ): void {
    const { shown, seen } = this;
    const figure = shown[first + at]!;
    const pose = figure.sample!.pose;
    const { id, name, marks } = figure.look;
    const cell = this.atlas.cell(figure.tag, id, name, marks, nowS);
    figure.tag = cell;
    const d = Math.max(0.3, figure.distance);
    const scale = tagScale(figure);
    const tall = (TAG_HEIGHT_M * scale * 1.1) / d;
    const bearing = Math.atan2(pose[0]! - viewer.x, pose[2]! - viewer.z);
    const half = (TAG_HEIGHT_M * cell.aspect * scale * 0.5) / d;
    let low = (figure.topM + OVER_HEAD_M - viewer.y) / d;
    const base = low;
    const count = shown.length - first;
    for (let j = count - 1; j > at; j--) {
      const o = j * 4;
      let off = Math.abs(bearing - seen[o]!);
      if (off > Math.PI) off = Math.PI * 2 - off;
      const apart = off > half + seen[o + 1]! || low > seen[o + 3]! || low + tall < seen[o + 2]!;
      if (!apart && shown[first + j]!.tagShown > 0.1) low = seen[o + 3]!;
    }
    const lift = Math.min(LIFT_MAX_M, (low - base) * d);
    figure.lift += (lift - figure.lift) * 0.15;
    const o = at * 4;
    seen[o] = bearing;
    seen[o + 1] = half;
    seen[o + 2] = base + lift / d;
    seen[o + 3] = base + lift / d + tall;
  }

  private put(figure: Figure, nowS: number): void {
    const pose = figure.sample!.pose;
    const scale = tagScale(figure);
    const half = (TAG_HEIGHT_M * scale) / 2;
    const y = figure.topM + OVER_HEAD_M + half + figure.lift;
    if (figure.tagShown > 0.02) {
      const { rect, aspect } = figure.tag!;
      const voice = figure.voice * 1.6;
      this.billboards.putTag(
        pose[0]!,
        y,
        pose[2]!,
        scale,
        rect,
        aspect,
        TAG_HEIGHT_M,
        figure.tagShown,
        voice,
      );
    }
    const age = nowS - figure.reactedAtS;
    if (age >= REACTION_S || figure.reaction < 0) return;
    const t = age / REACTION_S;
    const size = (0.16 + 0.02 * figure.distance) * (0.6 + 0.4 * Math.min(1, age / 0.18));
    const over = y + half + size * 0.62 + t * 0.16;
    const fade = 1 - clamp01((t - 0.72) / 0.28);
    this.billboards.putIcon(
      pose[0]!,
      over,
      pose[2]!,
      size,
      this.atlas.icons[figure.reaction]!,
      fade,
    );
  }
}

function tagScale(figure: Figure): number {
  return Math.min(2, 0.66 + figure.distance * 0.22) * (1 + figure.grow * 0.35);
}

/** The list is nearly sorted from the last frame, so insertion is cheap and allocates nothing. */
function sortFarToNear(list: Figure[]): void {
  for (let i = 1; i < list.length; i++) {
    const figure = list[i]!;
    let j = i - 1;
    while (j >= 0 && list[j]!.distance < figure.distance) {
      list[j + 1] = list[j]!;
      j--;
    }
    list[j + 1] = figure;
  }
}

function clamp01(value: number): number {
  return Math.max(0, Math.min(1, value));
}
