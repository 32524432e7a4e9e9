"""The socket floor: what reading one pose and writing one snapshot costs, with nothing between.

A bare uvloop server reads and drops poses and writes as many bytes per member and tick as the
real node does; the same generator code drives it. Its processor time per member and tick is the
floor that the real node is compared with, in the same run.
"""

import asyncio
import multiprocessing
import os
import socket
import sys
import time
from multiprocessing.connection import Connection
from typing import cast

import numpy as np
import psutil
import uvloop

from hearth_loadtest import clock
from hearth_loadtest.casting import Company, Pulse, Stage, build_crowd
from hearth_loadtest.clock import ServerClock
from hearth_loadtest.environment import many_files
from hearth_loadtest.placement import Ground
from hearth_loadtest.plane import BotPlane
from hearth_loadtest.scenario import load_scenario
from hearth_protocol.kernels.bots import SNAPSHOTS

TICK_S = 0.05


class _Bare(asyncio.Protocol):
    """Reads and drops."""

    def __init__(self, everyone: list[asyncio.Transport]) -> None:
        self._everyone = everyone

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses of asyncio's
        self._everyone.append(cast("asyncio.Transport", transport))

    def data_received(self, data: bytes) -> None:
        pass


async def _serve(line: Connection, frame: bytes) -> None:
    loop = asyncio.get_running_loop()
    everyone: list[asyncio.Transport] = []
    server = await loop.create_server(lambda: _Bare(everyone), "127.0.0.1", 0, backlog=4096)
    line.send(server.sockets[0].getsockname()[1])
    due = loop.time()
    while True:
        due += TICK_S
        await asyncio.sleep(max(0.0, due - loop.time()))
        for transport in everyone:
            transport.write(frame)


def _server_process(line: Connection, frame_bytes: int, core: int) -> None:
    os.sched_setaffinity(0, {core})
    payload = b"\xc1\x02" + bytes(max(frame_bytes - 6, 14))
    frame = bytes([0x82, 126]) + len(payload).to_bytes(2, "big") + payload
    uvloop.run(_serve(line, frame))


def measure_floor(members: int, frame_bytes: int, seconds: float, cores: tuple[int, int]) -> float:
    """Processor microseconds of a bare server per member and tick.

    Args:
        members: Connections.
        frame_bytes: Bytes written to each of them every tick.
        seconds: How long to measure.
        cores: Where server and generator run.
    """
    many_files()
    here, there = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_server_process, args=(there, frame_bytes, cores[0]))
    process.start()
    try:
        os.sched_setaffinity(0, {cores[1]})
        return _drive(members, here.recv(), process.pid or 0, seconds)
    finally:
        process.kill()
        process.join()


def _drive(members: int, port: int, pid: int, seconds: float) -> float:
    company, pulse = Company(members, 1, 1, 1), Pulse(1 / TICK_S)
    ground = Ground(-128.0, -128.0, 128.0, 128.0, 10.0)
    crowd = build_crowd(company, Stage(load_scenario("plaza"), ground), pulse)
    plane = BotPlane(crowd, np.arange(members), pulse, ServerClock())
    sockets = []
    for row in range(members):
        sock = socket.create_connection(("127.0.0.1", port))
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sockets.append(sock)
        plane.add(row, row + 1, sock.fileno())
        plane.follow(row, b"")
    now_s = clock.monotonic_s()
    plane.begin(now_s, now_s)
    server = psutil.Process(pid)
    begin_s = now_s + 1.5
    end_s = begin_s + seconds
    before: float | None = None
    sent, heard = 0, 0
    while (now_s := clock.monotonic_s()) < end_s:
        if before is None and now_s >= begin_s:
            times = server.cpu_times()
            before = times.user + times.system
            sent, heard = plane.sent, int(plane.streams[:, SNAPSHOTS].sum())
        if now_s >= plane.next_due_s:
            plane.take_turn(now_s)
        time.sleep(max(0.0, plane.next_due_s - clock.monotonic_s()))
    times = server.cpu_times()
    planned = members * seconds / TICK_S
    for what, count in (
        ("sent", plane.sent - sent),
        ("heard", int(plane.streams[:, SNAPSHOTS].sum()) - heard),
    ):
        if count < 0.9 * planned:
            raise RuntimeError(f"the floor is not one: {what} {count} of {planned:.0f} frames")
    for sock in sockets:
        sock.close()
    spent = times.user + times.system - (before or 0.0)
    return spent / planned * 1e6


if __name__ == "__main__":
    found = measure_floor(int(sys.argv[1]), int(sys.argv[2]), 4.0, (0, 1))
    print(f"{found:.2f} us per member and tick")
