"""Writes protocol/vectors/*.json; `python -m tests.protocol.make_vectors` refreshes them.

The frames come from the readable codec, the cases are chosen by hand so that the numbers can be
checked by hand. `test_vectors` fails when the files and this module disagree.
"""

import json
import re
from pathlib import Path
from typing import Any

from hearth_protocol import control, voice
from hearth_protocol.codec import encode
from hearth_protocol.fields import WireModel
from hearth_protocol.framing import client_frame, server_frame
from hearth_protocol.pose import Pose, encode_pose
from hearth_protocol.quantize import (
    Gesture,
    Posture,
    State,
    dequantize_rotation,
    quantize_position,
    quantize_rotation,
)
from hearth_protocol.snapshot import Snapshot, encode_snapshot
from tests.protocol import (
    vector_gathering,
    vector_group_room,
    vector_malformed,
    vector_snapshots,
    vector_timeline,
)

FOLDER = Path(__file__).parents[2] / "protocol" / "vectors"

IDENTITY = (0.0, 0.0, 0.0, 1.0)


def quantize_vectors() -> dict[str, Any]:
    """Section 2.1."""
    metres = [
        (0.0, 0.0, 0.0),
        (1.0, 1.5, -2.25),
        (0.001, 0.0005, -0.0005),
        (0.0015, 0.0025, -0.0015),
        (131.071, 16.383, -131.072),
        (200.0, 20.0, -200.0),
        (-200.0, -20.0, 200.0),
    ]
    half = 0.7071067811865476
    turns = [
        IDENTITY,
        (0.0, 0.0, 0.0, -1.0),
        (0.0, 0.0, 0.0, 2.0),
        (0.0, 0.0, 0.0, 0.0),
        (1.0, 0.0, 0.0, 0.0),
        (0.0, -1.0, 0.0, 0.0),
        (0.0, half, 0.0, half),
        (half, 0.0, 0.0, -half),
        (0.5, 0.5, 0.5, 0.5),
        (-0.5, 0.5, -0.5, 0.5),
        (0.1, -0.2, 0.3, 0.9273618495495703),
        (0.18, 0.36, -0.54, 0.7385119),
    ]
    states = [
        State(),
        State(posture=Posture.LYING),
        State(left_tracked=True, right_tracked=True),
        State(left_gesture=Gesture.PINCH, right_gesture=Gesture.GRIP),
        State(away=True),
        State(teleports=3),
        State(Posture.SEATED, True, False, Gesture.POINT, Gesture.OPEN, True, 2),
    ]
    return {
        "about": "Section 2.1. positions: metres to mm. rotations: quaternion x y z w to k and "
        "the smallest three, and the quaternion a reader gets back (to 6 digits). states: bits "
        "to meaning.",
        "positions": [{"metres": m, "mm": quantize_position(*m)} for m in metres],
        "rotations": [
            {
                "quaternion": q,
                "k_a_b_c": quantize_rotation(q),
                "back": [round(v, 6) for v in dequantize_rotation(quantize_rotation(q))],
            }
            for q in turns
        ],
        "states": [{"bits": s.pack(), "meaning": state_value(s)} for s in states],
    }


def state_value(state: State) -> dict[str, Any]:
    """State bits by name."""
    return {
        "posture": state.posture.value,
        "left_tracked": state.left_tracked,
        "right_tracked": state.right_tracked,
        "left_gesture": state.left_gesture.value,
        "right_gesture": state.right_gesture.value,
        "away": state.away,
        "teleports": state.teleports,
    }


POSES = {
    "standing, no hands": Pose(
        1, 7, 0, 0, State(), (0.0, 1.5, 0.0, *IDENTITY, *[0.0] * 14)
    ),
    "both hands, everything set": Pose(
        seq=65535,
        participant=4_294_967_295,
        captured_ms=123_456_789,
        ack_tick=4_000_000_000,
        state=State(Posture.KNEELING, True, True, Gesture.FIST, Gesture.PEACE, True, 3),
        numbers=(
            *(1.25, 1.5, -2.5, 0.0, 0.5, 0.0, 0.875),
            *(1.0, 1.0, -2.75, 0.5, 0.5, 0.5, 0.5),
            *(1.5, 1.0, -2.75, -0.5, 0.5, -0.5, 0.5),
        ),
    ),
    "left hand only, hand numbers of the other ignored": Pose(
        258, 66_051, 1000, 50, State(left_tracked=True), (
            *(-3.0, 0.25, 4.0, 1.0, 0.0, 0.0, 0.0),
            *(-3.0, 0.0, 3.5, *IDENTITY),
            *(9.0, 9.0, 9.0, 0.0, 0.0, 0.0, 0.0),
        ),
    ),
}  # fmt: skip


