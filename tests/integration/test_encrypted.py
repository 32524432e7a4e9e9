"""The realtime line over TLS: encrypted sockets never come on the plane, and all else holds."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hearth_protocol.control import Chat, ChatLine
from hearth_server.api.listening import ServedCertificate, certificate_for
from hearth_server.clock import SystemClock
from hearth_server.realtime.socket_plane import SocketPlane
from hearth_server.settings import Settings
from tests.integration.conftest import Node, running_node
from tests.integration.guest import arrived

pytestmark = pytest.mark.asyncio


@pytest.fixture
def served(tmp_path: Path) -> ServedCertificate:
    return certificate_for(Settings(lan=True, data_dir=tmp_path), SystemClock().wall_s())


@pytest_asyncio.fixture
async def secret_node(served: ServedCertificate) -> AsyncIterator[Node]:
    async with running_node(SocketPlane.available(), served) as built:
        yield built


@pytest.fixture
def trust(served: ServedCertificate) -> ssl.SSLContext:
    """What a device that took the node's authority checks by; the name has to be right too."""
    assert served.ca_pem is not None
    return ssl.create_default_context(cadata=served.ca_pem.decode())


async def test_two_meet_over_tls_without_the_plane(
    secret_node: Node, trust: ssl.SSLContext
) -> None:
    node = secret_node
    async with (
        arrived(node.url, secure=trust, ticket=node.ticket("Ann")) as ann,
        arrived(node.url, secure=trust, ticket=node.ticket("Bob")) as bob,
    ):
        await ann.until(lambda: bob.id in ann.people)
        ann.spot = (2.0, 1.6, 2.0)
        before = len(bob.snapshots)
        await node.ticks(20)
        assert len(bob.snapshots) >= before + 18
        assert bob.snapshots[-1][3] == 1  # one lane: Ann
        await bob.send(ChatLine(rid=1, text="by candle light"))
        await ann.until(lambda: ann.all(Chat))
        assert ann.last(Chat).text == "by candle light"
        plane = node.shell.shard.plane
        assert plane is None or plane.slots.size == 0


async def test_a_stalled_tls_reader_is_skipped_and_comes_back(
    secret_node: Node, trust: ssl.SSLContext
) -> None:
    node = secret_node
    async with (
        arrived(node.url, secure=trust, ticket=node.ticket("Mover")) as mover,
        arrived(node.url, secure=trust, ticket=node.ticket("Napper")) as napper,
    ):
        await mover.until(lambda: napper.id in mover.people)
        napper.polite = False
        asleep = len(napper.snapshots)
        seen = len(mover.snapshots)
        await node.ticks(40)
        assert len(mover.snapshots) >= seen + 36
        assert len(napper.snapshots) <= asleep + 10
        napper.polite = True
        await napper.move()
        woken = len(napper.snapshots)
        await node.ticks(20)
        assert len(napper.snapshots) >= woken + 16
