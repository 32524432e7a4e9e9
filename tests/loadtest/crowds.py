"""Small crowds and honest servers for the load generator's tests."""

import numpy as np

from hearth_loadtest.casting import Company, Pulse, Stage, build_crowd
from hearth_loadtest.judge import Records
from hearth_loadtest.motion import Crowd
from hearth_loadtest.placement import Ground
from hearth_loadtest.scenario import load_scenario

GROUND = Ground(-64.0, -64.0, 64.0, 64.0, 6.0)
OFFSET_MS = 250_000.0
START_S = 1000.0


def small_crowd(
    users: int = 30, scenario: str = "plaza", neighbours: float = 8, rooms: int = 1
) -> Crowd:
    stage = Stage(load_scenario(scenario).with_neighbours(neighbours), GROUND)
    return build_crowd(Company(users, rooms, 1, 5), stage, Pulse(20.0))


def perfect_records(
    crowd: Crowd, observer: int, samples: range, delay_s: float = 0.03, keep_every: int = 1
) -> Records:
    """What a server would tell that sends everything `delay_s` after its capture."""
    others = np.array([bot for bot in range(crowd.count) if bot != observer])
    numbers = np.array([k for k in samples if k % keep_every == 0], dtype=np.int64)
    heads = crowd.heads(others, numbers)
    planned_s = (
        START_S + numbers[None, :] * crowd.beat.period_s + crowd.beat.phase_s[others][:, None]
    )
    captured = np.rint(planned_s * 1000.0 + OFFSET_MS).astype(np.int64)
    subject = np.broadcast_to(others[:, None] + 101, captured.shape)
    return Records(
        subject.ravel().astype(np.uint32),
        (captured.ravel() % (1 << 32)).astype(np.uint32),
        (planned_s + delay_s).ravel(),
        np.rint(heads.reshape(-1, 3) * 1000.0).astype(np.int32),
        np.zeros(captured.size, dtype=bool),
    )
