"""Readable parts and states as the kernels' rows, and Hypothesis strategies for both."""

import numpy as np
from hypothesis import strategies as st

from hearth_protocol import limits as L
from hearth_protocol.quantize import Part, Position, Rotation

xz = st.integers(L.POSITION_XZ_MIN, L.POSITION_XZ_MAX)
y = st.integers(L.POSITION_Y_MIN, L.POSITION_Y_MAX)
third = st.integers(-L.ROTATION_MAX, L.ROTATION_MAX)
rotations = st.builds(Rotation, st.integers(0, 3), third, third, third)
parts = st.builds(Part, st.builds(Position, xz, y, xz), rotations)
states = st.integers(0, L.STATE_MASK)
ages = st.integers(0, L.AGE_MAX)
ids = st.integers(1, L.U32_MAX)

_nudge = st.one_of(st.integers(-3, 3), st.integers(-200, 200), st.integers(-3000, 3000))


def _held(value: int, low: int, high: int) -> int:
    return max(low, min(high, value))


@st.composite
def near(draw: st.DrawFn, base: Part) -> Part:
    """A part not far from `base`, often exactly there."""
    if draw(st.booleans()):
        return base
    (x0, y0, z0), (k, a, b, c) = base
    position = Position(
        _held(x0 + draw(_nudge), L.POSITION_XZ_MIN, L.POSITION_XZ_MAX),
        _held(y0 + draw(_nudge), L.POSITION_Y_MIN, L.POSITION_Y_MAX),
        _held(z0 + draw(_nudge), L.POSITION_XZ_MIN, L.POSITION_XZ_MAX),
    )
    if draw(st.integers(0, 9)) == 0:
        return Part(position, draw(rotations))
    turned = [_held(v + draw(_nudge), -L.ROTATION_MAX, L.ROTATION_MAX) for v in (a, b, c)]
    return Part(position, Rotation(k, *turned))


def row_of(head: Part, left: Part, right: Part, state: int) -> np.ndarray:
    """The kernels' int32[24] row."""
    row = np.zeros(L.Q_COLUMNS, np.int32)
    for at, part in ((L.Q_HEAD, head), (L.Q_LEFT, left), (L.Q_RIGHT, right)):
        row[at : at + 3] = part.position
        row[at + 3 : at + 7] = part.rotation
    row[L.Q_STATE] = state
    return row


def part_of(row: np.ndarray, at: int) -> Part:
    """One part of a row."""
    numbers = [int(value) for value in row[at : at + 7]]
    return Part(Position(*numbers[:3]), Rotation(*numbers[3:]))


def bytes_of(data: bytes, slack: int = 0) -> np.ndarray:
    """Bytes as the kernels take them."""
    return np.frombuffer(data + bytes(slack), np.uint8).copy()
