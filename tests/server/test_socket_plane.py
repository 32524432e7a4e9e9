"""The socket plane against real loopback sockets."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio

from hearth_server.realtime.socket_plane import SocketPlane

POSE = bytes([0x82, 0x80 | 104, 1, 2, 3, 4, 0xC1 ^ 1, 0x01 ^ 2]) + bytes(range(102))


class Peer(asyncio.Protocol):
    """Notes what the plane hands to a connection."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.odd: list[bytes] = []
        self.rests: list[bytes] = []
        self.lost = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.odd.append(data)

    def write_rest(self, rest: memoryview) -> None:
        self.rests.append(bytes(rest))
        self.transport.write(bytes(rest))

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()


class Rig:
    """A plane with connections to it."""

    def __init__(self) -> None:
        self.inbox = np.zeros((16, 128), np.uint8)
        self.arrived = np.zeros(16, np.uint32)
        self.plane = SocketPlane(16, self.inbox, self.arrived)
        self.peers: list[Peer] = []
        self.clients: list[socket.socket] = []

    async def connect(self, slot: int) -> tuple[Peer, socket.socket]:
        loop = asyncio.get_running_loop()
        ours, theirs = socket.create_server(("127.0.0.1", 0)), socket.socket()
        theirs.connect(ours.getsockname())
        accepted, _ = ours.accept()
        ours.close()
        accepted.setblocking(False)
        theirs.setblocking(False)
        _, peer = await loop.connect_accepted_socket(Peer, accepted)
        self.peers.append(peer)
        self.clients.append(theirs)
        assert self.plane.add(slot, peer.transport, peer)
        return peer, theirs

    def receive(self) -> None:
        self.plane.receive(5_000, 0)


@pytest_asyncio.fixture
async def rig() -> AsyncIterator[Rig]:
    built = Rig()
    yield built
    built.plane.close()
    for peer in built.peers:
        peer.transport.abort()
    for client in built.clients:
        client.close()
    await asyncio.sleep(0)


@pytest.mark.asyncio
async def test_a_pose_lands_in_its_slots_row(rig: Rig) -> None:
    peer, client = await rig.connect(3)
    client.send(POSE)
    rig.receive()
    assert bytes(rig.inbox[3, :110]) == POSE
    assert rig.arrived[3] != 0
    assert rig.arrived[[0, 1, 2, 4]].sum() == 0
    assert peer.odd == []


@pytest.mark.asyncio
async def test_of_several_poses_the_newest_wins_and_all_are_counted(rig: Rig) -> None:
    _, client = await rig.connect(0)
    newest = POSE[:-1] + b"\xff"
    client.send(POSE + POSE + newest)
    rig.receive()
    assert bytes(rig.inbox[0, :110]) == newest
    assert rig.plane.poses[0] == 3


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "data",
    [
        POSE[:50],
        POSE + b"\x82",
        b"\x82\x85" + bytes(9),
        bytes([0x02]) + POSE[1:],
        POSE[:6] + bytes([POSE[6] ^ 1]) + POSE[7:],
    ],
    ids=["partial", "pose and more", "control", "fragment", "not a hot frame"],
)
async def test_anything_else_is_handed_back_untouched(rig: Rig, data: bytes) -> None:
    peer, client = await rig.connect(1)
    client.send(data)
    rig.receive()
    assert peer.odd == [data]
    assert rig.arrived[1] == 0


@pytest.mark.asyncio
async def test_with_an_unfinished_frame_waiting_even_a_pose_goes_to_python(rig: Rig) -> None:
    peer, client = await rig.connect(2)
    rig.plane.whole[2] = False
    client.send(POSE)
    rig.receive()
    assert peer.odd == [POSE]
    assert rig.arrived[2] == 0


@pytest.mark.asyncio
async def test_the_loop_is_left_to_notice_a_closed_peer(rig: Rig) -> None:
    peer, client = await rig.connect(5)
    client.close()
    rig.receive()
    assert not rig.plane.carries(5)
    await asyncio.wait_for(peer.lost.wait(), 5)


@pytest.mark.asyncio
async def test_frames_reach_their_own_sockets(rig: Rig) -> None:
    clients = [(await rig.connect(slot))[1] for slot in (4, 7, 9)]
    arena = np.arange(60, dtype=np.uint8)
    offsets, lengths = np.zeros(16, np.int64), np.zeros(16, np.int32)
    offsets[[4, 7, 9]] = [0, 20, 40]
    lengths[[4, 7, 9]] = [20, 0, 15]
    assert rig.plane.send(rig.plane.slots, arena, offsets, lengths) == ()
    assert clients[0].recv(100) == bytes(range(20))
    with pytest.raises(BlockingIOError):
        clients[1].recv(100)
    assert clients[2].recv(100) == bytes(range(40, 55))


