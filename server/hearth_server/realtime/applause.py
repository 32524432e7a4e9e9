"""Reactions of an audience, counted instead of shown one by one; no count has those apart in it."""

from collections import Counter
from typing import TYPE_CHECKING, Final

from hearth_protocol.fields import ReactionKind
from hearth_protocol.gathering import Applause as ApplauseMessage
from hearth_protocol.gathering import ReactionCount
from hearth_server.realtime.gathering_views import Part, by_version
from hearth_server.rooms.packing import pack
from hearth_server.rooms.participant import Participant
from hearth_server.rooms.room import Room

if TYPE_CHECKING:
    from hearth_server.realtime.shard import Shard

#: With more people than this in the room.
COUNTED_FROM: Final = 8


class Applause:
    """The reactions in one room since they were last told."""

    def __init__(self, shard: "Shard") -> None:
        self._shard = shard
        self._by: dict[int, Counter[ReactionKind]] = {}
        self._due = False

    def clap(self, who: Participant, kind: ReactionKind) -> None:
        """Somebody of the audience reacts."""
        self._by.setdefault(who.id, Counter())[kind] += 1

    def forget(self, who_id: int) -> None:
        """Somebody left: whom they may not know of is not kept apart from them any more."""
        self._by.pop(who_id, None)

    def due(self) -> None:
        """What came so far is told at this tick."""
        self._due = bool(self._by)

    def take(self, room: Room) -> list[Part]:
        """Return the counts if they are due, and start afresh."""
        if not self._due:
            return []
        by, self._by, self._due = self._by, {}, False
        everybody: Counter[ReactionKind] = sum(by.values(), Counter())

        def counts_for(who: Participant) -> tuple[tuple[ReactionKind, int], ...]:
            counted = everybody
            unseen = self._shard.apart.untold(who.id) & by.keys()
            if unseen:
                counted = everybody - sum((by[each] for each in unseen), Counter())
            return tuple(sorted(counted.items()))

        return [by_version(room, counts_for, _packed)]


def _packed(counts: tuple[tuple[ReactionKind, int], ...]) -> bytes:
    if not counts:
        return b""
    told = [ReactionCount(kind=kind, count=count) for kind, count in counts]
    return pack(ApplauseMessage(counts=told))