def pose_vectors() -> dict[str, Any]:
    """Section 3."""
    return {
        "about": "Section 3: whole pose messages (104 bytes). `numbers` are exact in f32.",
        "poses": [
            {
                "name": name,
                "hex": encode_pose(pose).hex(),
                "seq": pose.seq,
                "participant": pose.participant,
                "captured_ms": pose.captured_ms,
                "ack_tick": pose.ack_tick,
                "state_bits": pose.state.pack(),
                "state": state_value(pose.state),
                "numbers": pose.numbers,
            }
            for name, pose in POSES.items()
        ],
    }


def websocket_vectors() -> dict[str, Any]:
    """RFC 6455 framing around messages."""
    pose = encode_pose(POSES["standing, no hands"])
    empty = encode_snapshot(Snapshot(tick=1, server_ms=50))
    long = encode(control.Chat(id=1, from_=7, name="Ada", text="x" * 300, at_ms=50))
    mask = bytes.fromhex("37fa213d")
    return {
        "about": "Whole WebSocket frames. Client frames are masked, server frames are not; both "
        "are final binary frames (0x82).",
        "frames": [
            {
                "name": "pose, mask 0",
                "from": "client",
                "hex": client_frame(pose, bytes(4)).hex(),
                "mask": "00000000",
                "payload": pose.hex(),
            },
            {
                "name": "pose, masked",
                "from": "client",
                "hex": client_frame(pose, mask).hex(),
                "mask": mask.hex(),
                "payload": pose.hex(),
            },
            {
                "name": "snapshot, 2-byte header",
                "from": "server",
                "hex": server_frame(empty).hex(),
                "payload": empty.hex(),
            },
            {
                "name": "chat, 4-byte header",
                "from": "server",
                "hex": server_frame(long).hex(),
                "payload": long.hex(),
            },
        ],
    }


_BOUNDS = control.Bounds(min=(-16, 0, -16), max=(16, 8, 16))
_ROOM = control.RoomInfo(
    id="fireside", name="Fireside", space="campfire", bounds=_BOUNDS, capacity=50, present=2
)
_ADA = control.Person(
    id=7, name="Ada", primary="#e07a3f", secondary="#33415c", pattern=2, device="vr"
)
_GROA = control.Person(
    id=9,
    name="Gróa 🔥",
    primary="#112233",
    secondary="#445566",
    pattern=0,
    device="phone",
    away=True,
)

