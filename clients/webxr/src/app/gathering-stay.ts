/**
 * What a gathering brings to a stay besides the page: music in time with everybody, stepping back
 * under voices, and what is told in a headset. Owns room, music, notes and subscriptions.
 */

import { Music, type Wanted } from "../sound/music";
import { Workshop } from "../sound/workshop";
import type { SettingsStore } from "../state/settings";
import type { Voice } from "../voice/voice";
import { GatheringNotes, type Picture } from "./gathering-notes";
import { GatheringRoom } from "./gathering-room";
import type { Visit } from "./visit";

export interface GatheringStayOptions {
  visit: Visit;
  settings: SettingsStore;
  voice: Voice;
  world(): Picture | null;
}

/** A voice pauses between words: the music comes back only after as long. */
const HUSH_MS = 1_500;

export class GatheringStay {
  readonly room: GatheringRoom;
  private readonly notes: GatheringNotes;
  private readonly workshop = new Workshop();
  private readonly stops: (() => void)[];
  private music: Music | null = null;
  private heardMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: GatheringStayOptions) {
    const { visit, settings } = options;
    this.room = new GatheringRoom(visit, settings);
    this.notes = new GatheringNotes(this.room, options.world);
    this.stops = [
      this.room.clock.onBeat(() => this.beat()),
      settings.subscribe((key) => {
        if (key === "takePart") this.notes.show();
        if (key === "musicVolume" || key === "reducedSound") this.beat();
      }),
    ];
  }

  /** What sounds now: the track and the place in its loop; for tests. */
  sounding(): { track: string; placeS: number } {
    return { track: this.music?.track ?? "none", placeS: this.music?.placeS() ?? -1 };
  }

  end(): void {
    for (const stop of this.stops) stop();
    this.notes.end();
    this.room.end();
    this.music?.dispose();
    this.workshop.dispose();
  }

  private beat(): void {
    const wanted = this.wanted();
    if (wanted === null && this.music === null) return;
    const music = this.playing();
    const { settings, voice } = this.options;
    const nowMs = performance.now();
    if (voice.hears || voice.ownLevel > 0.1) this.heardMs = nowMs;
    music.setVolume(settings.values.musicVolume);
    music.setDucked(nowMs - this.heardMs < HUSH_MS);
    music.follow(wanted);
  }

  /** What ought to sound now, by the plan and by what one chose. */
  private wanted(): Wanted | null {
    const { at } = this.room.clock;
    const { values } = this.options.settings;
    if (at === null || at.track === "none") return null;
    if (at.run !== "running" && at.run !== "holding") return null;
    if (values.reducedSound || values.musicVolume === 0) return null;
    // A browser lets nothing sound before the first tap; silence is not made meanwhile.
    if (!(navigator.userActivation?.hasBeenActive ?? true)) return null;
    return { track: at.track, musicMs: at.musicMs };
  }

  private playing(): Music {
    this.music ??= new Music(this.options.voice.output(), (track) => this.workshop.loop(track));
    return this.music;
  }
}
