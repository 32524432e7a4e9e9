/**
 * Reads what the server tells in a gathering: the event in the room, its plan and timeline, hands,
 * mats, questions, the leaders' lists. Pure; `control.ts` puts these beside the other readers.
 */
import {
  type Alternative,
  type Anchor,
  type Attendee,
  type Breath,
  type Cue,
  type Floor,
  type Hand,
  type Mat,
  type MyPart,
  REACTION_KINDS,
  type ReactionCount,
  type Segment,
  type ServerMessage,
  type Staged,
  type Waiting,
  WIRE_LIMITS,
} from "./control.gen";
import {
  between,
  bool,
  integer,
  list,
  oneOf,
  participant,
  positive,
  type Reader,
  record,
  text,
  u32,
} from "./readers";

export type CueSide = NonNullable<Cue["side"]>;
export type MusicTrack = NonNullable<Cue["music"]>;
export type BodyPosture = Alternative["posture"];

const SIDES = ["left", "right", "both"] as const satisfies readonly CueSide[];
const TRACKS = [
  "none",
  "rain",
  "waves",
  "bowls",
  "drone",
  "pulse",
] as const satisfies readonly MusicTrack[];
const POSTURES = [
  "standing",
  "seated",
  "kneeling",
  "lying",
] as const satisfies readonly BodyPosture[];
const HUSHES = ["none", "soft", "hard"] as const;
const REACTION_KINDS_MOST = 8;

const part = text(1, WIRE_LIMITS.partIdLength);
const pose = text(1, WIRE_LIMITS.poseIdLength);
const id = text(1, 64);
const words = text(0, WIRE_LIMITS.textLength);
const cueText = text(0, WIRE_LIMITS.cueTextLength);
const planMs = integer(0, WIRE_LIMITS.planMs);
const ms = integer(0, Number.MAX_SAFE_INTEGER);
const cueCount = integer(0, WIRE_LIMITS.cues);
const breathS = between(0, 30);
const across = between(-16, 16);
const degrees = between(-360, 360);

/** Also reads breath patterns in the answers of the HTTP API. */
export const readBreath = record<Breath>({
  in_s: breathS,
  hold_s: breathS,
  out_s: breathS,
  rest_s: breathS,
});

/** Also reads compiled cues in the answers of the HTTP API. */
export const readCue = record<Cue>(
  {
    id: part,
    from_ms: planMs,
    ms: planMs,
    text: cueText,
    side: oneOf(SIDES),
    pose,
    breath: readBreath,
    music: oneOf(TRACKS),
    light: oneOf(["dawn", "day", "dusk", "night"]),
    silence: bool,
    alternatives: list(
      record<Alternative>({ posture: oneOf(POSTURES), pose, text: cueText }, ["pose"]),
      WIRE_LIMITS.alternatives,
    ),
  },
  ["side", "pose", "breath", "music", "light"],
);

const segment = record<Segment>({
  from_ms: u32,
  run: oneOf(["waiting", "running", "holding", "paused", "over"]),
  plan_ms: planMs,
  breath_ms: ms,
  music_ms: ms,
});

const staged = record<Staged>(
  { id: participant, role: oneOf(["host", "co_host", "speaker"]), megaphone: bool },
  ["role"],
);

const myPart = record<MyPart>({
  role: oneOf(["host", "co_host", "speaker", "audience"]),
  hush: oneOf(HUSHES),
  check: bool,
  check_seen: bool,
  attends: bool,
  late: bool,
});

const attendee = record<Attendee>(
  { id: participant, mat: part, check: bool, hush: oneOf(HUSHES), late: bool },
  ["mat"],
);

type Of<T extends ServerMessage["t"]> = Extract<ServerMessage, { t: T }>;

/** A timeline has a segment in force, and at most one that will be. */
const segments: Reader<Segment[]> = (value) => {
  const found = list(segment, 2)(value);
  return found !== undefined && found.length > 0 ? found : undefined;
};

const gathering = record<Of<"gathering">>(
  {
    t: oneOf(["gathering"]),
    event: id,
    occurrence: text(15, 15),
    title: text(1, WIRE_LIMITS.eventTitleLength),
    template: oneOf(["class", "talk"]),
    state: oneOf(["doors", "live", "winding_down", "ended"]),
    starts_ms: ms,
    ends_ms: ms,
    stage: record<Anchor>({ x: across, z: across, yaw_deg: degrees }),
    lead: oneOf(["host", "host_away", "successor_asked", "autopilot", "nobody"]),
    people: list(staged, WIRE_LIMITS.staged),
    audience: oneOf(["near", "nobody"]),
    stage_only: bool,
    silence: bool,
    plan: u32,
    me: myPart,
    waiting: u32,
    late: u32,
  },
  ["waiting", "late"],
);

const ask = record<Of<"ask">>(
  {
    t: oneOf(["ask"]),
    ask: u32,
    kind: oneOf(["host", "take_over", "co_host", "speaker", "megaphone", "mat", "recentre"]),
    text: words,
    from: participant,
    until_ms: u32,
    mat: part,
  },
  ["from", "mat"],
);

export const GATHERING_READERS: readonly [string, Reader<ServerMessage>][] = [
  ["gathering", gathering],
  [
    "cues",
    record<Of<"cues">>({
      t: oneOf(["cues"]),
      plan: u32,
      title: words,
      total: cueCount,
      first: cueCount,
      cues: list(readCue, WIRE_LIMITS.cuesPage),
    }),
  ],
  [
    "timeline",
    record<Of<"timeline">>({ t: oneOf(["timeline"]), version: u32, plan: u32, segments }),
  ],
  [
    "hands",
    record<Of<"hands">>({
      t: oneOf(["hands"]),
      hands: list(record<Hand>({ id: participant, at_ms: u32 }), WIRE_LIMITS.handsShown),
      total: u32,
      mine: u32,
      floor: list(
        record<Floor>({ id: participant, until_ms: u32 }, ["until_ms"]),
        WIRE_LIMITS.staged,
      ),
    }),
  ],
  [
    "applause",
    record<Of<"applause">>({
      t: oneOf(["applause"]),
      counts: list(
        record<ReactionCount>({ kind: oneOf(REACTION_KINDS), count: positive }),
        REACTION_KINDS_MOST,
      ),
    }),
  ],
  [
    "formation",
    record<Of<"formation">>({
      t: oneOf(["formation"]),
      version: u32,
      kind: oneOf(["none", "rows", "arc", "circle"]),
      mats: list(
        record<Mat>({ id: part, x: across, z: across, yaw_deg: degrees }),
        WIRE_LIMITS.mats,
      ),
    }),
  ],
  ["ask", ask],
  [
    "ask_over",
    record<Of<"ask_over">>({
      t: oneOf(["ask_over"]),
      ask: u32,
      end: oneOf(["yes", "no", "expired", "withdrawn", "taken"]),
      text: words,
    }),
  ],
  [
    "attendees",
    record<Of<"attendees">>({
      t: oneOf(["attendees"]),
      reset: bool,
      people: list(attendee, WIRE_LIMITS.rosterPage),
      gone: list(participant, WIRE_LIMITS.rosterPage),
    }),
  ],
  [
    "waiting_room",
    record<Of<"waiting_room">>({
      t: oneOf(["waiting_room"]),
      people: list(
        record<Waiting>({
          account: id,
          name: text(1, WIRE_LIMITS.nameLength),
          since_ms: ms,
          asks: bool,
          late: bool,
        }),
        WIRE_LIMITS.waitingShown,
      ),
      total: u32,
    }),
  ],
];
