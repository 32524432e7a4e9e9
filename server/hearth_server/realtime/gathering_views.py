"""What of a gathering is told to whom: most is packed once, a few get a version of their own.

Whoever is kept apart from somebody is told nothing of them: not that they lead, raise a hand, lie
on a mat or clap, and no count has them in it.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from hearth_protocol.control import AnyServerMessage
from hearth_protocol.gathering import (
    GATHERING_FEATURE,
    Anchor,
    AnyRole,
    Cues,
    Floor,
    Formation,
    Hand,
    Hands,
    Hush,
    Lead,
    MyPart,
    Staged,
)
from hearth_protocol.gathering import Gathering as GatheringMessage
from hearth_protocol.limits import CUES_PAGE, HANDS_SHOWN, STAGED_MAX, U32_MAX
from hearth_server.community.permissions import Right
from hearth_server.realtime.news import News
from hearth_server.rooms.gathering.gathering import Gathering
from hearth_server.rooms.packing import Alike, pack
from hearth_server.rooms.participant import Participant
from hearth_server.rooms.room import Room

if TYPE_CHECKING:
    from hearth_server.realtime.connection import Connection
    from hearth_server.realtime.shard import Shard

_K = TypeVar("_K", bound=Hashable)
_NOTHING: Final = b""


@dataclass(slots=True)
class Part:
    """One piece of news: the same for most, packed once for each kind of receiver.

    Attributes:
        common: what most get.
        special: participants who get something else, or nothing.
        of: what somebody gets.
    """

    common: bytes
    special: set[int]
    of: "Callable[[Connection, Participant], bytes]"


def joined(parts: Sequence[Part], room: Room, shard: "Shard") -> News | None:
    """Return all parts as one piece of news; only for connections that know of gatherings."""
    if not parts:
        return None
    special = {who for part in parts for who in part.special}
    seated = shard.seats.connection
    for who in room.people.values():
        connection = seated[who.slot]
        if connection is None or not knows(connection):
            special.add(who.id)

    def own(connection: "Connection", who: Participant) -> bytes:
        if not knows(connection):
            return _NOTHING
        return b"".join(part.of(connection, who) for part in parts)

    return News([part.common for part in parts if part.common], special, own)


def knows(connection: "Connection") -> bool:
    """Say whether a connection is told of gatherings."""
    return GATHERING_FEATURE in connection.session.features


def shared(messages: Iterable[AnyServerMessage]) -> Part:
    """Return news that everybody gets alike."""
    frames = b"".join(pack(message) for message in messages)
    return Part(frames, set(), lambda _, __: frames)


class Views:
    """The gathering of one room as people are told of it.

    Args:
        shard: whose people they are.
        room_id: where it is.
        gathering: the gathering.
    """

    def __init__(self, shard: "Shard", room_id: str, gathering: Gathering) -> None:
        self._shard = shard
        self._room_id = room_id
        self._gathering = gathering
        self.anchor = Anchor(x=0.0, z=0.0, yaw_deg=180.0)
        #: How many wait to be let in, by the account of whoever is told.
        self.waiting: Callable[[Participant], int] = lambda _: 0

    # --- who is who ------------------------------------------------------------------------------

    def present(self, account: str) -> Participant | None:
        """Return somebody who is in the room."""
        who = self._shard.company.by_account.get(account)
        return who if who is not None and who.room_id == self._room_id else None

    def leads(self, who: Participant) -> bool:
        """Say whether somebody is told what only those who lead may know."""
        identity = who.identity
        if identity is None or identity.safe:
            return False
        return self._gathering.stage.leads(identity.account_id) or identity.may(Right.EDIT_GROUP)

    def lead(self, who: Participant) -> Lead:
        """Return how it is led as somebody may know it: of a host kept from them, nothing.

        What comes of a host who is gone for long is told to everybody.
        """
        lead, host = self._gathering.ladder.lead, self._gathering.stage.host
        if host is None or lead not in ("host", "host_away"):
            return lead
        return "nobody" if self._shard.apart.kept_from(who, host, self.present(host)) else lead

    def check_seen(self, who: Participant) -> bool:
        """Say whether anybody is here now who is told that somebody asks to be looked at."""
        here, unseen = self._gathering.here, self._shard.apart.untold(who.id)
        return any(
            each is not who
            and each.id not in unseen
            and each.identity is not None
            and each.identity.account_id in here
            and self.leads(each)
            and any(knows(one) for one in self._shard.company.connections_of(each))
            for each in self._shard.room_of(who).people.values()
        )

    def _ids(self, accounts: Iterable[str], unseen: AbstractSet[int]) -> Iterator[tuple[str, int]]:
        for account in accounts:
            who = self.present(account)
            if who is not None and who.id not in unseen:
                yield account, who.id

    # --- the gathering itself --------------------------------------------------------------------

    def gathering(self, who: Participant) -> GatheringMessage:
        """Return the gathering as somebody may know it."""
        return self._gathering_as(self._key(who))

    def _key(self, who: Participant, memo: "_Memo | None" = None) -> "_Key":
        gathering, identity = self._gathering, who.identity
        assert identity is not None
        account, unseen = identity.account_id, self._shard.apart.untold(who.id)
        stage = gathering.stage
        hush: Hush = stage.hushes.get(account, "none")
        me = (
            stage.role_of(account),
            hush,
            account in gathering.checks,
            account in gathering.checks and self.check_seen(who),
            account in gathering.attends,
            account in gathering.late,
        )
        lead = self.lead(who)
        people = _once(memo, unseen, self._staged)
        if not self.leads(who):
            return _Key(people, me, lead)
        late = sum(1 for _ in self._ids(gathering.late, unseen))
        return _Key(people, me, lead, (self.waiting(who), late))

    def _staged(self, unseen: AbstractSet[int]) -> "_StagedKey":
        stage = self._gathering.stage
        return tuple(
            (number, stage.role_of(each), each in stage.megaphones)
            for each, number in self._ids(stage.staged(), unseen)
        )

    def _gathering_as(self, key: "_Key") -> GatheringMessage:
        gathering, facts = self._gathering, self._gathering.facts
        role, hush, check, seen, attends, late = key.me
        counts = {} if key.counts is None else {"waiting": key.counts[0], "late": key.counts[1]}
        return GatheringMessage.model_validate(
            {
                "event": facts.event_id,
                "occurrence": facts.original,
                "title": facts.title,
                "template": facts.template,
                "state": gathering.state,
                "starts_ms": facts.starts_ms,
                "ends_ms": facts.ends_ms,
                "stage": self.anchor,
                "lead": key.lead,
                "people": [
                    Staged(id=who, role=None if what == "audience" else what, megaphone=loud)
                    for who, what, loud in key.people[:STAGED_MAX]
                ],
                "audience": gathering.audience,
                "stage_only": gathering.stage.stage_only,
                "silence": gathering.silent,
                "plan": facts.plan.version,
                "me": MyPart(
                    role=role, hush=hush, check=check, check_seen=seen, attends=attends, late=late
                ),
                **counts,
            }
        )

    def gathering_news(self, room: Room) -> Part:
        """Return the gathering for everybody in its room."""
        memo: _Memo = {}
        return by_version(
            room, lambda who: self._key(who, memo), lambda key: pack(self._gathering_as(key))
        )

    # --- the plan --------------------------------------------------------------------------------

    def cues(self) -> list[Cues]:
        """Return the plan, in pages."""
        plan = self._gathering.plan
        return [
            Cues(
                plan=plan.version,
                title=plan.title,
                total=len(plan.cues),
                first=first,
                cues=list(plan.cues[first : first + CUES_PAGE]),
            )
            for first in range(0, max(1, len(plan.cues)), CUES_PAGE)
        ]

    def timeline(self) -> AnyServerMessage:
        """Return where the plan is."""
        return self._gathering.timeline.told(self._gathering.plan.version)

    def formation(self) -> Formation:
        """Return how the mats lie."""
        mats = self._gathering.mats
        return Formation(version=mats.version & U32_MAX, kind=mats.kind, mats=list(mats.mats))

    # --- hands -----------------------------------------------------------------------------------

    def hands(self, who: Participant) -> Hands:
        """Return the queue as somebody may know it: who is not there has no place in it."""
        return self._hands_as(self._hands_key(who))

    def _hands_key(self, who: Participant, memo: "_Memo | None" = None) -> "_HandsKey":
        shown, place_of, floor = _once(memo, self._shard.apart.untold(who.id), self._queue)
        return _HandsKey(shown, len(place_of), place_of.get(who.id, 0), floor)

    def _queue(self, unseen: AbstractSet[int]) -> "_Queue":
        """Return the front of the queue, everybody's place in it, and who has the floor."""
        gathering = self._gathering
        raised, given = dict(gathering.hands.queue()), gathering.stage.floor
        queue = [(number, raised[each]) for each, number in self._ids(raised, unseen)]
        floor = [(number, given[each]) for each, number in self._ids(given, unseen)]
        place_of = {number: at for at, (number, _) in enumerate(queue, 1)}
        return tuple(queue[:HANDS_SHOWN]), place_of, tuple(floor[:STAGED_MAX])

    def _hands_as(self, key: "_HandsKey") -> Hands:
        return Hands(
            hands=[Hand(id=who, at_ms=at_ms & U32_MAX) for who, at_ms in key.queue],
            total=key.total,
            mine=key.mine,
            floor=[
                Floor(id=who, until_ms=None if until is None else until & U32_MAX)
                for who, until in key.floor
            ],
        )

    def hands_news(self, room: Room) -> Part:
        """Return the queue for everybody in the room."""
        memo: _Memo = {}
        alike: dict[_HandsKey, Alike] = {}

        def packed_as(key: _HandsKey) -> bytes:
            # Everybody in the queue has another place in it, and all else is the same.
            base = replace(key, mine=0)
            if base not in alike:
                alike[base] = Alike(self._hands_as(base), "mine")
            return alike[base].pack(key.mine)

        return by_version(room, lambda who: self._hands_key(who, memo), packed_as)


