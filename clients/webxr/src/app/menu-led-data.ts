/** What the headset's menu shows to whoever may lead a gathering, gathered from its state. Pure. */
import { clockText } from "../state/cue-view";
import { actsFor } from "../state/gathering-may";
import { planLengthMs } from "../state/timeline";
import type { GatheringActions } from "../ui/gathering-actions";
import { type Row, rosterRows, rowWords } from "../ui/room/console-people";
import { stepMore } from "../ui/room/console-plan";
import { GA } from "../ui/strings-gathering";
import { GW } from "../ui/strings-wrist";
import type { LedPerson, LedWaiting, MenuLed } from "../xr/menu/menu-led";

const CHECKS_NAMED = 3;

export function menuLed(gathering: GatheringActions): MenuLed | null {
  const { state } = gathering;
  const { now } = state;
  if (now === null || !gathering.mayLead()) return null;
  const { hands, total } = state.hands;
  const host = state.host === 0 ? "" : gathering.nameOf(state.host);
  return {
    who: whoLeads(gathering, host),
    host,
    mayTake: gathering.mayTakeLead(),
    people: people(gathering),
    nextHand: hands[0] === undefined ? "" : gathering.nameOf(hands[0].id),
    hands: total,
    checks: checkNames(gathering),
    audience: now.audience,
    stageOnly: now.stage_only,
    silence: now.silence,
    formation: state.formation.kind,
    matWords: matWords(gathering),
    waiting: waiting(gathering),
    waitingTotal: state.waiting.total,
    steps: state.cues,
    stepMore: (step) => stepMore(gathering, step),
    step: gathering.clock.at?.cue ?? -1,
    share: (gathering.clock.at?.planMs ?? 0) / Math.max(1, planLengthMs(state.cues)),
  };
}

/** The first few who would like to be looked at. */
export function checkNames(gathering: GatheringActions): string[] {
  const asking = [...gathering.state.attendees.values()].filter(({ check }) => check);
  return asking.slice(0, CHECKS_NAMED).map(({ id }) => gathering.nameOf(id));
}

function whoLeads({ state, me }: GatheringActions, host: string): string {
  const lead = state.now?.lead ?? "nobody";
  if (lead !== "host" && lead !== "nobody") return GW.marks.lead[lead];
  if (host === "") return GW.marks.lead.nobody;
  return state.host === me ? GA.leading.me : GA.leading.host(host);
}

function people(gathering: GatheringActions): LedPerson[] {
  const { hands, floor } = gathering.state.hands;
  const places = new Map(hands.map(({ id }, i) => [id, i + 1]));
  const speaking = new Set(floor.map(({ id }) => id));
  const deciding = gathering.decides();
  const all = rosterRows(gathering).map((row): LedPerson => {
    const hand = places.get(row.id) ?? 0;
    const role = row.role;
    const hush = row.attendee?.hush ?? "none";
    const { id, name, megaphone } = row;
    return {
      ...{ id, name, hand, words: words(row, hand, speaking.has(id)) },
      check: row.attendee?.check ?? false,
      acts: actsFor({ role, hush, megaphone, handUp: hand > 0 }, deciding),
    };
  });
  const first = ({ check, hand }: LedPerson) => (check ? 0 : hand > 0 ? hand : Number.MAX_VALUE);
  return all.sort((a, b) => first(a) - first(b));
}

function words(row: Row, hand: number, hasFloor: boolean): string {
  // On the floor one is on stage: both words would say the same.
  const facts = hasFloor && row.role === "speaker" ? { ...row, role: "audience" as const } : row;
  return [hand > 0 ? GW.hand(hand) : "", hasFloor ? GW.hasFloor : "", rowWords(facts)]
    .filter((word) => word !== "")
    .join(" · ");
}

function matWords({ state }: GatheringActions): string {
  const { formation, attendees } = state;
  if (formation.kind === "none") return "";
  const taken = [...attendees.values()].filter(({ mat }) => mat !== undefined).length;
  return GA.console.matsTaken(taken, formation.mats.length);
}

function waiting({ state }: GatheringActions): LedWaiting[] {
  return state.waiting.people.map(({ account, name, since_ms, asks, late }) => ({
    ...{ account, name, asks },
    words: waitWords(asks, late, clockText(Math.max(0, Date.now() - since_ms))),
  }));
}

function waitWords(asks: boolean, late: boolean, time: string): string {
  const waits = asks ? GW.asks(time) : GW.waits(time);
  return late ? `${waits} · ${GW.late}` : waits;
}
