/** What the headset's menu and notes show, gathered from the state of room, voice and settings. Pure. */

import { kindsFor } from "../net/moderation";
import { type AudienceRule, audienceRule } from "../state/audience-rule";
import type { LineFacts, PersonView, RoomState } from "../state/room-state";
import type { Settings } from "../state/settings";
import type { Said, VoiceState } from "../state/voice-state";
import type { Actions, GroupActions } from "../ui/actions";
import { earshotSummary } from "../ui/room/earshot-panel";
import { micFace } from "../ui/room/voice-dock";
import { G } from "../ui/strings-group-room";
import { V } from "../ui/strings-voice";
import type { MenuGroup } from "../xr/menu/menu-group";
import type { MenuData, MenuPerson } from "../xr/menu/menu-pages";
import { type MenuVoice, NO_VOICE } from "../xr/menu/menu-voice";
import type { CaptionWords } from "../xr/menu/note-page";
import { menuGathering } from "./menu-gathering-data";

const CHAT_LINES = 12;

export function menuData(
  state: RoomState,
  actions: Actions,
  settings: Readonly<Settings>,
): MenuData {
  const voice = actions.voice?.state ?? null;
  const people = [...state.people.values()]
    .sort((a, b) => (a.distanceM < 0 ? 1e6 : a.distanceM) - (b.distanceM < 0 ? 1e6 : b.distanceM))
    .map((person) => menuPerson(person, voice, actions.group ?? null));
  const hidden = [...state.hidden].map(
    ([id, name]): MenuPerson => ({
      id,
      name,
      colour: "#7d6c86",
      away: false,
      hidden: true,
      distanceM: null,
      muted: false,
      volume: 1,
      mic: "",
      near: null,
    }),
  );
  return {
    roomName: state.room?.name ?? "",
    people: [...people, ...hidden],
    chat: state.chat
      .filter(({ line }) => line?.deleted !== true)
      .slice(-CHAT_LINES)
      .map(({ name, text, line }) => ({ name: lineOwner(name, line), text })),
    connection: state.line.phase === "reconnecting" ? "reconnecting…" : "connected",
    voice:
      voice === null
        ? NO_VOICE
        : menuVoice(voice, state, settings, audienceRule(actions.gathering)),
    group: actions.group === undefined ? null : menuGroup(actions.group),
    gathering: menuGathering(actions.gathering, settings),
    may: { safePlace: actions.safePlace !== undefined },
    heightOffsetM: 0,
    turn: "snap30",
    glide: false,
    leftHanded: false,
  };
}

function lineOwner(name: string, line: LineFacts | null): string {
  if (line === null || line.elsewhere === null) return name;
  return `${name} · ${line.elsewhere === "" ? G.chat.onPage : G.chat.inRoom(line.elsewhere)}`;
}

function menuGroup(group: GroupActions): MenuGroup {
  const { commons } = group;
  return {
    safe: commons.safe,
    boundary: commons.boundary,
    forced: commons.forced,
    acts: kindsFor((right) => commons.may(right)),
    mayWrite: commons.may("write"),
  };
}

/** Captions with the names of who says them. */
export function captionWords(said: readonly Said[], state: RoomState): CaptionWords[] {
  return said.map(({ from, text }) => ({ name: nameOf(from, state), text }));
}

function nameOf(id: number, state: RoomState): string {
  if (id === state.me.id) return state.me.name;
  return state.people.get(id)?.name ?? V.earshot.somebody;
}

function menuPerson(
  person: PersonView,
  voice: VoiceState | null,
  group: GroupActions | null,
): MenuPerson {
  const muted = voice?.muted.has(person.id) ?? false;
  const offered = voice?.offered ?? false;
  return {
    id: person.id,
    name: person.name,
    colour: person.primary,
    away: person.away,
    hidden: false,
    distanceM: person.distanceM < 0 ? null : person.distanceM,
    muted,
    volume: voice?.volumeOf(person.id) ?? 1,
    mic: !offered ? "" : muted ? V.person.mutedShort : V.marks[person.mic],
    near: group?.commons.you?.companion === false ? group.commons.nearTo(person.id) : null,
  };
}

function menuVoice(
  voice: VoiceState,
  state: RoomState,
  settings: Readonly<Settings>,
  rule: AudienceRule,
): MenuVoice {
  if (!voice.offered) return NO_VOICE;
  const face = micFace(voice, settings.talkMode);
  const { text, list } = earshotSummary(voice, rule);
  const hearers = list ? (voice.earshot?.hearers ?? []) : [];
  const counted = face.state === "on" && voice.earshot !== null;
  return {
    offered: true,
    mic: {
      label: counted ? V.dock.hear(voice.hearerCount) : face.label,
      icon: face.icon === "mic" ? "mic" : face.icon === "headphones" ? "ear" : "micOff",
      open: voice.open,
      barred: face.state === "barred",
    },
    summary: text,
    hearers: hearers.map(({ id, reason }) => ({
      name: nameOf(id, state),
      reason: V.reasons[reason],
    })),
    more: list ? (voice.earshot?.more ?? 0) : 0,
    deafened: voice.deafened,
    earmuffM: settings.earmuffM,
    mode: settings.talkMode,
  };
}
