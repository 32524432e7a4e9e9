"""Who is here, as messages: pages for newcomers and one change note a tick for the others.

Pages are encoded once and kept until somebody on them changes, so that a crowd arriving at once
costs a page each and not everybody each.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from hearth_protocol.control import HiddenPerson, Person, PersonChange, PersonGone, Roster
from hearth_protocol.limits import ROSTER_PAGE
from hearth_server.rooms.packing import pack

T = TypeVar("T")


class Pages:
    """Everybody in a room, on pages of at most 256, each encoded when first asked for."""

    def __init__(self) -> None:
        self._pages: list[dict[int, Person]] = [{}]
        self._page_of: dict[int, int] = {}
        self._encoded: dict[tuple[int, bool, bool], bytes] = {}

    def put(self, person: Person) -> None:
        """Add somebody, or replace what was known of them."""
        index = self._page_of.get(person.id)
        if index is None:
            index = self._page_with_room()
            self._page_of[person.id] = index
        self._pages[index][person.id] = person
        self._spoil(index)

    def drop(self, participant_id: int) -> None:
        """Take somebody off."""
        index = self._page_of.pop(participant_id)
        del self._pages[index][participant_id]
        self._spoil(index)

    def frames(self) -> Iterator[bytes]:
        """Yield the packed pages, the first with `reset`, the last with `last_page`."""
        used = [index for index, page in enumerate(self._pages) if page] or [0]
        for index in used:
            key = (index, index == used[0], index == used[-1])
            frame = self._encoded.get(key)
            if frame is None:
                frame = pack(_page(self._pages[index].values(), key[1], key[2]))
                self._encoded[key] = frame
            yield frame

    def frames_without(
        self, unseen: Collection[int], hidden: Sequence[HiddenPerson]
    ) -> Iterator[bytes]:
        """Yield pages made for one person who may not see everybody."""
        people = [
            person for page in self._pages for person in page.values() if person.id not in unseen
        ]
        chunks = list(_chunks(people)) or [[]]
        for index, chunk in enumerate(chunks):
            page = _page(chunk, index == 0, index == len(chunks) - 1)
            if index == 0:
                page = page.model_copy(update={"hidden": list(hidden[:ROSTER_PAGE])})
            yield pack(page)

    def _page_with_room(self) -> int:
        for index in range(len(self._pages) - 1, -1, -1):
            if len(self._pages[index]) < ROSTER_PAGE:
                return index
        self._pages.append({})
        return len(self._pages) - 1

    def _spoil(self, index: int) -> None:
        for first in (False, True):
            for last in (False, True):
                self._encoded.pop((index, first, last), None)


@dataclass(slots=True)
class Changes:
    """What happened in a room since the last tick, coalesced by person."""

    joined: dict[int, Person] = field(default_factory=dict)
    changed: dict[int, PersonChange] = field(default_factory=dict)
    #: Who went, with those to whom they were not there anyway.
    left: dict[int, frozenset[int]] = field(default_factory=dict)

    def join(self, person: Person) -> None:
        """Somebody came."""
        self.joined[person.id] = person

    def change(self, change: PersonChange) -> None:
        """Somebody looks different; several changes become one."""
        fields = change.model_dump(exclude_none=True)
        if change.id in self.joined:
            self.joined[change.id] = self.joined[change.id].model_copy(update=fields)
        elif change.id in self.changed:
            self.changed[change.id] = self.changed[change.id].model_copy(update=fields)
        else:
            self.changed[change.id] = change

    def leave(self, participant_id: int, unseen_by: frozenset[int]) -> None:
        """Somebody went; who came in the same tick was never there."""
        self.changed.pop(participant_id, None)
        if self.joined.pop(participant_id, None) is None:
            self.left[participant_id] = unseen_by

    def __bool__(self) -> bool:
        return bool(self.joined or self.changed or self.left)

    def concerns(self, observer: int) -> bool:
        """Say whether somebody went whom this observer did not see anyway."""
        return any(observer in unseen_by for unseen_by in self.left.values())

    def messages(self, observer: int = 0, unseen: Collection[int] = ()) -> list[Roster]:
        """Return the roster messages of this tick.

        Args:
            observer: whom they are for; 0 for everybody who sees everybody.
            unseen: those the observer may not see.
        """
        joined = [person for person in self.joined.values() if person.id not in unseen]
        changed = [change for change in self.changed.values() if change.id not in unseen]
        left = [
            PersonGone(id=gone)
            for gone, unseen_by in self.left.items()
            if observer not in unseen_by
        ]
        return [Roster(joined=a, changed=b, left=c) for a, b, c in _abreast(joined, changed, left)]


def _abreast(
    joined: list[Person], changed: list[PersonChange], left: list[PersonGone]
) -> Iterator[tuple[list[Person], list[PersonChange], list[PersonGone]]]:
    """Cut three lists side by side into pieces that fit one message each."""
    longest = max(len(joined), len(changed), len(left))
    for at in range(0, longest, ROSTER_PAGE):
        end = at + ROSTER_PAGE
        yield joined[at:end], changed[at:end], left[at:end]


def _page(people: Iterable[Person], first: bool, last: bool) -> Roster:
    return Roster(reset=first, last_page=last, joined=list(people))


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, ROSTER_PAGE)):
        yield chunk
