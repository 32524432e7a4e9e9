"""Voices between real browsers: who is near is heard from where they stand, nobody else is.

Every visitor's microphone is a tone of its own over a faint noise, so that one can tell by ear
(a spectrum) who is heard. What must not be heard must not arrive: packets are counted, not
loudness.
"""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Visitor
from tests.support.staged import StagedNode, staged_node

pytestmark = pytest.mark.e2e

Open = Callable[..., Visitor]

CONFIG = """
[[rooms]]
id = "near"
name = "Near"
[[rooms.spawn_points]]
x = -1.5
z = 3.0
[[rooms.spawn_points]]
x = 1.5
z = 3.0
[[rooms]]
id = "wide"
name = "Wide"
[[rooms.spawn_points]]
x = -13.0
z = 0.0
[[rooms.spawn_points]]
x = 13.0
z = 0.0
"""
#: A tone over faint noise stands in for a microphone: with digital silence the jitter buffer of
#: the receiving browser behaves as it never does with real ones.
TONE = """
navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext({sampleRate: 48000});
  await context.resume();
  const out = context.createMediaStreamDestination();
  const tone = context.createOscillator();
  tone.frequency.value = %d;
  const loud = context.createGain();
  loud.gain.value = 0.4;
  tone.connect(loud).connect(out);
  const noise = context.createBuffer(1, 48000, 48000);
  const data = noise.getChannelData(0);
  for (let i = 0; i < data.length; i++) data[i] = (Math.random() - 0.5) * 0.01;
  const floor = context.createBufferSource();
  floor.buffer = noise;
  floor.loop = true;
  floor.connect(out);
  tone.start();
  floor.start();
  return out.stream;
};
"""
LOW, HIGH = 440, 1320


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StagedNode]:
    config = tmp_path_factory.mktemp("config") / "hearth.toml"
    config.write_text(CONFIG)
    with staged_node(tmp_path_factory.mktemp("data"), config=config) as running:
        yield running


def talker(visitor: Open, name: str, tone_hz: int, **options: Any) -> Visitor:
    guest = visitor(name, **options)
    guest.context.add_init_script(TONE % tone_hz)
    return guest


def speak(guest: Visitor) -> None:
    """Open the microphone, as a person would."""
    guest.wait("__hearth.voice.phase === 'connected'")
    guest.page.click("[data-test=mic]")
    guest.wait("__hearth.voice.mic.server === 'on'")


def slot_of(guest: Visitor, other: int) -> str:
    return f"__hearth.voice.slots.find(s => s.participant === {other})"


def hears(guest: Visitor, other: int, tone_hz: int, timeout_ms: int = 15_000) -> None:
    """Wait until the other's tone comes out of the slot that is theirs."""
    guest.wait(
        f"(() => {{ const s = {slot_of(guest, other)};"
        f" return s && __hearth.voice.rms(s.slot) > 0.01 &&"
        f" Math.abs(__hearth.voice.spectrumPeakHz(s.slot) - {tone_hz}) < 60 }})()",
        timeout_ms,
    )


def packets(guest: Visitor) -> int:
    """How many voice packets ever came to this browser, by its own count."""
    count: int = guest.page.evaluate(
        """async () => { let n = 0;
        for (const [, s] of await __hearth.voice.pc.getStats())
          if (s.type === 'inbound-rtp' && s.kind === 'audio') n += s.packetsReceived;
        return n; }"""
    )
    return count


def hide(guest: Visitor, other: int, on: bool) -> None:
    guest.page.evaluate(
        "([participant, on]) => "
        "__hearth.connection.request(rid => ({t: 'hide', rid, participant, on}))",
        [other, on],
    )


def no_packets_for(guest: Visitor, milliseconds: int) -> bool:
    before = packets(guest)
    guest.page.wait_for_timeout(milliseconds)
    return packets(guest) == before


def test_two_near_each_other_hear_each_other_from_where_they_stand(
    visitor: Open, node: StagedNode
) -> None:
    ash, bo = talker(visitor, "Ash", LOW), talker(visitor, "Bo", HIGH)
    ash.join(node, room="near")
    bo.join(node, room="near")
    ash.sees(bo)
    speak(ash)
    speak(bo)
    hears(ash, bo.me(), HIGH)
    hears(bo, ash.me(), LOW)
    # Both look at the fire from the same side: who stands left of whom sounds from there.
    for guest, other in ((ash, bo), (bo, ash)):
        side = guest.page.evaluate(
            f"""() => {{ const s = {slot_of(guest, other.me())};
            const e = __hearth.stage.camera.matrixWorld.elements;
            const m = __hearth.drawn({other.me()}).head;
            const seen = [0, 1, 2].reduce((sum, i) => sum + (m[12 + i] - e[12 + i]) * e[i], 0);
            return {{panned: s.pan[0], seen, out: __hearth.voice.output}}; }}"""
        )
        assert abs(side["seen"]) > 0.5, side
        assert side["panned"] * side["seen"] > 0, side
        louder = "right" if side["seen"] > 0 else "left"
        quieter = "left" if side["seen"] > 0 else "right"
        guest.wait(f"__hearth.voice.output.{louder} > 1.2 * __hearth.voice.output.{quieter}")
    ash.page.evaluate("__hearth.connection.sendControl({t: 'earshot', on: true})")
    ash.wait(
        f"__hearth.voice.earshot?.hearers.some(h => h.id === {bo.me()} && h.reason === 'near')"
    )
    # Who leaves with the voice leaves the ear.
    bo.page.click("[data-test=mic]")
    bo.wait("__hearth.voice.mic.server === 'off'")
    ash.page.wait_for_timeout(1_000)
    assert no_packets_for(ash, 1_500)
    ash.screenshot("voice-near")


