"""Bots with voice against a whole node and its voice worker, as an operator would run them."""

import asyncio
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hearth_loadtest.admission import Target
from hearth_loadtest.demo import COSTUMES, Guest
from hearth_loadtest.visitor import Party, Visitor
from hearth_loadtest.voice import murmur
from hearth_loadtest.voice.client import VoiceClient
from hearth_loadtest.voice.murmur import Murmur
from hearth_protocol.outputs import Output, Received
from hearth_protocol.voice import Voice, VoiceAnswer, VoiceOffer
from tests.support.node import Node, running_node, wait_until_voice_is_ready

TOOL = Path(sys.executable).parent / "hearth-loadtest"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with running_node(tmp_path_factory.mktemp("node")) as running:
        wait_until_voice_is_ready(running)
        yield running


def run(node: Node, folder: Path, *arguments: str) -> dict:
    out = folder / "report.json"
    command = [TOOL, "run", "--url", node.url, "--scenario", "circle", "--warmup-s", "2"]
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


def test_another_webrtc_stack_hears_the_same(node: Node, tmp_path: Path) -> None:
    report = run(node, tmp_path, "--users", "3", "--run-time", "2",
                 "--voice", "talkers=2,client=aiortc")  # fmt: skip
    voice = report["voice"]
    assert voice["joins"]["in"] == 3
    assert voice["client"] == "aiortc"
    packets = voice["packets"]
    assert packets["expected"] > 100
    assert packets["delivered"] > 0.97 * packets["expected"]
    assert set(voice["faults"].values()) == {0}


class Listening:
    """What a visitor's voice is to its connection, but with ears instead of a mouth."""

    def __init__(self) -> None:
        self.client = VoiceClient(mic=False, slots=8)
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._tell = None

    def arrived(self, tell: murmur.Tell) -> None:
        self._tell = tell

    def departed(self) -> None:
        self.client.drop()

    def take(self, output: Output) -> None:
        match output:
            case Received(message=Voice(available=True)) if not self.answer.done():
                self.offering = asyncio.ensure_future(  # noqa: TID251 - ends with the loop
                    self._tell(VoiceOffer(rid=1, sdp=self.client.offer()))
                )
            case Received(message=VoiceAnswer(sdp=sdp)):
                self.answer.set_result(sdp)


@pytest.mark.asyncio
async def test_a_newcomer_hears_a_visitor_murmur(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(murmur, "SILENCE_S", (0.1, 0.2))
    monkeypatch.setattr(murmur, "WORDS_S", 5.0)
    party, target = Party(), Target.parse(node.url)
    juniper, newcomer = [
        Guest(target, "campfire", Visitor(party, (3.0, float(at)), random.Random(at)), COSTUMES[at])
        for at in (0, 1)
    ]
    juniper.murmur = Murmur(2, random.Random(1), lambda: True)
    newcomer.murmur = listening = Listening()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(guest.stay(lambda _: None)) for guest in (juniper, newcomer)]
        tasks.append(group.create_task(juniper.murmur.live()))
        async with asyncio.timeout(20):
            await listening.client.connect(await listening.answer)
            while len(listening.client.heard) < 30:  # noqa: ASYNC110
                await juniper.show()
                await newcomer.show()
                await asyncio.sleep(0.05)
        talkers = {heard.talker for heard in listening.client.heard}
        assert talkers == {juniper.participant}
        for task in tasks:
            task.cancel()


def test_without_voice_the_tool_says_so_and_the_demo_goes_on(tmp_path: Path) -> None:
    with running_node(tmp_path, "--no-voice") as silent:
        run_ = [TOOL, "run", "--url", silent.url, "--users", "2", "--voice", "talkers=1"]
        done = subprocess.run(run_, capture_output=True, text=True, timeout=100, check=False)
        assert done.returncode == 2
        assert "no voice" in done.stderr
        assert "Traceback" not in done.stderr
        demo = subprocess.Popen(
            [TOOL, "demo", "--url", silent.url, "--bots", "2"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert demo.stdout is not None
        assert {demo.stdout.readline() for _ in range(2)} == {"Juniper is in\n", "Moss is in\n"}
        demo.terminate()
        _, faults = demo.communicate(timeout=20)
        assert (demo.returncode, faults) == (0, "")
