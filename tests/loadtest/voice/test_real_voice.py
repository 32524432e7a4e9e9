"""Bots with voice against a whole node and its voice worker, as an operator would run them."""

import asyncio
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from aioice import ice

from hearth_loadtest.admission import Target
from hearth_loadtest.demo import COSTUMES, Guest
from hearth_loadtest.visitor import Party, Visitor
from hearth_loadtest.voice import murmur
from hearth_loadtest.voice.client import VoiceClient
from hearth_loadtest.voice.murmur import Murmur
from hearth_loadtest.voice.opus import stamp_of, stamped
from hearth_loadtest.voice.speech import make_clip
from hearth_loadtest.voice.whole_stack import WholeStackClient
from hearth_protocol.outputs import Output, Received
from hearth_protocol.voice import MicState, Voice, VoiceAnswer, VoiceOffer
from tests.support.node import Node, running_node, wait_until_voice_is_ready

TOOL = Path(sys.executable).parent / "hearth-loadtest"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with running_node(tmp_path_factory.mktemp("node")) as running:
        wait_until_voice_is_ready(running)
        yield running


def run(node: Node, folder: Path, *arguments: str) -> dict:
    out = folder / "report.json"
    command = [TOOL, "run", "--url", node.url, "--scenario", "circle", "--warmup-s", "1.5"]
    command += ["--json", out, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert out.exists(), done.stdout + done.stderr
    document = json.loads(out.read_text())
    document["printed"] = done.stdout
    return document


def test_bots_hear_whom_they_should(node: Node, tmp_path: Path) -> None:
    report = run(node, tmp_path, "--users", "10", "--rooms", "2", "--workers", "2",
                 "--run-time", "3", "--voice", "talkers=4,listeners=8",
                 "--slo", "voice_loss<=100%,voice_failed<50%")  # fmt: skip
    voice = report["voice"]
    assert voice["joins"]["in"] == voice["joins"]["wanted"] >= 8
    assert voice["joins"]["failures"] == voice["joins"]["lost"] == {}
    assert (voice["talkers"], voice["listeners"]) == (4, 8)
    packets = voice["packets"]
    assert packets["unreadable"] == packets["strangers"] == 0
    assert packets["expected"] > 500
    # a busy machine may be late; what is near still arrives
    assert packets["delivered"] > 0.97 * packets["expected"]
    assert set(voice["faults"].values()) == {0}
    assert 0 < voice["latency_ms"]["p50"] < 100
    assert "Voice heard" in report["printed"]
    assert report["verdict"] != "fail"
    assert report["users"]["errors"] == {}


class Voiced:
    """What a visitor's murmur is to its connection, with any client: `peer` once it is in."""

    def __init__(self, peer: VoiceClient | WholeStackClient, group: asyncio.TaskGroup) -> None:
        self.peer = peer
        self.ready = asyncio.Event()
        self._group = group
        self._answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def arrived(self, tell: murmur.Tell) -> None:
        self._tell = tell

    def departed(self) -> None:
        pass

    def take(self, output: Output) -> None:
        match output:
            case Received(message=Voice(available=True)):
                self._group.create_task(self._connect())
            case Received(message=VoiceAnswer(sdp=sdp)):
                self._answer.set_result(sdp)

    async def _connect(self) -> None:
        offer = self.peer.offer()
        text = offer if isinstance(offer, str) else await offer
        await self._tell(VoiceOffer(rid=1, sdp=text))
        await self.peer.connect(await self._answer)
        await self._tell(MicState(on=True))
        self.ready.set()


def visitors(node: Node) -> list[Guest]:
    """Two who stand a metre from each other."""
    party, target = Party(), Target.parse(node.url)
    return [
        Guest(target, "campfire", Visitor(party, (3.0, float(at)), random.Random(at)), COSTUMES[at])
        for at in (0, 1)
    ]


async def stay(guest: Guest) -> None:
    """Come in and stand there."""

    async def stand() -> None:
        while True:
            await guest.show()
            await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as group:
        group.create_task(guest.stay(lambda _: None))
        group.create_task(stand())


@pytest.mark.asyncio
async def test_a_newcomer_hears_a_visitor_murmur(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(murmur, "SILENCE_S", (0.1, 0.2))
    monkeypatch.setattr(murmur, "WORDS_S", 5.0)
    juniper, newcomer = visitors(node)
    juniper.murmur = Murmur(2, random.Random(1), lambda: True)
    async with asyncio.TaskGroup() as group:
        newcomer.murmur = listening = Voiced(VoiceClient(mic=False), group)
        tasks = [group.create_task(stay(guest)) for guest in (juniper, newcomer)]
        tasks.append(group.create_task(juniper.murmur.live()))
        enough = asyncio.Event()
        heard = listening.peer.heard
        listening.peer.on_heard = lambda _: enough.set() if len(heard) >= 30 else None
        async with asyncio.timeout(20):
            await enough.wait()
        assert {each.talker for each in heard} == {juniper.participant}
        for task in tasks:
            task.cancel()
        listening.peer.drop()


@pytest.mark.asyncio
async def test_another_webrtc_stack_speaks_and_hears_the_same(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
    talker, listener = visitors(node)
    packet = next(frame.packet for frame in make_clip(0, 2.0).frames if frame is not None)
    came: list[tuple[int, int, int]] = []
    enough = asyncio.Event()

    def note(ssrc: int, source: int, payload: bytes) -> None:
        stamp = stamp_of(payload)
        assert stamp is not None
        came.append((source, *stamp))
        if len(came) >= 50:
            enough.set()

    async with asyncio.TaskGroup() as group:
        mouth = Voiced(WholeStackClient(mic=True, slots=8, note=note), group)
        ear = Voiced(WholeStackClient(mic=False, slots=8, note=note), group)
        talker.murmur, listener.murmur = mouth, ear
        tasks = [group.create_task(stay(guest)) for guest in (talker, listener)]
        async with asyncio.timeout(30):
            await mouth.ready.wait()
            await ear.ready.wait()
            who, number = talker.participant, 0
            while not enough.is_set():
                mouth.peer.say(stamped(packet, 7, number))
                number += 1
                await asyncio.sleep(0.02)
        for task in tasks:
            task.cancel()
        await mouth.peer.close()
        await ear.peer.close()
    assert {source for source, _, _ in came} == {who}
    assert {bot for _, bot, _ in came} == {7}
    numbers = [number for _, _, number in came]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_without_voice_the_tool_says_so_and_the_demo_goes_on(tmp_path: Path) -> None:
    with running_node(tmp_path, "--no-voice") as silent:
        demo = subprocess.Popen(
            [TOOL, "demo", "--url", silent.url, "--bots", "2"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert demo.stdout is not None
        assert {demo.stdout.readline() for _ in range(2)} == {"Juniper is in\n", "Moss is in\n"}
        run_ = [TOOL, "run", "--url", silent.url, "--users", "2", "--voice", "talkers=1"]
        done = subprocess.run(run_, capture_output=True, text=True, timeout=100, check=False)
        assert done.returncode == 2
        assert "no voice" in done.stderr
        assert "Traceback" not in done.stderr
        demo.terminate()
        _, faults = demo.communicate(timeout=20)
        assert (demo.returncode, faults) == (0, "")
