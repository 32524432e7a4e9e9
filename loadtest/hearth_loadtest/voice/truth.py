"""Who should have heard whom: judged from true positions where these leave no doubt.

Three things are beyond doubt, by docs/tiers.md of the node. Within 10 m, while no more open
microphones are about than the six voice slots that near voices have, every packet has to come.
Farther than the range at which one ceases to be heard, and from another room, none may. What lies
between (who enters the range, who is one too many) is the node's to decide and is not judged.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from hearth_loadtest.judge import Roster
from hearth_loadtest.motion import Crowd
from hearth_loadtest.voice.cast import Cast
from hearth_loadtest.voice.ear import MAGIC, Records

Bool = npt.NDArray[np.bool_]
F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

NEAR_M = 10.0
#: Of 8 voice slots two are kept for stages and bubbles.
NEAR_SLOTS = 6
#: Poses are a tick old and people walk.
MARGIN_M = 0.5
#: How long something must have been so until it is beyond doubt, and stay so for what is due.
SETTLED_S = 1.5
STAYS_S = 0.5


@dataclass
class VoiceFindings:
    """Sums over listeners.

    Attributes:
        expected: Packets that were due beyond doubt; delivered: those of them that came.
        received: All packets that came to the listeners, comfort noise included.
        heard_from_afar: Packets of somebody out of range.
        heard_from_elsewhere: Packets of somebody in another room.
        wrong_talker: Packets whose CSRC is not who spoke.
        duplicates: Packets that came twice.
        strangers: Packets of people who are none of the bots.
        switches: How often a voice slot's talker changed.
        listener_seconds: Time that was listened.
        latency_s: From before encryption at the talker to after decryption at the listener.
    """

    expected: int = 0
    delivered: int = 0
    received: int = 0
    heard_from_afar: int = 0
    heard_from_elsewhere: int = 0
    wrong_talker: int = 0
    duplicates: int = 0
    strangers: int = 0
    switches: int = 0
    listener_seconds: float = 0.0
    latency_s: list[F64] = field(default_factory=list)

    def add(self, other: "VoiceFindings") -> None:
        """Take another's sums in; its latencies are left where they are."""
        for name in (
            "expected",
            "delivered",
            "received",
            "heard_from_afar",
            "heard_from_elsewhere",
            "wrong_talker",
            "duplicates",
            "strangers",
            "switches",
            "listener_seconds",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def loss(self) -> float:
        """Share of due packets that did not come; 0 where none was due."""
        return 1.0 - self.delivered / self.expected if self.expected else 0.0

    @property
    def faults(self) -> Counter[str]:
        """What may never happen, and did."""
        names = ("heard_from_afar", "heard_from_elsewhere", "wrong_talker", "duplicates")
        return Counter({name: getattr(self, name) for name in names if getattr(self, name)})


@dataclass(frozen=True)
class Hall:
    """Where and when it happened.

    Attributes:
        crowd: True positions.
        roster: Who is who.
        rooms: [users] room of each bot.
        start_s: Local time of sample 0.
        measured_s: Local time from when until when is judged.
        leave_m: Beyond it nobody near is heard.
    """

    crowd: Crowd
    roster: Roster
    rooms: I64
    start_s: float
    measured_s: tuple[float, float]
    leave_m: float


def lasting(flags: Bool, before: int, after: int = 0) -> Bool:
    """Whether flags [n, s] were true for the `before` samples up to each, and `after` beyond.

    Where that reaches out of the table it is false.
    """
    n, samples = flags.shape
    out = np.zeros_like(flags)
    width = before + 1 + after
    if samples < width:
        return out
    sums = np.concatenate([np.zeros((n, 1), dtype=np.int64), np.cumsum(flags, axis=1)], axis=1)
    out[:, before : samples - after] = sums[:, width:] - sums[:, :-width] == width
    return out


class VoiceJudge:
    """Judges one listener at a time."""

    def __init__(self, hall: Hall, cast: Cast, sent_s: Mapping[int, F64]) -> None:
        """Bind to the truth.

        Args:
            hall: Positions, people, times.
            cast: Who talks.
            sent_s: For each talker whose voice lasted, local times at which stamped packets
                0, 1, … were sent. Of the others nothing is due.
        """
        self._hall = hall
        self._sent_s = sent_s
        period_s = hall.crowd.beat.period_s
        self._before = int(np.ceil(SETTLED_S / period_s))
        self._after = int(np.ceil(STAYS_S / period_s))
        first = int(np.floor((hall.measured_s[0] - hall.start_s) / period_s)) - self._before - 1
        last = int(np.ceil((hall.measured_s[1] - hall.start_s) / period_s)) + self._after + 1
        # what comes in late is looked up too
        self._samples = np.arange(first, last + 2 * self._before)
        self._talkers = cast.talkers[hall.roster.participants[cast.talkers] > 0]
        self._heads = hall.crowd.heads(self._talkers, self._samples).astype(np.float64)

    def listen(self, bot: int, records: Records) -> VoiceFindings:
        """Judge what a listener received."""
        hall = self._hall
        begin_s, end_s = hall.measured_s
        inside = (records["at_s"] >= begin_s) & (records["at_s"] < end_s)
        found = VoiceFindings(received=int(inside.sum()))
        found.listener_seconds = end_s - begin_s
        found.switches = _switches(records[inside])
        here = (hall.rooms[self._talkers] == hall.rooms[bot]) & (self._talkers != bot)
        talkers, heads = self._talkers[here], self._heads[here]
        own = hall.crowd.heads(np.array([bot]), self._samples).astype(np.float64)
        gap_m = np.linalg.norm(heads - own, axis=2)
        self._forbidden(bot, records, talkers, gap_m, found)
        self._due(records, talkers, gap_m, found)
        return found

    def _column(self, at_s: F64) -> I64:
        """Columns of the tables for local times [n]."""
        period_s = self._hall.crowd.beat.period_s
        columns = np.floor((at_s - self._hall.start_s) / period_s).astype(np.int64)
        return np.asarray(np.clip(columns - self._samples[0], 0, len(self._samples) - 1))

    def _forbidden(
        self, bot: int, records: Records, talkers: I64, gap_m: F64, found: VoiceFindings
    ) -> None:
        """Count what may not have come."""
        hall = self._hall
        who = hall.roster.bots(records["talker"].astype(np.uint32))
        found.strangers = int((who < 0).sum())
        known = who >= 0
        found.heard_from_elsewhere = int((hall.rooms[who[known]] != hall.rooms[bot]).sum())
        stamped = known & (records["magic"] == MAGIC)
        found.wrong_talker = int((records["bot"][stamped] != who[stamped]).sum())
        beyond = lasting(gap_m > hall.leave_m + MARGIN_M, self._before)
        if len(talkers):
            row = np.clip(np.searchsorted(talkers, who), 0, len(talkers) - 1)
            of_talker = talkers[row] == who
            at = self._column(records["at_s"])
            found.heard_from_afar = int(beyond[row[of_talker], at[of_talker]].sum())

    def _due(self, records: Records, talkers: I64, gap_m: F64, found: VoiceFindings) -> None:
        """Compare what had to come with what came."""
        begin_s, end_s = self._hall.measured_s
        about = (gap_m <= self._hall.leave_m + 2 * MARGIN_M).sum(axis=0)
        sure = lasting((gap_m <= NEAR_M) & (about <= NEAR_SLOTS), self._before, self._after)
        stamped = records[records["magic"] == MAGIC]
        for row, talker in enumerate(talkers.tolist()):
            sent_s = self._sent_s.get(talker)
            if sent_s is None or not len(sent_s):
                continue
            mine = stamped[stamped["bot"] == talker]
            mine = mine[mine["number"] < len(sent_s)]
            numbers, first = np.unique(mine["number"], return_index=True)
            found.duplicates += len(mine) - len(numbers)
            measured = (sent_s >= begin_s) & (sent_s < end_s)
            came = np.zeros(len(sent_s), dtype=bool)
            came[numbers] = True
            due = measured & sure[row, self._column(sent_s)]
            found.expected += int(due.sum())
            found.delivered += int((due & came).sum())
            timely = measured[numbers]
            delay_s = mine["at_s"][first] - sent_s[numbers]
            found.latency_s.append(delay_s[timely])


def _switches(records: Records) -> int:
    """How often a slot's talker changed."""
    total = 0
    for ssrc in np.unique(records["ssrc"]):
        talker = records["talker"][records["ssrc"] == ssrc]
        total += int((talker[1:] != talker[:-1]).sum())
    return total
