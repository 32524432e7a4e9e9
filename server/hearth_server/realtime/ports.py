"""What realtime needs from the rest of a node, as Protocols that app.py satisfies."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from hearth_protocol.voice import IceServer
from hearth_server.clock import Clock
from hearth_server.community.events.runs import RunKept
from hearth_server.community.relations import RelationBook
from hearth_server.community.sanctions import SanctionBook
from hearth_server.community.spaces import ObjectKept
from hearth_server.errors import Refusal
from hearth_server.metrics import Metrics
from hearth_server.services.live import TalkDesk
from hearth_server.settings import Settings
from hearth_server.tokens import Grant, TicketBook

U32 = npt.NDArray[np.uint32]


class Addressed(Protocol):
    """A client as the address limits see it."""

    @property
    def host(self) -> str:
        """The client's address, proxies already seen through."""
        ...

    @property
    def bucket(self) -> str:
        """What to count by."""
        ...

    @property
    def exempt(self) -> bool:
        """Whether address limits do not apply."""
        ...


class Addresses(Protocol):
    """Reads addresses and origins as the operator's settings say."""

    def client(self, peer_host: str | None, headers: Sequence[tuple[bytes, bytes]], /) -> Addressed:
        """Return who is calling, given the socket's peer and lower-case header names."""
        ...

    def origin_allowed(self, origin: str | None, host: str | None, /) -> bool:
        """Say whether an Origin is absent or this site's own."""
        ...


class AddressLimits(Protocol):
    """Budgets of attempts that came to nothing, by address."""

    def take(self, budget: str, address: Addressed, /) -> Refusal | None:
        """Count one attempt, or refuse it."""
        ...

    def give_back(self, budget: str, address: Addressed, /) -> None:
        """The attempt succeeded after all."""
        ...


class VoiceLine(Protocol):
    """The way to the voice worker. Nothing here waits: answers come to the voice desk later."""

    def offer(self, participant: int, rid: int, sdp: str, /) -> None:
        """Pass on somebody's offer."""
        ...

    def close(self, participant: int, reason: str, /) -> None:
        """End somebody's sound."""
        ...

    def route(self, epoch: int, listeners: U32, rows: U32, /) -> None:
        """Say whom some listeners hear: [n] and [n, 8] participant ids, 0 for nobody."""
        ...

    def ice_servers(self, participant: int, /) -> list[IceServer]:
        """Return relays that this participant may use for a while."""
        ...


class RoomKeeper(Protocol):
    """Keeps groups' rooms and reads them anew. Nothing here waits."""

    def refresh(self, room_id: str, /) -> None:
        """Read a room anew; the answer comes to `LiveRooms.refreshed`."""
        ...

    def recheck(self, account_id: str, group_id: str, /) -> None:
        """Read somebody's standing anew; the answer comes to `LiveRooms.standing_changed`."""
        ...

    def keep(self, room_id: str, objects: Sequence[ObjectKept], /) -> None:
        """Keep where these objects stand, soon."""
        ...

    def mute(self, account_id: str, other_id: str, on: bool, /) -> None:
        """Keep, soon, that one does not want to hear another, or does again."""
        ...


class RunKeeper(Protocol):
    """Keeps how gatherings go on, and what leaders decide at their doors. Nothing here waits."""

    def keep(self, run: RunKept, /) -> None:
        """Keep a gathering as it is now, soon; the newest word counts."""
        ...

    def came(self, event_id: str, original: str, account_id: str, /) -> None:
        """Somebody came; it is kept of whoever lets it be."""
        ...

    def attends(self, event_id: str, original: str, account_id: str, on: bool, /) -> None:
        """Keep whether somebody lets it be kept that they came."""
        ...

    def admit(
        self, event_id: str, original: str, account_id: str, yes: bool, seconds: int | None, /
    ) -> Refusal | None:
        """Let somebody in who waits outside, for a while if `seconds` says so, or send them off."""
        ...


class Waiter(Protocol):
    """Somebody who waits to be let into a gathering."""

    @property
    def account_id(self) -> str:
        """Who."""
        ...

    @property
    def name(self) -> str:
        """Their name."""
        ...

    @property
    def since_ms(self) -> int:
        """Since when (Unix epoch)."""
        ...

    @property
    def asks(self) -> bool:
        """Whether they would like to step in for a moment."""
        ...

    @property
    def late(self) -> bool:
        """Whether they came after the late-comers' minute."""
        ...


class WaitingList(Protocol):
    """Who waits to be let into gatherings."""

    def people(self, key: tuple[str, str], /) -> Sequence[Waiter]:
        """Return who waits before an occurrence (event, original), who came first first."""
        ...


@dataclass(frozen=True, slots=True)
class Community:
    """What groups' rooms need: the books in memory, and who keeps what is said and moved."""

    relations: RelationBook
    sanctions: SanctionBook
    talk: TalkDesk | None = None
    keeper: RoomKeeper | None = None
    runs: RunKeeper | None = None
    waiting: WaitingList | None = None


class Parts(Protocol):
    """What a shard is built from; app.py's own parts fit."""

    @property
    def settings(self) -> Settings:
        """The node's settings."""
        ...

    @property
    def clock(self) -> Clock:
        """Tells the time."""
        ...

    @property
    def metrics(self) -> Metrics:
        """Where to count."""
        ...

    @property
    def tickets(self) -> TicketBook[Grant]:
        """The book that the HTTP side issues tickets from."""
        ...

    @property
    def limits(self) -> AddressLimits:
        """Budgets of attempts that came to nothing."""
        ...

    @property
    def addresses(self) -> Addresses:
        """Reads client addresses and origins."""
        ...

    @property
    def voice(self) -> VoiceLine | None:
        """The way to the voice worker; None without voice."""
        ...

    @property
    def community(self) -> Community | None:
        """What groups' rooms need; None where there are no groups."""
        ...
