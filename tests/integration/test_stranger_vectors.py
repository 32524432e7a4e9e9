"""A client written from WIRE.md alone reads every golden frame, and refuses every broken one."""

import json
from pathlib import Path
from typing import Any

import msgpack
import pytest

from tests.integration.stranger_control import (
    CLIENT_TO_SERVER,
    SERVER_TO_CLIENT,
    BadField,
    UnknownKind,
    read_control,
)
from tests.integration.stranger_gathering import breathing, where
from tests.integration.stranger_hot import (
    POSE,
    Lane,
    Lanes,
    Malformed,
    Place,
    Pose,
    Snapshot,
    State,
    millimetres,
    quaternion_of,
    smallest_three,
    write_pose,
)

VECTORS = Path(__file__).parents[2] / "protocol" / "vectors"
KINDS = {"client_to_server": CLIENT_TO_SERVER, "server_to_client": SERVER_TO_CLIENT}


def vectors(file: str, section: str) -> list[Any]:
    found: list[Any] = json.loads((VECTORS / f"{file}.json").read_text())[section]
    assert found
    return [
        pytest.param(entry, id=entry.get("name", str(at)).replace(" ", "-"))
        for at, entry in enumerate(found)
    ]


def shown_place(place: Place | None) -> Any:
    if place is None:
        return None
    return {"x_y_z_mm": list(place.mm), "k_a_b_c": list(place.rotation)}


def shown_lane(at: int, lane: Lane) -> Any:
    return {
        "lane": at,
        "id": lane.id,
        "state_bits": lane.state,
        "age": lane.age,
        "head": shown_place(lane.head),
        "left": shown_place(lane.left),
        "right": shown_place(lane.right),
    }


def shown(snapshot: Snapshot, lanes: Lanes) -> Any:
    """Say what was read as the golden files say it."""
    correction = snapshot.correction
    return {
        "tick": snapshot.tick,
        "server_ms": snapshot.server_ms,
        "last_seq": snapshot.last_seq,
        "hold_ms": snapshot.hold_ms,
        "correction": correction
        and {
            "seq": correction.seq,
            "reason": correction.reason,
            "position": list(correction.position),
        },
        "coarse": None
        if snapshot.coarse is None
        else [
            {
                "id": record.id,
                "x_y_z_mm": list(record.mm),
                "yaw_64ths": record.yaw,
                "posture": record.posture,
                "away": record.away,
            }
            for record in snapshot.coarse
        ],
        "codes": list(snapshot.codes),
        "updates": [
            {
                "lane": update.lane,
                "id": update.told.id,
                "captured_ms": update.captured_ms,
                "code": update.code,
            }
            for update in snapshot.updates
        ],
        "lanes_after": [shown_lane(at, lanes.told[at]) for at in sorted(lanes.told)],
    }


def expected(frame: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in frame.items() if key not in ("name", "hex")}


@pytest.mark.parametrize("frame", vectors("snapshots", "snapshots"))
def test_single_snapshots(frame: dict[str, Any]) -> None:
    lanes = Lanes()
    assert shown(lanes.read(bytes.fromhex(frame["hex"])), lanes) == expected(frame)


@pytest.mark.parametrize("sequence", vectors("sequence", "sequences"))
def test_snapshots_in_a_row(sequence: dict[str, Any]) -> None:
    lanes = Lanes()
    for frame in sequence["frames"]:
        snapshot = lanes.read(bytes.fromhex(frame["hex"]))
        assert shown(snapshot, lanes) == expected(frame), frame["name"]


@pytest.mark.parametrize("case", vectors("malformed", "snapshots"))
def test_broken_snapshots_are_refused(case: dict[str, Any]) -> None:
    lanes = Lanes()
    for before in case["before"]:
        lanes.read(bytes.fromhex(before))
    with pytest.raises(Malformed):
        lanes.read(bytes.fromhex(case["hex"]))


@pytest.mark.parametrize("case", vectors("malformed", "hot"))
def test_other_hot_frames_are_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        Lanes().read(bytes.fromhex(case["hex"]))


@pytest.mark.parametrize("case", vectors("poses", "poses"))
def test_poses_are_written_as_the_golden_ones(case: dict[str, Any]) -> None:
    numbers = case["numbers"]
    head, left, right = (
        (tuple(numbers[at : at + 3]), tuple(numbers[at + 3 : at + 7])) for at in (0, 7, 14)
    )
    pose = Pose(head, left, right, State(**case["state"]))
    assert pose.state.bits() == case["state_bits"]
    written = write_pose(
        pose, case["seq"], case["participant"], case["captured_ms"], case["ack_tick"]
    )
    assert written.hex() == case["hex"]


