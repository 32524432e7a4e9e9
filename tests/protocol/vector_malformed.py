"""The bytes of the golden files that have to be refused, and why."""

import struct
from typing import Any

import msgpack

from hearth_protocol.errors import Malformed
from hearth_protocol.pieces import HandsDelta, HeadDelta, Step, step_between
from hearth_protocol.snapshot import LaneRecord, Snapshot, coarse_of, encode_snapshot, lane_record
from tests.protocol.vector_snapshots import EDGE, HEAD, LEFT, RIGHT, SINGLE, full

_POSE_HEAD = struct.pack("<BBHIIIHH", 0xC1, 1, 1, 7, 0, 0, 0, 0)
_SOUND = (0.0, 1.5, 0.0, 0.0, 0.0, 0.0, 1.0)


def _pose(*numbers: float, state: int = 0, head: bytes = _POSE_HEAD) -> bytes:
    out = bytearray(head + struct.pack("<21f", *numbers))
    out[16:18] = state.to_bytes(2, "little")
    return bytes(out)


def _poses() -> list[tuple[str, bytes, Malformed]]:
    nan, inf = float("nan"), float("inf")
    sound = _pose(*_SOUND, *[0.0] * 14)
    return [
        ("one byte short", sound[:-1], Malformed.TOO_SHORT),
        ("one byte long", sound + b"\0", Malformed.TOO_LONG),
        ("only the two marks", sound[:2], Malformed.TOO_SHORT),
        ("head position is NaN", _pose(nan, *_SOUND[1:], *[0.0] * 14), Malformed.NON_FINITE),
        ("untracked hand is infinite", _pose(*_SOUND, inf, *[0.0] * 13), Malformed.NON_FINITE),
        ("head quaternion is zero", _pose(*[0.0] * 21), Malformed.BAD_QUATERNION),
        (
            "head quaternion is denormal",
            _pose(0.0, 1.5, 0.0, 1e-40, 0.0, 0.0, 0.0, *[0.0] * 14),
            Malformed.BAD_QUATERNION,
        ),
        (
            "head quaternion has norm 1.1, norm squared 1.21",
            _pose(0.0, 1.5, 0.0, 0.0, 0.0, 0.0, 1.1, *[0.0] * 14),
            Malformed.BAD_QUATERNION,
        ),
        (
            "tracked right hand without a direction",
            _pose(*_SOUND, *[0.0] * 14, state=0b1000),
            Malformed.BAD_QUATERNION,
        ),
    ]


