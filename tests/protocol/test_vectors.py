"""The golden vectors are fresh, and every decoder of this project agrees with them."""

import json
from typing import Any

import msgpack
import pytest

from hearth_protocol.codec import decode_client, decode_server
from hearth_protocol.errors import Malformed, MalformedFrame
from hearth_protocol.framing import classify, client_frame, server_frame
from hearth_protocol.pose import decode_pose
from hearth_protocol.snapshot import LaneTable, decode_snapshot
from tests.protocol import make_vectors
from tests.protocol.lanes import KernelLanes
from tests.protocol.test_poses import Parsed


def _read(name: str) -> dict[str, Any]:
    return json.loads((make_vectors.FOLDER / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(make_vectors.all_vectors()))
def test_files_are_fresh(name: str) -> None:
    told = (make_vectors.FOLDER / name).read_text(encoding="utf-8")
    assert told == make_vectors.render(make_vectors.all_vectors()[name]), (
        "run: python -m tests.protocol.make_vectors"
    )


def test_no_file_is_left_over() -> None:
    found = {path.name for path in make_vectors.FOLDER.iterdir()}
    assert found == set(make_vectors.all_vectors())


def _lanes(table: LaneTable) -> list[dict[str, Any]]:
    def part(one: Any) -> dict[str, Any] | None:
        return one and {"x_y_z_mm": list(one.position), "k_a_b_c": list(one.rotation)}

    return [
        {
            "lane": index,
            "id": lane.id,
            "state_bits": lane.state,
            "age": lane.age,
            "head": part(lane.head),
            "left": part(lane.hands and lane.hands[0]),
            "right": part(lane.hands and lane.hands[1]),
        }
        for index, lane in enumerate(table.lanes)
        if lane
    ]


def _sequences() -> list[list[dict[str, Any]]]:
    single = [[frame] for frame in _read("snapshots.json")["snapshots"]]
    return single + [sequence["frames"] for sequence in _read("sequence.json")["sequences"]]


@pytest.mark.parametrize("frames", _sequences(), ids=lambda frames: frames[-1]["name"])
def test_snapshots(frames: list[dict[str, Any]]) -> None:
    table, kernel = LaneTable(), KernelLanes()
    for frame in frames:
        payload = bytes.fromhex(frame["hex"])
        snapshot = decode_snapshot(payload)
        updates = [
            {"lane": u.lane, "id": u.id, "captured_ms": u.captured_ms, "code": u.code}
            for u in table.apply(snapshot)
        ]
        assert kernel.decode(payload) == 0
        for name in ("tick", "server_ms", "last_seq", "hold_ms"):
            assert getattr(snapshot, name) == frame[name]
        assert [record.code for record in snapshot.lanes] == frame["codes"]
        assert updates == frame["updates"]
        assert _lanes(table) == frame["lanes_after"]
        assert kernel.table() == table


def test_the_lane_codes_and_classes_are_all_there() -> None:
    codes = {code for frames in _sequences() for frame in frames for code in frame["codes"]}
    assert codes == {0, 1, 2, 3, 6, 7, 10, 11, 14, 15}
    names = [sequence["name"] for sequence in _read("sequence.json")["sequences"]]
    for kind, at in (("head position", 8), ("rotation", 11)):
        (index,) = [i for i, name in enumerate(names) if kind in name]
        frames = _read("sequence.json")["sequences"][index]["frames"][1:]
        # the piece begins after 16 bytes of header and one of codes
        piece = [int.from_bytes(bytes.fromhex(frame["hex"])[17:], "little") for frame in frames]
        assert [bits >> at & 7 for bits in piece] == list(range(8))


@pytest.mark.parametrize(
    "case", _read("malformed.json")["snapshots"], ids=lambda case: case["name"]
)
def test_malformed_snapshots(case: dict[str, Any]) -> None:
    table, kernel = LaneTable(), KernelLanes()
    for before in case["before"]:
        table.apply(decode_snapshot(bytes.fromhex(before)))
        assert kernel.decode(bytes.fromhex(before)) == 0
    payload = bytes.fromhex(case["hex"])
    with pytest.raises(MalformedFrame) as raised:
        table.apply(decode_snapshot(payload))
    assert raised.value.reason.name == case["reason"]
    assert Malformed(kernel.decode(payload)).name == case["reason"]


@pytest.mark.parametrize("case", _read("malformed.json")["poses"], ids=lambda case: case["name"])
def test_malformed_poses(case: dict[str, Any]) -> None:
    payload = bytes.fromhex(case["hex"])
    with pytest.raises(MalformedFrame) as raised:
        decode_pose(payload)
    assert raised.value.reason.name == case["reason"]
    if len(payload) == 104:
        parsed = Parsed({0: client_frame(payload, b"mask")})
        assert Malformed(int(parsed.reason[0])).name == case["reason"]


@pytest.mark.parametrize("case", _read("malformed.json")["hot"], ids=lambda case: case["name"])
def test_malformed_hot_frames(case: dict[str, Any]) -> None:
    with pytest.raises(MalformedFrame) as raised:
        classify(bytes.fromhex(case["hex"]))
    assert raised.value.reason.name == case["reason"]


@pytest.mark.parametrize("case", _read("malformed.json")["control"], ids=lambda case: case["name"])
def test_malformed_control(case: dict[str, Any]) -> None:
    decode = decode_client if case["direction"] == "client_to_server" else decode_server
    with pytest.raises(MalformedFrame) as raised:
        decode(bytes.fromhex(case["hex"]))
    assert raised.value.reason.name == case["reason"]


@pytest.mark.parametrize("case", _read("poses.json")["poses"], ids=lambda case: case["name"])
def test_poses(case: dict[str, Any]) -> None:
    pose = decode_pose(bytes.fromhex(case["hex"]))
    assert list(pose.numbers) == case["numbers"]
    assert make_vectors.state_value(pose.state) == case["state"]
    assert pose.state.pack() == case["state_bits"]
    for name in ("seq", "participant", "captured_ms", "ack_tick"):
        assert getattr(pose, name) == case[name]
    parsed = Parsed({1: client_frame(bytes.fromhex(case["hex"]), b"\1\2\3\4")})
    assert parsed.pose(1) == pose


@pytest.mark.parametrize(
    ("direction", "decode"),
    [("client_to_server", decode_client), ("server_to_client", decode_server)],
)
def test_control(direction: str, decode: Any) -> None:
    kinds = set()
    for case in _read("control.json")[direction]:
        data = bytes.fromhex(case["hex"])
        assert msgpack.unpackb(data) == case["value"]
        message = decode(data)
        assert (
            json.loads(message.model_dump_json(by_alias=True, exclude_none=True)) == case["value"]
        )
        kinds.add(message.t)
    known = make_vectors.control.CLIENT_MESSAGES
    if direction == "server_to_client":
        known = make_vectors.control.SERVER_MESSAGES
    assert kinds == set(known)


def test_websocket_frames() -> None:
    for case in _read("websocket.json")["frames"]:
        payload = bytes.fromhex(case["payload"])
        if case["from"] == "server":
            assert server_frame(payload).hex() == case["hex"]
        else:
            assert client_frame(payload, bytes.fromhex(case["mask"])).hex() == case["hex"]
