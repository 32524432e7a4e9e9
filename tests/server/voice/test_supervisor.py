"""The worker as a process: it starts, is replaced when it dies, and never outlives its node."""

import asyncio
import dataclasses
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hearth_server.clock import monotonic_s
from hearth_server.voice import link
from hearth_server.voice.supervisor import ENDED, FALLS, NURSERY, SILENT_S, VoiceSupervisor
from tests.support.clock import ManualClock
from tests.support.voice_board import Told, routes
from tests.support.voice_client import VoiceClient
from tests.support.voice_worker import CONFIG, running_worker

#: A nursery whose workers have no voice. The first argument says how they fare.
STAND_IN_SCRIPT = """
import os, socket, struct, sys
from hearth_server.voice import link
fate = sys.argv[1]
requests = socket.socket(fileno=int(sys.argv[-1]))
for number in range(100):
    data, fds, _, _ = socket.recv_fds(requests, 1, 1)
    if not data:
        sys.exit()
    if os.fork() == 0:
        requests.close()
        end = socket.socket(fileno=fds[0])
        end.sendall(link.encode(link.Born(os.getpid())))
        (config,) = link.Deframer().feed(end.recv(65536))
        if fate == "crashes" and config.plane != "python":
            os._exit(9)
        if fate == "stalls" and config.plane != "python":
            end.sendall(link.encode(link.Fault("plane_stalled", "It stands still.")))
            os._exit(1)
        if fate == "waits" and number < 3:
            end.sendall(link.encode(link.Fault("port_taken", "Port 1 is taken.")))
            os._exit(1)
        end.sendall(link.encode(link.Ready(1, (), config.plane, config.plane_reason)))
        end.recv(1)
        os._exit(0)
    os.close(fds[0])
    child, status = os.wait()
    requests.send(struct.pack("<ii", child, os.waitstatus_to_exitcode(status)))
"""


def stand_in(fate: str = "") -> tuple[str, ...]:
    """Return the command of a nursery whose workers fare so."""
    return (sys.executable, "-c", STAND_IN_SCRIPT, fate)


def is_gone(pid: int) -> bool:
    """Say whether there is no such process, not even a dead one that nobody fetched."""
    return not Path(f"/proc/{pid}").exists()


@pytest.mark.asyncio
async def test_voice_comes_back_after_a_kill() -> None:
    # With the compiled plane, where it works: its first start may have to compile it.
    async with running_worker(dataclasses.replace(CONFIG, plane="auto")) as worker:
        async with asyncio.timeout(120.0):
            while not worker.told.all(link.Ready):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        first = await worker.ready()
        talker, listener = VoiceClient(), VoiceClient()
        for peer, client in ((1, talker), (2, listener)):
            await client.connect(await worker.offer(peer, client.offer()))
            await worker.told.state(peer, "connected")
        pid = worker.supervisor.pid
        assert pid is not None
        since = len(worker.told.messages)
        killed_s = monotonic_s()
        os.kill(pid, signal.SIGKILL)
        lost = await worker.told.until(link.Lost, since=since)
        assert not worker.supervisor.send(link.Close(1))
        again = await worker.ready(since=since)
        back_s = monotonic_s() - killed_s
        assert is_gone(pid)
        assert again.port == first.port
        assert lost.reason
        for client in (talker, listener):
            client.drop()
        talker, listener = VoiceClient(), VoiceClient()
        for peer, client in ((1, talker), (2, listener)):
            await client.connect(await worker.offer(peer, client.offer()))
        worker.supervisor.send(routes(1, {2: [1]}))
        await worker.told.until(link.Acked, since=since)
        for _ in range(50):
            talker.say(b"\x78" + bytes(30))
            await asyncio.sleep(0.02)
            if listener.heard:
                break
        assert listener.heard
        assert back_s < 3.0
        talker.drop()
        listener.drop()


@pytest.mark.asyncio
async def test_a_worker_that_says_nothing_is_replaced() -> None:
    clock = ManualClock()
    async with running_worker(clock=clock, nursery=stand_in()) as worker:
        await worker.ready()
        pid = worker.supervisor.pid
        assert pid is not None
        since = len(worker.told.messages)
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(0.05)
        clock.advance(SILENT_S + 0.1)
        lost = await worker.told.until(link.Lost, since=since)
        assert lost.reason == "it was silent"
        await worker.ready(since=since)
        assert is_gone(pid)


@pytest.mark.asyncio
async def test_stopping_says_goodbye_and_leaves_no_process() -> None:
    async with running_worker() as worker:
        await worker.ready()
        client = VoiceClient()
        await client.connect(await worker.offer(1, client.offer()))
        pid = worker.supervisor.pid
        assert pid is not None
        await worker.supervisor.stop()
        assert is_gone(pid)
        assert (await worker.told.state(1, "closed")).reason == "stopping"
        assert isinstance(worker.told.messages[-1], link.Lost)
        async with asyncio.timeout(5.0):
            while client.dtls.state != "closed":  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        client.drop()


