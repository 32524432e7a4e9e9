"""Made-up bodies: short endless loops of a head and two hands that breathe, sway and gesture.

A clip is [frames, 21] in the body's own frame: the head over the origin on average, looking
along -z, floor at y = 0. Every oscillation fits a whole number of times into the loop, so the
end meets the beginning without a jump. Knows nothing of rooms or time of day.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from hearth_loadtest.turns import euler_quaternion

F64 = npt.NDArray[np.float64]
U16 = npt.NDArray[np.uint16]

LEFT_TRACKED, RIGHT_TRACKED = 1 << 2, 1 << 3
LEFT_GESTURE, RIGHT_GESTURE = 4, 7
OPEN, POINT, THUMB_UP = 1, 3, 5


class Posture(IntEnum):
    """Posture values as on the wire."""

    STANDING = 0
    SEATED = 1
    KNEELING = 2
    LYING = 3


@dataclass(frozen=True)
class Body:
    """What kind of body a clip shows."""

    posture: Posture
    walking: bool = False
    liveliness: float = 1.0


@dataclass(frozen=True)
class Clip:
    """One endless loop: rows [frames, 21] metres and quaternions, state [frames] wire bits."""

    rows: F64
    state: U16


HEAD_HEIGHT_M = {
    Posture.STANDING: 1.62,
    Posture.SEATED: 1.18,
    Posture.KNEELING: 1.02,
    Posture.LYING: 0.22,
}


def _wander(rng: np.random.Generator, phase: F64, lowest: int, highest: int) -> F64:
    """A smooth loop [frames] of about unit size, made of a few whole-numbered harmonics."""
    harmonics = rng.integers(lowest, highest + 1, size=4)
    shifts = rng.uniform(0, 2 * np.pi, size=4)
    waves = np.sin(phase[:, None] * harmonics[None, :] + shifts[None, :])
    return np.asarray(waves.sum(axis=1) / 2.0)


def _episodes(rng: np.random.Generator, frames: int, rate_hz: float, count: int) -> list[F64]:
    """Soft-edged times [frames] at which something is done, each 0 to 1, of 2 to 5 seconds."""
    index = np.arange(frames)
    windows: list[F64] = []
    for start in np.linspace(0, frames, count, endpoint=False):
        length = int(rng.uniform(2.0, 5.0) * rate_hz)
        along = ((index - int(start)) % frames) / max(length, 1)
        rise = np.clip(along / 0.2, 0, 1)
        fall = np.clip((1 - along) / 0.2, 0, 1)
        level = np.minimum(rise, fall)
        windows.append(np.where(along < 1, level * level * (3 - 2 * level), 0.0))
    return windows


def made_up_clip(rng: np.random.Generator, body: Body, rate_hz: float, seconds: float) -> Clip:
    """One synthetic clip of `seconds` at `rate_hz`."""
    frames = max(8, round(seconds * rate_hz))
    loop_s = frames / rate_hz
    phase = np.arange(frames, dtype=np.float64) * (2 * np.pi / frames)
    height = HEAD_HEIGHT_M[body.posture] + float(rng.uniform(-0.12, 0.12))
    if body.posture is Posture.LYING:
        height = HEAD_HEIGHT_M[body.posture]
    lively = body.liveliness
    breaths = max(1, round(loop_s * float(rng.uniform(0.2, 0.3))))
    breath = np.sin(phase * breaths + float(rng.uniform(0, 6.28)))
    steps = max(1, round(loop_s * 1.9)) if body.walking else 0
    sway = 0.018 * lively
    head = np.stack(
        [
            sway * _wander(rng, phase, 1, max(2, round(loop_s * 0.3))),
            height
            + 0.004 * breath
            + (0.018 * np.cos(phase * steps) if steps else 0.0)
            + 0.006 * _wander(rng, phase, 1, max(2, round(loop_s * 0.2))),
            sway * _wander(rng, phase, 1, max(2, round(loop_s * 0.3))),
        ],
        axis=-1,
    )
    look = 0.12 if body.walking else 0.35 * lively
    yaw = look * _wander(rng, phase, 1, max(2, round(loop_s * 0.25)))
    pitch = -0.06 + 0.08 * lively * _wander(rng, phase, 1, max(2, round(loop_s * 0.4)))
    if body.posture is Posture.LYING:
        pitch = pitch + 1.2
    roll = 0.03 * _wander(rng, phase, 1, max(2, round(loop_s * 0.3)))
    rows = np.zeros((frames, 21))
    rows[:, 0:3] = head
    rows[:, 3:7] = euler_quaternion(yaw, pitch, roll)
    windows = _episodes(rng, frames, rate_hz, max(1, round(loop_s / 8.0 * lively)))
    gestures = np.zeros((2, frames), dtype=np.int64)
    lifts = np.zeros((2, frames))
    for window in windows:
        side = int(rng.integers(0, 2))
        lifts[side] = np.maximum(lifts[side], window)
        gestures[side] = np.where(window > 0.5, rng.choice([OPEN, POINT, THUMB_UP]), gestures[side])
    for side in (0, 1):
        _hand(rng, rows, phase, lifts[side], (side, steps, loop_s))
    state = np.full(frames, int(body.posture) | LEFT_TRACKED | RIGHT_TRACKED, dtype=np.int64)
    state |= gestures[0] << LEFT_GESTURE | gestures[1] << RIGHT_GESTURE
    return Clip(rows, state.astype(np.uint16))


def _hand(
    rng: np.random.Generator, rows: F64, phase: F64, lift: F64, kind: tuple[int, int, float]
) -> None:
    """Write one hand: hanging at rest, swinging when walking, lifted and waving in `lift`."""
    side, steps, loop_s = kind
    outward = -1.0 if side == 0 else 1.0
    head = rows[:, 0:3]
    rest = np.stack(
        [
            np.full(len(phase), outward * 0.24),
            np.maximum(head[:, 1] - 0.62, 0.12) - head[:, 1],
            np.full(len(phase), -0.16),
        ],
        axis=-1,
    )
    if steps:
        rest[:, 2] += outward * 0.16 * np.sin(phase * max(1, steps // 2))
    waves = max(1, round(loop_s * 1.4))
    raised = np.stack(
        [
            outward * (0.30 + 0.10 * np.sin(phase * waves)),
            np.full(len(phase), -0.05),
            np.full(len(phase), -0.42),
        ],
        axis=-1,
    )
    tremble = 0.010 * np.stack(
        [_wander(rng, phase, 1, max(2, round(loop_s * 0.8))) for _ in range(3)], axis=-1
    )
    at = 7 + 7 * side
    rows[:, at : at + 3] = head + rest + (raised - rest) * lift[:, None] + tremble
    rows[:, at + 1] = np.maximum(rows[:, at + 1], 0.03)
    rows[:, at + 3 : at + 7] = euler_quaternion(
        outward * -0.2 + 0.15 * _wander(rng, phase, 1, max(2, round(loop_s * 0.5))),
        -0.5 + 1.2 * lift + 0.1 * _wander(rng, phase, 1, max(2, round(loop_s * 0.5))),
        outward * 0.3 * lift * np.sin(phase * waves),
    )


def recorded(rows: F64, posture: Posture = Posture.STANDING) -> Clip:
    """A recording as a clip: both hands tracked and relaxed throughout."""
    state = np.full(len(rows), int(posture) | LEFT_TRACKED | RIGHT_TRACKED, dtype=np.uint16)
    return Clip(rows, state)
