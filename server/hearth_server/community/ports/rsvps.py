"""What is kept of answers to events: who goes, who waits, who would like that it be kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from hearth_server.community.events.records import Rsvp, RsvpCount, RsvpPerson, RsvpState

#: An occurrence: the event, and when its rule has it begin.
Key: TypeAlias = tuple[str, str]
NO_APART: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MyRsvp:
    """Somebody's own answer.

    Attributes:
        position: on the waiting list from 1, a party being one; 0 off it.
        here: how many guests of theirs came in.
    """

    rsvp: Rsvp
    position: int = 0
    here: int = 0


class Rsvps(Protocol):
    """Answers of occurrences. Whoever changes them holds the event first."""

    async def hold(self, event_id: str, /) -> bool:
        """Let nobody else change an event's answers until the end; False: there is no such one."""
        ...

    async def get(self, key: Key, account_id: str, /) -> Rsvp | None:
        """Return somebody's answer."""
        ...

    async def mine(
        self, key: Key, account_id: str, apart: Collection[str] = NO_APART, /
    ) -> MyRsvp | None:
        """Return somebody's answer and their place on the waiting list, without `apart` on it."""
        ...

    async def own(
        self, account_id: str, keys: Collection[Key], apart: Collection[str] = NO_APART, /
    ) -> Mapping[Key, MyRsvp]:
        """Return somebody's answers to these occurrences, as `mine` does."""
        ...

    async def count(self, key: Key, /) -> RsvpCount:
        """Return how full an occurrence is, whoever asks."""
        ...

    async def counts(
        self, keys: Collection[Key], apart: Collection[str] = NO_APART, /
    ) -> Mapping[Key, RsvpCount]:
        """Return how full these are to somebody who is kept apart from `apart`."""
        ...

    async def guests_here(self, key: Key, account_id: str, /) -> int:
        """Count the guests whom somebody brought who came in."""
        ...

    async def brought(
        self, key: Key, account_ids: Collection[str], /
    ) -> Mapping[str, Sequence[str]]:
        """Return whose guest links for this day these came by, by who came."""
        ...

    async def next_turn(self, key: Key, /) -> int:
        """Return the turn of the next who answers."""
        ...

    async def put(self, rsvp: Rsvp, /) -> None:
        """Keep an answer, in place of what was there."""
        ...

    async def drop(self, key: Key, account_id: str, /) -> bool:
        """Take an answer away; say whether there was one."""
        ...

    async def waiting(self, key: Key, most: int, limit: int, /) -> Sequence[Rsvp]:
        """Return the first of those who wait, parties of more than `most` left out."""
        ...

    async def answers(self, key: Key, states: Collection[RsvpState], /) -> Sequence[Rsvp]:
        """Return answers in these states, by turn."""
        ...

    async def people(
        self, key: Key, after: int | None, limit: int, apart: Collection[str] = NO_APART, /
    ) -> Sequence[RsvpPerson]:
        """Return answers by turn, released ones left out, each with whose it is."""
        ...

    async def attended(
        self, key: Key, apart: Collection[str] = NO_APART, /
    ) -> Sequence[RsvpPerson]:
        """Return those who came and let it be kept, by when they came; so with guests."""
        ...

    async def forget(self, key: Key, /) -> None:
        """Keep of what is over that those came who let it be kept, and nothing else."""
        ...

    async def remembers(self, key: Key, /) -> bool:
        """Say whether more is kept of an occurrence than `forget` would leave."""
        ...

    async def remembered(self) -> Sequence[Key]:
        """Return the occurrences, to come and over, of which that is so."""
        ...

    async def ran_out(self, now_ms: int, /) -> Sequence[Key]:
        """Return occurrences with an offered place that is no longer kept."""
        ...

    async def next_end_ms(self) -> int | None:
        """Return when the next offered place stops being kept."""
        ...

    async def with_waiting(self) -> Sequence[Key]:
        """Return occurrences of which somebody waits or is offered a place."""
        ...

    async def keys_of(self, account_id: str, group_id: str | None, /) -> Sequence[Key]:
        """Return the occurrences, in one group or everywhere, that somebody answered to."""
        ...

    async def came(self, key: Key, account_id: str, now_ms: int, /) -> None:
        """Keep that somebody came who lets it be kept; the first time counts."""
        ...

    async def running(self) -> Sequence[tuple[Key, str]]:
        """Return the occurrences that go on now, each with its room."""
        ...
