/** Session plans and poses by the HTTP API. Owns no state. */
import type { Alternative, Breath, Cue } from "../protocol/control.gen";
import { bool, integer, isMap, number, oneOf, type Reader, vec3 } from "../protocol/readers";
import { BODY_POSTURES, type CueDraft, LIGHTS, SIDES, TRACKS } from "../state/plan-draft";
import type { Pose, PoseKey } from "../state/poses";
import { ask } from "./api";
import { groupPath } from "./groups";
import { anyText, askFor, listing, many, orElse, orNull, sending, shape } from "./shapes";

const whole = integer(0, Number.MAX_SAFE_INTEGER);

const readBreath: Reader<Breath> = shape<Breath>({
  in_s: number,
  hold_s: orElse(number, 0),
  out_s: number,
  rest_s: orElse(number, 0),
});

/** What may be absent, left out where it is null: the wire's optional fields. */
function lean<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null)) as T;
}

const readAlternative: Reader<Alternative> = (value) => {
  const found = shape<{ posture: Alternative["posture"]; pose: string | null; text: string }>({
    posture: oneOf(BODY_POSTURES),
    pose: orNull(anyText),
    text: orElse(anyText, ""),
  })(value);
  return found === undefined ? undefined : (lean(found) as Alternative);
};

const styled = {
  text: orElse(anyText, ""),
  side: orNull(oneOf(SIDES)),
  pose: orNull(anyText),
  breath: orNull(readBreath),
  music: orNull(oneOf(TRACKS)),
  light: orNull(oneOf(LIGHTS)),
  silence: orElse(bool, false),
  alternatives: orElse(many(readAlternative), []),
};

export const readDraft: Reader<CueDraft> = shape<CueDraft>({
  id: anyText,
  at_s: orNull(number),
  seconds: number,
  ...styled,
});

const readCue: Reader<Cue> = (value) => {
  const found = shape({ id: anyText, from_ms: whole, ms: whole, ...styled })(value);
  return found === undefined ? undefined : (lean(found) as unknown as Cue);
};

export interface PlanCard {
  id: string;
  title: string;
  ms: number;
  cues: number;
  version: number;
}

export interface PlanInfo {
  id: string;
  group: { id: string; slug: string; name: string };
  title: string;
  version: number;
  cues: CueDraft[];
  compiled: Cue[];
  ms: number;
  may_edit: boolean;
}

const readPlanCard: Reader<PlanCard> = shape<PlanCard>({
  id: anyText,
  title: anyText,
  ms: orElse(whole, 0),
  cues: orElse(whole, 0),
  version: orElse(whole, 0),
});

const readPlan: Reader<PlanInfo> = shape<PlanInfo>({
  id: anyText,
  group: shape<PlanInfo["group"]>({ id: anyText, slug: anyText, name: anyText }),
  title: anyText,
  version: whole,
  cues: many(readDraft),
  compiled: many(readCue),
  ms: whole,
  may_edit: orElse(bool, false),
});

const planPath = (plan: string) => `/api/v1/plans/${encodeURIComponent(plan)}`;

export async function groupPlans(group: string): Promise<PlanCard[]> {
  return (await askFor(listing(readPlanCard), `${groupPath(group)}/plans`)).items;
}

export const makePlan = (
  group: string,
  wish: { title: string; starter?: string; cues?: CueDraft[] },
): Promise<PlanInfo> => askFor(readPlan, `${groupPath(group)}/plans`, sending("POST", wish));

export const planInfo = (plan: string): Promise<PlanInfo> => askFor(readPlan, planPath(plan));

export const savePlan = (
  plan: string,
  wish: { version: number; title: string; cues: readonly CueDraft[]; note: string },
): Promise<PlanInfo> => askFor(readPlan, planPath(plan), sending("PUT", wish));

export interface PlanVersion {
  version: number;
  title: string;
  note: string;
  created_ms: number;
  cues: number;
  /** Name of who saved it; null if they are gone, or kept apart from who looks. */
  by: string | null;
}

const readName: Reader<string | null> = (value) =>
  isMap(value) && typeof value.name === "string" ? value.name : null;

