"""Both planes with their own reading and sending, on real sockets."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from hearth_server.clock import SystemClock
from hearth_server.voice import plane_check, srtp_handles
from hearth_server.voice.addresses import pack_address
from hearth_server.voice.plane import DataPlane
from hearth_server.voice.plane_choice import NoSuchPlaneError, open_plane
from hearth_server.voice.plane_numba import NumbaPlane
from tests.server.voice.plane_rig import GCM, Heard, Member, Notes, row_of

SPEECH = bytes(range(80))
WITHIN_S = 5.0


async def until(true: Callable[[], bool]) -> None:
    """Let the loop run until something holds."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            if true():
                return
            await asyncio.sleep(0.002)


@dataclass
class Phone:
    """A member with a socket of its own."""

    member: Member
    index: int
    sock: socket.socket
    server: tuple[str, int]
    seq: int = 0
    heard: list[Heard] = field(default_factory=list)

    def says(self, payload: bytes = SPEECH) -> None:
        self.seq += 1
        self.sock.sendto(self.member.speech(self.seq, self.seq * 960, payload), self.server)

    def listens(self) -> int:
        with contextlib.suppress(BlockingIOError):
            while True:
                self.heard.append(self.member.hears(self.sock.recv(2_048)))
        return len(self.heard)


class House:
    """A running plane on IPv4 and IPv6, with members."""

    def __init__(self, name: str, capacity: int = 8) -> None:
        self.notes = Notes()
        self.plane: DataPlane = open_plane(name, self.notes, SystemClock(), capacity).plane
        self.sockets = [udp(socket.AF_INET, "127.0.0.1"), udp(socket.AF_INET6, "::1")]
        self.phones: list[Phone] = []
        self.epoch = 0

    def join(self, number: int, family: int = 0) -> Phone:
        ours = self.sockets[family]
        sock = udp(ours.family, ours.getsockname()[0])
        member = Member(number)
        index = self.plane.add(member.media)
        member.address = pack_address(sock.family, sock.getsockname())
        self.plane.set_path(index, family, member.address)
        phone = Phone(member, index, sock, ours.getsockname())
        self.phones.append(phone)
        return phone

    async def route(self, listener: Phone, *talkers: Phone) -> None:
        self.epoch += 1
        row = row_of(*(talker.index for talker in talkers))
        self.plane.set_routes(self.epoch, [(listener.index, row)])
        await until(lambda: self.plane.acked_epoch() == self.epoch)

    def close(self) -> None:
        self.plane.stop()
        for sock in [*self.sockets, *(phone.sock for phone in self.phones)]:
            sock.close()


def udp(family: int, host: str) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    sock.bind((host, 0))
    return sock


@pytest_asyncio.fixture(params=["python", "numba"])
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    built = House(request.param)
    built.plane.start(built.sockets)
    yield built
    built.close()


@pytest.mark.asyncio
async def test_words_cross_from_one_family_of_addresses_to_the_other(house: House) -> None:
    four, six = house.join(1, 0), house.join(2, 1)
    await house.route(four, six)
    await house.route(six, four)
    four.says()
    six.says(SPEECH[::-1])
    await until(lambda: four.listens() > 0 and six.listens() > 0)
    assert [heard.payload for heard in six.heard] == [SPEECH]
    assert [heard.payload for heard in four.heard] == [SPEECH[::-1]]
    assert house.plane.alive()
    assert house.plane.edges() == [(four.index, True), (six.index, True)]
    await until(lambda: house.notes.talks == 2)


@pytest.mark.asyncio
async def test_signalling_reaches_the_sink_whole_and_with_its_sender(house: House) -> None:
    stranger = udp(socket.AF_INET6, "::1")
    wanted = [bytes([0, n]) + os.urandom(n * 10) for n in range(100)]
    for data in wanted:
        stranger.sendto(data, house.sockets[1].getsockname())
    await until(lambda: len(house.notes.datagrams) == 100)
    address = pack_address(socket.AF_INET6, stranger.getsockname())
    assert house.notes.datagrams == [(1, data, address) for data in wanted]
    stranger.close()


@pytest.mark.asyncio
async def test_packets_for_a_peer_on_tcp_go_to_the_sink(house: House) -> None:
    talker, listener = house.join(1), house.join(2)
    house.plane.set_path(listener.index, 0, None)
    await house.route(listener, talker)
    talker.says()
    await until(lambda: len(house.notes.tcp) == 1)
    assert house.notes.tcp[0].to == listener.index
    assert listener.member.hears(house.notes.tcp[0].data).payload == SPEECH
    house.plane.set_path(talker.index, 0, None)
    house.plane.feed(talker.index, talker.member.speech(2, 1_920, SPEECH))
    await until(lambda: len(house.notes.tcp) == 2)


@pytest.mark.asyncio
async def test_one_listener_that_cannot_be_reached_costs_the_others_nothing(house: House) -> None:
    talker, lost, listener = house.join(1), house.join(2), house.join(3)
    house.plane.set_path(lost.index, 0, pack_address(socket.AF_INET, ("127.0.0.1", 0)))
    await house.route(lost, talker)
    await house.route(listener, talker)
    for _ in range(5):
        talker.says()
    await until(lambda: listener.listens() == 5)
    assert house.plane.counters()["send_failed"] == 5


