"""The plan of a run: plain values that the coordinator makes and every worker gets a copy of."""

from dataclasses import dataclass

from hearth_loadtest.admission import Target
from hearth_loadtest.casting import Company, Pulse, Stage
from hearth_loadtest.expectation import Rates
from hearth_loadtest.voice.wish import VoiceWish

#: An update that has not come after so long counts as not delivered.
GRACE_S = 1.0
#: Length of the windows that are judged.
WINDOW_S = 1.0


@dataclass(frozen=True)
class Plan:
    """What to do, fixed before the first bot goes in.

    Attributes:
        target: The node.
        company: Bots, rooms, workers, seed.
        stage: Scenario, ground, recordings.
        pulse: Send rate.
        rates: The documented rates to judge by, as the node announced them.
        room_prefix: Rooms are called `{prefix}{1…rooms}`; or one existing room.
        spawn_rate: Joins per second over all workers.
        sampled: Bots that decode everything.
        offset_ms: Server time minus local time.
        spread_ms: How much of that is uncertain.
        cpus: Processor to pin each worker to; empty: not pinned.
        voice: Who talks and listens; None for bots without voice.
    """

    target: Target
    company: Company
    stage: Stage
    pulse: Pulse
    rates: Rates
    room_prefix: str
    spawn_rate: float
    sampled: int
    offset_ms: float
    spread_ms: float
    cpus: tuple[int, ...] = ()
    voice: VoiceWish | None = None

    def room_name(self, room: int) -> str:
        """Name of a room by its number."""
        if self.room_prefix.endswith("-"):
            return f"{self.room_prefix}{room + 1}"
        return self.room_prefix

    @property
    def samples_per_window(self) -> int:
        """Samples of one bot in a judged window."""
        return max(1, round(WINDOW_S / self.pulse.period_s))

    def ramp_s(self) -> float:
        """How long it takes to let everyone in."""
        return self.company.users / self.spawn_rate


@dataclass(frozen=True)
class Window:
    """Samples [first, end) that are measured."""

    first: int
    end: int