def _snapshots() -> list[tuple[str, list[bytes], bytes, Malformed]]:
    start = encode_snapshot(SINGLE["one lane, head full, hands not sent"])
    hands = encode_snapshot(SINGLE["one lane, head full and hands full"])
    edge = encode_snapshot(Snapshot(1, 50, lanes=(lane_record(full(7, head=EDGE)),)))
    empty = encode_snapshot(Snapshot(1, 50))
    corrected = encode_snapshot(SINGLE["correction"])
    coarse = encode_snapshot(SINGLE["coarse section, two"])
    still = HeadDelta(0, None, step_between(HEAD, HEAD))
    still_hands = HandsDelta(step_between(LEFT, LEFT), step_between(RIGHT, RIGHT))
    outwards = HeadDelta(0, None, Step((-1, 0, 0), (0, 0, 0)))
    overturned = HeadDelta(0, None, Step((0, 0, 0), (-1, 0, 0)))

    def one(record: LaneRecord) -> bytes:
        return encode_snapshot(Snapshot(2, 100, lanes=(record,)))

    def coded(code: int) -> bytes:
        return one(LaneRecord(code))

    def patched(data: bytes, at: int, *values: int) -> bytes:
        return data[:at] + bytes(values) + data[at + len(values) :]

    nan = struct.pack("<f", float("nan"))
    return [
        ("header cut", [], empty[:15], Malformed.TOO_SHORT),
        ("a byte left over", [], empty + b"\0", Malformed.TOO_LONG),
        ("65 lanes", [], patched(empty, 3, 65) + bytes(33), Malformed.BAD_LANE_COUNT),
        ("lane codes missing", [], patched(empty, 3, 2), Malformed.TOO_SHORT),
        ("head full cut", [], start[:-1], Malformed.TOO_SHORT),
        ("hands full cut", [], hands[:-1], Malformed.TOO_SHORT),
        ("head full of nobody (id 0)", [], one(lane_record(full(0))), Malformed.BAD_ID),
        ("code 4: hands without head", [start], coded(4), Malformed.BAD_LANE_CODE),
        ("code 13: hands full with unchanged head", [hands], coded(13), Malformed.BAD_LANE_CODE),
        ("unchanged in an empty lane", [], coded(1), Malformed.EMPTY_LANE),
        ("head delta in an empty lane", [], one(lane_record(still)), Malformed.EMPTY_LANE),
        (
            "hands unchanged, but never told",
            [start],
            one(lane_record(still, hands_unchanged=True)),
            Malformed.EMPTY_LANE,
        ),
        (
            "hands delta, but never told",
            [start],
            one(lane_record(still, still_hands)),
            Malformed.EMPTY_LANE,
        ),
        (
            "hands unchanged with a new subject",
            [hands],
            one(lane_record(full(8), hands_unchanged=True)),
            Malformed.BAD_LANE_CODE,
        ),
        (
            "hands delta with a new subject",
            [hands],
            one(lane_record(full(8), still_hands)),
            Malformed.BAD_LANE_CODE,
        ),
        (
            "delta in a lane that a coarse record emptied",
            [start, _coarse_of_seven()],
            coded(1),
            Malformed.EMPTY_LANE,
        ),
        ("head delta cut", [start], one(lane_record(still))[:-1], Malformed.TOO_SHORT),
        ("x below -131072 after it", [edge], one(lane_record(outwards)), Malformed.OUT_OF_RANGE),
        ("a below -707 after it", [edge], one(lane_record(overturned)), Malformed.OUT_OF_RANGE),
        (
            # a's lowest bit is bit 109 of the piece, which begins at byte 17: a = -1024
            "rotation of a full piece beyond 707",
            [],
            patched(start, 17 + 14, start[17 + 14] | 0x80),
            Malformed.OUT_OF_RANGE,
        ),
        ("correction cut", [], corrected[:-1], Malformed.TOO_SHORT),
        ("correction without reason", [], patched(corrected, 18, 0), Malformed.BAD_CORRECTION),
        ("correction of unknown reason", [], patched(corrected, 18, 7), Malformed.BAD_CORRECTION),
        ("correction to NaN", [], patched(corrected, 20, *nan), Malformed.BAD_CORRECTION),
        ("coarse section missing", [], patched(empty, 2, 2), Malformed.TOO_SHORT),
        ("17 coarse records", [], patched(coarse, 16, 17) + bytes(150), Malformed.BAD_COARSE_COUNT),
        ("coarse record cut", [], coarse[:-1], Malformed.TOO_SHORT),
        ("coarse record of nobody", [], patched(coarse, 17, 0, 0, 0, 0), Malformed.BAD_ID),
    ]  # fmt: skip


def _coarse_of_seven() -> bytes:
    return encode_snapshot(Snapshot(2, 100, coarse=(coarse_of(7, HEAD, 0),)))