def test_beyond_the_range_nothing_arrives_until_the_stage_carries_it(
    visitor: Open, node: StagedNode
) -> None:
    teacher, far = talker(visitor, "Tea", LOW), talker(visitor, "Far", HIGH)
    teacher.join(node, room="wide")
    far.join(node, room="wide")
    speak(teacher)
    speak(far)
    far.page.wait_for_timeout(2_000)
    assert packets(far) == 0
    assert packets(teacher) == 0
    node.order(do="stage", who="Tea", on=True)
    hears(far, teacher.me(), LOW)
    reason = far.page.evaluate(f"{slot_of(far, teacher.me())}.reason")
    assert reason == "stage"
    assert packets(teacher) == 0, "the audience is too far from the stage to be heard there"
    node.order(do="stage", who="Tea", on=False)
    far.page.wait_for_timeout(1_000)
    assert no_packets_for(far, 1_500)


def test_who_is_hidden_muted_or_silenced_is_not_forwarded(visitor: Open, node: StagedNode) -> None:
    ann, ben = talker(visitor, "Ann", LOW), talker(visitor, "Ben", HIGH)
    ann.join(node, room="near")
    ben.join(node, room="near")
    ann.sees(ben)
    speak(ann)
    speak(ben)
    hears(ann, ben.me(), HIGH)
    hears(ben, ann.me(), LOW)
    ben_id, ann_id = ben.me(), ann.me()
    node.order(do="hard_mute", who="Ben", on=True)
    ann.page.wait_for_timeout(600)
    assert no_packets_for(ann, 1_000)
    hears(ben, ann_id, LOW)
    ben.wait("__hearth.voice.mic.server === 'hard_muted'")
    node.order(do="hard_mute", who="Ben", on=False)
    # A microphone that others closed is not opened by others.
    ben.wait("__hearth.voice.mic.server === 'off'")
    speak(ben)
    hears(ann, ben_id, HIGH)
    hide(ann, ben_id, True)
    ann.page.wait_for_timeout(800)
    assert no_packets_for(ann, 1_000)
    assert no_packets_for(ben, 1_000)
    hide(ann, ben_id, False)
    hears(ann, ben_id, HIGH)
    hears(ben, ann_id, LOW)


def test_a_path_change_and_a_network_without_udp_keep_the_voice(
    visitor: Open, node: StagedNode
) -> None:
    cat, dan = talker(visitor, "Cat", LOW), talker(visitor, "Dan", HIGH)
    # Dan's network lets no UDP through: the answer's UDP candidates lead nowhere for him.
    dan.context.add_init_script(
        """const real = RTCPeerConnection.prototype.setRemoteDescription;
        RTCPeerConnection.prototype.setRemoteDescription = function (d) {
          const sdp = d.sdp.replace(/^a=candidate:\\S+ 1 udp .*\\r\\n/gim, '');
          return real.call(this, {type: d.type, sdp});
        };"""
    )
    cat.join(node, room="near")
    dan.join(node, room="near")
    cat.sees(dan)
    speak(cat)
    speak(dan)
    hears(cat, dan.me(), HIGH)
    hears(dan, cat.me(), LOW)
    dan.wait("__hearth.voice.path === 'tcp'")
    assert cat.page.evaluate("__hearth.voice.path") == "udp"
    before = cat.page.evaluate(
        "__hearth.voice.pc.localDescription.sdp.match(/ice-ufrag:(\\S+)/)[1]"
    )
    cat.page.evaluate("__hearth.voice.restartIce()")
    cat.wait(
        f"__hearth.voice.pc.currentLocalDescription.sdp.match(/ice-ufrag:(\\S+)/)[1] !== '{before}'"
    )
    cat.wait("__hearth.voice.pc.iceConnectionState === 'connected'")
    hears(cat, dan.me(), HIGH)
    hears(dan, cat.me(), LOW)
    grown = packets(cat)
    cat.page.wait_for_timeout(1_000)
    assert packets(cat) > grown + 20


def children_of(pid: int) -> list[int]:
    """Process ids of a process's children."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def test_a_killed_worker_comes_back_with_everybodys_voice(visitor: Open, node: StagedNode) -> None:
    eve, fay = talker(visitor, "Eve", LOW), talker(visitor, "Fay", HIGH)
    eve.join(node, room="near")
    fay.join(node, room="near")
    eve.sees(fay)
    speak(eve)
    speak(fay)
    hears(eve, fay.me(), HIGH)
    (nursery,) = children_of(node.process.pid)
    (worker,) = children_of(nursery)
    session = eve.page.evaluate("__hearth.voice.session")
    os.kill(worker, signal.SIGKILL)
    eve.wait(f"__hearth.voice.session > {session} && __hearth.voice.phase === 'connected'", 10_000)
    fay.wait("__hearth.voice.phase === 'connected'", 10_000)
    hears(eve, fay.me(), HIGH)
    hears(fay, eve.me(), LOW)
    # The room itself noticed nothing.
    assert eve.page.evaluate("__hearth.phase") == "live"
