/** Whom a gathering lets be heard, for words about it; the server decides by the same. Pure. */
import type { Gathering } from "../protocol/control";
import type { GatheringState } from "./gathering";

/**
 * open: as in any room, or neighbours; stage: only the stage, and one may ask for it; alone: only the
 * stage, with nobody there to ask; silent: only whoever leads; staged: one is heard all over the room.
 */
export type AudienceRule = "open" | "stage" | "alone" | "silent" | "staged";

/** Whether nobody but the stage is heard; silence leaves even fewer. */
export function onlyStage(now: Gathering): boolean {
  return now.stage_only || (now.state === "live" && now.audience === "nobody");
}

export function audienceRule(
  gathering: { readonly state: GatheringState; readonly me: number } | undefined,
): AudienceRule {
  const now = gathering?.state.now ?? null;
  if (gathering === undefined || now === null) return "open";
  const { state, me } = gathering;
  if (now.silence) return state.leads ? "staged" : "silent";
  const loud = now.people.some(({ id, megaphone }) => id === me && megaphone);
  if (now.me.role !== "audience" || loud) return "staged";
  if (!onlyStage(now)) return "open";
  return now.lead === "autopilot" ? "alone" : "stage";
}
