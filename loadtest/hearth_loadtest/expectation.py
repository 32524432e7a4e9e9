"""What each observer ought to get, from true positions and the documented rates alone.

The server announces lanes, a radius and tiers in `welcome`; docs/tiers.md says what they mean:
of the others within the radius, the nearest fill the lanes, and the tier of a lane says how often
it is told. "Nearest" is by distance as attention bends it: who is outside the view counts as
farther away, and who already has a lane as nearer, so somebody is *due* only if they would get
their lane against anyone's incumbency. Nothing that a server sent is looked at here.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hearth_loadtest.motion import Crowd

Bool = npt.NDArray[np.bool_]
F32 = npt.NDArray[np.float32]
I64 = npt.NDArray[np.int64]

#: An avatar may walk this far within a window; decides who could come within reach.
DRIFT_M = 3.5
#: The slowest documented tier rate whose samples a window can still judge.
SLOWEST_EVERY = 8


#: The documented bends of distance: outside the 120° view and beyond arm's length, and incumbency.
BEHIND, PERSONAL_M, INCUMBENT = 1.5, 3.0, 0.85
_COS_HALF_VIEW = 0.5


@dataclass(frozen=True)
class Rates:
    """The documented rules: how many lanes, how far, and `(lanes, every)` from the nearest on."""

    lanes: int
    radius_m: float
    tiers: tuple[tuple[int, int], ...] = ()

    def every_by_rank(self) -> I64:
        """How many samples lie between two updates for the subject of each rank, [lanes]."""
        out = np.ones(self.lanes, dtype=np.int64)
        at = 0
        for index, (lanes, every) in enumerate(self.tiers):
            last = index == len(self.tiers) - 1
            out[at : self.lanes if last else at + lanes] = min(every, SLOWEST_EVERY)
            at += lanes
        return out

    @property
    def all_full(self) -> bool:
        """Whether every lane is told at every sample (tiers off)."""
        return bool((self.every_by_rank() == 1).all())


@dataclass(frozen=True)
class Expected:
    """One observer's dues over some samples.

    Attributes:
        subjects: [c] bot numbers that are due at least once.
        heads: [c, s, 3] their true head positions, metres.
        every: [c, s] 0 not due; else an update no older than so many samples is due.
        nearest: [c, s] rank by true distance, 0 the nearest (any distance).
    """

    subjects: I64
    heads: F32
    every: I64
    nearest: I64


def expected(crowd: Crowd, observer: int, candidates: I64, samples: I64, rates: Rates) -> Expected:
    """Work out an observer's dues.

    Args:
        crowd: The truth.
        observer: Bot number of the observer.
        candidates: Bot numbers of everyone in its room (itself may be among them).
        samples: [s] consecutive sample numbers.
        rates: The documented rules.
    """
    others = candidates[candidates != observer]
    middle = samples[len(samples) // 2 : len(samples) // 2 + 1]
    here = crowd.heads(np.array([observer]), samples)[0]
    away = crowd.heads(others, middle)[:, 0, :] - here[len(samples) // 2]
    distance = np.hypot(away[:, 0], away[:, 2])
    possible = distance <= rates.radius_m + DRIFT_M
    limit = rates.lanes + 32
    if int(possible.sum()) > limit:
        # in a crowd only the nearest can be among the first `lanes` during the window
        reach = np.partition(distance, limit)[limit]
        possible = distance <= reach
    subjects = others[possible]
    heads = crowd.heads(subjects, samples)
    gap = heads - here[None, :, :]
    distances = np.sqrt(np.sum(gap * gap, axis=2))
    nearest = _ranks(distances, distances)
    within = distances <= rates.radius_m
    if rates.all_full and int(within.sum(axis=0).max(initial=0)) <= rates.lanes:
        return Expected(subjects, heads, within.astype(np.int64), nearest)
    bent = distances * _bend(gap, distances, crowd.forward(observer, samples))
    guaranteed = _ranks(bent, np.where(within, bent * INCUMBENT, np.inf))
    by_rank = np.concatenate([rates.every_by_rank(), np.zeros(1, dtype=np.int64)])
    every = by_rank[np.minimum(guaranteed, rates.lanes)]
    every[~within] = 0
    return Expected(subjects, heads, every, nearest)


def _ranks(own: F32, others: F32) -> I64:
    """For each cell of `own` [c, s], how many of the other rows of `others` are below it."""
    out = np.empty(own.shape, dtype=np.int64)
    for column in range(own.shape[1]):
        out[:, column] = np.searchsorted(np.sort(others[:, column]), own[:, column])
    # one's own row, where it counts itself
    return out - (others < own)


def _bend(gap: F32, distances: F32, forward: F32) -> F32:
    """The factor on distances [c, s] of subjects at `gap` from an observer who looks `forward`."""
    ahead = gap[..., 0] * forward[None, :, 0] + gap[..., 2] * forward[None, :, 1]
    unseen = (distances > PERSONAL_M) & (ahead < _COS_HALF_VIEW * distances)
    return np.where(unseen, np.float32(BEHIND), np.float32(1.0))


def covered(arrived: Bool, every: I64, lead: int) -> tuple[float, float]:
    """Delivered and expected updates of a window.

    At every sample where a subject is due, an update no older than its tier's interval must have
    arrived for it: with every = 1 each sample itself, with every = n one of the last n. Each
    sample counts 1/n, so more updates than due to one subject never make up for another.

    Args:
        arrived: [c, lead + s] which samples arrived.
        every: [c, lead + s] as in `Expected`.
        lead: How many samples at the front only serve as history.

    Returns:
        (delivered, expected), in updates.
    """
    due = every[:, lead:]
    weight = np.where(due > 0, 1.0 / np.maximum(due, 1), 0.0)
    total = np.cumsum(np.pad(arrived, ((0, 0), (1, 0))), axis=1)
    upper = np.arange(lead, arrived.shape[1]) + 1
    lower = np.maximum(upper[None, :] - np.maximum(due, 1), 0)
    recent: I64 = total[:, upper] - np.take_along_axis(total, lower, axis=1)
    return float((weight * (recent > 0)).sum()), float(weight.sum())
