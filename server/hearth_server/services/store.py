"""The store as services see it: a transaction, and in it a repository for each kind of thing."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from hearth_server.community.ports.events import Events
from hearth_server.community.ports.groups import Groups
from hearth_server.community.ports.identity import Identities
from hearth_server.community.ports.moderation import Moderation
from hearth_server.community.ports.plans import Plans
from hearth_server.community.ports.rooms import RoomKeep
from hearth_server.community.ports.rsvps import Rsvps
from hearth_server.community.ports.runs import Runs
from hearth_server.community.ports.talk import Lines
from hearth_server.community.talk import Line, NewLine


class Tx(Protocol):
    """One transaction: everything read through it is of one moment."""

    @property
    def identity(self) -> Identities:
        """People and devices."""
        ...

    @property
    def groups(self) -> Groups:
        """Groups, members, norms."""
        ...

    @property
    def moderation(self) -> Moderation:
        """Reports, sanctions, audit."""
        ...

    @property
    def rooms(self) -> RoomKeep:
        """Rooms and designs."""
        ...

    @property
    def events(self) -> Events:
        """Events, and when they are."""
        ...

    @property
    def talk(self) -> Lines:
        """What was said."""
        ...

    @property
    def plans(self) -> Plans:
        """Session plans, and groups' own poses."""
        ...

    @property
    def rsvps(self) -> Rsvps:
        """Who goes to which event."""
        ...

    @property
    def runs(self) -> Runs:
        """Gatherings that go on."""
        ...


class Store(Protocol):
    """Where transactions come from."""

    @property
    def epoch(self) -> int:
        """Grows with every transaction of this process that wrote, those of talk alone apart."""
        ...

    @property
    def facts_epoch(self) -> int:
        """The same, those apart too that kept nothing but how gatherings go on."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Tx]:
        """Begin a transaction that only reads."""
        ...

    def writing(self) -> AbstractAsyncContextManager[Tx]:
        """Begin a transaction that is durable once its block has ended without an exception."""
        ...

    async def keep_lines(self, lines: Sequence[NewLine], /) -> Sequence[Line | None]:
        """Keep lines in this order, all or none; they are durable once this returns.

        A line whose author and key are kept already is not kept again: it comes back as the first
        one is. None: it is gone already.
        """
        ...