@pytest.mark.asyncio
async def test_cancelling_the_supervisor_leaves_no_process() -> None:
    told = Told()
    supervisor = VoiceSupervisor(CONFIG, ManualClock(), told, stand_in())
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(supervisor.run())
        await told.until(link.Ready)
        pid = supervisor.pid
        assert pid is not None
        running.cancel()
    assert is_gone(pid)


@pytest.mark.asyncio
async def test_a_taken_port_is_told_in_words_until_it_is_free() -> None:
    other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    other.bind(("127.0.0.1", 0))
    port = other.getsockname()[1]
    async with running_worker(dataclasses.replace(CONFIG, port=port)) as worker:
        fault = await worker.told.until(link.Fault)
        assert fault.code == "port_taken"
        assert str(port) in fault.text
        assert "--voice-port" in fault.text
        other.close()
        assert (await worker.ready()).port == port


@pytest.mark.asyncio
@pytest.mark.parametrize(("fate", "ends"), [("crashes", 3), ("stalls", 2)])
async def test_after_several_ends_in_a_row_the_readable_plane_takes_over(
    fate: str, ends: int
) -> None:
    config = dataclasses.replace(CONFIG, plane="auto")
    async with running_worker(config, nursery=stand_in(fate)) as worker:
        ready = await worker.ready()
        assert (ready.plane, ready.plane_reason) == ("python", f"{FALLS} ends within a minute")
        assert len(worker.told.all(link.Fault)) == (ends if fate == "stalls" else 0)
        # Nobody was lost before somebody could come.
        assert not worker.told.all(link.Lost)


@pytest.mark.asyncio
async def test_a_taken_port_says_nothing_about_the_plane() -> None:
    config = dataclasses.replace(CONFIG, plane="auto")
    async with running_worker(config, nursery=stand_in("waits")) as worker:
        assert (await worker.ready()).plane == "auto"
        assert len(worker.told.all(link.Fault)) == 3


class ByHand:
    """A nursery and a worker of it, started without a supervisor."""

    def __init__(self, log_path: Path) -> None:
        self._requests, theirs = socket.socketpair()
        with theirs, log_path.open("wb") as log:
            self.nursery = subprocess.Popen(
                [*NURSERY, "--plane", "python", "--fd", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stderr=log,
            )
        self.link, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._requests, [b"w"], [theirs.fileno()])
        self.link.settimeout(10.0)
        self._requests.settimeout(10.0)
        self.link.sendall(link.encode(CONFIG))
        deframer = link.Deframer()
        said: list[link.Message] = []
        while not any(isinstance(each, link.Ready) for each in said):
            said += deframer.feed(self.link.recv(65536))
        assert isinstance(said[0], link.Born)
        self.pid = said[0].pid

    def exit_code(self) -> int:
        """Wait for the end of the worker, as the nursery tells it."""
        pid, code = ENDED.unpack(self._requests.recv(ENDED.size))
        assert pid == self.pid
        return int(code)

    def close(self) -> None:
        self.link.close()
        self._requests.close()
        assert self.nursery.wait(5.0) == 0


@pytest.fixture
def by_hand(tmp_path: Path) -> Iterator[ByHand]:
    started = ByHand(tmp_path / "log")
    yield started
    started.close()
    assert (tmp_path / "log").read_text() == ""


def test_a_worker_ends_when_its_node_vanishes(by_hand: ByHand) -> None:
    by_hand.link.close()
    assert by_hand.exit_code() == 0


def test_a_worker_minds_sigterm_and_not_sigint(by_hand: ByHand) -> None:
    for pid in (by_hand.pid, by_hand.nursery.pid):
        os.kill(pid, signal.SIGINT)
    deframer = link.Deframer()
    while not any(isinstance(each, link.Alive) for each in deframer.feed(by_hand.link.recv(9999))):
        pass
    os.kill(by_hand.pid, signal.SIGTERM)
    assert by_hand.exit_code() == 0


def test_nonsense_on_the_link_ends_the_worker(by_hand: ByHand) -> None:
    by_hand.link.sendall(b"\x01\0\0\0\xc1")
    assert by_hand.exit_code() == 0


def test_the_worker_needs_neither_web_server_nor_simulation() -> None:
    script = (
        "import sys, hearth_server.voice.nursery; "
        "foreign = ('fastapi', 'uvicorn', 'pydantic', 'hearth_sim'); "
        "rings = ('hearth_server.realtime', 'hearth_server.api', 'hearth_server.rooms'); "
        "print([name for name in sys.modules if name.startswith((*foreign, *rings))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )
    assert done.stdout == "[]\n"