@pytest.mark.asyncio
async def test_what_a_full_socket_does_not_take_goes_to_its_peer_in_order(rig: Rig) -> None:
    peer, client = await rig.connect(6)
    arena = np.random.default_rng(1).integers(0, 256, 8_000_000).astype(np.uint8)
    offsets, lengths = np.zeros(16, np.int64), np.zeros(16, np.int32)
    lengths[6] = arena.size
    assert rig.plane.send(rig.plane.slots, arena, offsets, lengths) == [6]
    assert 0 < len(peer.rests[0]) < arena.size
    client.setblocking(True)
    received = bytearray()
    while len(received) < arena.size:
        await asyncio.sleep(0)
        client.settimeout(5)
        received += await asyncio.to_thread(client.recv, 1 << 20)
    assert bytes(received) == arena.tobytes()


@pytest.mark.asyncio
async def test_a_failed_socket_disturbs_nobody(rig: Rig) -> None:
    _, broken = await rig.connect(1)
    _, fine = await rig.connect(2)
    broken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    broken.close()  # resets the connection
    arena = np.arange(40, dtype=np.uint8)
    offsets, lengths = np.zeros(16, np.int64), np.full(16, 20, np.int32)
    offsets[2] = 20
    rig.plane.send(rig.plane.slots, arena, offsets, lengths)
    assert not rig.plane.carries(1)
    assert fine.recv(100) == bytes(range(20, 40))


@pytest.mark.asyncio
async def test_a_descriptor_that_the_loop_closed_never_becomes_somebody_elses(rig: Rig) -> None:
    peer, _ = await rig.connect(3)
    peer.transport.abort()
    await asyncio.sleep(0.01)
    _, stranger = await rig.connect(8)
    arena = np.arange(40, dtype=np.uint8)
    offsets, lengths = np.zeros(16, np.int64), np.zeros(16, np.int32)
    lengths[3] = 40
    rig.plane.send(np.array([3]), arena, offsets, lengths)
    with pytest.raises(BlockingIOError):
        stranger.recv(100)


@pytest.mark.asyncio
async def test_arrival_is_told_in_server_time(rig: Rig) -> None:
    _, client = await rig.connect(0)
    # The kernel begins to stamp a moment after the first socket asked for it.
    for _ in range(50):
        client.send(POSE)
        await asyncio.sleep(0.03)
        rig.plane.receive(5_000, time.time_ns())  # the stamps are real time
        if rig.arrived[0] < 5_000:
            break
    assert 4_000 <= rig.arrived[0] <= 4_975


@pytest.mark.asyncio
async def test_what_was_posted_to_many_comes_before_each_ones_own_frame(rig: Rig) -> None:
    clients = [(await rig.connect(slot))[1] for slot in (4, 7, 9)]
    arena = np.arange(60, dtype=np.uint8)
    offsets, lengths = np.zeros(16, np.int64), np.zeros(16, np.int32)
    offsets[[4, 7, 9]] = [0, 20, 40]
    lengths[[4, 7, 9]] = [20, 0, 15]
    rig.plane.post(np.array([4, 7]), b"first")
    rig.plane.post(np.array([7, 9]), b"second")
    assert [rig.plane.posted(slot) for slot in (4, 7, 9, 5)] == [True, True, True, False]
    assert rig.plane.send(rig.plane.slots, arena, offsets, lengths) == ()
    assert clients[0].recv(100) == b"first" + bytes(range(20))
    assert clients[1].recv(100) == b"firstsecond"
    assert clients[2].recv(100) == b"second" + bytes(range(40, 55))
    assert not rig.plane.posted(4)
    rig.plane.send(np.array([4]), arena, offsets, lengths)
    assert clients[0].recv(100) == bytes(range(20))


@pytest.mark.asyncio
@pytest.mark.parametrize("letters", [100, 7_900_000], ids=["in the frame", "in the mail"])
async def test_a_full_socket_keeps_mail_and_frame_in_order(rig: Rig, letters: int) -> None:
    _, client = await rig.connect(6)
    data = np.random.default_rng(2).integers(0, 256, 8_000_000).astype(np.uint8)
    mail, arena = data[:letters].tobytes(), np.ascontiguousarray(data[letters:])
    offsets, lengths = np.zeros(16, np.int64), np.zeros(16, np.int32)
    lengths[6] = arena.size
    rig.plane.post(np.array([6]), mail)
    assert rig.plane.send(rig.plane.slots, arena, offsets, lengths) == [6]
    client.setblocking(True)
    received = bytearray()
    while len(received) < data.size:
        received += await asyncio.to_thread(client.recv, 1 << 20)
    assert bytes(received) == data.tobytes()
