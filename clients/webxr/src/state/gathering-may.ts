/**
 * What the server lets one do in a gathering, so that nothing is offered that it would refuse. The
 * rules are those of `server/hearth_server/rooms/gathering/staging.py`. Pure.
 */
import type { GatheringState } from "./gathering";

export type PersonAct =
  | "soft"
  | "hard"
  | "free"
  | "give"
  | "lower"
  | "mega"
  | "mega_off"
  | "speaker"
  | "co_host"
  | "host"
  | "audience";

/** Somebody whom one may do something about. */
export interface Staged {
  readonly role: "host" | "co_host" | "speaker" | "audience";
  readonly hush: "none" | "soft" | "hard";
  readonly megaphone: boolean;
  readonly handUp: boolean;
}

/**
 * Whether one decides what the host decides: who helps to lead and who leads. `edits` is the right
 * to change the group. A co-host does by what everybody is told of the lead, not by whom they see:
 * a host one is kept apart from may be here.
 */
export function decides(state: GatheringState, me: number, edits: boolean): boolean {
  const { now } = state;
  if (now === null) return false;
  const gone = now.lead === "successor_asked" || now.lead === "autopilot";
  return edits || (state.leads && (state.host === me || gone));
}

/** What one who leads may do about somebody else, in the order in which it is shown. */
export function actsFor(one: Staged, deciding: boolean): PersonAct[] {
  const leads = one.role === "host" || one.role === "co_host";
  const acts: PersonAct[] = [];
  if (!leads || deciding)
    acts.push(...(one.hush === "none" ? (["soft", "hard"] as const) : ["free" as const]));
  // Whoever leads is heard by everybody, and leads until somebody else does.
  if (one.role === "host") return acts;
  if (one.role === "audience") acts.push("give");
  if (one.handUp) acts.push("lower");
  acts.push(one.megaphone ? "mega_off" : "mega");
  const helps = one.role === "co_host";
  if (one.role !== "speaker" && (!helps || deciding)) acts.push("speaker");
  if (deciding) acts.push(...(helps ? (["host"] as const) : (["co_host", "host"] as const)));
  if (one.role !== "audience" && (!helps || deciding)) acts.push("audience");
  return acts;
}
