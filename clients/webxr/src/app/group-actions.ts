/**
 * What one can do in a group's room: by the room's own socket where it is about the room, by the
 * HTTP API where it is to be kept. Owns no state but when the held object was last told of
 * and whether an answer about the safe place is waited for.
 */
import { answersReports, normsOfGroup } from "../net/groups";
import { type SanctionKind, sanctionSomebody, sendReport } from "../net/moderation";
import { setBoundary } from "../net/own";
import { relate } from "../net/ties";
import type { ClientMessage, PersonalBoundary } from "../protocol/control";
import type { GroupActions } from "../ui/actions";
import type { ActReason } from "../ui/groups/act-dialog";
import { G } from "../ui/strings-group-room";
import { Encounters } from "./encounters";
import type { Visit } from "./visit";

/** Holders may tell of their object 20 times a second. */
const CARRY_EVERY_MS = 50;

type Ask = (rid: number) => ClientMessage;

export class GroupRoom implements GroupActions {
  readonly encounters = new Encounters();
  /** Whether this device is just going to the safe place, or coming back. */
  changingSafe = false;
  private carriedAtMs = 0;
  private texts: Promise<readonly string[]> | null = null;

  constructor(private readonly visit: Visit) {}

  get commons() {
    return this.visit.commons;
  }

  norms(): Promise<readonly string[]> {
    this.texts ??= normsOfGroup(this.group).then(
      ({ items }) => items.map(({ text }) => text),
      (error: Error) => {
        // Whoever asks again asks the server again.
        this.texts = null;
        throw error;
      },
    );
    return this.texts;
  }

  async setSafe(on: boolean): Promise<void> {
    this.changingSafe = true;
    try {
      await this.ask((rid) => ({ t: "safe", rid, on }));
    } finally {
      this.changingSafe = false;
    }
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
    // The room first: it holds from the next tick, whether or not it can be kept. If the line is
    // down, what is kept holds there too.
    const told = this.ask((rid) => ({ t: "boundary", rid, mode, radius_m }));
    await Promise.all([told.catch(() => {}), setBoundary(boundary)]);
  }

  met() {
    return this.encounters.list(performance.now());
  }

  block(id: number): Promise<void> {
    return relate("blocks", this.present(id));
  }

  afterBlock(id: number): string {
    const name = this.visit.state.people.get(id)?.name ?? this.nameMet(id);
    return this.onDuty(id) ? G.person.blockedDuty(name) : G.person.blocked(name);
  }

  onDuty(id: number): boolean {
    return answersReports(this.visit.state.people.get(id)?.role ?? "");
  }

  private nameMet(id: number): string {
    return this.met().find((one) => one.id === id)?.name ?? "";
  }

  befriend(id: number): Promise<void> {
    return relate("friends", this.present(id));
  }

  report(id: number, text: string, norm: number | null): Promise<void> {
    return sendReport(this.group, { ...this.present(id), text, norm_item: norm });
  }

  async sanction(id: number, kind: SanctionKind, why: ActReason): Promise<void> {
    const { reason, norm, minutes } = why;
    const what = { kind, reason, norm_item: norm, minutes };
    await sanctionSomebody(this.group, { ...this.present(id), ...what });
  }

  near(id: number, on: boolean): Promise<void> {
    return this.ask((rid) => ({ t: "near", rid, participant: id, on }));
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
