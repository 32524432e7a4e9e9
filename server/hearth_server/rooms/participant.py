"""One person present in a room: who they are to others, and whether they are still there."""

from dataclasses import dataclass, field

from hearth_protocol.control import Person
from hearth_protocol.limits import OBJECT_MOVES_PER_S
from hearth_server.rooms.identity import Identity
from hearth_server.rooms.ratelimit import TokenBucket

# A lost connection shows as away after this, and frees the seat after the resume token's life.
SHOWN_AWAY_AFTER_S = 3.0


def _chat_rate() -> TokenBucket:
    return TokenBucket(rate_per_s=1.0, burst=6.0)


def _reaction_rate() -> TokenBucket:
    return TokenBucket(rate_per_s=2.0, burst=8.0)


def _change_rate() -> TokenBucket:
    return TokenBucket(rate_per_s=1.0, burst=10.0)


def _grip_rate() -> TokenBucket:
    return TokenBucket(rate_per_s=4.0, burst=16.0)


def _gathering_rate() -> TokenBucket:
    return TokenBucket(rate_per_s=5.0, burst=20.0)


def _carry_rate() -> TokenBucket:
    return TokenBucket(rate_per_s=OBJECT_MOVES_PER_S, burst=OBJECT_MOVES_PER_S)


@dataclass(slots=True, eq=False)
class Participant:
    """A visit, from hello to leaving; it outlives its connections.

    Attributes:
        id: never reused by this node.
        slot: row in the world's arrays; recycled after the visit.
        person: as the roster tells of them.
        room_id: where they are.
        identity: who they are in a group's room; None in the operator's rooms.
        resume_token: opens this visit again once.
        lost_s: when the connection was lost, None while connected.
        said_away: they said themselves that nobody is there.
        shown_away: shown as away because the connection is lost.
    """

    id: int
    slot: int
    person: Person
    room_id: str
    identity: Identity | None = None
    resume_token: str = ""
    lost_s: float | None = None
    said_away: bool = False
    shown_away: bool = False
    chat_rate: TokenBucket = field(default_factory=_chat_rate)
    reaction_rate: TokenBucket = field(default_factory=_reaction_rate)
    change_rate: TokenBucket = field(default_factory=_change_rate)
    grip_rate: TokenBucket = field(default_factory=_grip_rate)
    carry_rate: TokenBucket = field(default_factory=_carry_rate)
    gathering_rate: TokenBucket = field(default_factory=_gathering_rate)

    @property
    def away(self) -> bool:
        """What others are to see."""
        return self.said_away or self.shown_away