_StagedKey: TypeAlias = tuple[tuple[int, AnyRole, bool], ...]
_QueueKey: TypeAlias = tuple[tuple[int, int], ...]
_FloorKey: TypeAlias = tuple[tuple[int, int | None], ...]
_Queue: TypeAlias = tuple[_QueueKey, dict[int, int], _FloorKey]
#: What was worked out already in this tick, by those whom somebody may not know of.
_Memo: TypeAlias = dict[frozenset[int], Any]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Key:
    """All that differs between two people's versions of a gathering."""

    people: _StagedKey
    me: tuple[AnyRole, Hush, bool, bool, bool, bool]
    lead: Lead
    counts: tuple[int, int] | None = field(default=None)


@dataclass(frozen=True, slots=True)
class _HandsKey:
    """All that differs between two people's versions of the queue."""

    queue: _QueueKey
    total: int
    mine: int
    floor: _FloorKey


def _once(
    memo: _Memo | None, unseen: AbstractSet[int], work_out: Callable[[AbstractSet[int]], _T]
) -> _T:
    """Work something out once for all who may know of the same people."""
    if memo is None:
        return work_out(unseen)
    key = frozenset(unseen)
    if key not in memo:
        memo[key] = work_out(unseen)
    found: _T = memo[key]
    return found


def by_version(
    room: Room, key_of: Callable[[Participant], _K], packed_as: Callable[[_K], bytes]
) -> Part:
    """Pack each version once; what most get is the common one."""
    keys = {who.id: key_of(who) for who in room.people.values()}
    counted = Counter(keys.values()).most_common(1)
    if not counted:
        return Part(_NOTHING, set(), lambda _, __: _NOTHING)
    common = counted[0][0]
    packed = {key: packed_as(key) for key in set(keys.values())}

    def of(_: "Connection", who: Participant) -> bytes:
        key = keys.get(who.id)
        return packed[key] if key is not None else _NOTHING

    special = {who for who, key in keys.items() if key != common}
    return Part(packed[common], special, of)
