"""Seeded crowds: bodies that walk, look around and gesture, and their pose frames."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hearth_protocol.kernels.poses import encode_poses

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

TRACKED = 0b1100


@dataclass
class Crowd:
    """`n` walkers within ±half_m; positions of feet in metres, headings in radians."""

    n: int
    half_m: float
    rng: np.random.Generator
    speed_m_s: float = 1.2
    position: F64 = field(init=False)
    heading: F64 = field(init=False)
    phase: F64 = field(init=False)
    pose: F32 = field(init=False)
    seq: NDArray[np.uint16] = field(init=False)

    def __post_init__(self) -> None:
        self.position = self.rng.uniform(-self.half_m, self.half_m, (self.n, 2))
        self.heading = self.rng.uniform(-np.pi, np.pi, self.n)
        self.phase = self.rng.uniform(0.0, 2.0 * np.pi, self.n)
        self.pose = np.zeros((self.n, 21), np.float32)
        self.seq = np.zeros(self.n, np.uint16)
        self._fill()

    def walk(self, dt_s: float) -> None:
        """Everybody takes a step, and turns a little; the walls turn people round."""
        self.heading += self.rng.normal(0.0, 0.8, self.n) * np.sqrt(dt_s)
        step = self.speed_m_s * dt_s
        self.position[:, 0] -= np.sin(self.heading) * step
        self.position[:, 1] -= np.cos(self.heading) * step
        outside = np.abs(self.position).max(axis=1) > self.half_m
        self.heading[outside] += np.pi
        np.clip(self.position, -self.half_m, self.half_m, out=self.position)
        self.phase += dt_s * 5.0
        self._fill()

    def _fill(self) -> None:
        pose, phase = self.pose, self.phase
        sway = 0.02 * np.sin(phase)
        pose[:, 0], pose[:, 2] = self.position[:, 0], self.position[:, 1]
        pose[:, 1] = 1.65 + sway
        turn = self.heading + 0.1 * np.sin(0.7 * phase)
        tilt = 0.05 * np.sin(1.3 * phase)
        pose[:, 3:7] = _turned(turn, tilt)
        for at, side in ((7, -1.0), (14, 1.0)):
            swing = 0.25 * np.sin(phase) * side
            pose[:, at] = (
                pose[:, 0] + 0.3 * side * np.cos(self.heading) - swing * np.sin(self.heading)
            )
            pose[:, at + 1] = 1.0 + 0.1 * np.cos(phase)
            pose[:, at + 2] = (
                pose[:, 2] - 0.3 * side * np.sin(self.heading) - swing * np.cos(self.heading)
            )
            pose[:, at + 3 : at + 7] = _turned(turn + swing, tilt + 0.5 * swing)

    def frames(
        self,
        participant: NDArray[np.uint32],
        captured_ms: int,
        out: NDArray[np.uint8],
        ack_tick: int = 0,
        state: int = TRACKED,
    ) -> None:
        """Write everybody's masked pose frame into out[i, :110]."""
        n = self.n
        self.seq += 1
        encode_poses(
            np.arange(n, dtype=np.int64),
            n,
            self.seq,
            participant,
            np.full(n, captured_ms, np.uint32),
            np.full(n, ack_tick, np.uint32),
            np.full(n, state, np.uint16),
            self.pose,
            self.rng.integers(0, 1 << 32, n, dtype=np.uint32),
            out,
        )


def _turned(yaw: F64, pitch: F64) -> F64:
    """Give quaternions (xyzw) of a turn about +y, then a tilt about the turned x."""
    sin_y, cos_y = np.sin(yaw / 2.0), np.cos(yaw / 2.0)
    sin_p, cos_p = np.sin(pitch / 2.0), np.cos(pitch / 2.0)
    return np.stack([cos_y * sin_p, sin_y * cos_p, -sin_y * sin_p, cos_y * cos_p], axis=1)
