/**
 * Reads the server's voice messages and the state of a microphone (WIRE 5 and 11). Pure; `control.ts`
 * puts these beside the readers of everything else.
 */
import {
  type Earshape,
  type Hearer,
  type IceServer,
  type Person,
  type ServerMessage,
  type SlotTalker,
  WIRE_LIMITS,
} from "./control.gen";
import {
  between,
  bool,
  integer,
  list,
  number,
  oneOf,
  participant,
  type Reader,
  record,
  text,
  u32,
} from "./readers";

/** A microphone as the server sees it; the last two are not the person's own doing. */
export type Mic = Person["mic"];
/** Why one's own microphone is `hard_muted`. */
export type MutedBy = NonNullable<Extract<ServerMessage, { t: "voice_state" }>["muted_by"]>;
/** Why somebody is heard. */
export type HearingReason = SlotTalker["reason"];

export const readMic: Reader<Mic> = oneOf(["none", "off", "on", "soft_muted", "hard_muted"]);
const mutedBy: Reader<MutedBy> = oneOf([
  "zone",
  "safe",
  "unsigned",
  "group",
  "rights",
  "gathering",
]);
const reason: Reader<HearingReason> = oneOf(["near", "stage", "zone", "bubble", "moderator"]);
const words = text(0, WIRE_LIMITS.textLength);
const sdp = text(1, WIRE_LIMITS.sdpLength);
const credential = text(0, WIRE_LIMITS.tokenLength);
const MOST_M = 1e6;

const positiveNumber: Reader<number> = (value) => {
  const found = number(value);
  return found !== undefined && found > 0 ? found : undefined;
};

const shape = record<Earshape>({
  ref_m: positiveNumber,
  rolloff: between(0, MOST_M),
  enter_m: positiveNumber,
  leave_m: positiveNumber,
  cone_inner_deg: between(0, 360),
  cone_outer_deg: between(0, 360),
  cone_outer_gain: between(0, 1),
});

const iceServer = record<IceServer>(
  { urls: list(text(1, 300), 8), username: credential, credential },
  ["username", "credential"],
);

type Of<T extends ServerMessage["t"]> = Extract<ServerMessage, { t: T }>;

export const VOICE_READERS: readonly [string, Reader<ServerMessage>][] = [
  [
    "voice",
    record<Of<"voice">>(
      {
        t: oneOf(["voice"]),
        available: bool,
        session: u32,
        text: words,
        spread_ms: integer(0, 60_000),
        ice_servers: list(iceServer, 8),
        shape,
        mic: readMic,
        muted_by: mutedBy,
      },
      ["muted_by"],
    ),
  ],
  ["voice_answer", record<Of<"voice_answer">>({ t: oneOf(["voice_answer"]), rid: u32, sdp })],
  [
    "voice_state",
    record<Of<"voice_state">>(
      {
        t: oneOf(["voice_state"]),
        connection: oneOf(["none", "connecting", "connected", "weak", "closed"]),
        path: oneOf(["none", "udp", "tcp"]),
        mic: readMic,
        muted_by: mutedBy,
        text: words,
      },
      ["muted_by"],
    ),
  ],
  [
    "voice_slots",
    record<Of<"voice_slots">>({
      t: oneOf(["voice_slots"]),
      slots: list(
        record<SlotTalker>({ slot: integer(0, WIRE_LIMITS.voiceSlots - 1), participant, reason }),
        WIRE_LIMITS.voiceSlots,
      ),
    }),
  ],
  [
    "earshot",
    record<Of<"earshot">>({
      t: oneOf(["earshot"]),
      hearers: list(record<Hearer>({ id: participant, reason }), 64),
      more: u32,
      epoch: u32,
    }),
  ],
  [
    "caption",
    record<Of<"caption">>({
      t: oneOf(["caption"]),
      from: participant,
      text: text(1, WIRE_LIMITS.captionLength),
      final: bool,
      at_ms: u32,
    }),
  ],
];
