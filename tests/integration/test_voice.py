"""Voice from the message to the packet: a real node, a real worker, and light clients.

What people are told of who hears whom is compared with the packets that really come.
"""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from aiortc.rtcdtlstransport import RTCCertificate

from hearth_protocol import voice as V
from hearth_protocol.control import Ack, ErrorMessage, Roster
from hearth_server.clock import SystemClock
from hearth_server.metrics import Metrics
from hearth_server.realtime.socket_plane import SocketPlane
from hearth_server.settings import Settings
from hearth_server.voice.service import VoiceService
from tests.integration.conftest import Node, running_node
from tests.integration.guest import Guest, arrived
from tests.support.voice_client import VoiceClient

pytestmark = pytest.mark.asyncio

_CERTIFICATE = RTCCertificate.generateCertificate()
WORD = bytes(range(60))


@dataclass
class Hall:
    """A node with voice."""

    node: Node
    service: VoiceService


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    settings = Settings(port=0, voice_plane="python", data_dir=tmp_path, log_level="warning")
    # The worker lives in real time, however far the test pushes the node's clock.
    service = VoiceService(settings, SystemClock(), Metrics(), 0)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(service.run())
        try:
            async with running_node(SocketPlane.available(), voice=service) as node:
                service.attach(node.shell.voice)
                await node.until(lambda: service.ready is not None, 60.0)
                yield Hall(node, service)
        finally:
            await service.stop()


class Speaker:
    """A guest with a voice."""

    def __init__(self, node: Node, guest: Guest) -> None:
        self.node = node
        self.guest = guest
        self.sound = VoiceClient(certificate=_CERTIFICATE)
        self._rid = 100

    @property
    def id(self) -> int:
        return self.guest.id

    async def hang_up(self) -> None:
        await self.sound.close()

    def rid(self) -> int:
        self._rid += 1
        return self._rid

    async def tell(self, message: V.WireModel) -> None:
        await self.guest.send(message)

    async def ask(self, message: V.WireModel) -> None:
        """Send a request and wait until it has been carried out."""
        await self.guest.send(message)
        rid = message.rid  # type: ignore[attr-defined]
        await self.settle(lambda: any(ack.rid == rid for ack in self.guest.all(Ack)))

    async def settle(self, condition: object) -> None:
        """Let ticks run until something holds."""
        assert callable(condition)
        for _ in range(200):
            if condition():
                return
            await self.node.ticks(1)
            await asyncio.sleep(0.005)
        raise AssertionError("it never came about")

    async def connect(self) -> None:
        rid = self.rid()
        await self.tell(V.VoiceOffer(rid=rid, sdp=self.sound.offer()))
        await self.settle(lambda: any(a.rid == rid for a in self.guest.all(V.VoiceAnswer)))
        await self.sound.connect(self.guest.last(V.VoiceAnswer).sdp)
        await self.settle(
            lambda: any(s.connection == "connected" for s in self.guest.all(V.VoiceState))
        )

    async def open_mic(self, on: bool = True) -> None:
        await self.tell(V.MicState(on=on))
        wanted = "on" if on else "off"
        await self.settle(lambda: self.guest.last(V.VoiceState).mic == wanted)

    async def say(self, packets: int = 6) -> None:
        for _ in range(packets):
            self.sound.say(WORD)
            await asyncio.sleep(0.004)
        await asyncio.sleep(0.06)

    def stand(self, x: float, z: float) -> None:
        self.guest.spot = (x, 1.6, z)

    def take_heard(self) -> set[int]:
        """Whom this one heard since last asked."""
        heard = {packet.talker for packet in self.sound.heard}
        self.sound.heard.clear()
        return heard


@asynccontextmanager
async def speaking(hall: Hall, *names: str) -> AsyncIterator[list[Speaker]]:
    """People with voice and open microphones, side by side."""
    node = hall.node
    async with AsyncExitStack() as stack:
        speakers = []
        for at, name in enumerate(names):
            guest = await stack.enter_async_context(
                arrived(node.url, features=[V.VOICE_FEATURE], ticket=node.ticket(name))
            )
            speaker = Speaker(node, guest)
            speaker.stand(float(at), 3.0)
            await speaker.settle(lambda guest=guest: bool(guest.all(V.Voice)))
            await speaker.connect()
            await speaker.open_mic()
            stack.push_async_callback(speaker.hang_up)
            speakers.append(speaker)
        await node.ticks(4)
        await asyncio.sleep(0.1)
        yield speakers