/** The versions a plan had, the newest first. */
export async function planVersions(plan: string): Promise<PlanVersion[]> {
  const read = shape<PlanVersion>({
    version: whole,
    title: orElse(anyText, ""),
    note: orElse(anyText, ""),
    created_ms: orElse(number, 0),
    cues: orElse(whole, 0),
    by: readName,
  });
  const { items } = await askFor(listing(read), `${planPath(plan)}/versions`);
  return items.sort((a, b) => b.version - a.version);
}

/** A plan as it was. `hints` counts poses that are gone by now. */
export interface OldPlan {
  title: string;
  note: string;
  created_ms: number;
  by: string | null;
  cues: CueDraft[];
  compiled: Cue[];
  ms: number;
  hints: number;
}

const readPosesGone: Reader<number> = (value) =>
  Array.isArray(value)
    ? value.filter((hint) => isMap(hint) && hint.code === "pose_gone").length
    : 0;

export const oldPlan = (plan: string, version: number): Promise<OldPlan> =>
  askFor(
    shape<OldPlan>({
      title: orElse(anyText, ""),
      note: orElse(anyText, ""),
      created_ms: orElse(number, 0),
      by: readName,
      cues: many(readDraft),
      compiled: many(readCue),
      ms: whole,
      hints: readPosesGone,
    }),
    `${planPath(plan)}/versions/${version}`,
  );

/** Make an earlier version the newest; `version` is the one that is the newest now. */
export const bringBack = (plan: string, earlier: number, version: number): Promise<PlanInfo> =>
  askFor(
    readPlan,
    `${planPath(plan)}/versions/${earlier}/bring-back`,
    sending("POST", { version }),
  );

export const undoPlan = (plan: string, version: number): Promise<PlanInfo> =>
  askFor(readPlan, `${planPath(plan)}/undo`, sending("POST", { version }));

export async function archivePlan(plan: string): Promise<void> {
  await ask(planPath(plan), sending("DELETE"));
}

export interface Starter {
  id: string;
  title: string;
  text: string;
  ms: number;
}

export async function planStarters(): Promise<Starter[]> {
  const read = shape<Starter>({
    id: anyText,
    title: anyText,
    text: orElse(anyText, ""),
    ms: orElse(whole, 0),
  });
  return (await askFor(listing(read), "/api/v1/plan-starters")).items;
}

// --- poses -------------------------------------------------------------------------------------

/** A pose as a group has it: from the library, or its own. */
export interface GroupPose extends Pose {
  family: string;
  own: boolean;
}

const readBones: Reader<PoseKey["bones"]> = (value) => {
  if (!isMap(value)) return undefined;
  const out: Record<string, readonly [number, number, number]> = {};
  for (const [bone, turn] of Object.entries(value)) {
    const found = vec3(turn);
    if (found === undefined) return undefined;
    out[bone] = found;
  }
  return out;
};

const readPose: Reader<GroupPose> = shape<GroupPose>({
  id: anyText,
  name: anyText,
  family: orElse(anyText, ""),
  posture: oneOf(BODY_POSTURES),
  sided: orElse(bool, false),
  level: orElse(oneOf(["gentle", "steady", "strong"]), "gentle"),
  text: orElse(anyText, ""),
  steps: orElse(many(anyText), []),
  care: orElse(many(anyText), []),
  keys: many(shape<PoseKey>({ at: number, root: vec3, bones: orElse(readBones, {}) })),
  breathes: orElse(bool, false),
  own: orElse(bool, false),
});

/** The library and what the group has of its own. */
export async function groupPoses(group: string): Promise<GroupPose[]> {
  return (await askFor(listing(readPose), `${groupPath(group)}/poses`)).items;
}

/** The library alone, for whoever sees a plan without its group. */
export async function libraryPoses(): Promise<GroupPose[]> {
  return (await askFor(listing(readPose), "/api/v1/poses")).items;
}

export async function putPose(group: string, id: string, pose: unknown): Promise<void> {
  await ask(`${groupPath(group)}/poses/${encodeURIComponent(id)}`, sending("PUT", pose));
}

export async function dropPose(group: string, id: string): Promise<void> {
  await ask(`${groupPath(group)}/poses/${encodeURIComponent(id)}`, sending("DELETE"));
}
