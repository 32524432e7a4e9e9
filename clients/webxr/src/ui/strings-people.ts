/** Words about other people, the same on pages and in rooms: reports, and acts of moderators. In English. */
import type { SanctionKind } from "../net/moderation";

/** How long an act lasts, in minutes; "" for good. */
const LENGTHS: readonly (readonly [string, string])[] = [
  ["10", "10 minutes"],
  ["60", "An hour"],
  ["1440", "A day"],
  ["10080", "A week"],
  ["43200", "30 days"],
  ["", "For good"],
];

type Named = Record<SanctionKind, (name: string) => string>;
type Plain = Record<SanctionKind, string>;

export const PP = {
  cancel: "Cancel",
  report: {
    title: (name: string) => `Report ${name}`,
    titleLine: (name: string) => `Report a line of ${name}`,
    lead: "Goes to this group’s moderators only. Nobody is told who wrote about them; an owner can read the words.",
    norm: "Which norm is it about?",
    noNorm: "None of them",
    text: "What happened?",
    textMissing: "Say in a few words what happened.",
    send: "Send the report",
    sent: "Thank you. The moderators will look at it.",
    block: (name: string) => `Block ${name} too`,
    blockHelp:
      "Neither of you sees or hears the other in groups and their rooms, except where one of you answers reports.",
  },
  act: {
    title: {
      mute: (name) => `Mute ${name} for all`,
      remove: (name) => `Put ${name} out of the room`,
      bar: (name) => `Bar ${name} from the room`,
      ban: (name) => `Ban ${name} from the group`,
    } satisfies Named,
    button: {
      mute: "Mute for all",
      remove: "Put out of the room",
      bar: "Bar from the room",
      ban: "Ban from the group",
    } satisfies Plain,
    lead: {
      mute: "Nobody hears or reads them in this group until it ends or is lifted.",
      remove: "They leave the room they are in now and may come back.",
      bar: "They leave that room and cannot enter it until it ends or is lifted.",
      ban: "They leave the group at once and cannot come back until it ends or is lifted.",
    } satisfies Plain,
    done: {
      mute: (name) => `${name} is muted.`,
      remove: (name) => `${name} is out of the room.`,
      bar: (name) => `${name} is barred.`,
      ban: (name) => `${name} is banned.`,
    } satisfies Named,
    reason: "Why (they will read it)",
    reasonMissing: "Give a reason: they will read it, and so will the other moderators.",
    length: "For how long",
    lengths: LENGTHS,
    room: "From which room",
    lift: "Undo",
    lifted: "Lifted.",
  },
} as const;