@pytest.mark.asyncio
async def test_after_remove_not_one_packet_comes_and_the_index_is_reused(house: House) -> None:
    talker, keeper, leaver = house.join(1), house.join(2), house.join(3)
    await house.route(keeper, talker)
    await house.route(leaver, talker)
    heirs = []
    for turn in range(8):
        for _ in range(4):
            talker.says()
        house.plane.remove(leaver.index)
        await asyncio.sleep(0.005)  # what was under way has arrived
        silent_from = leaver.listens()
        heir = house.join(10 + turn)
        await house.route(heir, talker)
        talker.says()
        await until(lambda heir=heir: heir.listens() > 0)
        assert leaver.listens() == silent_from
        heirs.append(heir)
        for _ in range(30):
            house.plane.poll()
            await asyncio.sleep(0.002)
        leaver = heir
    used = [heir.index for heir in heirs]
    assert len(set(used)) < len(used)
    assert all(heard.csrc == talker.member.participant for heir in heirs for heard in heir.heard)


@pytest.mark.asyncio
async def test_routes_and_members_change_while_everybody_talks(house: House) -> None:
    phones = [house.join(n) for n in range(1, 6)]
    for turn in range(60):
        listener, talker = phones[turn % 5], phones[(turn * 3 + 1) % 5]
        house.plane.set_routes(turn, [(listener.index, row_of(talker.index))])
        for phone in phones:
            phone.says()
        house.plane.poll()
        await asyncio.sleep(0.002)
        for phone in phones:
            phone.listens()  # decrypting fails for another's packets and for doubled numbers
    assert sum(len(phone.heard) for phone in phones) > 100
    assert house.plane.alive()


@pytest.mark.asyncio
async def test_the_thread_serves_while_the_interpreter_is_busy() -> None:
    house = House("numba")
    house.plane.start(house.sockets)
    talker, listener = house.join(1), house.join(2)
    await house.route(listener, talker)
    before = sys.getswitchinterval()
    talker.sock.setblocking(True)
    sys.setswitchinterval(60.0)  # nobody else gets the interpreter
    try:
        for _ in range(10):
            talker.says()
        # Busy without a system call that would let the interpreter go.
        sum(i * i for i in range(300_000))
        assert listener.listens() == 10
    finally:
        sys.setswitchinterval(before)
        house.close()


@pytest.mark.asyncio
async def test_a_stopped_plane_is_not_alive_and_its_thread_is_gone() -> None:
    house = House("numba")
    house.plane.start(house.sockets)
    assert house.plane.alive()
    house.close()
    assert not house.plane.alive()
    assert "voice plane" not in {thread.name for thread in threading.enumerate()}


def test_without_its_handles_the_readable_plane_is_taken_and_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plane_check, "SIGNATURE", "int (*)(void)")
    choice = open_plane("auto", Notes(), SystemClock(), 4)
    assert choice.plane.name == "python"
    assert "libsrtp" in choice.reason
    with pytest.raises(NoSuchPlaneError, match="libsrtp"):
        open_plane("numba", Notes(), SystemClock(), 4)


def test_a_session_pointer_that_is_none_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(srtp_handles, "PROTECT", srtp_handles.UNPROTECT)
    monkeypatch.setattr("hearth_server.voice.plane_numba.PROTECT", srtp_handles.UNPROTECT)
    choice = open_plane("auto", Notes(), SystemClock(), 4)
    assert choice.plane.name == "python"
    assert "did not get through" in choice.reason


def test_where_all_is_well_the_compiled_plane_is_taken() -> None:
    choice = open_plane("auto", Notes(), SystemClock(), 4)
    assert isinstance(choice.plane, NumbaPlane)
    assert choice.reason == "checked"
    choice.plane.stop()
    with pytest.raises(NoSuchPlaneError):
        open_plane("rust", Notes(), SystemClock(), 4)


def test_a_second_process_starts_from_the_cache() -> None:
    open_plane("auto", Notes(), SystemClock(), 4).plane.stop()  # it is filled now
    code = (
        "import time\n"
        "from hearth_server.voice.kernels import rounds\n"
        "from hearth_server.voice.plane_check import check\n"
        "begin = time.process_time()\n"
        "check()\n"
        "print(time.process_time() - begin, len(rounds.serve.stats.cache_misses))\n"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    spent_s, misses = out.stdout.split()
    assert int(misses) == 0
    assert float(spent_s) < 1.0


def test_keys_of_the_wrong_length_are_refused() -> None:
    for name in ("python", "numba"):
        plane = open_plane(name, Notes(), SystemClock(), 1).plane
        member = Member(1, GCM)
        media = {key: getattr(member.media, key) for key in member.media.__slots__}
        with pytest.raises(ValueError, match="key"):
            plane.add(type(member.media)(**{**media, "rx_key": bytes(9)}))
        assert plane.add(member.media) == 0  # the index was not lost


@pytest.mark.asyncio
async def test_a_whole_company_that_leaves_makes_room_for_the_next_at_once(house: House) -> None:
    for company in range(3):
        phones = [house.join(20 + 8 * company + at) for at in range(8)]
        for phone in phones:
            house.plane.remove(phone.index)
        # Nobody talks, so the plane's rounds are far apart; all are freed by the same few.
        for _ in range(3):
            house.plane.poll()
            await asyncio.sleep(0.4)
        house.plane.poll()