async def heard_by(talker: Speaker, listeners: list[Speaker]) -> set[int]:
    """Let one speak; return the ids of those to whom packets came."""
    for listener in listeners:
        listener.take_heard()
    await talker.say()
    return {one.id for one in listeners if talker.id in one.take_heard()}


def mic_of(guest: Guest, other: int) -> str | None:
    """What somebody was last told of another's microphone."""
    told = [
        person.mic
        for message in guest.all(Roster)
        for person in (*message.joined, *message.changed)
        if person.id == other and person.mic
    ]
    return told[-1]


async def test_who_did_not_ask_for_voice_is_told_nothing_of_it(hall: Hall) -> None:
    async with (
        speaking(hall, "Ann", "Bob"),
        arrived(hall.node.url, ticket=hall.node.ticket("Plain")) as plain,
    ):
        await hall.node.ticks(10)
        kinds = {type(message).__module__ for message in plain.told}
        assert V.__name__ not in kinds
        await plain.send(V.VoiceOffer(rid=1, sdp="v=0"))
        await plain.until(lambda: plain.all(ErrorMessage))
        assert plain.last(ErrorMessage).code == "voice_unavailable"


async def test_two_hear_each_other_and_know_it(hall: Hall) -> None:
    async with speaking(hall, "Ann", "Bob") as (ann, bob):
        await ann.tell(V.EarshotAsk(on=True))
        await ann.settle(lambda: bool(ann.guest.all(V.Earshot)))
        (hearer,) = ann.guest.last(V.Earshot).hearers
        assert (hearer.id, hearer.reason) == (bob.id, "near")
        assert await heard_by(ann, [bob]) == {bob.id}
        assert await heard_by(bob, [ann]) == {ann.id}
        (slot,) = bob.guest.last(V.VoiceSlots).slots
        assert (slot.participant, slot.reason) == (ann.id, "near")
        assert mic_of(bob.guest, ann.id) == "on"
        await ann.open_mic(False)
        await ann.settle(lambda: mic_of(bob.guest, ann.id) == "off")
        await ann.settle(lambda: not ann.guest.last(V.Earshot).hearers)
        assert await heard_by(ann, [bob]) == set()


@pytest.mark.parametrize("seed", range(3))
async def test_earshot_is_what_the_packets_do(hall: Hall, seed: int) -> None:
    """Walk, mute and deafen at random: who is listed gets packets, all but who wants none.

    That somebody mutes one is nobody's to know: they stay on the list.
    """
    chance = random.Random(seed)
    async with speaking(hall, "Ann", "Bob", "Cid", "Dee") as people:
        for one in people:
            await one.tell(V.EarshotAsk(on=True))
        mutes: dict[tuple[int, int], bool] = {}
        for _ in range(8):
            one, other = chance.sample(people, 2)
            match chance.randrange(5):
                case 0 | 1:
                    one.stand(chance.uniform(-13.0, 13.0), chance.uniform(-13.0, 13.0))
                case 2:
                    on = chance.random() < 0.5
                    await one.ask(V.Mute(rid=one.rid(), participant=other.id, on=on))
                    mutes[one.id, other.id] = on
                case 3:
                    await one.ask(V.HearingWish(rid=one.rid(), deafened=chance.random() < 0.3))
                case _:
                    metres = chance.choice((0.0, 2.0, 6.0))
                    await one.ask(V.HearingWish(rid=one.rid(), earmuff_m=metres))
            await hall.node.ticks(60)  # a walk across at 12 m/s, then earshot's half a second
            await asyncio.sleep(0.1)
            talker = chance.choice(people)
            others = [each for each in people if each is not talker]
            listed = {hearer.id for hearer in talker.guest.last(V.Earshot).hearers}
            want = {each.id for each in others if not mutes.get((each.id, talker.id))}
            assert await heard_by(talker, others) == listed & want


