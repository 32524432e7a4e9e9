/**
 * A group's room in three dimensions: shows who has which place and where objects are, carries what
 * one holds, claims the place one is on, and offers what is within reach. Decides nothing: the
 * server does.
 */
import type { Formation } from "../protocol/control";
import type { Place } from "../scene/design";
import type { Stage } from "../scene/stage";
import { carriedAt, claimWish, matWish, nearestPerson } from "../state/reach";
import type { ContextAction } from "../ui/room/context-bar";
import { G } from "../ui/strings-group-room";
import { toast } from "../ui/toasts";
import { yawOf } from "../xr/pose-math";
import type { GroupRoom } from "./group-actions";
import type { Body } from "./pose-sender";
import type { Visit } from "./visit";

export interface CommonsViewOptions {
  visit: Visit;
  group: GroupRoom;
  stage: Stage;
  /** Offer these where one stands; on flat screens as buttons, in a headset as a hint. */
  offer(actions: readonly ContextAction[]): void;
  hint(words: string): void;
  /** What else there is to do where one is, before what lies within reach. */
  more?(): readonly ContextAction[];
}

const LOOK_EVERY_MS = 200;
/** A refused claim is not asked for again at once: somebody else may have been quicker. */
const CLAIM_AGAIN_MS = 3_000;
const STEADY_MS = 1_200;
/** The server lets one take what is within 2.5 m; a hand in a headset has to be near. */
const GRAB_M = 2.3;
const HAND_GRAB_M = 0.4;
const LEFT = 7;
const RIGHT = 14;

export class CommonsView {
  private readonly stops: (() => void)[];
  private lookedMs = 0;
  private claimAgainMs = 0;
  private claiming = false;
  private held: string | null = null;
  /** Which hand carries in a headset; 0 on flat screens. */
  private hand: 0 | typeof LEFT | typeof RIGHT = 0;
  private readonly closed = { [LEFT]: false, [RIGHT]: false };
  private hinted = "";
  private stepped: { id: string | undefined; sinceMs: number } = { id: undefined, sinceMs: 0 };
  private mats: { of: Formation | null; mats: readonly Place[] } = { of: null, mats: [] };
  private readonly carried: [number, number, number] = [0, 0, 0];

  constructor(private readonly options: CommonsViewOptions) {
    const { commons } = options.visit;
    this.stops = [
      commons.subscribe("places", () => this.showPlaces()),
      commons.subscribe("objects", () => this.showObjects()),
      options.visit.gathering.subscribe("formation", () => this.showPlaces()),
    ];
    this.show();
  }

  /** Show everything as it is now, in the room as it is now. */
  show(): void {
    this.showPlaces();
    this.showObjects();
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.options.offer([]);
  }

  /** Once a frame, after the body was read. */
  frame(body: Body, presenting: boolean, nowMs: number): void {
    if (presenting) this.useHands(body);
    this.carry(body);
    if (nowMs - this.lookedMs < LOOK_EVERY_MS) return;
    this.lookedMs = nowMs;
    this.claim(body, nowMs);
    this.offerWhatIsNear(body, presenting);
  }

  private showPlaces(): void {
    const { visit, stage } = this.options;
    if (visit.state.room?.design === undefined) return;
    stage.layers.places.setPlaces(this.places(), visit.commons.claims, visit.state.me.id);
  }

  /** The room's own places, or the mats of a formation while there is one: the same array until then. */
  private places(): readonly Place[] {
    const { visit } = this.options;
    const { formation } = visit.gathering;
    if (formation.kind === "none") return visit.state.room?.design?.places ?? [];
    if (this.mats.of !== formation) {
      const mats = formation.mats.map((mat) => ({ ...mat, kind: "mat" as const }));
      this.mats = { of: formation, mats };
    }
    return this.mats.mats;
  }

  private showObjects(): void {
    const { visit, stage } = this.options;
    const me = visit.state.me.id;
    const before = this.held;
    this.held = visit.commons.heldBy(me)?.id ?? null;
    // Only what was held can be let go: until the answer to a grasp the hand waits for it.
    if (before !== null && this.held === null) this.hand = 0;
    stage.layers.objects.setObjects([...visit.commons.objects.values()], me);
    // The hand opened again before the answer came.
    const { hand } = this;
    const late = before === null && this.held !== null;
    if (late && (hand === LEFT || hand === RIGHT) && !this.closed[hand]) this.putDown();
  }

  // --- places --------------------------------------------------------------------------------

  private claim({ pose, posture }: Body, nowMs: number): void {
    const { visit, group } = this.options;
    const { commons } = visit;
    const places = this.places();
    if (this.claiming || nowMs < this.claimAgainMs || !commons.may("claim_place")) return;
    const taken = (id: string) => (commons.claims.get(id) ?? 0) !== 0;
    const at = { x: pose[0]!, z: pose[2]!, standing: posture === 0 };
    const formed = visit.gathering.formation.kind !== "none";
    const wish = formed
      ? this.steadily(matWish(places, taken, at), nowMs)
      : claimWish(places, commons.placeOf(visit.state.me.id), taken, at);
    if (wish === null) return;
    this.claiming = true;
    group
      .claim(wish.id, wish.on)
      .catch(() => {
        this.claimAgainMs = nowMs + CLAIM_AGAIN_MS;
      })
      .finally(() => {
        this.claiming = false;
      });
  }

