"""Pose frames: bulk kernels against the readable codec, for servers and for bots."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_protocol import limits as L
from hearth_protocol.errors import Malformed, MalformedFrame
from hearth_protocol.framing import client_frame
from hearth_protocol.kernels import poses
from hearth_protocol.pose import Pose, decode_pose, encode_pose
from hearth_protocol.quantize import State

u16, u32 = st.integers(0, 0xFFFF), st.integers(0, L.U32_MAX)
f32 = st.floats(width=32)
masks = st.binary(min_size=4, max_size=4)
sound = Pose(9, 7, 1000, 50, State(), (0.0, 1.5, 0.0, 0.0, 0.0, 0.0, 1.0, *[0.0] * 14))


class Parsed:
    """Inbox rows and everything parsed from them, by slot."""

    def __init__(self, frames: dict[int, bytes], capacity: int = 4) -> None:
        self.inbox = np.full((capacity, L.INBOX_STRIDE), 0x5A, np.uint8)
        for slot, frame in frames.items():
            self.inbox[slot, : len(frame)] = np.frombuffer(frame, np.uint8)
        self.seq = np.zeros(capacity, np.uint16)
        self.participant = np.zeros(capacity, np.uint32)
        self.captured_ms = np.zeros(capacity, np.uint32)
        self.ack_tick = np.zeros(capacity, np.uint32)
        self.state = np.zeros(capacity, np.uint16)
        self.floats = np.zeros((capacity, L.POSE_FLOATS), np.float32)
        self.reason = np.full(capacity, 99, np.uint8)
        slots = np.array([*frames, 0, 0], np.int64)
        self.sound = poses.parse_poses(
            self.inbox,
            slots,
            len(frames),
            self.seq,
            self.participant,
            self.captured_ms,
            self.ack_tick,
            self.state,
            self.floats,
            self.reason,
        )

    def pose(self, slot: int) -> Pose:
        return Pose(
            int(self.seq[slot]),
            int(self.participant[slot]),
            int(self.captured_ms[slot]),
            int(self.ack_tick[slot]),
            State.unpack(int(self.state[slot])),
            tuple(map(float, self.floats[slot])),
        )


@settings(max_examples=100)
@given(
    st.builds(
        Pose,
        u16,
        u32,
        u32,
        u32,
        st.integers(0, L.STATE_MASK).map(State.unpack),
        st.tuples(*[f32] * 21) | st.just(sound.numbers),
    ),
    masks,
)
def test_server_reads_what_the_readable_codec_reads(pose: Pose, mask: bytes) -> None:
    payload = encode_pose(pose)
    parsed = Parsed({2: client_frame(payload, mask)})
    reason = _fault_of(payload)
    assert (parsed.reason[2], parsed.sound) == (reason, int(reason == 0))
    if reason == 0:
        assert parsed.pose(2) == decode_pose(payload)


def _fault_of(payload: bytes) -> int:
    """The readable codec's verdict, 0 for sound."""
    try:
        decode_pose(payload)
    except MalformedFrame as fault:
        return int(fault.reason)
    return 0


@settings(max_examples=100)
@given(st.binary(min_size=L.POSE_FRAME_BYTES, max_size=L.POSE_FRAME_BYTES))
def test_noise_in_an_inbox_row_is_refused(noise: bytes) -> None:
    assert Parsed({1: noise}).reason[1] in {Malformed.BAD_FRAME, Malformed.NOT_HOT}
    payload = b"\xc1\x01" + noise[8:]
    framed = client_frame(payload, noise[:4])
    assert Parsed({1: framed}).reason[1] == _fault_of(payload)


def test_only_the_listed_slots_are_touched() -> None:
    frame = client_frame(encode_pose(sound), b"abcd")
    other = client_frame(b"\xc1\x02" + encode_pose(sound)[2:], b"abcd")
    parsed = Parsed({3: frame, 1: other})
    assert parsed.sound == 1
    assert list(parsed.reason) == [99, Malformed.UNKNOWN_KIND, 99, 0]
    assert parsed.pose(3) == sound
    assert parsed.seq[0] == 0


@pytest.mark.parametrize("norm2", [0.899, 1.101])
def test_quaternion_norms_beyond_a_tenth(norm2: float) -> None:
    numbers = (*sound.numbers[:6], norm2**0.5, *sound.numbers[7:])
    frame = encode_pose(Pose(1, 7, 0, 0, State(), numbers))
    assert Parsed({0: client_frame(frame, bytes(4))}).reason[0] == Malformed.BAD_QUATERNION


@settings(max_examples=60)
@given(st.data())
def test_bots_write_what_the_readable_codec_writes(data: st.DataObject) -> None:
    capacity = 3
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    floats = rng.normal(size=(capacity, L.POSE_FLOATS)).astype(np.float32)
    seq = rng.integers(0, 1 << 16, capacity).astype(np.uint16)
    numbers = [rng.integers(0, 1 << 32, capacity).astype(np.uint32) for _ in range(4)]
    participant, captured_ms, ack_tick, mask = numbers
    state = rng.integers(0, 1 << 13, capacity).astype(np.uint16)
    out = np.zeros((capacity, L.POSE_FRAME_BYTES), np.uint8)
    poses.encode_poses(
        np.array([2, 0], np.int64),
        2,
        seq,
        participant,
        captured_ms,
        ack_tick,
        state,
        floats,
        mask,
        out,
    )
    assert not out[1].any()
    for row in (0, 2):
        pose = Pose(
            int(seq[row]),
            int(participant[row]),
            int(captured_ms[row]),
            int(ack_tick[row]),
            State.unpack(int(state[row])),
            tuple(map(float, floats[row])),
        )
        key = int(mask[row]).to_bytes(4, "little")
        assert out[row].tobytes() == client_frame(encode_pose(pose), key)
