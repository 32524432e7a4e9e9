"""Speech-like sound, made here: syllables of vowels and hiss in phrases with pauses, as Opus.

Nothing is said in it. A voice is a row of harmonics under moving formants; every voice has a
pitch and a vocal tract of its own, so that talkers can be told apart by ear. Encoded once and
kept in the cache folder.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgpack
import numpy as np
import numpy.typing as npt

from hearth_loadtest.voice.opus import silence_like

F64 = npt.NDArray[np.float64]

RATE_HZ = 16_000
FRAME = RATE_HZ // 50
#: The shape of a voice is set so often.
STEP_HZ = 200
STEP = RATE_HZ // STEP_HZ
BIT_RATE = 24_000
#: Different voices there are; more talkers share them, each elsewhere in the same words.
VOICES = 12
CLIP_S = 16.0
#: Change this when the sound changes: what was cached of it is then made anew.
VERSION = 1
SILENT_DBOV = 127

#: The first three formants of five vowels, hertz (Peterson and Barney, 1952, rounded).
_VOWELS = np.array(
    [[730, 1090, 2440], [530, 1840, 2480], [270, 2290, 3010], [570, 840, 2410], [300, 870, 2240]],
    dtype=np.float64,
)
_WIDTHS_HZ = np.array([90.0, 110.0, 170.0])
_STRENGTHS = np.array([1.0, 0.5, 0.25])


@dataclass(frozen=True)
class Frame:
    """20 ms of a voice: an Opus packet of one frame, and its level in -dBov (RFC 6464)."""

    packet: bytes
    level_dbov: int


@dataclass(frozen=True)
class SpeechClip:
    """A voice's words, to be repeated: a frame for every 20 ms, None where it is silent.

    Attributes:
        frames: The frames.
        silence: The packet to send now and then in a pause.
    """

    frames: tuple[Frame | None, ...]
    silence: bytes


def pitch_hz(voice: int) -> float:
    """The mean pitch of a voice: low ones first, each a semitone and a half above the last."""
    return float(88.0 * 2.0 ** (voice % VOICES / 8.0))


# --- sound ----------------------------------------------------------------------------------


@dataclass
class _Score:
    """What is to be sounded, for every step."""

    loud: F64
    hiss: F64
    formants: F64


def _bump(steps: int) -> F64:
    """Rise and fall of a sound, 0 to 1 to 0."""
    return np.sin(np.pi * (np.arange(steps) + 0.5) / steps) ** 0.6


def _phrases(rng: np.random.Generator, steps: int) -> Iterator[tuple[int, int]]:
    """Begin and end of phrases, with pauses between; the last pause reaches to the end."""
    at = int(rng.uniform(0.1, 0.6) * STEP_HZ)
    while at < steps - STEP_HZ:
        end = min(at + int(rng.uniform(1.2, 3.4) * STEP_HZ), steps - STEP_HZ // 2)
        yield at, end
        at = end + int(rng.uniform(0.5, 1.6) * STEP_HZ)


def _score(rng: np.random.Generator, steps: int) -> _Score:
    score = _Score(np.zeros(steps), np.zeros(steps), np.tile(_VOWELS[0], (steps, 1)))
    for begin, end in _phrases(rng, steps):
        at = begin
        while at < end - 10:
            consonant = int(rng.uniform(4, 14))
            vowel = int(rng.uniform(18, 46))
            stop = min(at + consonant + vowel, end)
            middle = min(at + consonant, stop)
            score.hiss[at:middle] = rng.uniform(0.05, 0.4) * _bump(middle - at)
            if stop > middle:
                score.loud[middle:stop] = rng.uniform(0.6, 1.0) * _bump(stop - middle)
            score.formants[at:stop] = _VOWELS[rng.integers(len(_VOWELS))]
            at = stop + int(rng.uniform(0, 5))
    smooth = np.hanning(15) / np.hanning(15).sum()
    for column in range(3):
        padded = np.pad(score.formants[:, column], 7, mode="edge")
        score.formants[:, column] = np.convolve(padded, smooth, mode="valid")
    return score


def synthesise(voice: int, seconds: float = CLIP_S, gain: float = 1.0) -> tuple[F64, F64]:
    """Make a voice's words.

    Returns:
        Samples [n] within -1 and 1 at `RATE_HZ`, and how loud each frame was meant [n / FRAME].
    """
    rng = np.random.default_rng(1_000 + voice)
    steps = int(seconds * STEP_HZ)
    score = _score(rng, steps)
    time_s = np.arange(steps) / STEP_HZ
    tract = 0.92 + 0.22 * (voice * 0.618 % 1.0)
    tune = 1.0 + 0.09 * np.sin(time_s * 2.3 + voice) + 0.05 * np.sin(time_s * 7.1 + 2.0 * voice)
    pitch = pitch_hz(voice) * tune
    samples = np.arange(steps * STEP)
    knots = np.arange(steps) * STEP
    phase = 2.0 * np.pi * np.cumsum(np.interp(samples, knots, pitch)) / RATE_HZ
    sound = np.zeros(len(samples))
    for harmonic in range(1, int(3_600 / pitch.mean()) + 1):
        off = harmonic * pitch[:, None] - score.formants * tract
        shape = (_STRENGTHS / (1.0 + (off / _WIDTHS_HZ) ** 2)).sum(axis=1) + 0.02
        strength = np.interp(samples, knots, shape * score.loud / harmonic**0.3)
        sound += strength * np.sin(harmonic * phase)
    noise = np.diff(rng.normal(0.0, 0.25, len(samples) + 1))
    sound += noise * np.interp(samples, knots, score.hiss)
    sound *= 0.5 * gain / max(np.abs(sound).max(), 1e-9)
    meant = (score.loud + score.hiss).reshape(-1, FRAME // STEP).max(axis=1)
    return sound, meant


# --- packets --------------------------------------------------------------------------------


def _encode(sound: F64) -> list[bytes]:
    import av  # noqa: PLC0415 - brings FFmpeg

    codec = av.CodecContext.create("libopus", "w")
    assert isinstance(codec, av.AudioCodecContext)
    codec.sample_rate, codec.layout, codec.format = RATE_HZ, "mono", "s16"
    codec.bit_rate = BIT_RATE
    codec.options = {"application": "voip", "frame_duration": "20"}
    whole = np.rint(np.clip(sound, -1.0, 1.0) * 32_767).astype(np.int16)
    packets: list[bytes] = []
    for begin in range(0, len(whole) - FRAME + 1, FRAME):
        piece = whole[None, begin : begin + FRAME]
        frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE_HZ, begin
        packets += [bytes(packet) for packet in codec.encode(frame)]
    return packets


def make_clip(voice: int, seconds: float = CLIP_S, gain: float = 1.0) -> SpeechClip:
    """Make a voice and encode it."""
    sound, meant = synthesise(voice, seconds, gain)
    packets = _encode(sound)
    power = (sound.reshape(-1, FRAME)[: len(packets)] ** 2).mean(axis=1)
    # the codec's look-ahead puts the end of a sound into the next packet
    sounds = (meant > 0.0) | np.concatenate(([False], meant[:-1] > 0.0))
    level = np.clip(np.rint(-10.0 * np.log10(np.maximum(power, 1e-13))), 0, SILENT_DBOV)
    frames = tuple(
        Frame(packet, min(int(dbov), 55)) if heard and len(packet) > 1 else None
        for packet, dbov, heard in zip(packets, level.tolist(), sounds, strict=False)
    )
    return SpeechClip(frames, silence_like(packets[0]))


def _pack(made: list[SpeechClip]) -> bytes:
    rows = [
        [clip.silence, [frame and [frame.packet, frame.level_dbov] for frame in clip.frames]]
        for clip in made
    ]
    body: bytes = msgpack.packb(rows)
    return hashlib.sha256(body).digest() + body


def _unpack(data: bytes) -> list[SpeechClip]:
    """Read clips back; ValueError if a byte of them is not as it was written."""
    digest, body = data[:32], data[32:]
    if hashlib.sha256(body).digest() != digest:
        raise ValueError("spoilt")
    return [
        SpeechClip(tuple(frame and Frame(*frame) for frame in frames), silence)
        for silence, frames in msgpack.unpackb(body)
    ]


def cache_folder() -> Path | None:
    """Where to keep voices: beside the compiled kernels, if a place for them was chosen."""
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    return Path(chosen).parent if chosen else None


def clips(count: int, folder: Path | None) -> list[SpeechClip]:
    """Return the first voices; made once and kept in a folder, if one is given.

    A cache that cannot be read or written costs the time to make them, nothing else.
    """
    count = min(count, VOICES)
    path = folder / f"voices-{VERSION}-{count}.bin" if folder is not None else None
    if path is not None:
        try:
            found = _unpack(path.read_bytes())
            if len(found) == count:
                return found
        except (OSError, ValueError):
            pass
    made = [make_clip(voice) for voice in range(count)]
    if path is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            scratch = path.with_suffix(f".{id(made)}")
            scratch.write_bytes(_pack(made))
            scratch.replace(path)
        except OSError:
            pass
    return made