async def test_a_caption_goes_to_those_who_hear_and_to_nobody_else(hall: Hall) -> None:
    async with speaking(hall, "Ann", "Bob", "Far") as (ann, bob, far):
        ann.stand(-13.0, 0.0)
        bob.stand(-11.0, 0.0)
        far.stand(13.0, 0.0)
        await hall.node.ticks(80)
        await ann.tell(V.CaptionLine(text="hello there"))
        await ann.settle(lambda: bool(bob.guest.all(V.Caption)))
        assert bob.guest.last(V.Caption).text == "hello there"
        assert bob.guest.last(V.Caption).from_ == ann.id
        await hall.node.ticks(5)
        assert not far.guest.all(V.Caption)
        assert not ann.guest.all(V.Caption)


async def test_an_offer_that_cannot_be_used_is_refused_by_name(hall: Hall) -> None:
    node = hall.node
    async with arrived(node.url, features=[V.VOICE_FEATURE], ticket=node.ticket("Odd")) as guest:
        odd = Speaker(node, guest)
        await odd.tell(V.VoiceOffer(rid=9, sdp="v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n"))
        await odd.settle(lambda: bool(guest.all(ErrorMessage)))
        error = guest.last(ErrorMessage)
        assert (error.code, error.rid) == ("voice_refused", 9)
        assert len(error.text) > 20


async def test_voice_goes_on_for_a_while_without_the_line_and_then_ends(hall: Hall) -> None:
    async with speaking(hall, "Ann", "Bob") as (ann, bob):
        ann.guest.socket.transport.abort()
        await ann.guest.socket.wait_closed()
        node = hall.node
        await node.until(lambda: node.shell.shard.participants[ann.id].lost_s is not None)
        await node.ticks(20)
        assert await heard_by(ann, [bob]) == {bob.id}
        node.clock.push(15.5)
        await node.ticks(4)
        await asyncio.sleep(0.1)
        assert await heard_by(ann, [bob]) == set()


async def test_a_dead_worker_is_told_and_its_successor_too(hall: Hall) -> None:
    async with speaking(hall, "Ann", "Bob") as (ann, bob):
        before = ann.guest.last(V.Voice)
        assert before.available
        os.kill(worker_of(os.getpid()), signal.SIGKILL)
        await ann.settle(lambda: ann.guest.last(V.Voice).session > before.session)
        assert ann.guest.last(V.VoiceState).connection == "none"
        for _ in range(100):
            await hall.node.ticks(1)
            if ann.guest.last(V.Voice).available:
                break
            await asyncio.sleep(0.05)
        again = ann.guest.last(V.Voice)
        assert again.available
        assert again.spread_ms > 0
        for one in (ann, bob):
            one.sound.drop()
            one.sound = VoiceClient(certificate=_CERTIFICATE)
            seen = len(one.guest.all(V.VoiceState))
            rid = one.rid()
            await one.tell(V.VoiceOffer(rid=rid, sdp=one.sound.offer()))
            await one.settle(
                lambda g=one.guest, r=rid: any(a.rid == r for a in g.all(V.VoiceAnswer))
            )
            await one.sound.connect(one.guest.last(V.VoiceAnswer).sdp)
            await one.settle(
                lambda g=one.guest, n=seen: any(
                    s.connection == "connected" for s in g.all(V.VoiceState)[n:]
                )
            )
        await hall.node.ticks(4)
        await asyncio.sleep(0.1)
        # Microphones are as they were: nobody has to open theirs again.
        assert await heard_by(ann, [bob]) == {bob.id}


def worker_of(node_pid: int) -> int:
    """The worker: the child of the process that forks them."""
    for task in Path(f"/proc/{node_pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            if b"voice.nursery" in Path(f"/proc/{child}/cmdline").read_bytes():
                (worker,) = Path(f"/proc/{child}/task/{child}/children").read_text().split()
                return int(worker)
    raise AssertionError("no worker runs")
