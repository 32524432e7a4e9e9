"""Quantisation: the twin agrees to the bit, and the errors stay within the promise."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_protocol import limits as L
from hearth_protocol import quantize as readable
from hearth_protocol.kernels import quantize
from hearth_protocol.quantize import Rotation, State
from tests.protocol import doors

metres = st.floats(-140, 140, width=32)
anything = st.floats(width=32)
components = st.tuples(*[st.floats(-1, 1, width=32)] * 4)


def _row(numbers: list[float], state: int = 0) -> np.ndarray:
    out = np.empty(L.Q_COLUMNS, np.int32)
    doors.quantize_row(np.array(numbers, np.float32), state, out)
    return out


@settings(max_examples=150)
@given(st.lists(st.one_of(metres, anything), min_size=21, max_size=21), st.integers(0, 0xFFFF))
def test_kernel_and_readable_layer_agree_on_any_floats(numbers: list[float], state: int) -> None:
    row = _row(numbers, state)
    for part in range(3):
        x, y, z, *quaternion = numbers[part * 7 : part * 7 + 7]
        expected = (
            *readable.quantize_position(x, y, z),
            *readable.quantize_rotation(tuple(quaternion)),
        )
        assert tuple(row[part * 7 : part * 7 + 7]) == expected
    assert row[L.Q_STATE] == state & L.STATE_MASK
    assert tuple(row[22:]) == (0, 0)


@settings(max_examples=100)
@given(components.filter(lambda q: sum(c * c for c in q) > 0.01), st.tuples(*[metres] * 3))
def test_rotation_within_a_fifth_of_a_degree_and_position_within_a_millimetre(
    quaternion: tuple[float, float, float, float], position: tuple[float, float, float]
) -> None:
    x, y, z = position
    y = max(-16.0, min(16.0, y))
    x, z = max(-131.0, min(131.0, x)), max(-131.0, min(131.0, z))
    row = _row([x, y, z, *quaternion] + [0.0] * 14)
    back = np.empty(21, np.float32)
    doors.dequantize_row(row, back)
    # f32 itself is off by up to 8 micrometres out there
    assert math.dist(back[:3].astype(float), np.float32([x, y, z]).astype(float)) <= 0.000_88
    unit = np.array(quaternion) / np.linalg.norm(quaternion)
    turned = back[3:7].astype(float)
    chord = min(np.linalg.norm(turned - unit), np.linalg.norm(turned + unit))
    assert math.degrees(4 * math.asin(chord / 2)) <= 0.2
    assert abs(np.linalg.norm(turned) - 1) < 1e-6


@settings(max_examples=60)
@given(st.tuples(st.integers(0, 3), *[st.integers(-707, 707)] * 3))
def test_kernel_and_readable_layer_agree_on_the_way_back(numbers: tuple[int, ...]) -> None:
    row = np.zeros(L.Q_COLUMNS, np.int32)
    row[3:7] = numbers
    back = np.empty(21, np.float32)
    doors.dequantize_row(row, back)
    expected = np.float32(readable.dequantize_rotation(Rotation(*numbers)))
    assert tuple(back[3:7]) == tuple(expected)


@pytest.mark.parametrize(
    ("quaternion", "expected"),
    [
        ((0, 0, 0, 1), (3, 0, 0, 0)),
        ((0, 0, 0, -1), (3, 0, 0, 0)),  # the same turn
        ((1, 0, 0, 0), (0, 0, 0, 0)),
        ((0.5, 0.5, 0.5, 0.5), (0, 500, 500, 500)),  # ties go to the lowest index
        ((0.5, -0.5, 0.5, -0.5), (0, -500, 500, -500)),
        ((-0.5, 0.5, 0.5, 0.5), (0, -500, -500, -500)),
        ((0, math.sqrt(0.5), 0, math.sqrt(0.5)), (1, 0, 0, 707)),
        ((0, 0, 0, 0), (3, 0, 0, 0)),
        ((math.nan, 0, 0, 1), (3, 0, 0, 0)),
        ((1e-30, 0, 0, 0), (3, 0, 0, 0)),
        ((0, 0, 0, 2), (3, 0, 0, 0)),  # any norm
    ],
)
def test_known_rotations(quaternion: tuple[float, ...], expected: tuple[int, ...]) -> None:
    assert readable.quantize_rotation(quaternion) == expected
    row = _row([0, 0, 0, *quaternion] + [0.0] * 14)
    assert tuple(row[3:7]) == expected


def test_positions_are_held_within_the_range() -> None:
    row = _row([1e9, 1e9, -1e9, 0, 0, 0, 1, math.inf, -math.inf, math.nan, 0, 0, 0, 1] + [0] * 7)
    assert tuple(row[:3]) == (131_071, 16_383, -131_072)
    assert tuple(row[7:10]) == (131_071, -16_384, -131_072)


@given(st.integers(0, L.STATE_MASK))
def test_state_bits_have_names_and_come_back(bits: int) -> None:
    assert State.unpack(bits).pack() == bits


def test_rows_in_bulk_equal_rows_one_by_one() -> None:
    rng = np.random.default_rng(5)
    poses = rng.normal(size=(7, 21)).astype(np.float32)
    states = rng.integers(0, 1 << 13, 7).astype(np.uint16)
    many = np.empty((7, L.Q_COLUMNS), np.int32)
    quantize.quantize_rows(poses, states, many)
    for i in range(7):
        assert (many[i] == _row(list(poses[i]), int(states[i]))).all()
    back = np.empty((7, 21), np.float32)
    quantize.dequantize_rows(many, back)
    one = np.empty(21, np.float32)
    doors.dequantize_row(many[3], one)
    assert (back[3] == one).all()