CLIENT_MESSAGES: list[WireModel] = [
    control.Hello(
        ticket="tkt_3f9a",
        client=control.ClientInfo(name="example", version="1.0"),
        features=["x-sparks"],
        device="desktop",
    ),
    control.Hello(
        resume="rsm_77aa", client=control.ClientInfo(name="example", version="1.0"), device="vr"
    ),
    control.Leave(),
    control.ChatLine(rid=1, text="hello, fire"),
    control.React(kind="wave"),
    control.React(rid=2, kind="sparkle"),
    control.Hide(rid=3, participant=9, on=True),
    control.Away(on=True),
    control.Ping(id=4_294_967_295, client_ms=9_007_199_254_740_991),
    control.ProfileChange(rid=4, primary="#aabbcc"),
    voice.VoiceOffer(rid=5, sdp="v=0\r\n"),
    voice.VoiceClose(),
    voice.MicState(on=True),
    voice.Mute(rid=6, participant=9, on=True),
    voice.HearingWish(rid=7, deafened=False, earmuff_m=4),
    voice.EarshotAsk(on=True),
    voice.CaptionLine(text="good ev", final=False),
    *vector_group_room.CLIENT_MESSAGES,
    *vector_gathering.CLIENT_MESSAGES,
]
SERVER_MESSAGES: list[WireModel] = [
    control.Welcome(
        participant=7,
        room=_ROOM,
        tick_hz=20,
        tick=1000,
        server_ms=50_000,
        resume="rsm_77aa",
        features=["x-sparks"],
        spawn=control.Spawn(position=(1.5, 0, -2), yaw=0.5),
        interest=control.Interest(
            lanes=32,
            radius_m=20,
            tiers=[
                control.Tier(lanes=12, every=1),
                control.Tier(lanes=12, every=2),
                control.Tier(lanes=8, every=4),
            ],
        ),
    ),
    control.Roster(reset=True, last_page=True, joined=[_ADA, _GROA]),
    control.Roster(
        changed=[control.PersonChange(id=9, away=False)],
        left=[control.PersonGone(id=7)],
        hidden=[control.HiddenPerson(id=12, name="Bo")],
    ),
    control.Chat(id=1, from_=9, name="Gróa 🔥", text="two\nlines", at_ms=50_100),
    control.Reaction(from_=7, kind="heart"),
    control.Pong(id=1, client_ms=123, server_ms=50_200),
    control.Ack(rid=1),
    control.ErrorMessage(code="rate_limited", text="Wait a moment.", rid=2),
    control.ErrorMessage(code="unknown_kind", text="no message is called 'dance'"),
    control.Overload(level=2, text="Hands of far people are left out."),
    control.Closing(reason="server_stopping", text="Back soon.", retry_after_s=2.5),
    control.ResumeToken(token="rsm_88bb", ttl_s=30),
    control.Roster(changed=[control.PersonChange(id=9, mic="on")]),
    voice.Voice(
        available=True,
        session=3,
        spread_ms=500,
        ice_servers=[
            voice.IceServer(
                urls=["turn:turn.example.org:3478"], username="1700000000:7", credential="c2VjcmV0"
            )
        ],
        shape=voice.Earshape(
            ref_m=1.5,
            rolloff=1,
            enter_m=20,
            leave_m=24,
            cone_inner_deg=200,
            cone_outer_deg=360,
            cone_outer_gain=0.5,
        ),
        mic="off",
    ),
    voice.VoiceAnswer(rid=5, sdp="v=0\r\n"),
    voice.VoiceState(connection="connected", path="udp", mic="on"),
    voice.VoiceSlots(slots=[voice.SlotTalker(slot=2, participant=9, reason="near")]),
    voice.Earshot(hearers=[voice.Hearer(id=9, reason="stage")], more=2, epoch=77),
    voice.Caption(from_=9, text="good evening", final=True, at_ms=50_300),
    *vector_group_room.SERVER_MESSAGES,
    *vector_gathering.SERVER_MESSAGES,
]


def control_vectors() -> dict[str, Any]:
    """Section 5."""
    return {
        "about": "Section 5: control messages. `hex` decodes to `value`; another encoder may "
        "write other bytes for the same value (map order, integer widths, float32).",
        "client_to_server": [_control(message) for message in CLIENT_MESSAGES],
        "server_to_client": [_control(message) for message in SERVER_MESSAGES],
    }


def _control(message: WireModel) -> dict[str, Any]:
    value = message.model_dump(by_alias=True, exclude_none=True)
    return {"hex": encode(message).hex(), "value": value}


def all_vectors() -> dict[str, dict[str, Any]]:
    """Every file by name."""
    return {
        "quantize.json": quantize_vectors(),
        "poses.json": pose_vectors(),
        "snapshots.json": vector_snapshots.snapshot_vectors(),
        "sequence.json": vector_snapshots.sequence_vectors(),
        "malformed.json": vector_malformed.malformed_vectors(),
        "control.json": control_vectors(),
        "websocket.json": websocket_vectors(),
        "timeline.json": vector_timeline.timeline_vectors(),
    }


def render(value: dict[str, Any]) -> str:
    """Indent, but keep lists of plain numbers on one line."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    return (
        re.sub(
            r"\[\s+([^\[\]{}\"]*?)\s+\]",
            lambda found: "[" + re.sub(r"\s+", " ", found[1]) + "]",
            text,
        )
        + "\n"
    )


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for name, value in all_vectors().items():
        (FOLDER / name).write_text(render(value), encoding="utf-8")


if __name__ == "__main__":
    main()
