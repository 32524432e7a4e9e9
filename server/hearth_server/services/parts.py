"""What every use case works with; app.py puts it together."""

from dataclasses import dataclass, field

from hearth_server.clock import Clock, wall_ms
from hearth_server.community.relations import RelationBook
from hearth_server.community.sanctions import SanctionBook
from hearth_server.metrics import Metrics
from hearth_server.services.announcer import Announcer, Unheard
from hearth_server.services.events.due import Due
from hearth_server.services.events.waiting import WaitingRooms
from hearth_server.services.identity.hashing import PasswordKeeper
from hearth_server.services.live import LiveRooms
from hearth_server.services.store import Store, Tx
from hearth_server.settings import Settings


@dataclass(slots=True)
class ServiceParts:
    """Store, time, books in memory, and whom to tell: live rooms and open pages, replaced once.

    Attributes:
        waiting: who stands before the doors of gatherings.
        due: occurrences that perhaps have a place to offer.
    """

    store: Store
    clock: Clock
    metrics: Metrics
    settings: Settings
    relations: RelationBook
    sanctions: SanctionBook
    live: LiveRooms
    passwords: PasswordKeeper = field(default_factory=PasswordKeeper)
    announcer: Announcer = field(default_factory=Unheard)
    waiting: WaitingRooms = field(init=False)
    due: Due = field(default_factory=Due)

    def __post_init__(self) -> None:
        self.waiting = WaitingRooms(self.clock)

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch."""
        return wall_ms(self.clock)


async def load_books(tx: Tx, parts: ServiceParts) -> None:
    """Fill the books in memory from the store; until then groups' rooms let nobody in."""
    parts.relations.load(*await tx.identity.relations())
    parts.sanctions.load(await tx.moderation.sanctions_in_force(parts.now_ms()))
