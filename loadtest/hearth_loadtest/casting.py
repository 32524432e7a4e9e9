"""Builds the crowd of a run: rooms, places, bodies and send times, all from one seed.

Every worker process builds the same crowd from the same settings, so nothing about motion is
ever sent between them.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hearth_loadtest.clips import Clip, made_up_clip, recorded
from hearth_loadtest.motion import Beat, Crowd, Paths
from hearth_loadtest.placement import Ground, circle, lesson, plaza, side_for
from hearth_loadtest.recording import recorded_clip
from hearth_loadtest.scenario import Scenario
from hearth_protocol.kernels.bodies import PATH_COLUMNS

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

CLIPS_PER_BODY = 12
CLIP_S = 24.0
#: Bots of one slice share a planned send time; slices are about a millisecond apart.
SLICE_S = 0.001


@dataclass(frozen=True)
class Company:
    """Who takes part: how many, in how many rooms, driven by how many processes.

    Bot b is in room b mod rooms and is driven by worker b mod workers as its row b div workers.
    """

    users: int
    rooms: int
    workers: int
    seed: int

    def room_of(self) -> I64:
        """Room number of each bot, [users]."""
        return np.arange(self.users) % self.rooms

    def rows_of(self, worker: int) -> I64:
        """Bot numbers a worker drives, in its row order."""
        return np.arange(worker, self.users, self.workers)


@dataclass(frozen=True)
class Pulse:
    """Open-loop send times: `rate_hz` times a second, spread evenly over the period."""

    rate_hz: float

    @property
    def period_s(self) -> float:
        """Seconds between two samples of one bot."""
        return 1.0 / self.rate_hz

    @property
    def slices(self) -> int:
        """Send times within a period."""
        return max(1, round(self.period_s / SLICE_S))

    def slice_of_rows(self, rows: int) -> I64:
        """Which slice each of a worker's rows is in; rising, so that slices are ranges of rows."""
        return np.arange(rows) * self.slices // max(rows, 1)

    def phases_s(self, company: Company) -> F64:
        """When in the period each bot sends, [users] seconds."""
        out = np.zeros(company.users)
        for worker in range(company.workers):
            bots = company.rows_of(worker)
            out[bots] = self.slice_of_rows(len(bots)) * (self.period_s / self.slices)
        return out


@dataclass(frozen=True)
class Stage:
    """Everything the crowd depends on beside its company and pulse."""

    scenario: Scenario
    ground: Ground
    motion: tuple[Path, ...] = ()


def _room_paths(rng: np.random.Generator, people: int, stage: Stage) -> Paths:
    if stage.scenario.placement == "circle":
        return circle(people, stage.ground)
    if stage.scenario.placement == "class":
        return lesson(people, stage.ground)
    side_m = side_for(people, stage.scenario.neighbours, stage.ground.radius_m)
    return plaza(rng, people, side_m, stage.ground)


def _paths(rng: np.random.Generator, company: Company, stage: Stage) -> F64:
    room_of = company.room_of()
    table = np.zeros((company.users, PATH_COLUMNS))
    for room in range(company.rooms):
        bots = np.flatnonzero(room_of == room)
        if len(bots):
            table[bots] = _room_paths(rng, len(bots), stage).table()
    return table


def _clips(rng: np.random.Generator, stage: Stage, rate_hz: float) -> tuple[list[Clip], list[int]]:
    """All clips, and how many belong to each part (the leader's are last)."""
    if stage.motion:
        clips = [recorded(recorded_clip(path, rate_hz)) for path in stage.motion]
        return clips, [len(clips)]
    bodies = [part.body for part in stage.scenario.parts]
    if stage.scenario.leader is not None:
        bodies.append(stage.scenario.leader)
    clips = [
        made_up_clip(rng, body, rate_hz, CLIP_S) for body in bodies for _ in range(CLIPS_PER_BODY)
    ]
    return clips, [CLIPS_PER_BODY] * len(bodies)


def build_crowd(company: Company, stage: Stage, pulse: Pulse) -> Crowd:
    """Build the crowd of a run; the same arguments give the same crowd to the last bit."""
    rng = np.random.default_rng(company.seed)
    paths = _paths(rng, company, stage)
    clips, counts = _clips(rng, stage, pulse.rate_hz)
    begins = np.cumsum([0, *counts])
    shares = [part.share for part in stage.scenario.parts] if not stage.motion else [1.0]
    part = rng.choice(len(shares), size=company.users, p=shares)
    if stage.scenario.leader is not None and not stage.motion:
        part[: company.rooms] = len(counts) - 1
    clip = begins[part] + rng.integers(0, 1 << 30, company.users) % np.array(counts)[part]
    lengths = np.array([len(each.rows) for each in clips])
    offset = rng.integers(0, 1 << 30, company.users) % lengths[clip]
    beat = Beat(pulse.period_s, pulse.phases_s(company))
    return Crowd(paths, clips, (clip, offset), beat)


def sampled_bots(company: Company, wanted: int) -> I64:
    """Bots that decode everything: spread evenly over the rooms, and within them."""
    count = min(wanted, company.users)
    by_room = np.argsort(company.room_of(), kind="stable")
    even = ((np.arange(count) + 0.5) * company.users / max(count, 1)).astype(np.int64)
    return np.unique(by_room[even])