@pytest.mark.parametrize("case", vectors("malformed", "poses"))
def test_broken_poses_are_none_that_a_stranger_could_write(case: dict[str, Any]) -> None:
    frame = bytes.fromhex(case["hex"])
    if len(frame) == POSE.size:
        bits, _, *numbers = POSE.unpack(frame)[6:]
        state = State.of(bits)
        tracked = (True, state.left_tracked, state.right_tracked)
        finite = all(abs(value) < float("inf") for value in numbers)
        norms = [sum(v * v for v in numbers[at : at + 4]) for at in (3, 10, 17)]
        turned = all(
            0.9 <= norm <= 1.1 for norm, needed in zip(norms, tracked, strict=True) if needed
        )
        assert not (finite and turned)
    else:
        assert case["reason"] in ("TOO_SHORT", "TOO_LONG")


@pytest.mark.parametrize("case", vectors("quantize", "positions"))
def test_positions_are_quantised(case: dict[str, Any]) -> None:
    x, y, z = case["metres"]
    assert list(millimetres((x, y, z))) == case["mm"]


@pytest.mark.parametrize("case", vectors("quantize", "rotations"))
def test_rotations_are_quantised(case: dict[str, Any]) -> None:
    x, y, z, w = case["quaternion"]
    rotation = smallest_three((x, y, z, w))
    assert list(rotation) == case["k_a_b_c"]
    assert quaternion_of(rotation) == pytest.approx(case["back"], abs=1e-6)


@pytest.mark.parametrize("case", vectors("quantize", "states"))
def test_states_are_named(case: dict[str, Any]) -> None:
    assert State.of(case["bits"]) == State(**case["meaning"])
    assert State(**case["meaning"]).bits() == case["bits"]


@pytest.mark.parametrize("direction", KINDS)
def test_control_messages(direction: str) -> None:
    for case in json.loads((VECTORS / "control.json").read_text())[direction]:
        assert read_control(bytes.fromhex(case["hex"]), KINDS[direction]) == case["value"]
        again = msgpack.packb(case["value"])
        assert read_control(again, KINDS[direction]) == case["value"]


@pytest.mark.parametrize("case", vectors("malformed", "control"))
def test_broken_control_messages_are_refused(case: dict[str, Any]) -> None:
    refusal: type[Exception] = {"UNKNOWN_MESSAGE": UnknownKind, "BAD_FIELD": BadField}.get(
        case["reason"], Malformed
    )
    with pytest.raises(refusal):
        read_control(bytes.fromhex(case["hex"]), KINDS[case["direction"]])


@pytest.mark.parametrize("case", vectors("websocket", "frames"))
def test_websocket_frames_unpack_to_their_payload(case: dict[str, Any]) -> None:
    frame = bytes.fromhex(case["hex"])
    assert frame[0] == 0x82
    masked, length = frame[1] >> 7, frame[1] & 127
    at = 2 if length < 126 else 4
    if length == 126:
        length = int.from_bytes(frame[2:4], "big")
    mask = frame[at : at + 4] if masked else bytes(4)
    payload = frame[at + 4 * masked :]
    assert len(payload) == length
    assert bool(masked) == (case["from"] == "client")
    unmasked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
    assert unmasked.hex() == case["payload"]


@pytest.mark.parametrize("case", vectors("timeline", "places"))
def test_where_the_plan_is(case: dict[str, Any]) -> None:
    cues = json.loads((VECTORS / "timeline.json").read_text())["cues"]
    for expected_at in case["at"]:
        cues_of = case.get("cues", cues)
        found = where(case["timeline"], cues_of, expected_at["server_ms"])
        names = (
            "run", "plan_ms", "cue", "cue_ms", "breath_ms", "music_ms", "track", "light",
        )  # fmt: skip
        assert {each: getattr(found, each) for each in names} == {
            each: expected_at[each] for each in names
        }
        assert found.breath == phase(expected_at["breath"])


@pytest.mark.parametrize("case", vectors("timeline", "breaths"))
def test_breaths(case: dict[str, Any]) -> None:
    for each in case["at"]:
        assert breathing(case["breath"], each["ms"]) == phase(each["phase"])


def phase(told: dict[str, Any] | None) -> Any:
    if told is None:
        return None
    near = pytest.approx((told["fraction"], told["fullness"]), abs=1e-6)
    return _Phase(told["part"], near)


class _Phase:
    """A part of a breath with two numbers that are right to six digits."""

    def __init__(self, part: str, near: Any) -> None:
        self._part, self._near = part, near

    def __eq__(self, other: object) -> bool:
        return isinstance(other, tuple) and other[0] == self._part and other[1:] == self._near

    __hash__ = None  # type: ignore[assignment]
