"""Finding frames in received bytes, wherever the reads were cut."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_protocol import limits as L
from hearth_protocol.codec import encode
from hearth_protocol.control import Ack, Chat
from hearth_protocol.errors import Malformed
from hearth_protocol.framing import server_frame
from hearth_protocol.kernels import scan
from hearth_protocol.snapshot import Snapshot, encode_snapshot
from tests.protocol.rows import bytes_of

PING = b"\x89\x02hi"
CLOSE = b"\x88\x02\x03\xe8"

payloads = st.one_of(
    st.builds(Snapshot, *[st.integers(0, L.U32_MAX)] * 2, *[st.integers(0, 0xFFFF)] * 2).map(
        encode_snapshot
    ),
    st.integers(0, L.U32_MAX).map(lambda rid: encode(Ack(rid=rid))),
    st.sampled_from([130, 66_000]).map(lambda n: b"\x81" + bytes(n)),  # longer headers
)


def _scan(data: bytes, capacity: int = 64) -> tuple[list[list[int]], int, int]:
    """Records, bytes consumed, reason."""
    out = np.zeros((capacity, scan.RECORD_COLUMNS), np.int64)
    state = np.zeros(4, np.int64)
    buf = bytes_of(data, 16)
    buf[len(data) :] = 0x82  # what lies behind the end is not to be read
    found = scan.scan_frames(buf, 0, len(data), 5, out, 0, state)
    return out[:found].tolist(), int(state[0]), int(state[1])


def _expected(payload: bytes, offset: int) -> list[int]:
    if payload[0] != L.HOT_MARK:
        return [5, scan.CONTROL, offset, len(payload), 0, 0, 0, 0]
    numbers = [
        int.from_bytes(payload[a:b], "little") for a, b in ((4, 8), (8, 12), (12, 14), (14, 16))
    ]
    return [5, scan.SNAPSHOT, offset, len(payload), *numbers]


@settings(max_examples=80)
@given(st.lists(payloads, max_size=4), st.data())
def test_frames_are_found_wherever_the_read_was_cut(sent: list[bytes], data: st.DataObject) -> None:
    stream, expected, ends = b"", [], [0]
    for payload in sent:
        stream += server_frame(payload)
        expected.append(_expected(payload, len(stream) - len(payload)))
        ends.append(len(stream))
    cut = data.draw(st.integers(0, len(stream)))
    whole = sum(end <= cut for end in ends[1:])
    assert _scan(stream[:cut]) == (expected[:whole], ends[whole], 0)
    rest, used, reason = _scan(stream[ends[whole] :])
    assert [record[4:] for record in rest] == [record[4:] for record in expected[whole:]]
    assert (used, reason) == (len(stream) - ends[whole], 0)


def test_control_frames_of_the_websocket_are_named() -> None:
    records, used, reason = _scan(PING + CLOSE + b"\x8a\x00")
    assert [(r[scan.KIND], r[scan.LENGTH]) for r in records] == [
        (scan.PING, 2),
        (scan.CLOSE, 2),
        (scan.PONG, 0),
    ]
    assert (used, reason) == (10, 0)


def test_a_full_list_keeps_the_rest_for_the_next_call() -> None:
    frame = server_frame(encode(Ack(rid=1)))
    records, used, reason = _scan(frame * 3, capacity=2)
    assert (len(records), used, reason) == (2, 2 * len(frame), 0)


def test_what_a_server_may_not_send_is_refused() -> None:
    chat = encode(Chat(id=1, from_=2, name="a", text="b", at_ms=3))
    hot = b"\xc1\x02" + bytes(14)
    too_long = (L.MAX_DOWN + 1).to_bytes(8, "big")
    for name, data, reason in (
        ("masked", b"\x82\x81" + b"mask" + b"x", Malformed.BAD_FRAME),
        ("text", b"\x81\x01x", Malformed.BAD_FRAME),
        ("fragment", b"\x02\x01x", Malformed.BAD_FRAME),
        ("continuation", b"\x80\x01x", Malformed.BAD_FRAME),
        ("reserved bit", b"\xc2\x01x", Malformed.BAD_FRAME),
        ("unknown opcode", b"\x83\x01x", Malformed.BAD_FRAME),
        ("long ping", b"\x89\x7e\x00\x80", Malformed.BAD_FRAME),
        ("too long", b"\x82\x7f" + too_long, Malformed.BAD_FRAME),
        ("absurd length", b"\x82\x7f" + b"\xff" * 8, Malformed.BAD_FRAME),
        ("snapshot without header", server_frame(hot[:15]), Malformed.TOO_SHORT),
        ("hot mark alone", server_frame(b"\xc1"), Malformed.TOO_SHORT),
        ("pose from a server", server_frame(b"\xc1\x01" + bytes(102)), Malformed.UNKNOWN_KIND),
    ):
        records, used, found = _scan(server_frame(chat) + data)
        assert (len(records), used, found) == (1, len(server_frame(chat)), reason), name


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_noise_never_reads_beyond_the_end(noise: bytes) -> None:
    records, used, _ = _scan(noise)
    assert used <= len(noise)
    for record in records:
        assert record[scan.OFFSET] + record[scan.LENGTH] <= len(noise)
