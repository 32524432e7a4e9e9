"""What somebody goes on with on another device in the same room: their safety, not their place.

A visit ends with its avatar, and the next one has another number and stands elsewhere. Whoever is
in the safe place, hid somebody, is hidden, chose a boundary for this visit or agreed to stand
near has that from before anybody is told of the new one.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hearth_server.community.accounts import Boundary
from hearth_server.rooms.participant import Participant

if TYPE_CHECKING:
    from hearth_server.realtime.shard import Shard


@dataclass(frozen=True, slots=True)
class _Kept:
    """Of the visit before: participants are those who are still here."""

    room_id: str
    safe: bool
    boundary: Boundary
    hid: frozenset[int]
    hid_by: frozenset[int]
    let: frozenset[int]
    let_by: frozenset[int]


class TakingOver:
    """From one visit of an account to its next, while the first one makes way."""

    def __init__(self, shard: "Shard") -> None:
        self._shard = shard
        self._kept: dict[str, _Kept] = {}

    def put_by(self, older: Participant) -> None:
        """Somebody's visit is about to end because they come anew."""
        identity, shard = older.identity, self._shard
        if identity is None:
            return
        let, let_by = shard.near.between(older.id)
        self._kept[identity.account_id] = _Kept(
            older.room_id,
            identity.safe,
            identity.boundary,
            shard.apart.hiding.hidden_by(older.id),
            shard.apart.hiding.hiders_of(older.id),
            let,
            let_by,
        )

    def hand_over(self, who: Participant) -> None:
        """They came, and nobody knows yet: give them what they had, if it is the same room."""
        identity = who.identity
        kept = self._kept.pop(identity.account_id, None) if identity is not None else None
        if identity is None or kept is None or kept.room_id != who.room_id:
            return
        identity.safe, identity.boundary = kept.safe, kept.boundary
        self._shard.apart.hide_again(who, kept.hid, kept.hid_by)
        self._shard.near.let_again(who, kept.let, kept.let_by)
