/**
 * What one can do in a group's room: by the room's own socket where it is about the room, by the
 * HTTP API where it is to be kept. Owns no state but when the held object was last told of.
 */
import { befriend, block, keepBoundary, normsOf, report, sanction } from "../net/group-room";
import type { ClientMessage, PersonalBoundary } from "../protocol/control";
import type { ActReason, GroupActions, ModerationKind } from "../ui/actions";
import { G } from "../ui/strings-group-room";
import { Encounters } from "./encounters";
import type { Visit } from "./visit";

/** Holders may tell of their object 20 times a second. */
const CARRY_EVERY_MS = 50;

type Ask = (rid: number) => ClientMessage;

export class GroupRoom implements GroupActions {
  readonly encounters = new Encounters();
  private carriedAtMs = 0;
  private known: readonly string[] = [];
  private normTexts: Promise<readonly string[]> | null = null;

  constructor(private readonly visit: Visit) {}

  get commons() {
    return this.visit.commons;
  }

  norms(): Promise<readonly string[]> {
    this.normTexts ??= normsOf(this.group).then(
      (texts) => {
        this.known = texts;
        return texts;
      },
      (error: Error) => {
        this.normTexts = null;
        throw error;
      },
    );
    return this.normTexts;
  }

  knownNorms(): readonly string[] {
    if (this.normTexts === null && this.group !== "") this.norms().catch(() => {});
    return this.known;
  }

  setSafe(on: boolean): Promise<void> {
    return this.ask((rid) => ({ t: "safe", rid, on }));
  }

  /** Go to the safe place or come back; returns words for the person, also when it failed. */
  async toggleSafe(): Promise<string> {
    const on = !this.commons.safe;
    try {
      await this.setSafe(on);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    return on ? G.safe.went : "";
  }

  async setBoundary(boundary: PersonalBoundary): Promise<void> {
    const { mode, radius_m } = boundary;
    // The room first: it holds from the next tick, whether or not it can be kept.
    await this.ask((rid) => ({ t: "boundary", rid, mode, radius_m }));
    await keepBoundary(boundary);
  }

  met() {
    return this.encounters.list(performance.now());
  }

  async block(id: number): Promise<void> {
    await block(this.present(id));
  }

  async befriend(id: number): Promise<void> {
    await befriend(this.present(id));
  }

  async report(id: number, text: string, norm: number | null): Promise<void> {
    await report(this.group, this.present(id), text, norm);
  }

  async sanction(id: number, kind: ModerationKind, why: ActReason): Promise<void> {
    const { reason, norm, minutes } = why;
    await sanction(this.group, this.present(id), { kind, reason, norm_item: norm, minutes });
  }

  claim(place: string, on: boolean): Promise<void> {
    return this.ask((rid) => ({ t: "place", rid, id: place, on }));
  }

  async grab(object: string): Promise<void> {
    this.commons.asking(object, true);
    try {
      await this.ask((rid) => ({ t: "grab", rid, id: object }));
    } finally {
      this.commons.asking(object, false);
    }
  }

  carry(object: string, position: [number, number, number], yaw: number): void {
    const nowMs = performance.now();
    if (nowMs - this.carriedAtMs < CARRY_EVERY_MS) return;
    this.carriedAtMs = nowMs;
    this.visit.connection.sendControl({ t: "move", id: object, position, yaw });
  }

  drop(object: string, position: [number, number, number], yaw: number): Promise<void> {
    return this.ask((rid) => ({ t: "drop", rid, id: object, position, yaw }));
  }

  offer(object: string, to: number): Promise<void> {
    return this.ask((rid) => ({ t: "offer", rid, id: object, to }));
  }

  lock(object: string, on: boolean): Promise<void> {
    return this.ask((rid) => ({ t: "lock", rid, id: object, on }));
  }

  private get group(): string {
    return this.visit.state.room?.group?.id ?? "";
  }

  private present(participant: number) {
    return { room: this.visit.roomId, participant };
  }

  private async ask(make: Ask): Promise<void> {
    await this.visit.connection.request(make);
  }
}
