/**
 * `window.__hearth`: what is going on, for tests and for whoever hunts a problem. Reads only; the
 * one thing to set is `afterFrame`, called after each drawn frame.
 */
import { VoiceProbe } from "../voice/voice-probe";
import type { Stay } from "./stay";

/** Phases a page can be in. */
export type PagePhase = "lobby" | "joining" | "live" | "reconnecting" | "left";

/** Install the hook; `stay` tells the visit under way, `outside` the phase without one. */
export function installDiagnostics(stay: () => Stay | null, outside: () => PagePhase): void {
  const visit = () => stay()?.visit ?? null;
  const world = () => stay()?.world ?? null;
  const hook = {
    /** What one says and hears; see `voice/voice-probe.ts`. */
    voice: new VoiceProbe(() => stay()?.voice ?? null),
    get phase(): PagePhase {
      const phase = visit()?.state.line.phase ?? null;
      return phase === null || phase === "idle" ? outside() : phase;
    },
    get me() {
      return visit()?.state.me.id ?? 0;
    },
    get stage() {
      return world()?.stage ?? null;
    },
    get state() {
      return visit()?.state ?? null;
    },
    /** What a group's room has besides people: places, shared objects, one's standing. */
    get commons() {
      return visit()?.commons ?? null;
    },
    /** The gathering there may be: what is known of it, and its clock. */
    get gathering() {
      return stay()?.gathering?.room ?? null;
    },
    /** The gathering in the room: what is known, where the plan is, what fired when, what sounds. */
    inGathering: () => {
      const gathering = stay()?.gathering ?? null;
      if (gathering === null || gathering.room.state.now === null) return null;
      const { room } = gathering;
      return {
        state: room.state,
        now: room.state.now,
        at: room.clock.now(),
        cue: room.clock.cue?.id ?? null,
        fired: [...room.clock.fired],
        sounding: gathering.sounding(),
        mat: room.ownMat,
        instructor: world()?.stage.instructor.drawn ?? null,
        guide: world()?.stage.guide.showing ?? null,
      };
    },
    get playout() {
      return visit()?.playout ?? null;
    },
    get connection() {
      return visit()?.connection ?? null;
    },
    get recorder() {
      return world()?.recorder ?? null;
    },
    /** Called after each drawn frame, on the page and in VR. */
    get afterFrame(): (() => void) | null {
      return stay()?.afterFrame ?? null;
    },
    set afterFrame(run: (() => void) | null) {
      const current = stay();
      if (current !== null) current.afterFrame = run;
    },
    serverNowMs: () => visit()?.serverNowMs() ?? 0,
    /** Server time at which `body()` was read from the device. */
    get bodyServerMs() {
      return world()?.bodyServerMs ?? visit()?.serverNowMs() ?? 0;
    },
    get renderServerMs() {
      return visit()?.playout.renderServerMs ?? 0;
    },
    body: () => {
      const body = visit()?.body ?? null;
      if (body === null) return null;
      const { posture, leftVisible, rightVisible, teleports } = body;
      return { pose: [...body.pose], posture, leftVisible, rightVisible, teleports };
    },
    /** Where the foot of a shared object is drawn. */
    drawnObject: (id: string) => world()?.stage.layers.objects.footOf(id)?.position ?? null,
    drawn: (id: number) => world()?.stage.avatars.debugPose(id) ?? null,
    people: () => {
      const state = visit()?.state;
      if (state === undefined) return [];
      const here = [...state.people.values()].map(({ id, name, away, distanceM }) => ({
        id,
        name,
        away,
        distanceM,
        hidden: false,
      }));
      const hidden = [...state.hidden].map(([id, name]) => ({
        id,
        name,
        away: false,
        distanceM: -1,
        hidden: true,
      }));
      return [...here, ...hidden];
    },
    info: () => {
      const info = world()?.stage.renderer.info.render;
      return {
        drawCalls: info?.calls ?? 0,
        triangles: info?.triangles ?? 0,
        avatars: visit()?.playout.samples.length ?? 0,
        frames: world()?.frames ?? 0,
        fps: world()?.fps ?? 0,
        rttMs: visit()?.clock.rttMs ?? -1,
        delayMs: visit()?.playout.delayMs ?? -1,
        malformed: visit()?.malformed ?? 0,
      };
    },
  };
  Object.assign(window, { __hearth: hook });
}