  /** Who only walks across a mat does not want it. */
  private steadily(wish: ReturnType<typeof matWish>, nowMs: number): ReturnType<typeof matWish> {
    const { stepped } = this;
    if (wish?.id !== stepped.id) this.stepped = { id: wish?.id, sinceMs: nowMs };
    return nowMs - this.stepped.sinceMs < STEADY_MS ? null : wish;
  }

  // --- objects -------------------------------------------------------------------------------

  /** Closing a hand around a lantern takes it, opening the hand puts it down. */
  private useHands(body: Body): void {
    for (const at of [LEFT, RIGHT] as const) {
      const tracked = at === LEFT ? body.leftVisible : body.rightVisible;
      const closed = tracked && ((at === LEFT ? body.leftHolds : body.rightHolds) ?? false);
      const was = this.closed[at];
      this.closed[at] = closed;
      if (closed && !was && this.held === null) this.takeBy(body, at);
      else if (!closed && was && tracked && this.hand === at) this.putDown();
    }
  }

  private takeBy(body: Body, at: 7 | 14): void {
    const { stage, visit } = this.options;
    const hand = { x: body.pose[at]!, y: body.pose[at + 1]!, z: body.pose[at + 2]! };
    const offered = visit.commons.offeredTo(visit.state.me.id)?.id;
    const id = stage.layers.objects.nearest(hand, HAND_GRAB_M) ?? offered;
    if (id === undefined || id === null) return;
    this.hand = at;
    this.take(id);
  }

  /** Whether one could take an object from where one stands. */
  canTake(id: string): boolean {
    const { visit, stage } = this.options;
    const object = visit.commons.objects.get(id);
    const head = visit.body?.pose;
    if (object === undefined || head === undefined || this.held !== null) return false;
    if (object.locked || (object.held_by ?? 0) !== 0) return false;
    const foot = stage.layers.objects.footOf(id)?.position;
    if (foot === undefined || !visit.commons.may("move_objects")) return false;
    const [x, y, z] = foot;
    return Math.hypot(x - head[0]!, y - head[1]!, z - head[2]!) <= GRAB_M;
  }

  take(id: string): void {
    this.run(this.options.group.grab(id));
  }

  private putDown(): void {
    const { stage, group } = this.options;
    const id = this.held;
    const foot = id === null ? null : stage.layers.objects.footOf(id);
    if (id === null || foot === null) return;
    const [x, , z] = foot.position;
    // Nothing hangs in the air: without a table it stands on the floor.
    this.run(group.drop(id, [x, 0, z], foot.yaw));
  }

  private carry(body: Body): void {
    const id = this.held;
    if (id === null) return;
    const { stage, group } = this.options;
    const { pose } = body;
    const { hand } = this;
    const tracked = hand === LEFT ? body.leftVisible : body.rightVisible;
    const position = this.carried;
    const yaw = yawOf(pose, 3);
    if (hand !== 0 && tracked) {
      for (let i = 0; i < 3; i++) position[i] = pose[hand + i]!;
    } else carriedAt(pose, yaw, position);
    stage.layers.objects.moveTo(id, position, yaw, 0);
    group.carry(id, position, yaw);
  }

  private offerWhatIsNear(body: Body, presenting: boolean): void {
    const actions = [...(this.options.more?.() ?? []), ...this.actions(body)];
    if (!presenting) {
      this.options.offer(actions);
      return;
    }
    const words = actions[0]?.label ?? "";
    if (words !== "" && words !== this.hinted) this.options.hint(words);
    this.hinted = words;
  }

  private actions({ pose }: Body): ContextAction[] {
    const { visit, stage, group } = this.options;
    const { commons, state } = visit;
    if (!commons.may("move_objects")) return [];
    if (this.held !== null) return this.holding(this.held);
    const offered = commons.offeredTo(state.me.id);
    if (offered !== null) {
      const from = state.people.get(offered.held_by ?? 0)?.name ?? "";
      return [action("take", G.objects.take(from), "G", "check", () => this.take(offered.id))];
    }
    const head = { x: pose[0]!, y: pose[1]!, z: pose[2]! };
    const near = stage.layers.objects.nearest(head, GRAB_M);
    const object = near === null ? undefined : commons.objects.get(near);
    if (object === undefined || (object.held_by ?? 0) !== 0) return [];
    const lock = commons.may("lock_objects")
      ? [
          action("lock", object.locked ? G.objects.unlock : G.objects.lock, "K", "safe", () =>
            this.run(group.lock(object.id, !object.locked)),
          ),
        ]
      : [];
    if (object.locked) return lock;
    return [action("grab", G.objects.grab, "G", "light", () => this.take(object.id)), ...lock];
  }

  private holding(id: string): ContextAction[] {
    const { visit, group } = this.options;
    const drop = action("drop", G.objects.drop, "G", "light", () => this.putDown());
    const person = nearestPerson(visit.state.people.values());
    const to = visit.commons.objects.get(id)?.offered_to ?? 0;
    if (to !== 0) {
      const back = action("offer", G.objects.takeBack, "Y", "back", () =>
        this.run(group.offer(id, 0)),
      );
      return [drop, back];
    }
    if (person === null) return [drop];
    const offer = action("offer", G.objects.offer(person.name), "Y", "people", () =>
      this.run(group.offer(id, person.id)),
    );
    return [drop, offer];
  }

  private run(work: Promise<void>): void {
    work.catch((error: Error) => {
      toast(error.message, { wrong: true });
      this.options.hint(error.message);
    });
  }
}

function action(
  id: string,
  label: string,
  key: string,
  icon: ContextAction["icon"],
  run: () => void,
): ContextAction {
  return { id, label, key, icon, run };
}
