"""Made-up speech sounds like speech to a codec: pitched, pausing, as loud as it says."""

import itertools
from pathlib import Path

import av
import numpy as np
import pytest

from hearth_loadtest.voice import speech
from hearth_loadtest.voice.opus import silence_like, stamp_of, stamped
from hearth_loadtest.voice.speech import FRAME, RATE_HZ, SpeechClip, make_clip, pitch_hz, synthesise

SECONDS = 4.0


def decode(packets: list[bytes]) -> np.ndarray:
    """Decode with libopus, samples [n] at 48 kHz, -1 to 1."""
    codec = av.CodecContext.create("libopus", "r")
    codec.sample_rate, codec.layout, codec.format = 48_000, "mono", "s16"
    heard = []
    for number, data in enumerate(packets):
        packet = av.Packet(data)
        packet.pts = number * 960
        heard += [frame.to_ndarray()[0] for frame in codec.decode(packet)]
    return np.concatenate(heard).astype(float) / 32_768


def fundamental_hz(sound: np.ndarray, rate_hz: int) -> float:
    """The pitch, by autocorrelation of its loudest pieces: the shortest of the strong periods."""
    size = rate_hz // 16
    pieces = sound[: len(sound) // size * size].reshape(-1, size)
    loud = pieces[np.argsort((pieces**2).sum(axis=1))[-8:]]
    low, high = rate_hz // 300, rate_hz // 70
    found = []
    for piece in loud:
        echo = np.fft.irfft(np.abs(np.fft.rfft(piece, 2 * size)) ** 2)[:high]
        echo /= 1 - np.arange(high) / size
        peaks = low + np.flatnonzero(
            (echo[low:-1] >= echo[low - 1 : -2]) & (echo[low:-1] > echo[low + 1 :])
        )
        strong = peaks[echo[peaks] > 0.85 * echo[peaks].max()]
        found.append(rate_hz / strong[0])
    return float(np.median(found))


@pytest.fixture(scope="module")
def clip() -> SpeechClip:
    return make_clip(4, SECONDS)


def test_it_talks_in_phrases_with_pauses(clip: SpeechClip) -> None:
    talking = [frame is not None for frame in clip.frames]
    assert len(talking) == SECONDS * 50
    assert 0.3 < np.mean(talking) < 0.9
    turns = np.flatnonzero(np.diff(np.array(talking, dtype=int)))
    assert 2 <= len(turns) <= 12, "phrases last for seconds, not for frames"
    assert not talking[0]
    assert not talking[-1], "so that it can be repeated"


def test_levels_are_those_of_the_sound(clip: SpeechClip) -> None:
    sound, _ = synthesise(4, SECONDS)
    for number, frame in enumerate(clip.frames):
        if frame is None:
            continue
        piece = sound[number * FRAME : (number + 1) * FRAME]
        dbov = -10 * np.log10(max(float((piece**2).mean()), 1e-13))
        assert frame.level_dbov == pytest.approx(min(dbov, 55.0), abs=0.6)
        assert frame.level_dbov < 60, "or the server would take it for silence"


def test_a_decoder_hears_the_voice_at_its_pitch(clip: SpeechClip) -> None:
    phrase = [frame.packet for frame in clip.frames if frame is not None][:75]
    sound = decode(phrase)
    assert np.sqrt((sound**2).mean()) > 0.02
    assert fundamental_hz(sound[4800:], 48_000) == pytest.approx(pitch_hz(4), rel=0.15)


def test_voices_differ_in_pitch() -> None:
    voices = [0, 4, 8, 11]
    heard = []
    for voice in voices:
        sound, _ = synthesise(voice, SECONDS)
        heard.append(fundamental_hz(sound, RATE_HZ))
    assert heard == sorted(heard)
    assert min(b / a for a, b in itertools.pairwise(heard)) > 1.15


def test_a_stamp_changes_nothing_of_the_sound(clip: SpeechClip) -> None:
    packets = [frame.packet for frame in clip.frames if frame is not None]
    marked = [stamped(packet, 7, number) for number, packet in enumerate(packets)]
    assert [stamp_of(packet) for packet in marked[:3]] == [(7, 0), (7, 1), (7, 2)]
    assert np.array_equal(decode(packets), decode(marked))


def test_what_carries_no_stamp_has_none(clip: SpeechClip) -> None:
    packet = next(frame.packet for frame in clip.frames if frame is not None)
    assert stamp_of(packet) is None
    assert stamp_of(clip.silence) is None
    assert stamp_of(b"") is None
    assert stamp_of(b"\x4b\x41\x0c" + bytes(40)) is None
    with pytest.raises(ValueError, match="one frame"):
        stamped(stamped(packet, 1, 1), 1, 1)


def test_a_pause_sends_a_frame_of_nothing_that_decodes(clip: SpeechClip) -> None:
    packet = next(frame.packet for frame in clip.frames if frame is not None)
    assert len(clip.silence) == 1
    assert clip.silence == silence_like(packet)
    assert len(decode([packet, clip.silence, packet])) == 3 * 960


def test_voices_are_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def short(voice: int) -> SpeechClip:
        made.append(voice)
        return make_clip(voice, 2.0)

    monkeypatch.setattr(speech, "make_clip", short)
    first = speech.clips(2, tmp_path)
    assert speech.clips(2, tmp_path) == first
    assert made == [0, 1]
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:-200])
    assert speech.clips(2, tmp_path) == first, "a spoilt cache is made anew"
    assert speech.clips(2, kept / "below") == first, "no cache is no failure"
