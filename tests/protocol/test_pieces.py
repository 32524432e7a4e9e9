"""Pieces: the kernels and their readable twin write the same bytes and read them alike."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_protocol import limits as L
from hearth_protocol import pieces as readable
from hearth_protocol.errors import Malformed, MalformedFrame
from hearth_protocol.kernels import pieces
from hearth_protocol.pieces import HandsDelta, HandsFull, HeadDelta, HeadFull, Step
from hearth_protocol.quantize import Part, Position, Rotation, quantize_rotation
from hearth_protocol.snapshot import coarse_of
from tests.protocol import doors, rows

HERE = Part(Position(0, 1600, 0), Rotation(3, 0, 0, 0))


def _encode(length: int, out: np.ndarray) -> bytes:
    assert (out[length:] == 0xEE).all(), "wrote beyond its length"
    return out[:length].tobytes()


def _out() -> np.ndarray:
    return np.full(40, 0xEE, np.uint8)


@settings(max_examples=60)
@given(rows.ids, rows.ages, rows.states, rows.parts, rows.parts, rows.parts)
def test_full_pieces(
    participant: int, age: int, state: int, head: Part, left: Part, right: Part
) -> None:
    row = rows.row_of(head, left, right, state)
    out = _out()
    told = _encode(doors.encode_head_full(row, participant, age, out, 0), out)
    piece = HeadFull(participant, age, state, head)
    assert told == readable.encode_piece(piece)
    assert readable.decode_head_full(told, 0) == (piece, L.HEAD_FULL_BYTES)
    back = np.zeros(L.Q_COLUMNS, np.int32)
    id_age = np.zeros(2, np.int64)
    assert doors.decode_head_full(rows.bytes_of(told), 0, 18, back, id_age) == 18
    assert (rows.part_of(back, L.Q_HEAD), back[L.Q_STATE]) == (head, state)
    assert tuple(id_age) == (participant, age)

    out = _out()
    told = _encode(doors.encode_hands_full(row, out, 0), out)
    assert told == readable.encode_piece(HandsFull(left, right))
    assert readable.decode_hands_full(told, 0) == (HandsFull(left, right), L.HANDS_FULL_BYTES)
    assert doors.decode_hands_full(rows.bytes_of(told), 0, 22, back) == 22
    assert rows.part_of(back, L.Q_LEFT) == left
    assert rows.part_of(back, L.Q_RIGHT) == right
    assert back[L.Q_HANDS_TOLD] == 1


@settings(max_examples=100)
@given(st.data(), rows.ages)
def test_delta_pieces(data: st.DataObject, age: int) -> None:
    base = [data.draw(rows.parts) for _ in range(3)]
    now = [data.draw(rows.near(part)) for part in base]
    was, state = data.draw(rows.states), data.draw(rows.states)
    q_base, q_now = rows.row_of(*base, was), rows.row_of(*now, state)

    step = readable.step_between(now[0], base[0])
    out = _out()
    length = doors.encode_head_delta(q_now, q_base, age, out, 0)
    if readable.needs_full(step, L.HEAD_POSITION_WIDTHS):
        assert length == pieces.NEED_FULL
    else:
        told = _encode(length, out)
        piece = HeadDelta(age, None if was == state else state, step)
        assert told == readable.encode_piece(piece)
        assert 2 <= length <= L.HEAD_DELTA_MAX_BYTES
        assert readable.decode_head_delta(told, 0) == (piece, length)
        assert readable.apply_step(step, base[0]) == now[0]
        back = q_base.copy()
        id_age = np.zeros(2, np.int64)
        assert doors.decode_head_delta(rows.bytes_of(told), 0, length, back, id_age) == length
        assert (rows.part_of(back, L.Q_HEAD), back[L.Q_STATE]) == (now[0], state)
        assert id_age[1] == age

    hands = HandsDelta(*(readable.step_between(now[i], base[i]) for i in (1, 2)))
    out = _out()
    length = doors.encode_hands_delta(q_now, q_base, out, 0)
    if any(readable.needs_full(s, L.HAND_POSITION_WIDTHS) for s in (hands.left, hands.right)):
        assert length == pieces.NEED_FULL
    else:
        told = _encode(length, out)
        assert told == readable.encode_piece(hands)
        assert 2 <= length <= L.HANDS_DELTA_MAX_BYTES
        assert readable.decode_hands_delta(told, 0) == (hands, length)
        back = q_base.copy()
        assert doors.decode_hands_delta(rows.bytes_of(told), 0, length, back) == length
        assert (back[L.Q_LEFT : L.Q_STATE] == q_now[L.Q_LEFT : L.Q_STATE]).all()


@settings(max_examples=100)
@given(rows.parts, rows.states, rows.ids)
def test_coarse_records(head: Part, state: int, participant: int) -> None:
    row = rows.row_of(head, HERE, HERE, state)
    out = _out()
    told = _encode(doors.encode_coarse(row, participant, out, 0), out)
    expected = coarse_of(participant, head, state)
    back = np.zeros(7, np.int64)
    assert doors.decode_coarse(rows.bytes_of(told), 0, 10, back) == L.COARSE_BYTES
    one = expected
    assert tuple(back) == (one.id, one.x, one.z, one.y, one.yaw, one.posture, one.away)
    assert abs(expected.x - head.position.x) <= 16
    assert abs(expected.y - head.position.y) <= 64


@pytest.mark.parametrize(("turn", "yaw"), [(0, 0), (90, 16), (180, 32), (-90, 48), (45, 8)])
def test_yaw_turns_about_up(turn: float, yaw: int) -> None:
    half = np.radians(turn) / 2
    row = np.zeros(L.Q_COLUMNS, np.int32)
    row[3:7] = quantize_rotation((0.0, float(np.sin(half)), 0.0, float(np.cos(half))))
    out = np.zeros(10, np.uint8)
    doors.encode_coarse(row, 1, out, 0)
    back = np.zeros(7, np.int64)
    doors.decode_coarse(out, 0, 10, back)
    assert back[4] == yaw


@settings(max_examples=150)
@given(st.binary(max_size=26), st.data())
def test_hostile_bytes_are_read_alike(noise: bytes, data: st.DataObject) -> None:
    base = [data.draw(rows.parts) for _ in range(3)]
    # guard bytes behind the end: reading them would change a result
    buf = np.concatenate([rows.bytes_of(noise), np.full(32, data.draw(st.integers(0, 255)))])
    buf = buf.astype(np.uint8)
    end = len(noise)

    def readable_result(
        decode: Callable[[bytes, int], tuple[Any, int]], apply: Callable[[Any], object]
    ) -> tuple[int, object]:
        try:
            piece, used = decode(noise, 0)
            return used, apply(piece)
        except MalformedFrame as fault:
            return -fault.reason, None

    id_age = np.zeros(2, np.int64)
    row = rows.row_of(*base, 0)
    used = doors.decode_head_full(buf, 0, end, row, id_age)
    expected, piece = readable_result(readable.decode_head_full, lambda p: p)
    assert used == expected
    if used > 0:
        state = int(row[L.Q_STATE])
        assert piece == HeadFull(*map(int, id_age), state, rows.part_of(row, L.Q_HEAD))

    row = rows.row_of(*base, 0)
    used = doors.decode_head_delta(buf, 0, end, row, id_age)
    expected, head = readable_result(
        readable.decode_head_delta, lambda p: readable.apply_step(p.head, base[0])
    )
    assert used == expected
    assert used < 0 or rows.part_of(row, L.Q_HEAD) == head

    row = rows.row_of(*base, 0)
    used = doors.decode_hands_full(buf, 0, end, row)
    expected, hands = readable_result(readable.decode_hands_full, lambda p: (p.left, p.right))
    assert used == expected
    assert used < 0 or (rows.part_of(row, L.Q_LEFT), rows.part_of(row, L.Q_RIGHT)) == hands

    row = rows.row_of(*base, 0)
    used = doors.decode_hands_delta(buf, 0, end, row)
    expected, hands = readable_result(
        readable.decode_hands_delta,
        lambda p: (readable.apply_step(p.left, base[1]), readable.apply_step(p.right, base[2])),
    )
    assert used == expected
    assert used < 0 or (rows.part_of(row, L.Q_LEFT), rows.part_of(row, L.Q_RIGHT)) == hands


def test_a_difference_out_of_range_is_refused() -> None:
    edge = Part(Position(L.POSITION_XZ_MAX, 0, 0), Rotation(3, 0, 0, 0))
    told = readable.encode_piece(HeadDelta(0, None, Step((1, 0, 0), (0, 0, 0))))
    row = rows.row_of(edge, HERE, HERE, 0)
    used = doors.decode_head_delta(rows.bytes_of(told), 0, len(told), row, np.zeros(2, np.int64))
    assert used == -Malformed.OUT_OF_RANGE
