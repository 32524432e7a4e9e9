"""WIRE.md and the code say the same."""

import re
from pathlib import Path

import pytest

from hearth_protocol import control, design, gathering, group_room, voice
from hearth_protocol import limits as L
from hearth_protocol.errors import ERROR_ADVICE, CloseCode, ErrorCode
from hearth_protocol.fields import WireModel
from hearth_protocol.version import RESERVED_FEATURES, SUBPROTOCOL
from tests.protocol.wire_tables import rows_of

TEXT = (Path(__file__).parents[2] / "protocol" / "WIRE.md").read_text(encoding="utf-8")
PARTS = [
    control.ClientInfo,
    control.RoomInfo,
    control.Bounds,
    control.Spawn,
    control.Interest,
    control.Tier,
    control.Limits,
    control.Person,
    control.PersonChange,
    control.PersonGone,
    control.HiddenPerson,
    voice.IceServer,
    voice.Earshape,
    voice.SlotTalker,
    voice.Hearer,
    group_room.GroupRef,
    group_room.PersonalBoundary,
    group_room.You,
    group_room.LineRoom,
    group_room.LineReaction,
    group_room.PlaceState,
    group_room.ObjectState,
    design.Design,
    design.DesignPlace,
    design.DesignZone,
    design.DesignSpawn,
    design.DesignObject,
    gathering.Breath,
    gathering.Alternative,
    gathering.Cue,
    gathering.Segment,
    gathering.Staged,
    gathering.Anchor,
    gathering.MyPart,
    gathering.Mat,
    gathering.Hand,
    gathering.Floor,
    gathering.ReactionCount,
    gathering.Attendee,
    gathering.Waiting,
]


def _section(heading: str, text: str = TEXT) -> str:
    """What stands between a heading and the next one of its level or above."""
    level = len(heading) - len(heading.lstrip("#"))
    begin = text.index(f"\n{heading}") + len(heading) + 1
    end = re.compile(rf"\n#{{1,{level}}} ").search(text, begin)
    return text[begin : end.start() if end else len(text)]


