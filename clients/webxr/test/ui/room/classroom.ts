/**
 * A class as a page has it: a real visit with its connection, clock and state, and the server's end
 * of its socket played by the test, which says what the server says and keeps what it hears.
 */
import { encode as pack, decode as unpack } from "@msgpack/msgpack";
import { vi } from "vitest";
import { GatheringRoom } from "../../../src/app/gathering-room";
import { standingBody } from "../../../src/app/standing";
import { Visit } from "../../../src/app/visit";
import type {
  Ask,
  Attendee,
  Cue,
  Gathering,
  Hands,
  Person,
  Segment,
  ServerMessage,
  Staged,
} from "../../../src/protocol/control";
import { HOT } from "../../../src/protocol/pose";
import { SettingsStore } from "../../../src/state/settings";
import { BEAT, WELCOME } from "../../net/line";
import { LIVE } from "../../sample-gathering";

export const ME = 7;
export const BO = 11;
export const CY = 12;
export const DEE = 13;
/** A name that would do harm as markup. */
export const HOSTILE = "<img src=x onerror=alert(1)>";
/** Server time when the page's own clock begins. */
const AHEAD_MS = 100_000;
const BEAT_EVERY_MS = 200;

type Heard = Record<string, unknown>;

/** The socket as the browser gives it, with the server behind it. */
class FarEnd {
  static readonly OPEN = 1;
  static newest: FarEnd | null = null;
  readonly readyState = 1;
  readonly bufferedAmount = 0;
  binaryType = "";
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly got: Heard[] = [];
  /** The number of the newest pose. */
  pose = 0;

  constructor() {
    FarEnd.newest = this;
  }

  send(bytes: Uint8Array): void {
    // A copy: the page uses its bytes again.
    if (bytes[0] !== HOT) this.got.push(unpack(bytes.slice()) as Heard);
    else this.pose = new DataView(bytes.buffer, bytes.byteOffset).getUint16(2, true);
  }

  say(bytes: Uint8Array): void {
    this.onmessage?.({ data: Uint8Array.from(bytes).buffer });
  }

  close(): void {}
}

const person = (id: number, name: string): Person => ({
  ...{ id, name, primary: "#e07a4f", secondary: "#7fbf8e", pattern: 0 },
  ...{ device: "desktop", away: false, mic: "none" },
});

export const cue = (id: string, from_ms: number, more: Partial<Cue> = {}): Cue => ({
  ...{ id, from_ms, ms: 60_000, text: `Step ${id}`, silence: false, alternatives: [] },
  ...more,
});

export class Classroom {
  readonly settings = new SettingsStore(null, false);
  readonly visit: Visit;
  readonly room: GatheringRoom;
  private readonly server: FarEnd;
  /** What was asked for by HTTP: the poses, which come when `library` says so. */
  readonly fetched: string[] = [];
  unreachable = false;
  private give: (poses: unknown[]) => void = () => {};
  private readonly shelf = new Promise<unknown[]>((resolve) => {
    this.give = resolve;
  });
  private readonly unanswered: number[] = [];
  private now = LIVE;
  private readAt = 0;
  private version = 1;

  /** `rights`: those one has in the group, beside what one is in the gathering. */
  constructor(rights: string[] = []) {
    vi.useFakeTimers();
    vi.stubGlobal("WebSocket", FarEnd);
    vi.stubGlobal("fetch", async (path: string) => {
      this.fetched.push(path);
      if (this.unreachable) throw new TypeError("no network");
      return Response.json({ items: await this.shelf, next: null });
    });
    document.body.innerHTML = '<main id="app"></main><div id="toasts"></div>';
    this.visit = new Visit("studio", { ...person(ME, "Ada") }, "desktop");
    this.room = new GatheringRoom(this.visit, this.settings);
    this.visit.start({ url: "ws://test/rt", credential: { ticket: "first" } }, null);
    this.server = FarEnd.newest!;
    this.server.onopen?.();
    const boundary = { mode: "off" as const, radius_m: 0.6 };
    const you = { account: "ada", role: "member" as const, companion: false, listener: false };
    const room = { ...WELCOME.room, group: { id: "g1", slug: "yoga", name: "Yoga" } };
    this.tell({ ...WELCOME, room, participant: ME, you: { ...you, rights, boundary } });
    // One's pose goes there and is named in what comes back: the server's time is known.
    this.visit.sender.sendNow(standingBody({ x: 0, z: 0, yaw: 0 }), performance.now());
    this.beat();
    this.server.got.length = 0;
  }

  end(): void {
    this.room.end();
    this.visit.leave();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  }

  /** Put a view on the page. */
  show(...elements: HTMLElement[]): void {
    document.getElementById("app")?.append(...elements);
  }

  tell(message: ServerMessage): void {
    this.server.say(pack(message));
  }

