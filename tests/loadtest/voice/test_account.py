"""What the report says of voice follows from what was found, and is honest about nothing found."""

import numpy as np
import pytest

from hearth_loadtest.casting import Company
from hearth_loadtest.latency import Latencies
from hearth_loadtest.voice.account import VoiceAccount
from hearth_loadtest.voice.cast import Cast
from hearth_loadtest.voice.lines import rows
from hearth_loadtest.voice.tidings import VoiceResult, is_of_voice
from hearth_loadtest.voice.truth import VoiceFindings
from hearth_loadtest.voice.wish import VoiceWish
from hearth_protocol import codec
from hearth_protocol.control import ErrorMessage, Pong
from hearth_protocol.errors import ErrorCode
from hearth_protocol.voice import VoiceAnswer, VoiceSlots, VoiceState

WISH = VoiceWish(2)


def encoded(*seconds: float) -> bytes:
    out = Latencies()
    out.record(np.array(seconds))
    return out.encode()


def account(findings: VoiceFindings, latency: bytes, **more: object) -> VoiceAccount:
    result = VoiceResult(findings, latency, encoded(0.001, 0.03), encoded(0.4), **more)
    return VoiceAccount(WISH, Cast.of(WISH, Company(10, 1, 1, 1)), result)


def test_figures_of_a_good_run() -> None:
    found = VoiceFindings(expected=2000, delivered=1999, received=3000, switches=6)
    good = account(found, encoded(0.002, 0.004), sent=99, missed=1, seconds=3.0, joined=10)
    assert good.quantities()["voice_loss"] == pytest.approx(0.0005)
    assert good.quantities()["voice_p99"] == pytest.approx(4.0, rel=0.01)
    assert good.faults == ()
    assert good.missed_ratio == pytest.approx(0.01)
    assert good.lag_p99_ms == pytest.approx(30, rel=0.01)
    voice = good.document()
    assert voice["loss_ratio"] == 0.0005
    assert voice["slot_switches_per_s"] == 2.0
    assert voice["packets"]["received_per_s"] == 1000.0
    told = dict(rows(voice))
    assert "1999 of 2000 due packets" in told["Voice heard"]
    assert "nobody was heard from afar" in told["Voice truth"]


def test_nothing_due_is_no_pass() -> None:
    empty = account(VoiceFindings(), encoded(), listeners=3)
    assert empty.quantities()["voice_loss"] == float("inf")
    assert empty.quantities()["voice_p99"] == float("inf")
    assert empty.document()["loss_ratio"] is None
    assert any("within 10 m" in note for note in empty.notes())


def test_a_packet_from_afar_is_a_fault_with_a_name() -> None:
    bad = account(VoiceFindings(expected=5, delivered=5, heard_from_afar=2), encoded(0.001))
    (line,) = bad.faults
    assert "heard_from_afar 2" in line
    assert dict(rows(bad.document()))["Voice truth"] == "heard_from_afar 2"


def test_failures_and_losses_count_together() -> None:
    some = account(VoiceFindings(), encoded(), failures={"timeout": 2}, lost={"closed": 1})
    assert some.quantities()["voice_failed"] == pytest.approx(0.3)
    assert any("1 voices broke off" in note for note in some.notes())


def test_a_run_without_voice_has_no_lines() -> None:
    assert rows(None) == []


def test_the_voice_process_is_told_of_its_messages_only() -> None:
    of_voice = [
        VoiceAnswer(rid=1, sdp="v=0"),
        VoiceSlots(slots=[]),
        VoiceState(connection="none", mic="off"),
        ErrorMessage(code=ErrorCode.VOICE_UNAVAILABLE, text="no"),
    ]
    assert all(is_of_voice(codec.encode(message)) for message in of_voice)
    assert not is_of_voice(codec.encode(Pong(id=1, client_ms=1, server_ms=1)))
    assert not is_of_voice(b"")
