"""Runs every kernel once before the first bot goes in, so that none compiles while others wait."""

import socket
from collections.abc import Callable

import numpy as np

from hearth_loadtest import clock
from hearth_loadtest.casting import Company, Pulse, Stage, build_crowd
from hearth_loadtest.clock import ServerClock
from hearth_loadtest.expectation import Rates
from hearth_loadtest.judge import Judge, Roster
from hearth_loadtest.placement import Ground
from hearth_loadtest.plane import BotPlane
from hearth_loadtest.scenario import load_scenario
from hearth_loadtest.watch import Watch
from hearth_protocol.limits import MAX_LANES
from hearth_protocol.snapshot import Snapshot, encode_snapshot

_GROUND = Ground(-10.0, -10.0, 10.0, 10.0, 5.0)


def empty_snapshot_frame() -> bytes:
    """A whole WebSocket frame with a snapshot that tells nothing."""
    payload = encode_snapshot(Snapshot(tick=1, server_ms=1))
    return bytes([0x82, len(payload)]) + payload


def rehearse(on_step: Callable[[str], None] = lambda _: None) -> None:
    """Send, read, decode and judge with two bots on a socket pair.

    Args:
        on_step: Told what comes next; with nothing compiled yet, a step takes ten seconds or so.
    """
    company, pulse = Company(2, 1, 1, 1), Pulse(20.0)
    crowd = build_crowd(company, Stage(load_scenario("plaza"), _GROUND), pulse)
    plane = BotPlane(crowd, np.arange(2), pulse, ServerClock())
    watch = Watch([1], 16, plane.streams)
    near, far = socket.socketpair()
    with near, far:
        near.setblocking(False)
        far.setblocking(False)
        now_s = clock.monotonic_s()
        frame = empty_snapshot_frame()
        plane.begin(now_s - 1.0 / 20.0, now_s - 1.0 / 20.0)
        on_step("following streams")
        plane.follow(0, frame)
        plane.add(0, 1, near.fileno())
        on_step("sending poses")
        plane.take_turn(now_s)
        near.send(frame)
        on_step("decoding snapshots")
        watch.add(0, 1, far.fileno(), frame, now_s)
        watch.read(*clock.now_and_wall_s())
    roster = Roster(np.array([1, 2]), np.zeros(2, dtype=np.int64))
    on_step("knowing the truth")
    judge = Judge(crowd, roster, Rates(MAX_LANES, 5.0), 0.0)
    judge.window(1, (20, 40), watch.observers[0].records(), 0.0)
    # what only some runs meet: more people than lanes
    Judge(crowd, roster, Rates(1, 5.0, ((1, 2),)), 0.0).window(
        1, (20, 40), watch.observers[0].records(), 0.0
    )