  /** What the page asked for since the last look; each request is numbered, which is left out. */
  heard(): Heard[] {
    const fresh = this.server.got.slice(this.readAt);
    this.readAt = this.server.got.length;
    return fresh.map(({ rid, ...rest }) => {
      if (typeof rid === "number") this.unanswered.push(rid);
      return rest;
    });
  }

  /** Say yes to all that was asked for. */
  async accept(): Promise<void> {
    this.heard();
    for (const rid of this.unanswered.splice(0)) this.tell({ t: "ack", rid });
    await this.settle();
  }

  async refuse(text: string): Promise<void> {
    this.heard();
    for (const rid of this.unanswered.splice(0)) {
      this.tell({ t: "error", rid, code: "not_allowed", text });
    }
    await this.settle();
  }

  /** Let what was promised be carried out; no time passes. */
  async settle(): Promise<void> {
    await vi.advanceTimersByTimeAsync(0);
  }

  /** Let time pass, on the page and at the server. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= BEAT_EVERY_MS) {
      await vi.advanceTimersByTimeAsync(Math.min(left, BEAT_EVERY_MS));
      this.beat();
    }
    await this.settle();
  }

  /** Server time, ms. */
  get nowMs(): number {
    // Whole, and never ahead of what the page takes it for.
    return Math.floor(AHEAD_MS + performance.now());
  }

  private beat(): void {
    const bytes = BEAT.slice();
    const view = new DataView(bytes.buffer);
    view.setUint32(4, Math.floor(this.nowMs / 50), true);
    view.setUint32(8, this.nowMs, true);
    view.setUint16(12, this.server.pose, true);
    view.setUint16(14, 0, true);
    this.server.say(bytes);
  }

  /** Let these poses come, each as small as may be. */
  async library(...known: { id: string; name: string }[]): Promise<void> {
    const key = { at: 0, root: [0, 0.95, 0], bones: {} };
    this.give(known.map((one) => ({ posture: "standing", keys: [key], ...one })));
    await this.settle();
  }

  // --- what the server tells ------------------------------------------------------------------

  people(...named: (readonly [number, string])[]): void {
    const joined = named.map(([id, name]) => person(id, name));
    this.tell({
      ...{ t: "roster", reset: true, last_page: true, changed: [], left: [] },
      joined: [person(ME, "Ada"), ...joined],
    });
  }

  /** The gathering as it is from now on; what is not named stays. */
  gather(change: Partial<Gathering> = {}, mine: Partial<Gathering["me"]> = {}): void {
    this.now = { ...this.now, ...change, me: { ...this.now.me, ...mine } };
    this.tell(this.now);
  }

  /** Be the host, with others on stage. */
  lead(change: Partial<Gathering> = {}, ...staged: Staged[]): void {
    const people: Staged[] = [{ id: ME, role: "host", megaphone: false }, ...staged];
    this.gather({ people, ...change }, { role: "host" });
  }

  plan(...cues: Cue[]): void {
    this.tell({ t: "cues", plan: 3, title: "Evening", total: cues.length, first: 0, cues });
  }

  /** Where the plan is from this moment on. */
  run(run: Segment["run"], plan_ms = 0, breath_ms = 0): void {
    const at = { from_ms: this.nowMs, run, plan_ms, breath_ms, music_ms: 0 };
    this.tell({ t: "timeline", version: ++this.version, plan: 3, segments: [at] });
  }

  get timelineVersion(): number {
    return this.version;
  }

  hands(change: Partial<Hands>): void {
    const up = change.hands ?? [];
    this.tell({ t: "hands", hands: up, total: up.length, mine: 0, floor: [], ...change });
  }

  attendees(...people: (Partial<Attendee> & { id: number })[]): void {
    this.tell({
      ...{ t: "attendees", reset: true, gone: [] },
      people: people.map((one): Attendee => ({ check: false, hush: "none", late: false, ...one })),
    });
  }

  ask(ask: number, kind: Ask["kind"], more: Partial<Ask> = {}): void {
    this.tell({ t: "ask", ask, kind, text: "", until_ms: this.nowMs + 30_000, ...more });
  }
}

/** What the page marks for tests. */
export function shown<E extends HTMLElement = HTMLElement>(
  test: string,
  where: ParentNode = document,
): E {
  const found = where.querySelector<E>(`[data-test=${test}]`);
  if (found === null) throw new Error(`nothing is marked ${test}`);
  return found;
}

/** The button with these words, or with this name for whoever does not see it. */
export function button(words: string, where: ParentNode = document): HTMLButtonElement {
  const all = [...where.querySelectorAll("button")];
  const found = all.filter(
    (each) => each.getAttribute("aria-label") === words || each.textContent?.trim() === words,
  );
  if (found.length !== 1) throw new Error(`${found.length} buttons are called ${words}`);
  return found[0]!;
}

/** Notes that came, oldest first. */
export const notes = () =>
  [...document.querySelectorAll("#toasts .words")].map(({ textContent }) => textContent);

/** Whether somebody would see it: neither it nor what it is in is hidden. */
export const isSeen = (element: Element) => element.closest("[hidden]") === null;
