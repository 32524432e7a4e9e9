"""Snapshots: the kernel follows the readable decoder through any story, sound or hostile."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_protocol import limits as L
from hearth_protocol import pieces
from hearth_protocol.errors import MalformedFrame
from hearth_protocol.pieces import HandsDelta, HandsFull, HeadDelta, HeadFull
from hearth_protocol.quantize import Part
from hearth_protocol.snapshot import (
    Correction,
    CorrectionReason,
    Lane,
    LaneRecord,
    LaneTable,
    Snapshot,
    coarse_of,
    decode_snapshot,
    encode_snapshot,
    lane_record,
)
from tests.protocol import rows
from tests.protocol.lanes import KernelLanes

few_ids = st.integers(1, 6)  # few, so that subjects change lanes often
u32 = st.integers(0, L.U32_MAX)
finite = st.floats(width=32, allow_nan=False, allow_infinity=False)
corrections = st.builds(
    Correction,
    st.integers(0, 0xFFFF),
    st.sampled_from(CorrectionReason),
    st.tuples(finite, finite, finite),
)


def _delta(now: Part, base: Part, widths: tuple[int, ...]) -> pieces.Step | None:
    step = pieces.step_between(now, base)
    return None if pieces.needs_full(step, widths) else step


@st.composite
def _hands(draw: st.DrawFn, told: tuple[Part, Part] | None) -> tuple[object, bool]:
    """A hands piece or none, and whether they are said to be unchanged."""
    choice = draw(st.integers(0, 3))
    if choice == 0 or (told is None and choice < 3):
        return None, False
    if choice == 1:
        return None, True
    if choice == 2 and told is not None:
        steps = [_delta(draw(rows.near(p)), p, L.HAND_POSITION_WIDTHS) for p in told]
        if None not in steps:
            return HandsDelta(*steps), False
    return HandsFull(draw(rows.parts), draw(rows.parts)), False


@st.composite
def _record(draw: st.DrawFn, lane: Lane | None) -> LaneRecord:
    choice = draw(st.integers(0, 3))
    if choice == 0:
        return LaneRecord(0)
    if lane is not None and choice == 1:
        return LaneRecord(1)
    head: HeadFull | HeadDelta | None = None
    told = None if lane is None else lane.hands
    if lane is not None and choice == 2:
        step = _delta(draw(rows.near(lane.head)), lane.head, L.HEAD_POSITION_WIDTHS)
        state = draw(st.none() | rows.states)
        head = None if step is None else HeadDelta(draw(rows.ages), state, step)
    if head is None:
        subject = draw(few_ids)
        told = told if lane is not None and lane.id == subject else None
        head = HeadFull(subject, draw(rows.ages), draw(rows.states), draw(rows.parts))
    hands, unchanged = draw(_hands(told))
    return lane_record(head, hands, unchanged)


@st.composite
def snapshot_after(draw: st.DrawFn, table: LaneTable) -> Snapshot:
    """A snapshot that a server could send to somebody with these lanes."""
    n_lanes = draw(st.integers(0, 5))
    coarse = draw(
        st.none()
        | st.lists(st.builds(coarse_of, few_ids, rows.parts, rows.states), max_size=3).map(tuple)
    )
    # records are drawn against the lanes as the records before them leave them
    scratch = LaneTable(list(table.lanes))
    records: list[LaneRecord] = []
    for index in range(n_lanes):
        record = draw(_record(scratch.lanes[index]))
        records.append(record)
        scratch.apply(Snapshot(0, 0, lanes=(*[LaneRecord(0)] * index, record)))
    return Snapshot(
        draw(u32),
        draw(u32),
        draw(st.integers(0, 0xFFFF)),
        draw(st.integers(0, 0xFFFF)),
        draw(st.none() | corrections),
        tuple(records),
        coarse,
    )


@settings(max_examples=30)
@given(st.data())
def test_kernel_and_readable_decoder_tell_the_same_story(data: st.DataObject) -> None:
    table, kernel = LaneTable(), KernelLanes()
    for _ in range(data.draw(st.integers(1, 5))):
        snapshot = data.draw(snapshot_after(table))
        payload = encode_snapshot(snapshot)
        assert decode_snapshot(payload) == snapshot
        updates = table.apply(snapshot)
        assert kernel.decode(payload) == 0
        assert kernel.updates == updates
        assert kernel.table() == table
        assert kernel.coarse == [
            (c.id, c.x, c.z, c.y, c.yaw, c.posture, c.away) for c in snapshot.coarse or ()
        ]
        assert (kernel.summary[2] >= 0) == (snapshot.correction is not None)


@settings(max_examples=70)
@given(st.data())
def test_spoilt_snapshots_are_refused_by_both_or_read_alike(data: st.DataObject) -> None:
    table, kernel = LaneTable(), KernelLanes()
    start = data.draw(snapshot_after(table))
    table.apply(start)
    assert kernel.decode(encode_snapshot(start)) == 0
    payload = bytearray(encode_snapshot(data.draw(snapshot_after(table))))
    for _ in range(data.draw(st.integers(1, 3))):
        if data.draw(st.booleans()):
            payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
        else:
            del payload[data.draw(st.integers(1, len(payload))) :]
    _read_alike(table, kernel, bytes(payload))


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_noise_is_refused_by_both_or_read_alike(noise: bytes) -> None:
    _read_alike(LaneTable(), KernelLanes(), noise)
    _read_alike(LaneTable(), KernelLanes(), b"\xc1\x02" + noise)


def _read_alike(table: LaneTable, kernel: KernelLanes, payload: bytes) -> None:
    reason = kernel.decode(payload)
    try:
        table.apply(decode_snapshot(payload))
    except MalformedFrame:
        # where several things are wrong the two may name different ones
        assert reason != 0
    else:
        assert reason == 0
        assert kernel.table() == table
