"""Control messages as a stranger reads them: the tables of WIRE.md section 5, typed in by hand."""

import msgpack

from tests.integration.stranger_checks import (
    COLOR,
    DEVICE,
    FEATURES,
    ID,
    MIC,
    MILLISECONDS,
    MUTED_BY,
    PEOPLE_TEXT,
    REACTION,
    REASON,
    SDP,
    SNAKE,
    TOKEN,
    U32,
    BadField,
    Message,
    Table,
    UnknownKind,
    above_zero,
    boolean,
    chat_text,
    faults,
    integer,
    many,
    name,
    number,
    one_of,
    part,
    text,
    three,
)
from tests.integration.stranger_gathering import GATHERINGS_TO_CLIENT, GATHERINGS_TO_SERVER
from tests.integration.stranger_hot import Malformed
from tests.integration.stranger_rooms import (
    DESIGN,
    GROUP,
    ROLE,
    ROOMS_TO_CLIENT,
    ROOMS_TO_SERVER,
    YOU,
)

LOOK: Table = {
    "name": name,
    "primary": COLOR,
    "secondary": COLOR,
    "pattern": integer(0, 7),
}
PERSON: Table = {
    "id": ID,
    **LOOK,
    "device": DEVICE,
    "away": boolean,
    "mic": MIC,
    "role?": ROLE,
    "new?": boolean,
}
PERSON_CHANGE: Table = {
    "id": ID,
    **{f"{key.removesuffix('?')}?": check for key, check in PERSON.items() if key != "id"},
}
BOUNDS: Table = {"min": three, "max": three}
ROOM: Table = {
    "id": text(1, 64),
    "name": text(1, 80),
    "description": text(0, 2000),
    "space": text(1, 64),
    "bounds": part(BOUNDS),
    "capacity": ID,
    "present": U32,
    "group?": part(GROUP),
    "design?": part(DESIGN),
    "version?": U32,
    "mechanisms?": many(text(1, 64, SNAKE), 8),
}
TIER: Table = {"lanes": integer(1, 64), "every": integer(1, 255)}
INTEREST: Table = {
    "lanes": integer(0, 64),
    "radius_m": above_zero,
    "tiers": many(part(TIER), 8),
}
LIMITS: Table = {
    "chat_length": integer(1),
    "name_length": integer(1),
    "message_bytes": integer(1),
    "teleport_m": above_zero,
    "teleports_per_s": above_zero,
    "speed_m_s": above_zero,
    "reach_m": above_zero,
}

ICE_SERVER: Table = {
    "urls": many(text(1, 300), 8),
    "username?": text(0, 512),
    "credential?": text(0, 512),
}
EARSHAPE: Table = {
    "ref_m": above_zero,
    "rolloff": number(0),
    "enter_m": above_zero,
    "leave_m": above_zero,
    "cone_inner_deg": number(0, 360),
    "cone_outer_deg": number(0, 360),
    "cone_outer_gain": number(0, 1),
}

CLIENT_TO_SERVER: dict[str, Table] = {
    "hello": {
        "v": integer(1, 65535),
        "ticket?": TOKEN,
        "resume?": TOKEN,
        "client": part({"name": text(0, 64), "version": text(0, 32)}),
        "features?": FEATURES,
        "device": DEVICE,
    },
    "leave": {},
    "chat": {"rid": U32, "text": chat_text, "key?": text(1, 36)},
    "react": {"rid?": U32, "kind": REACTION},
    "hide": {"rid": U32, "participant": ID, "on": boolean},
    "away": {"on": boolean},
    "ping": {"id": U32, "client_ms": MILLISECONDS},
    "profile": {"rid": U32, **{f"{key}?": check for key, check in LOOK.items()}},
    "voice_offer": {"rid": U32, "sdp": SDP},
    "voice_close": {},
    "mic": {"on": boolean},
    "mute": {"rid": U32, "participant": ID, "on": boolean},
    "hearing": {"rid": U32, "deafened?": boolean, "earmuff_m?": number(0, 100)},
    "earshot": {"on": boolean},
    "caption": {"text": text(1, 300), "final?": boolean},
    **ROOMS_TO_SERVER,
    **GATHERINGS_TO_SERVER,
}
SERVER_TO_CLIENT: dict[str, Table] = {
    "welcome": {
        "v": integer(1, 65535),
        "participant": ID,
        "room": part(ROOM),
        "tick_hz": number(1, 120),
        "tick": U32,
        "server_ms": U32,
        "resume": TOKEN,
        "resume_ttl_s": integer(0, 3600),
        "features": FEATURES,
        "limits": part(LIMITS),
        "spawn": part({"position": three, "yaw": number()}),
        "interest": part(INTEREST),
        "you?": part(YOU),
    },
    "roster": {
        "reset": boolean,
        "last_page": boolean,
        "joined": many(part(PERSON), 256),
        "changed": many(part(PERSON_CHANGE), 256),
        "left": many(part({"id": ID}), 256),
        "hidden?": many(part({"id": ID, "name": text(1, 32)}), 256),
    },
    "chat": {"id": U32, "from": ID, "name": name, "text": chat_text, "at_ms": U32},
    "reaction": {"from": ID, "kind": REACTION},
    "pong": {"id": U32, "client_ms": MILLISECONDS, "server_ms": U32},
    "ack": {"rid": U32},
    "error": {"code": text(0, 64, SNAKE), "text": PEOPLE_TEXT, "rid?": U32},
    "overload": {"level": integer(0, 7), "text": PEOPLE_TEXT},
    "closing": {
        "reason": text(0, 64, SNAKE),
        "text": PEOPLE_TEXT,
        "retry_after_s?": number(0, 86400),
    },
    "resume": {"token": TOKEN, "ttl_s": integer(0, 3600)},
    "voice": {
        "available": boolean,
        "session": U32,
        "text": PEOPLE_TEXT,
        "spread_ms": integer(0, 60000),
        "ice_servers": many(part(ICE_SERVER), 8),
        "shape": part(EARSHAPE),
        "mic": MIC,
        "muted_by?": MUTED_BY,
    },
    "voice_answer": {"rid": U32, "sdp": SDP},
    "voice_state": {
        "connection": one_of("none", "connecting", "connected", "weak", "closed"),
        "path": one_of("none", "udp", "tcp"),
        "mic": MIC,
        "muted_by?": MUTED_BY,
        "text": PEOPLE_TEXT,
    },
    "voice_slots": {
        "slots": many(part({"slot": integer(0, 7), "participant": ID, "reason": REASON}), 8)
    },
    "earshot": {"hearers": many(part({"id": ID, "reason": REASON}), 64), "more": U32, "epoch": U32},
    "caption": {"from": ID, "text": text(1, 300), "final": boolean, "at_ms": U32},
    **ROOMS_TO_CLIENT,
    **GATHERINGS_TO_CLIENT,
}


def read_control(data: bytes, kinds: dict[str, Table] = SERVER_TO_CLIENT) -> Message:
    """Read one control message and check its fields against the tables."""
    try:
        message = msgpack.unpackb(data, raw=False)
    except ValueError as fault:
        raise Malformed("not one msgpack value") from fault
    if not isinstance(message, dict) or not isinstance(message.get("t"), str):
        raise Malformed("not a map with a text t")
    table = kinds.get(message["t"])
    if table is None:
        raise UnknownKind(message["t"])
    broken = faults(table, message)
    if message["t"] == "hello" and ("ticket" in message) == ("resume" in message):
        broken.append("ticket or resume")
    if broken:
        raise BadField(f"{message['t']}: {', '.join(broken)}")
    return message