def _control() -> list[tuple[str, str, bytes, Malformed]]:
    def packed(**fields: Any) -> bytes:
        return bytes(msgpack.packb(fields))

    hello = {"t": "hello", "v": 1, "client": {"name": "x", "version": "1"}, "device": "vr"}
    up, down = "client_to_server", "server_to_client"
    return [
        ("not msgpack: the map is cut", up, packed(t="leave")[:-1], Malformed.NOT_MSGPACK),
        ("something after the map", up, packed(t="leave") + b"\0", Malformed.NOT_MSGPACK),
        ("text that is not UTF-8", up, bytes.fromhex("81a174a2ff6c"), Malformed.NOT_MSGPACK),
        ("a list", up, bytes(msgpack.packb(["leave"])), Malformed.NOT_A_MAP),
        ("no t", up, packed(kind="leave"), Malformed.NOT_A_MAP),
        ("t is a number", up, packed(t=1), Malformed.NOT_A_MAP),
        ("unknown kind", up, packed(t="dance"), Malformed.UNKNOWN_MESSAGE),
        ("a server's kind from a client", up, packed(t="ack", rid=1), Malformed.UNKNOWN_MESSAGE),
        ("neither ticket nor resume", up, packed(**hello), Malformed.BAD_FIELD),
        ("both", up, packed(**hello, ticket="a", resume="b"), Malformed.BAD_FIELD),
        ("hello without v", up, packed(t="hello", ticket="a", client=hello["client"],
                                       device="vr"), Malformed.BAD_FIELD),
        ("chat without text", up, packed(t="chat", rid=1), Malformed.BAD_FIELD),
        ("chat of white space", up, packed(t="chat", rid=1, text=" \n "), Malformed.BAD_FIELD),
        ("chat, 501 characters", up, packed(t="chat", rid=1, text="x" * 501), Malformed.BAD_FIELD),
        ("chat with a bell", up, packed(t="chat", rid=1, text="a\x07"), Malformed.BAD_FIELD),
        ("rid as text", up, packed(t="chat", rid="1", text="a"), Malformed.BAD_FIELD),
        ("rid as boolean", up, packed(t="chat", rid=True, text="a"), Malformed.BAD_FIELD),
        ("rid of 33 bits", up, packed(t="chat", rid=1 << 32, text="a"), Malformed.BAD_FIELD),
        ("unknown reaction", up, packed(t="react", kind="boo"), Malformed.BAD_FIELD),
        ("hide nobody", up, packed(t="hide", rid=1, participant=0, on=True), Malformed.BAD_FIELD),
        ("on is a number", up, packed(t="away", on=1), Malformed.BAD_FIELD),
        ("colour without #", up, packed(t="profile", rid=1, primary="aabbcc"), Malformed.BAD_FIELD),
        ("name that turns the writing round", up, packed(t="profile", rid=1, name="a\u202eb"),
         Malformed.BAD_FIELD),
        ("unknown kind from a server (pass over)", down, packed(t="dance"),
         Malformed.UNKNOWN_MESSAGE),
        ("level 8", down, packed(t="overload", level=8, text=""), Malformed.BAD_FIELD),
    ]  # fmt: skip


def malformed_vectors() -> dict[str, Any]:
    """Everything that has to be refused."""
    unmarked = b"\xc1\x03" + bytes(20)
    return {
        "about": "Messages to refuse. `before`: snapshots to take in first, from empty lanes. "
        "`reason` is this project's name for the fault; another decoder need only refuse. A bad "
        "field or an unknown kind in a control message does not close the connection, see "
        "section 5; the rest does, with 4400 (bad numbers in poses: see section 3).",
        "hot": [
            {"name": "hot frame of unknown kind", "hex": unmarked.hex(), "reason": "UNKNOWN_KIND"},
            {"name": "hot mark alone", "hex": "c1", "reason": "TOO_SHORT"},
            {"name": "empty message", "hex": "", "reason": "TOO_SHORT"},
        ],
        "poses": [
            {"name": name, "hex": data.hex(), "reason": reason.name}
            for name, data, reason in _poses()
        ],
        "snapshots": [
            {
                "name": name,
                "before": [one.hex() for one in before],
                "hex": data.hex(),
                "reason": reason.name,
            }
            for name, before, data, reason in _snapshots()
        ],
        "control": [
            {"name": name, "direction": direction, "hex": data.hex(), "reason": reason.name}
            for name, direction, data, reason in _control()
        ],
    }