def _table(text: str) -> list[list[str]]:
    """The rows of the first table, without its head."""
    lines = text.splitlines()
    first = next((i for i, line in enumerate(lines) if line.startswith("|---")), None)
    if first is None:
        return []
    rows = []
    for line in lines[first + 1 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def _headings(text: str) -> list[str]:
    return re.findall(r"^#### `?(\w+)`?$", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("section", "messages"),
    [
        ("### 5.1", control.CLIENT_MESSAGES),
        ("### 5.2", control.SERVER_MESSAGES),
        ("### 5.3", {model.__name__: model for model in PARTS}),
    ],
)
def test_messages(section: str, messages: dict[str, type[WireModel]]) -> None:
    text = _section(section)
    assert _headings(text) == list(messages)
    for name, model in messages.items():
        heading = f"#### {name}" if model in PARTS else f"#### `{name}`"
        told = [tuple(row[:3]) for row in _table(_section(heading + "\n", text))]
        assert told == [row for row in rows_of(model) if row[0] != "`t`"], name


def test_every_part_is_described() -> None:
    used = set()
    for adapter in (control.CLIENT_ADAPTER, control.SERVER_ADAPTER):
        used |= set(adapter.json_schema()["$defs"])
    messages = {*control.CLIENT_MESSAGES.values(), *control.SERVER_MESSAGES.values()}
    assert used - {model.__name__ for model in messages} == {part.__name__ for part in PARTS}


def test_error_codes() -> None:
    text = _section("### 5.2")
    rows = _table(text[text.index("Error codes:") :])
    assert rows == [[f"`{code.value}`", ERROR_ADVICE[code]] for code in ErrorCode]


def test_close_codes() -> None:
    assert _table(_section("## 6.")) == [
        [str(int(code)), f"`{code.label}`", code.advice, code.back.value] for code in CloseCode
    ]


def test_close_codes_named_in_the_text_exist() -> None:
    for number in set(re.findall(r"\b(?:close[sd]? |with |of )(\d{4})\b", TEXT)):
        assert CloseCode(int(number))


def test_class_tables() -> None:
    rows = {row[0]: row[1:] for row in _table(TEXT[TEXT.index("| class | 0 |") - 1 :])}
    assert rows["head position"] == [str(width) for width in L.HEAD_POSITION_WIDTHS]
    assert rows["hand position"] == [str(width) for width in L.HAND_POSITION_WIDTHS]
    assert rows["rotation"][:7] == [str(width) for width in L.ROTATION_WIDTHS]
    assert rows["rotation"][7].startswith("absolute")


def test_pseudo_code_has_the_same_classes() -> None:
    for name, widths in (
        ("p", L.HEAD_POSITION_WIDTHS),
        ("lp", L.HAND_POSITION_WIDTHS),
        ("rp", L.HAND_POSITION_WIDTHS),
        ("class", L.ROTATION_WIDTHS),
    ):
        assert f"[{','.join(map(str, widths))}][{name}]" in TEXT


def test_limits() -> None:
    told = {row[0]: row[1] for row in _table(_section("## 10."))}
    assert told == {
        "message from a client, bytes": str(L.MAX_UP),
        "message from a server, bytes": str(L.MAX_DOWN),
        "lanes": str(L.MAX_LANES),
        "coarse records in a snapshot": str(L.MAX_COARSE),
        "ticket is good for, seconds": f"{L.TICKET_TTL_S:g}",
        "first message after opening, seconds": f"{L.HELLO_TIMEOUT_S:g}",
        "seat kept after a lost connection, seconds": f"{L.RESUME_TTL_S:g}",
        "ping at least every, seconds": f"{L.PING_EVERY_S:g}",
        "silence until closed, seconds": f"{L.SILENCE_TIMEOUT_S:g}",
        "poses a second, times the tick rate": str(L.POSE_FLOOD_FACTOR),
        "invalid poses until closed": str(L.INVALID_POSES_MAX),
        "… within, seconds": f"{L.INVALID_POSES_WINDOW_S:g}",
        "speed of the head, m/s": f"{L.SPEED_MAX_M_S:g}",
        "hand from head, m": f"{L.REACH_MAX_M:g}",
        "teleport, m": f"{L.TELEPORT_MAX_M:g}",
        "teleports a second": str(L.TELEPORTS_MAX_PER_S),
        "name, characters": str(L.NAME_LENGTH),
        "chat line, characters": str(L.CHAT_LENGTH),
        "any other text for people, characters": str(L.TEXT_LENGTH),
        "token, characters": str(L.TOKEN_LENGTH),
        "features named": str(L.FEATURES_MAX),
        "roster entries of a kind in a message": str(L.ROSTER_PAGE),
        "unanswered requests": str(L.REQUESTS_MAX),
        "voice slots": str(L.VOICE_SLOTS),
        "session description, characters": str(L.SDP_LENGTH),
        "caption, characters": str(L.CAPTION_LENGTH),
        "hearers listed": str(L.EARSHOT_MAX),
        "voice packets a second from one person": str(L.VOICE_PACKETS_PER_S),
        "voice bits a second from one person": str(L.VOICE_BITS_PER_S),
        "line of a channel, characters": str(L.LINE_LENGTH),
        "lines on arrival": str(L.LINES_ON_ARRIVAL),
        "places in a room": str(L.PLACES_MAX),
        "zones in a room": str(L.ZONES_MAX),
        "arrival points in a room": str(L.SPAWN_MAX),
        "shared objects in a room": str(L.OBJECTS_MAX),
        "reach for places and objects, m": f"{L.OBJECT_REACH_M:g}",
        "moves of an object a second": str(L.OBJECT_MOVES_PER_S),
        "personal boundary, m": f"{L.BOUNDARY_MIN_M:g} … {L.BOUNDARY_MAX_M:g}",
        "cues of a plan": str(L.CUES_MAX),
        "cues in a message": str(L.CUES_PAGE),
        "text of a cue, characters": str(L.CUE_TEXT_LENGTH),
        "a plan lasts at most, ms": str(L.PLAN_MS_MAX),
        "a change of the plan is told ahead, ms": str(L.CUE_LEAD_MS),
        "people on stage": str(L.STAGED_MAX),
        "hands shown": str(L.HANDS_SHOWN),
        "mats of a formation": str(L.MATS_MAX),
        "people shown of a waiting room": str(L.WAITING_SHOWN),
    }


def test_sizes_in_the_text() -> None:
    for said in (
        f"subprotocol `{SUBPROTOCOL}`",
        f"client to server (hot kind {L.KIND_POSE}), {L.POSE_BYTES} bytes",
        f"### 4.1 Header, {L.SNAPSHOT_HEADER_BYTES} bytes",
        f"### 4.2 Correction, {L.CORRECTION_BYTES} bytes",
        f"**Head full**, {L.HEAD_FULL_BYTES} bytes",
        f"**Hands full**, {L.HANDS_FULL_BYTES} bytes",
        f"count (≤ {L.MAX_COARSE}), then {L.COARSE_BYTES} bytes each",
        "speed ≤ 12 m/s; hands within 1.6 m of the head; teleports ≤ 20 m and ≤ 4 a second",
    ):
        assert said in TEXT, said
    for feature in RESERVED_FEATURES:
        assert f"`{feature}`" in _section("## 8.")
