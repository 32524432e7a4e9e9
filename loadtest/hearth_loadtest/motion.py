"""Where every bot is at every planned sample, as a pure function of (bot, sample number).

Because nothing here has a memory, each worker process knows the truth about the bots of all
others without asking. A bot is a loop (head and hands in the body's frame) carried along a path:
a walk that is folded back at the walls of its region, with a slow weave; or a place to stay at.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hearth_loadtest.clips import Clip
from hearth_protocol.kernels.bodies import carry_bodies, carry_heads

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
U16 = npt.NDArray[np.uint16]


@dataclass(frozen=True)
class Paths:
    """Where bodies go, one row per bot; all metres, seconds and radians.

    Attributes:
        centre: [n, 2] x and z of the middle of the region walked in.
        half: [n, 2] half the region's size; 0 on an axis that is not walked.
        start: [n, 2] where in the unfolded walk the bot is at time 0.
        velocity: [n, 2] along x and z before folding.
        weave: [n, 2, 3] size, angular speed and shift of the slow side to side.
        yaw: [n] which way a bot at rest looks; walkers look where they go.
    """

    centre: F64
    half: F64
    start: F64
    velocity: F64
    weave: F64
    yaw: F64

    @property
    def count(self) -> int:
        """How many bots."""
        return len(self.yaw)

    def table(self) -> F64:
        """All of it as the kernels' path table, [n, 16]."""
        walks = np.any(self.half > 0, axis=1) & np.any(self.velocity != 0, axis=1)
        return np.column_stack(
            [
                self.centre,
                self.half,
                self.start,
                self.velocity,
                self.weave[:, 0],
                self.weave[:, 1],
                self.yaw,
                walks.astype(np.float64),
            ]
        )


@dataclass(frozen=True)
class Beat:
    """When samples are due: sample k of bot b at `k * period_s + phase_s[b]` after the start."""

    period_s: float
    phase_s: F64


class Crowd:
    """The bots' bodies and paths, evaluated in bulk."""

    def __init__(self, paths: F64, clips: list[Clip], cast: tuple[I64, I64], beat: Beat) -> None:
        """Bind bots to clips.

        Args:
            paths: [n, 16] path tables, one row per bot.
            clips: The loops to choose from.
            cast: Per bot, which clip it plays and at which frame it begins.
            beat: When samples are due.
        """
        self.beat = beat
        self._paths = np.ascontiguousarray(paths)
        lengths = np.array([len(clip.rows) for clip in clips])
        begins = np.cumsum(np.concatenate([[0], lengths]))[:-1]
        clip, offset = cast
        self._parts = np.ascontiguousarray(
            np.column_stack([begins[clip], lengths[clip], offset]).astype(np.int64)
        )
        self._loops = np.ascontiguousarray(np.concatenate([clip.rows for clip in clips]))
        self._state = np.concatenate([clip.state for clip in clips])

    @property
    def count(self) -> int:
        """How many bots."""
        return len(self._paths)

    def heads(self, bots: I64, samples: I64) -> F32:
        """True head positions [m, s, 3] of bots [m] at sample numbers [s], metres."""
        out = np.empty((len(bots), len(samples), 3), dtype=np.float32)
        beat = self.beat
        carry_heads(
            self._paths, self._parts, self._loops, beat.phase_s, beat.period_s, bots, samples, out
        )
        return out

    def forward(self, bot: int, samples: I64) -> F32:
        """Where a bot's head looks at samples [s], as x and z of the view's direction, [s, 2]."""
        floats = np.empty((len(samples), 21), dtype=np.float32)
        state = np.empty(len(samples), dtype=np.uint16)
        who = np.array([bot])
        for row, sample in enumerate(samples.tolist()):
            self.poses(who, sample, floats, state, row)
        x, y, z, w = (floats[:, column] for column in (3, 4, 5, 6))
        return np.stack([-2.0 * (x * z + w * y), 2.0 * (x * x + y * y) - 1.0], axis=1)

    def poses(self, bots: I64, sample: int, floats: F32, state: U16, at: int = 0) -> None:
        """Write the poses of bots [m] at one sample number.

        Args:
            bots: [m].
            sample: The sample number.
            floats: [≥ at + m, 21], written from row `at` on.
            state: [≥ at + m], wire state bits, likewise.
            at: First row to write.
        """
        beat = self.beat
        carry_bodies(
            self._paths,
            self._parts,
            self._loops,
            self._state,
            beat.phase_s,
            beat.period_s,
            bots,
            sample,
            floats,
            state,
            at,
        )
